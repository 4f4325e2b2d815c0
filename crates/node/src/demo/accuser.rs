//! Accusers: who put seats on trial that were told rightly of, for tests.
//!
//! They send what the contracts take of a challenger, and try what they are to refuse.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolEvent;
use nets_chain::trial_calls::{ICourt, ITrials};
use nets_chain::{Account, Arena, Call, OpenDefence, OpenTrial, TraceHead};
use nets_core::{Chance, Seat, Seed};
use nets_machine::Witness;

use super::false_run::FalseRun;
use crate::dispute::{
    Case, Deed, DeedKind, Dockets, PlannedDeed, Told, messages, opening, perform, question,
};
use crate::error::NodeError;
use crate::node::ArenaNode;
use crate::play::{PlayedRound, Progress, RoundPlan};
use crate::round::{RoundOptions, current_plan, play};

/// Where a run that is false from somewhere on begins to be so, if nothing else is said.
const HALFWAY: u64 = 50;

/// How somebody goes about a trial of an honest seat. Whatever it does, it tries in every turn to end
/// the trial before its time, and to have the honest defence fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Malice {
    /// Picks parts as dice fall, and tries to have the instruction judged that they lead to, by what it
    /// really does and by false accounts of it.
    Dice,
    /// The same, picking what a run of its own does not agree with, that is false from so many
    /// hundredths on.
    FalseRun(u64),
    /// Makes so many moves as dice fall, and no more.
    Silence(u32),
    /// Defends the seat falsely itself, and lets that defence fall.
    Straw,
    /// Defends the seat falsely itself, and is silent as a challenger, so that its bonds come back to it
    /// as a defender.
    Escape,
}

/// Somebody who puts honest seats on trial.
#[derive(Debug)]
pub struct Accuser {
    account: Account,
    plan: RoundPlan,
    played: PlayedRound,
    dice: Dice,
    /// What it is up to in each trial, by its id.
    attacks: BTreeMap<B256, Attack>,
}

/// What an accuser came to in one turn.
#[derive(Debug, Default)]
pub struct AccuserTurn {
    /// What the contracts took.
    pub done: Vec<Deed>,
    /// What they refused, and why.
    pub refused: Vec<(Deed, String)>,
    /// How many of its trials are open.
    pub open: usize,
}

#[derive(Debug)]
struct Dice {
    chance: Chance,
    thrown: u32,
}

/// One trial, as it is gone about.
#[derive(Debug)]
struct Attack {
    malice: Malice,
    /// Its own run; none where it needs none.
    run: Option<FalseRun>,
    moves: u32,
    /// Whether it had an instruction judged, and has nothing more to say.
    has_judged: bool,
}

impl Accuser {
    /// An account that is up to no good in the round under way; the dice of the same seed fall alike.
    ///
    /// # Errors
    /// When the account is unknown, no round is under way, or a match has no verdict.
    pub fn new(
        node: &ArenaNode,
        account: &str,
        league: &str,
        seed: Seed,
        options: RoundOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<Self, NodeError> {
        let plan = current_plan(node, league)?;
        let played = play(node, &plan, options, progress)?;
        let account = node.account(account)?;
        let dice = Dice { chance: Chance::from_seed(&seed), thrown: 0 };
        Ok(Self { account, plan, played, dice, attacks: BTreeMap::new() })
    }

    /// Puts a seat on trial of which an assertion tells rightly; gives the trial's id, none where the
    /// match was not played.
    ///
    /// # Errors
    /// When the account is poor, the chain refuses, or something that the image reads is missing.
    pub fn accuse(
        &mut self,
        node: &mut ArenaNode,
        assertion: u32,
        (q, seat): (u32, Seat),
        malice: Malice,
    ) -> Result<Option<B256>, NodeError> {
        let told = Told::trace(&Case { plan: &self.plan, played: &self.played }, q);
        let Some((record, told)) = self.played.records.get(&q).zip(told) else { return Ok(None) };
        let leaf_count = told.leaves.len() as u32;
        let tree_root = told.tree_root();
        let head = TraceHead { match_id: told.match_id, leaf_count, tree_root };
        let leaf = self.played.result.matches()[q as usize].encode().into();
        let path = self.played.result.match_path(q).unwrap_or_default().into_iter();
        let path = path.map(|node| B256::new(node.0)).collect();
        let proof = ICourt::Proof { index: q, leaf, path };
        let (arena, league) = (node.arena.deployment().arena, self.plan.league.id);
        let target = ICourt::Target { arena, league, round: self.plan.round, assertion };
        let run = match malice {
            Malice::Silence(_) => None,
            Malice::FalseRun(hundredths) => Some(hundredths),
            Malice::Dice | Malice::Straw | Malice::Escape => Some(HALFWAY),
        };
        let run = match run {
            Some(hundredths) => {
                let blueprint = &self.plan.league.blueprint;
                let mut known = messages(&node.artifacts, blueprint, record, seat, &told.leaves)?;
                let asked = known.insert_question(&question(&head, seat));
                Some(FalseRun::new(&B256::new(asked.0), known, hundredths)?)
            }
            None => None,
        };
        let call = node.arena.demands_call(&opening(target, proof, &head, seat));
        let (chain, account) = (&mut node.chain, &self.account);
        let sent = node.arena.send_for_receipts::<ITrials::openTrialCall>(chain, account, call)?;
        let logs = sent.1.into_iter().flat_map(|receipt| receipt.logs);
        let mut opened = logs.filter_map(|log| {
            ITrials::TrialOpened::decode_raw_log(log.topics.iter().copied(), &log.data).ok()
        });
        let id = opened.next().map(|opened| opened.id);
        let attack = Attack { malice, run, moves: 0, has_judged: false };
        self.attacks.extend(id.map(|id| (id, attack)));
        Ok(id)
    }

    /// Moves in all of its trials.
    ///
    /// # Errors
    /// When the chain cannot be used, or something that the image reads is missing.
    pub fn turn(&mut self, node: &mut ArenaNode) -> Result<AccuserTurn, NodeError> {
        let me = Address::new(self.account.address().0);
        let dockets = Dockets::read(node, 0)?;
        let (mut planned, mut open_count) = (Vec::new(), 0);
        for (id, open) in dockets.trials().open() {
            let Some(attack) = self.attacks.get_mut(id) else { continue };
            open_count += 1;
            for (kind, call) in attack.moves(&node.arena, me, open, &mut self.dice)? {
                let about = format!("seat {} in match {}", open.trial.seat, open.trial.matchIndex);
                let (league, round) = (self.plan.league.name.clone(), self.plan.round);
                let deed = Deed::new(kind, league, round, Some(open.trial.assertion), about);
                planned.push(PlannedDeed { deed, call });
            }
        }
        let performed = perform(node, &self.account, planned)?;
        let (done, refused) = (performed.done, performed.refused);
        Ok(AccuserTurn { done, refused, open: open_count })
    }
}

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.thrown += 1;
        self.chance.draw(self.thrown, sides)
    }
}

