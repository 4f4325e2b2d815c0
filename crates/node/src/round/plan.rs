//! What a round's result depends on, read from the chain.

use std::collections::BTreeMap;

use alloy_sol_types::SolEvent;
use nets_chain::{Arena, ChainAdapter, IArena, RoundStatus};
use nets_core::Seed;
use nets_league::Claim;

use crate::artifacts::Artifacts;
use crate::error::NodeError;
use crate::members::{MemberLine, entries, members};
use crate::node::{ArenaNode, League};
use crate::play::{RoundPlan, SignedPlan};

/// A round as the contract has it.
pub(crate) fn round_of(
    node: &ArenaNode,
    league: &League,
    round: u32,
) -> Result<IArena::Round, NodeError> {
    node.view(&IArena::roundOfCall { league: league.id, round })
}

/// The round that is open or seeded.
pub(super) fn current_round(
    node: &ArenaNode,
    league: &League,
) -> Result<(u32, IArena::Round), NodeError> {
    let state = node.view(&IArena::leagueOfCall { league: league.id })?;
    let none = || NodeError::NoRound { league: league.name.clone() };
    let number = state.nextRound.checked_sub(1).ok_or_else(none)?;
    let round = round_of(node, league, number)?;
    match round.progress() {
        RoundStatus::Publishing | RoundStatus::Open | RoundStatus::Seeded => Ok((number, round)),
        RoundStatus::None | RoundStatus::Final | RoundStatus::Void => Err(none()),
    }
}

/// The plan of the round that is open or seeded.
pub(crate) fn current_plan(node: &ArenaNode, league: &str) -> Result<RoundPlan, NodeError> {
    let league = node.league(league)?;
    let (number, round) = current_round(node, &league)?;
    latest_plan(node, &league, number, &round)
}

/// The plan of the latest round that was opened. Until the next one opens, neither renewing nor
/// leaving nor slashing changes who is active in it, and once it has a seed no code that is shown
/// does, so its members are read as they are now.
pub(crate) fn latest_plan(
    node: &ArenaNode,
    league: &League,
    number: u32,
    round: &IArena::Round,
) -> Result<RoundPlan, NodeError> {
    let frozen = members(&node.arena, &node.chain, &node.artifacts, league.id, round.memberCount)?;
    plan(node, league, number, round, &frozen)
}

/// As [`latest_plan`], by who has no arena open but reads its chain.
pub(crate) fn plan_beside(
    arena: &Arena,
    chain: &dyn ChainAdapter,
    artifacts: &Artifacts,
    league: &League,
    number: u32,
) -> Result<RoundPlan, NodeError> {
    let round = arena.view(chain, &IArena::roundOfCall { league: league.id, round: number })?;
    let frozen = members(arena, chain, artifacts, league.id, round.memberCount)?;
    plan_of(arena, chain, artifacts, league, (number, &round), &frozen)
}

/// The plan of a round before the latest: its members may have changed since, so they are read from
/// the block in which its seed was drawn, its entries being settled.
pub(super) fn past_plan(
    node: &ArenaNode,
    league: &League,
    number: u32,
    round: &IArena::Round,
) -> Result<RoundPlan, NodeError> {
    let frozen = node.members_in(round.seededAt, league.id, round.memberCount)?;
    plan(node, league, number, round, &frozen)
}

/// The plans of all rounds of a league that have a seed.
pub(crate) fn seeded_plans(node: &ArenaNode, league: &League) -> Result<Vec<RoundPlan>, NodeError> {
    let next = node.view(&IArena::leagueOfCall { league: league.id })?.nextRound;
    let mut plans = Vec::new();
    for number in 0..next {
        let round = round_of(node, league, number)?;
        if !matches!(round.progress(), RoundStatus::Seeded | RoundStatus::Final) {
            continue;
        }
        plans.push(match number + 1 == next {
            true => latest_plan(node, league, number, &round)?,
            false => past_plan(node, league, number, &round)?,
        });
    }
    Ok(plans)
}

fn plan(
    node: &ArenaNode,
    league: &League,
    number: u32,
    round: &IArena::Round,
    frozen: &[MemberLine],
) -> Result<RoundPlan, NodeError> {
    plan_of(&node.arena, &node.chain, &node.artifacts, league, (number, round), frozen)
}

/// The plan of a round, by the members that were frozen for it.
pub(crate) fn plan_of(
    arena: &Arena,
    chain: &dyn ChainAdapter,
    artifacts: &Artifacts,
    league: &League,
    (number, round): (u32, &IArena::Round),
    frozen: &[MemberLine],
) -> Result<RoundPlan, NodeError> {
    let system = artifacts.system(&league.blueprint)?;
    let (entries, code) = entries(frozen, number);
    let claims = claims(arena, chain, league, number, round)?;
    let seed = Seed(round.seed.0);
    let league = league.clone();
    let mut plan =
        RoundPlan { league, system, round: number, seed, entries, code, claims, signed: None };
    plan.signed = SignedPlan::read(arena, chain, &plan, round.seededAt)?;
    Ok(plan)
}

/// The claims posted for a round, from the chain's logs.
pub(crate) fn claims(
    arena: &Arena,
    chain: &dyn ChainAdapter,
    league: &League,
    number: u32,
    round: &IArena::Round,
) -> Result<BTreeMap<u32, Claim>, NodeError> {
    let mut claims = BTreeMap::new();
    for log in chain.logs(round.openedAt)? {
        if log.address != arena.deployment().arena {
            continue;
        }
        let Ok(event) = IArena::ClaimPosted::decode_raw_log(log.topics, &log.data) else {
            continue;
        };
        if event.league != league.id || event.round != number {
            continue;
        }
        if let Some(claim) = Claim::from_parts(event.kind, &event.scores) {
            claims.insert(event.member, claim);
        }
    }
    Ok(claims)
}
