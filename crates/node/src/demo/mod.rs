//! The demonstration: a season of real matches between the example agents, one owner a liar.
//!
//! Everything in it is the product itself, on a new arena in a folder of its own; only the secrets
//! come from a fixed seed, so that everybody sees the same season. Each step looks at the chain
//! whether it was taken already: killed anywhere, the season goes on and ends with the same blocks.

mod accuser;
mod dispute;
mod false_run;
mod liar;

use std::collections::BTreeMap;
use std::path::Path;

pub use self::accuser::{Accuser, AccuserTurn, Malice};
pub use self::dispute::{DisputeReport, DisputeStep, Hiding, demo_dispute};
pub use self::liar::{Liar, Lie, longest_match, match_lengths};

use alloy_primitives::Address as ChainAddress;
use alloy_sol_types::SolEventInterface;
use nets_chain::{ChainAdapter, IArena, RoundStatus};
use nets_core::{AgentId, Seed, sha256};
use nets_league::Claim;

use crate::entering::AgentEntry;
use crate::error::NodeError;
use crate::folder::{ArenaFolder, write_whole};
use crate::league_settings::{DEFAULT_LEAGUES, LeagueFile, LeagueSettings};
use crate::node::{ArenaNode, OPERATOR, seeded_secret};
use crate::play::Progress;
use crate::report::RoundReport;
use crate::round::{
    ClaimKind, RoundOptions, open_round, own_scores, post_claims, resume_round, round_report,
};
use crate::settings::LeagueEntry;

/// What each owner starts with.
const OWNER_COIN: u128 = 2_000;

/// What each league's purse starts with.
const PURSE_COIN: u128 = 3_000;

/// How often each league plays.
const ROUNDS: u32 = 2;

/// An agent of the demonstration.
struct DemoAgent {
    owner: &'static str,
    league: &'static str,
    name: &'static str,
    /// What it is there to show.
    about: &'static str,
    module: &'static [u8],
}

macro_rules! agent {
    ($owner:literal, $league:literal, $name:literal, $about:literal) => {
        DemoAgent {
            owner: $owner,
            league: $league,
            name: $name,
            about: $about,
            module: include_bytes!(concat!("../../../../agents/wasm/", $name, ".wasm")),
        }
    };
}

/// Who plays.
const AGENTS: &[DemoAgent] = &[
    agent!("ada", "bronze", "snake-greedy", "goes straight for the apple"),
    agent!("bruno", "bronze", "snake-scout", "plans to the apple and back to its tail"),
    agent!("chen", "bronze", "snake-drifter", "keeps a map in its memory"),
    agent!("dora", "bronze", "trapper", "traps at its third decision"),
    agent!("emil", "bronze", "burner", "never comes back, burns its fuel"),
    agent!("fay", "bronze", "snake-prudent", "its owner claims its scores, truly"),
    agent!("gil", "bronze", "snake-wanderer", "its owner lies about its scores"),
    agent!("hana", "bronze", "snake-neural", "a network that learnt by watching a planner"),
    agent!("ada", "silver", "rps-rock", "always rock"),
    agent!("bruno", "silver", "rps-historian", "learns from the throws so far"),
    agent!("chen", "silver", "rps-cycle", "rock, paper, scissors in turn"),
    agent!("dora", "silver", "rps-avenger", "beats the last throw"),
    agent!("ada", "gold", "connect-four-greedy", "wins, blocks, else the centre"),
    agent!("bruno", "gold", "connect-four-search", "searches with an eighth of its fuel"),
    agent!("hana", "gold", "connect-four-neural", "a network that learnt by playing itself"),
    agent!("chen", "gold", "outlaw", "answers with illegal actions"),
];

/// The owner who lies, and the one who claims the truth.
const LIAR: &str = "gil";
const HONEST_CLAIMANT: &str = "fay";

/// A season that was played.
#[derive(Debug)]
pub struct DemoSeason {
    /// The arena it was played in.
    pub node: ArenaNode,
    /// Its rounds in order.
    pub rounds: Vec<RoundReport>,
}