impl Attack {
    fn moves(
        &mut self,
        arena: &Arena,
        me: Address,
        open: &OpenTrial,
        dice: &mut Dice,
    ) -> Result<Vec<(DeedKind, Call)>, NodeError> {
        let mut calls = vec![(DeedKind::Convict, arena.demands_call(&open.convict()))];
        let is_own = |defence: &OpenDefence| defence.defence.defender == me;
        if matches!(self.malice, Malice::Straw | Malice::Escape)
            && self.moves == 0
            && let Some(run) = &mut self.run
        {
            self.moves = 1;
            calls.push((DeedKind::Defend, arena.demands_call(&run.defence(open)?)));
        }
        for (id, defence) in &open.defences {
            match is_own(defence) {
                true => calls.push(self.own_defence(arena, open, (id, defence), dice)),
                false => calls.extend(self.honest_defence(arena, open, (id, defence), dice)?),
            }
        }
        Ok(calls)
    }

    /// What it does about a false defence of its own.
    fn own_defence(
        &self,
        arena: &Arena,
        open: &OpenTrial,
        (id, defence): (&B256, &OpenDefence),
        dice: &mut Dice,
    ) -> (DeedKind, Call) {
        if defence.is_defenders_turn() {
            return (DeedKind::Fail, arena.demands_call(&open.fail((id, defence))));
        }
        if self.malice == Malice::Escape {
            return (DeedKind::Acquit, arena.demands_call(&open.acquit((id, defence))));
        }
        let index = dice.throw(64) as u8;
        (DeedKind::Object, arena.demands_call(&open.pick((id, defence), index)))
    }

    /// What it does about another's defence, which is honest.
    fn honest_defence(
        &mut self,
        arena: &Arena,
        open: &OpenTrial,
        (id, defence): (&B256, &OpenDefence),
        dice: &mut Dice,
    ) -> Result<Vec<(DeedKind, Call)>, NodeError> {
        let mut calls = vec![(DeedKind::Fail, arena.demands_call(&open.fail((id, defence))))];
        let is_silent = match self.malice {
            Malice::Dice | Malice::FalseRun(_) => self.has_judged,
            Malice::Silence(moves) => self.moves >= moves,
            Malice::Straw | Malice::Escape => true,
        };
        if defence.is_defenders_turn() || is_silent {
            return Ok(calls);
        }
        self.moves += 1;
        let index = match (self.malice, &mut self.run) {
            (Malice::FalseRun(_), Some(run)) => run.doubted(defence)?,
            _ => dice.throw(64) as u8,
        };
        let segment = defence.segment();
        if segment.height > 1 {
            let call = arena.demands_call(&open.pick((id, defence), index));
            calls.push((DeedKind::Object, call));
            return Ok(calls);
        }
        self.has_judged = true;
        let Some(run) = &mut self.run else { return Ok(calls) };
        let step = segment.part(index.into()).start();
        for witness in accounts(run.witness(step)?, run.witness(step + 1)?) {
            let call = arena.demands_call(&open.judge((id, defence), index, &witness));
            calls.push((DeedKind::Judge, call));
        }
        Ok(calls)
    }
}

/// Accounts of a step: as it is, the one after it in its place, and false ones.
fn accounts(right: Witness, next: Witness) -> Vec<Witness> {
    let forged = |forge: fn(&mut Witness)| {
        let mut witness = right.clone();
        forge(&mut witness);
        witness
    };
    let forged = [
        forged(|it| it.state.registers[1] ^= 1),
        forged(|it| it.state.pc ^= 4),
        forged(|it| it.state.ram.0[0] ^= 1),
        forged(|it| it.code.word.0.iter_mut().for_each(|byte| *byte ^= 1)),
        forged(|it| it.read.word.0[0] ^= 1),
        forged(|it| it.written.word.0[0] ^= 1),
        forged(|it| it.link.iter_mut().for_each(|link| link.block[0] ^= 1)),
    ];
    // Where a step touches nothing of the kind, what is forged is not looked at.
    [right, next].into_iter().chain(forged).collect()
}
