//! The demonstration of a dispute: an asserter says that a snake went where it did not, and hides how;
//! a watcher makes it disclose what it hides, shows the lie to the court, and the round ends true.

use std::collections::BTreeMap;
use std::path::Path;

use alloy_primitives::Address as ChainAddress;
use nets_chain::{ChainAdapter, IArena, RoundStatus};
use nets_core::sha256;

use super::liar::{Liar, Lie, longest_match};
use super::{AGENTS, DemoAgent};
use crate::dispute::{Deed, DeedKind, Standing};
use crate::entering::AgentEntry;
use crate::error::NodeError;
use crate::folder::write_whole;
use crate::league_settings::{DEFAULT_LEAGUES, LeagueFile, LeagueSettings};
use crate::node::{ArenaNode, OPERATOR};
use crate::play::Progress;
use crate::round::{RoundOptions, open_round, round_of};
use crate::watch::{WatchOptions, WatchTurn, Watcher};

/// Who asserts the lie, and who watches.
const LIAR: &str = "mallory";
const WATCHER: &str = "wanda";

/// The league that plays.
const LEAGUE: &str = "bronze";

/// How many agents play.
const ENTRIES: usize = 4;

/// What each account holds in the arena.
const COIN: u128 = 10_000;

/// What each account has for gas on a chain elsewhere: a fiftieth of the chain's coin.
const GAS_COIN: u128 = 20_000_000_000_000_000;

/// How the liar meets demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hiding {
    /// It gives what is demanded, and nothing else: the lie has to be found.
    UntilDemanded,
    /// It never answers: its silence ends the assertion.
    Always,
}

/// Something that somebody did in a dispute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisputeStep {
    /// Who did it.
    pub actor: &'static str,
    /// The last final block then.
    pub block: u64,
    /// What it was.
    pub deed: Deed,
}

/// What a dispute came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisputeReport {
    /// The match that was lied about.
    pub match_index: u32,
    /// The step at which it was said to go elsewhere.
    pub step: u32,
    /// How many steps the match had.
    pub steps: u32,
    /// How many blocks there were from the assertion to its end.
    pub blocks: u64,
    /// The gas that each side used until the assertion was dead.
    pub gas: BTreeMap<&'static str, u64>,
    /// What the liar lost.
    pub lost: u128,
    /// What the watcher earned.
    pub earned: u128,
    /// What was burnt.
    pub burnt: u128,
    /// How many ranks of the true outcome were paid.
    pub payouts: usize,
}

/// Plays a round in a new arena, has a lie asserted about it, and lets a watcher end it.
///
/// # Errors
/// When the operator has not the coin, the chain cannot be used, somebody asks to stop, or `heard`
/// fails.
pub fn demo_dispute(
    node: &mut ArenaNode,
    hiding: Hiding,
    options: RoundOptions<'_>,
    progress: &dyn Progress,
    heard: &mut dyn FnMut(&DisputeStep) -> Result<(), NodeError>,
) -> Result<DisputeReport, NodeError> {
    set_the_stage(node, options, progress)?;
    let (match_index, steps) = longest_match(node, LEAGUE, options, progress)?;
    let lie = Lie::Step { match_index, step: steps / 2 };
    progress.note(&format!(
        "{LIAR} asserts that in match {match_index}, of {steps} steps, the snake went elsewhere at \
         step {}",
        steps / 2
    ));
    let before = Purses::read(node)?;
    let mut dispute = Dispute { heard, gas: BTreeMap::new(), watcher: Watcher::default() };
    let liar = Liar::assert(node, LIAR, LEAGUE, lie, options, progress)?;
    let (number, about) = (liar.assertion, format!("{ENTRIES} entries"));
    let asserted = Deed::new(DeedKind::Assert, LEAGUE.to_owned(), 0, Some(number), about);
    dispute.hear(node, LIAR, vec![asserted])?;
    let (first, last) = dispute.end_lie(node, &liar, hiding, options, progress)?;
    let after = Purses::read(node)?;
    let gas = std::mem::take(&mut dispute.gas);
    let payouts = dispute.end_round(node, options, progress)?;
    Ok(DisputeReport {
        match_index,
        step: steps / 2,
        steps,
        blocks: last.saturating_sub(first),
        gas,
        lost: before.liar.saturating_sub(after.liar),
        earned: after.watcher.saturating_sub(before.watcher),
        burnt: after.burnt.saturating_sub(before.burnt),
        payouts,
    })
}

struct Dispute<'a> {
    heard: &'a mut dyn FnMut(&DisputeStep) -> Result<(), NodeError>,
    gas: BTreeMap<&'static str, u64>,
    watcher: Watcher,
}