/// Makes an arena in `folder` and plays a season in it, or goes on with one that did not end.
///
/// # Errors
/// When the folder holds anything else or cannot be written, or somebody asks to stop.
pub fn demo_season(
    folder: impl Into<ArenaFolder>,
    options: RoundOptions<'_>,
    progress: &dyn Progress,
) -> Result<DemoSeason, NodeError> {
    let mut node = open_or_found(folder.into(), progress)?;
    let leagues = LeagueFile::parse(DEFAULT_LEAGUES)
        .map_err(|reason| NodeError::Settings { path: node.folder.league_file(), reason })?
        .leagues;
    for (id, league) in (0..).zip(&leagues) {
        found_league(&mut node, id, league, progress)?;
    }
    enter_agents(&mut node, progress)?;
    let mut rounds = Vec::new();
    for round in 0..ROUNDS {
        for LeagueSettings { name, .. } in &leagues {
            rounds.push(settle_round(&mut node, name, round, options, progress)?);
        }
    }
    Ok(DemoSeason { node, rounds })
}

fn open_or_found(folder: ArenaFolder, progress: &dyn Progress) -> Result<ArenaNode, NodeError> {
    let seed = Seed(sha256(b"nets demonstration season").0);
    match ArenaNode::open(folder.clone()) {
        Err(NodeError::NotAnArena { .. }) => {
            let node = ArenaNode::init(folder, Some(seed))?;
            progress.note("contracts deployed on a new embedded chain");
            Ok(node)
        }
        Ok(node) if node.account(OPERATOR)?.secret() == seeded_secret(&seed, OPERATOR) => {
            progress.note("going on with the season that is in the folder");
            Ok(node)
        }
        Ok(_) => Err(NodeError::Occupied { path: folder.root().to_owned() }),
        Err(error) => Err(error),
    }
}

/// Whether the arena has ever said something: what a step leaves on the chain.
fn is_said(
    node: &ArenaNode,
    is: impl Fn(&IArena::IArenaEvents) -> bool,
) -> Result<bool, NodeError> {
    let arena = node.arena.deployment().arena;
    let mut logs = node.chain.logs(0)?.into_iter().filter(|log| log.address == arena);
    Ok(logs.any(|log| {
        IArena::IArenaEvents::decode_raw_log(&log.topics, &log.data).is_ok_and(|event| is(&event))
    }))
}

fn found_league(
    node: &mut ArenaNode,
    id: u64,
    league: &LeagueSettings,
    progress: &dyn Progress,
) -> Result<(), NodeError> {
    if node.view(&IArena::leagueCountCall {})? <= id {
        node.create_league(league)?;
        progress.note(&format!("league {} plays {}", league.name, league.system));
    }
    // Its name is noted after the chain has it.
    if !node.settings.leagues.contains_key(&league.name) {
        let terms = node.view(&IArena::termsOfCall { league: id })?;
        let entry = LeagueEntry::new(&league.name, id, &terms);
        node.settings.leagues.insert(league.name.clone(), entry);
        node.settings.write(&node.folder)?;
    }
    let is_funded = |event: &IArena::IArenaEvents| matches!(event, IArena::IArenaEvents::Funded(funded) if funded.league == id);
    if !is_said(node, is_funded)? {
        node.fund_league(&league.name, PURSE_COIN)?;
    }
    Ok(())
}

fn enter_agents(node: &mut ArenaNode, progress: &dyn Progress) -> Result<(), NodeError> {
    let mut owners: Vec<_> = AGENTS.iter().map(|agent| agent.owner).collect();
    owners.sort_unstable();
    owners.dedup();
    for owner in owners {
        if !node.account_names()?.iter().any(|name| name == owner) {
            node.create_account(owner, Some(sha256(format!("nets demo {owner}").as_bytes()).0))?;
        }
        let address = ChainAddress::new(node.account(owner)?.address().0);
        let has_paid = |event: &IArena::IArenaEvents| matches!(event, IArena::IArenaEvents::Deposited(paid) if paid.owner == address);
        if !is_said(node, has_paid)? {
            node.fund_account(owner, OWNER_COIN)?;
        }
    }
    let folder = node.folder().root().join("agents");
    std::fs::create_dir_all(&folder).map_err(|e| NodeError::io("create", &folder, e))?;
    for agent in AGENTS {
        enter_agent(node, &folder, agent, progress)?;
    }
    Ok(())
}

