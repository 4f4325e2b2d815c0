//! Watching: one honest account that follows every round and does whatever keeps it true.
//!
//! A watcher computes each round of the leagues it knows, from what is on the chain and the modules,
//! and judges every assertion of it. It needs nobody's word and keeps nothing but records: what it has
//! begun is read from the chain again, so it can be stopped and started at any time.

mod counts;
mod equivocations;
mod rounds;

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

use alloy_primitives::Address;
use nets_chain::ChainAdapter;

pub use self::counts::WatchCounts;
use self::rounds::WatchedRounds;
use crate::batches::judge_batches;
use crate::dispute::{Deed, JudgedAssertion, Performed, PlannedDeed, perform};
use crate::error::NodeError;
use crate::node::ArenaNode;
use crate::play::{Progress, check_stop};

/// What a watcher is to do.
#[derive(Clone, Copy, Debug)]
pub struct WatchOptions<'a> {
    /// The local account that acts.
    pub account: &'a str,
    /// The leagues it watches; all that are known where there are none.
    pub leagues: &'a [String],
    /// Whether it asserts the outcome of rounds of which nobody else has.
    pub asserts: bool,
    /// How many threads play matches.
    pub threads: usize,
    /// Set from outside to stop.
    pub stop: &'a AtomicBool,
}

/// An assertion that was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchedAssertion {
    /// The league.
    pub league: String,
    /// The round.
    pub round: u32,
    /// What is to be said of it.
    pub judged: JudgedAssertion,
}

/// What one look at the chain came to.
#[derive(Debug, Default)]
pub struct WatchTurn {
    /// The last final block.
    pub block: u64,
    /// What was done.
    pub done: Vec<Deed>,
    /// What was tried and refused, and why; most often somebody else was first.
    pub refused: Vec<(Deed, String)>,
    /// The assertions that stand.
    pub standing: Vec<WatchedAssertion>,
    /// The leagues that could not be looked at, and why.
    pub problems: Vec<(String, NodeError)>,
}

impl WatchTurn {
    fn add(&mut self, performed: Performed) {
        self.done.extend(performed.done);
        self.refused.extend(performed.refused);
    }
}

/// A watcher of an arena.
#[derive(Debug, Default)]
pub struct Watcher {
    rounds: WatchedRounds,
    /// The batches that were found right, by league and number.
    right_batches: BTreeSet<(u64, u32)>,
    /// Whether the latest turn found nothing to do.
    is_idle: bool,
    /// What was said once and need not be said again.
    said: BTreeSet<String>,
}

impl Watcher {
    /// Looks at all leagues once, and does what there is to do now.
    ///
    /// # Errors
    /// When the chain cannot be used or somebody asks to stop; what is wrong with one league is in
    /// what it gives.
    pub fn turn(
        &mut self,
        node: &mut ArenaNode,
        options: WatchOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<WatchTurn, NodeError> {
        let account = node.account(options.account)?;
        let me = Address::new(account.address().0);
        let mut turn = WatchTurn { block: node.chain.head()?.number, ..WatchTurn::default() };
        let leagues = match options.leagues {
            [] => node.league_names(),
            leagues => leagues.to_vec(),
        };
        for name in leagues {
            check_stop(options.stop)?;
            match self.judge_batches(node, &name, me, options.threads) {
                Ok(deeds) => turn.add(perform(node, &account, deeds)?),
                Err(problem) => turn.problems.push((name.clone(), problem)),
            }
            let judged = match self.rounds.judge(node, &name, me, options, progress) {
                Ok(judged) => judged,
                Err(NodeError::Interrupted) => return Err(NodeError::Interrupted),
                Err(problem) => {
                    turn.problems.push((name, problem));
                    continue;
                }
            };
            let Some((round, judged)) = judged else { continue };
            turn.standing.extend(judged.standing.into_iter().map(|judged| WatchedAssertion {
                league: name.clone(),
                round,
                judged,
            }));
            turn.add(perform(node, &account, judged.deeds)?);
        }
        Ok(turn)
    }

    fn judge_batches(
        &mut self,
        node: &ArenaNode,
        league: &str,
        me: Address,
        threads: usize,
    ) -> Result<Vec<PlannedDeed>, NodeError> {
        let league = node.league(league)?;
        judge_batches(node, &league, me, threads, &mut self.right_batches)
    }

    /// As [`Watcher::turn`], on a chain elsewhere: waits a moment where there was nothing to do
    /// before, and asks again where the chain does not answer.
    ///
    /// # Errors
    /// When the account is unknown or somebody asks to stop.
    pub fn patient_turn(
        &mut self,
        node: &mut ArenaNode,
        options: WatchOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<WatchTurn, NodeError> {
        loop {
            if self.is_idle {
                self.wait(node, progress)?;
            }
            check_stop(options.stop)?;
            match self.turn(node, options, progress) {
                Ok(turn) => {
                    self.is_idle = turn.done.is_empty();
                    return Ok(turn);
                }
                Err(error) if error.is_of_the_chain() => {
                    self.is_idle = true;
                    self.say_once(progress, &error.to_string());
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits a moment, or for a block.
    fn wait(&mut self, node: &mut ArenaNode, progress: &dyn Progress) -> Result<(), NodeError> {
        match node.chain.pass().map_err(NodeError::from) {
            Ok(_) => Ok(()),
            Err(error) if error.is_of_the_chain() => {
                self.say_once(progress, &error.to_string());
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn say_once(&mut self, progress: &dyn Progress, text: &str) {
        if self.said.insert(text.to_owned()) {
            progress.note(text);
        }
    }
}
