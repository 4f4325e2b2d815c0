//! Clocks on the chain: how a match that was played answers the clock that somebody started of it.
//!
//! Whoever loses a match may start its clock, in the hope that nobody looks until a flag falls. Anybody
//! who has the record shows how it went on.

use std::sync::atomic::AtomicBool;

use alloy_primitives::Address;
use nets_chain::clocks::IClocks;
use nets_chain::{Account, Call, ChainAdapter};
use nets_league::{MatchStatus, NextMatch};

use super::plan::{latest_plan, round_of};
use crate::clocked::advance_calls;
use crate::error::NodeError;
use crate::node::{ArenaNode, League, OPERATOR};
use crate::play::{Progress, RoundPlan, check_stop, signed_result};

/// Waits until every clock of a signed round has stopped or run out.
pub(super) fn wait_for_clocks(
    node: &mut ArenaNode,
    league: &League,
    number: u32,
    stop: &AtomicBool,
    progress: &dyn Progress,
) -> Result<(), NodeError> {
    let round = round_of(node, league, number)?;
    let operator = node.keys.account(OPERATOR)?;
    while node.chain.call_block()? <= league.claims_end(&round) {
        check_stop(stop)?;
        let plan = latest_plan(node, league, number, &round)?;
        let answers = clock_answers(node, &plan, progress)?;
        let calls: Vec<_> = answers.into_iter().map(|(_, call)| call).collect();
        match calls.is_empty() {
            true => drop(node.chain.pass()?),
            false => bring(node, &operator, calls, progress)?,
        }
    }
    Ok(())
}

/// The calls that show how matches went on whose clocks run, by their numbers; none of those that
/// nobody here knows the end of.
pub(crate) fn clock_answers(
    node: &ArenaNode,
    plan: &RoundPlan,
    progress: &dyn Progress,
) -> Result<Vec<(u32, IClocks::advanceCall)>, NodeError> {
    let mut answers = Vec::new();
    for next in played(plan)? {
        let clocked = plan.clocked(&next).filter(|it| !it.is_over && it.fallen.is_none());
        if clocked.is_none() {
            continue;
        }
        let record = match signed_result(plan, &node.artifacts, &next, progress) {
            Ok(finished) => finished.record,
            Err(NodeError::MissingRecord { .. } | NodeError::FalseRecord { .. }) => continue,
            Err(error) => return Err(error),
        };
        let signed = plan.signed_match_of(&next, &record)?;
        let calls = advance_calls(&signed, clocked).into_iter();
        answers.extend(calls.map(|call| (next.index, call)));
    }
    Ok(answers)
}

/// The matches of a round that are to be played.
pub(crate) fn played(plan: &RoundPlan) -> Result<Vec<NextMatch>, NodeError> {
    let scorer = plan.scorer()?;
    let all = (0..scorer.schedule().match_count()).filter_map(|index| scorer.upcoming(index));
    Ok(all.filter(|next| next.status == MatchStatus::Played).collect())
}

/// Sends those of these calls that the contract takes.
pub(super) fn bring(
    node: &mut ArenaNode,
    operator: &Account,
    calls: Vec<IClocks::advanceCall>,
    progress: &dyn Progress,
) -> Result<(), NodeError> {
    let from = Address::new(operator.address().0);
    let calls = calls.into_iter().map(|call| (from, node.arena.clocks_call(&call)));
    let calls: Vec<_> = calls.collect();
    let answers = node.arena.try_all::<IClocks::advanceCall>(&node.chain, &calls)?;
    let mut taken: Vec<(_, Call)> = Vec::new();
    for ((_, call), answer) in calls.into_iter().zip(answers) {
        match answer {
            Ok(_) => taken.push((operator, call)),
            // Its agent was first, or its flag has fallen: the next look says which.
            Err(refused) => progress.note(&refused.to_string()),
        }
    }
    match taken.is_empty() {
        // Nothing changes until a block does.
        true => drop(node.chain.pass()?),
        false => drop(node.arena.send_all::<IClocks::advanceCall>(&mut node.chain, &taken)?),
    }
    Ok(())
}