fn enter_agent(
    node: &mut ArenaNode,
    folder: &Path,
    agent: &DemoAgent,
    progress: &dyn Progress,
) -> Result<(), NodeError> {
    let id = AgentId::new(&node.account(agent.owner)?.address(), &sha256(agent.module));
    if node.members(agent.league)?.iter().any(|line| line.agent == id) {
        return Ok(());
    }
    let module = folder.join(format!("{}.wasm", agent.name));
    write_whole(&module, agent.module)?;
    let entry = AgentEntry { owner: agent.owner, module: &module, stake: None, rounds: 1 };
    node.add_agent(agent.league, &entry)?;
    progress.note(&format!(
        "{} enters {} into {}: {}",
        agent.owner, agent.name, agent.league, agent.about
    ));
    Ok(())
}

/// Plays a round to its end, or reports it where that was done.
fn settle_round(
    node: &mut ArenaNode,
    league: &str,
    number: u32,
    options: RoundOptions<'_>,
    progress: &dyn Progress,
) -> Result<RoundReport, NodeError> {
    let id = node.league_id(league)?;
    let next = node.view(&IArena::leagueOfCall { league: id })?.nextRound;
    let round = IArena::roundOfCall { league: id, round: number };
    if next <= number || node.view(&round)?.progress() == RoundStatus::Open {
        open_round(node, league, options, progress)?;
    }
    let is_open = node.view(&round)?.progress() == RoundStatus::Seeded;
    if is_open && league == AGENTS[0].league && number == 0 {
        claim_scores(node, league, options, progress)?;
    }
    // A later round opens only after this one is settled.
    let is_latest = next <= number + 1;
    let report = if is_latest { resume_round(node, league, options, progress)? } else { None };
    match report {
        Some(report) => {
            progress.note(&format!("{league}: round {number} settled"));
            Ok(report)
        }
        None => round_report(node, league, Some(number), options, progress),
    }
}

/// One owner claims what its agent scored, another claims ten points too many in one match.
fn claim_scores(
    node: &mut ArenaNode,
    league: &str,
    options: RoundOptions<'_>,
    progress: &dyn Progress,
) -> Result<(), NodeError> {
    if let Some(honest) = unclaimed(node, league, HONEST_CLAIMANT)? {
        let claim = BTreeMap::from([(honest, ClaimKind::Computed)]);
        post_claims(node, league, &claim, options, progress)?;
        progress.note(&format!("{HONEST_CLAIMANT} claims what its agent scored"));
    }
    if let Some(liar) = unclaimed(node, league, LIAR)? {
        let mut scores = own_scores(node, league, liar, options, progress)?;
        if let Some(score) = scores.get_mut(2) {
            *score += 10;
        }
        let lie = BTreeMap::from([(liar, ClaimKind::Given(Claim::EachMatch(scores)))]);
        post_claims(node, league, &lie, options, progress)?;
        progress.note(&format!("{LIAR} claims ten points too many in its third match"));
    }
    Ok(())
}

/// The member that is an owner's agent, if nothing is claimed for it in the first round yet.
fn unclaimed(node: &ArenaNode, league: &str, owner: &str) -> Result<Option<u32>, NodeError> {
    let address = node.account(owner)?.address();
    let members = node.members(league)?;
    let line = members.iter().find(|line| line.owner == address);
    let member = line.map(|line| line.member).ok_or_else(|| NodeError::Round {
        league: league.to_owned(),
        reason: format!("{owner} has no agent in it"),
    })?;
    let league = node.league_id(league)?;
    let claim = node.view(&IArena::claimOfCall { league, round: 0, member })?;
    Ok(claim.is_zero().then_some(member))
}