impl Dispute<'_> {
    fn hear(
        &mut self,
        node: &ArenaNode,
        actor: &'static str,
        deeds: Vec<Deed>,
    ) -> Result<(), NodeError> {
        let block = node.chain.head()?.number;
        for deed in deeds {
            *self.gas.entry(actor).or_default() += deed.gas.unwrap_or_default();
            (self.heard)(&DisputeStep { actor, block, deed })?;
        }
        Ok(())
    }

    fn turn(
        &mut self,
        node: &mut ArenaNode,
        asserts: bool,
        options: RoundOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<WatchTurn, NodeError> {
        let RoundOptions { threads, stop } = options;
        let options = WatchOptions { account: WATCHER, leagues: &[], asserts, threads, stop };
        let mut turn = self.watcher.turn(node, options, progress)?;
        if let Some((_, problem)) = turn.problems.pop() {
            return Err(problem);
        }
        self.hear(node, WATCHER, turn.done.clone())?;
        Ok(turn)
    }

    /// Lets watcher and liar move until the assertion is dead; gives the blocks of its first and its
    /// last moment.
    fn end_lie(
        &mut self,
        node: &mut ArenaNode,
        liar: &Liar,
        hiding: Hiding,
        options: RoundOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<(u64, u64), NodeError> {
        let first = node.chain.head()?.number;
        loop {
            let turn = self.turn(node, false, options, progress)?;
            let mut standing = turn.standing.iter().map(|one| one.judged);
            let Some(judged) = standing.find(|one| one.assertion == liar.assertion) else {
                return Ok((first, turn.block));
            };
            if let Standing::Beyond(_) = judged.standing {
                let reason = "the lie cannot be shown on chain".to_owned();
                return Err(NodeError::Round { league: LEAGUE.to_owned(), reason });
            }
            let answers = match hiding {
                Hiding::UntilDemanded => liar.answer(node)?,
                Hiding::Always => Vec::new(),
            };
            if turn.done.is_empty() && answers.is_empty() {
                node.chain.pass()?;
            }
            self.hear(node, LIAR, answers)?;
        }
    }

    /// Has the watcher assert what is true and bring the round to its end; gives how many ranks it
    /// paid.
    fn end_round(
        &mut self,
        node: &mut ArenaNode,
        options: RoundOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<usize, NodeError> {
        let mut payouts = 0;
        loop {
            let turn = self.turn(node, true, options, progress)?;
            payouts += turn.done.iter().filter(|deed| deed.kind == DeedKind::Payout).count();
            if turn.done.is_empty() {
                let league = node.league(LEAGUE)?;
                if round_of(node, &league, 0)?.progress() == RoundStatus::Final {
                    return Ok(payouts);
                }
                node.chain.pass()?;
            }
        }
    }
}

/// What both sides hold, and what is burnt.
struct Purses {
    liar: u128,
    watcher: u128,
    burnt: u128,
}

impl Purses {
    fn read(node: &ArenaNode) -> Result<Self, NodeError> {
        let held = |name: &str| -> Result<u128, NodeError> {
            let owner = ChainAddress::new(node.account(name)?.address().0);
            node.view(&IArena::balanceOfCall { owner })
        };
        let burnt = node.view(&IArena::burntCall {})?;
        Ok(Self { liar: held(LIAR)?, watcher: held(WATCHER)?, burnt })
    }
}

/// A league with a round in which assertions are taken, and accounts that can pay.
fn set_the_stage(
    node: &mut ArenaNode,
    options: RoundOptions<'_>,
    progress: &dyn Progress,
) -> Result<(), NodeError> {
    let league = league(node)?;
    if !node.is_embedded() {
        node.deposit(OPERATOR, COIN)?;
    }
    node.create_league(&league)?;
    node.fund_league(LEAGUE, 1_000)?;
    let agents = AGENTS.iter().filter(|agent| agent.league == LEAGUE).take(ENTRIES);
    for agent in agents {
        give_coin(node, agent.owner)?;
        enter(node, agent)?;
        progress.note(&format!("{} enters {}: {}", agent.owner, agent.name, agent.about));
    }
    for account in [LIAR, WATCHER] {
        give_coin(node, account)?;
    }
    let round = open_round(node, LEAGUE, options, progress)?;
    let league = node.league(LEAGUE)?;
    let claims_end = round_of(node, &league, round)?.seededAt + u64::from(league.terms.claimBlocks);
    while node.chain.call_block()? <= claims_end {
        node.chain.pass()?;
    }
    Ok(())
}

/// The default league, with windows that are short and yet have time for a whole descent.
fn league(node: &ArenaNode) -> Result<LeagueSettings, NodeError> {
    let path = node.folder.league_file();
    let file = LeagueFile::parse(DEFAULT_LEAGUES)
        .map_err(|reason| NodeError::Settings { path: path.clone(), reason })?;
    let found = file.leagues.into_iter().find(|league| league.name == LEAGUE);
    let reason = || format!("there is no league {LEAGUE}");
    let league = found.ok_or_else(|| NodeError::Settings { path, reason: reason() })?;
    Ok(LeagueSettings {
        entry_blocks: 0,
        claim_blocks: 1,
        demand_blocks: 4,
        clock_blocks: 0,
        challenge_blocks: 90,
        void_blocks: 500,
        unbond_blocks: 1_000,
        ..league
    })
}

/// An account with coin in the arena and, on a chain elsewhere, for gas.
fn give_coin(node: &mut ArenaNode, name: &str) -> Result<(), NodeError> {
    node.create_account(name, Some(sha256(format!("nets dispute {name}").as_bytes()).0))?;
    if node.is_embedded() {
        return node.fund_account(name, COIN);
    }
    node.fund_outside(name, GAS_COIN)?;
    node.deposit(name, COIN)
}

fn enter(node: &mut ArenaNode, agent: &DemoAgent) -> Result<(), NodeError> {
    let folder = node.folder().root().join("agents");
    std::fs::create_dir_all(&folder).map_err(|e| NodeError::io("create", &folder, e))?;
    let module: &Path = &folder.join(format!("{}.wasm", agent.name));
    write_whole(module, agent.module)?;
    let entry = AgentEntry { owner: agent.owner, module, stake: None, rounds: 1 };
    node.add_agent(LEAGUE, &entry).map(drop)
}
