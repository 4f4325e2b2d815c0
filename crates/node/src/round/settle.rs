//! The end of a round: an assertion that stands, slashed liars, paid ranks.
//!
//! All of it is proven to the contract from a result computed here; what is done already is read
//! from the chain and left out.

use std::sync::atomic::AtomicBool;

use alloy_primitives::{Address, B256};
use nets_chain::{ArenaError, ChainAdapter, IArena};
use nets_league::{Assertion, RoundResult};

use super::plan::{latest_plan, round_of};
use super::{RoundOptions, play};
use crate::dispute::{Case, Going, JudgedAssertion, Standing, perform};
use crate::error::NodeError;
use crate::node::{ArenaNode, League, OPERATOR};
use crate::play::{PlayedRound, Progress, RoundPlan, check_stop};
use crate::refusal::{Refusal, in_blocks};
use crate::report::PayoutLine;

/// Whether nothing of a final round is left to be done: every rank is paid, every liar is slashed.
pub(super) fn is_settled(
    node: &ArenaNode,
    league: &League,
    number: u32,
    round: &IArena::Round,
    options: RoundOptions<'_>,
    progress: &dyn Progress,
) -> Result<bool, NodeError> {
    let plan = latest_plan(node, league, number, round)?;
    let is_paid = round.paidRanks.count_ones() == payable(node, &plan)?;
    // Only a claim can disqualify, so without one by somebody unpunished there is nobody to slash.
    let mut unpunished = false;
    for &member in plan.claims.keys() {
        unpunished |= !is_banned(node, league, member)?;
    }
    if is_paid && !unpunished {
        return Ok(true);
    }
    let played = play(node, &plan, options, progress)?;
    if let Some(difference) = difference_from_final(node, &plan, &played.result)? {
        progress.note(&format!(
            "{}, round {number}: what is final is not what its matches come to ({difference}); \
             nothing of it can be proven from here, so it is left as it is",
            league.name
        ));
        return Ok(true);
    }
    let liars = played.result.entries().iter().filter(|leaf| leaf.is_disqualified());
    let mut are_slashed = true;
    for leaf in liars {
        are_slashed &= is_banned(node, league, leaf.member)?;
    }
    Ok(is_paid && are_slashed)
}

fn is_banned(node: &ArenaNode, league: &League, member: u32) -> Result<bool, NodeError> {
    Ok(node.view(&IArena::memberOfCall { league: league.id, member })?.banned)
}

fn final_assertion(node: &ArenaNode, plan: &RoundPlan) -> Result<IArena::Assertion, NodeError> {
    let (league, round) = (plan.league.id, plan.round);
    let assertion = round_of(node, &plan.league, plan.round)?.finalAssertion;
    node.view(&IArena::assertionOfCall { league, round, assertion })
}

/// How many ranks of a final round are paid.
fn payable(node: &ArenaNode, plan: &RoundPlan) -> Result<u32, NodeError> {
    let entry_count = final_assertion(node, plan)?.entryCount;
    Ok(entry_count.min(plan.league.terms.payouts.len() as u32))
}

/// In what a result is not the one that is final on the chain.
pub(crate) fn difference_from_final(
    node: &ArenaNode,
    plan: &RoundPlan,
    result: &RoundResult,
) -> Result<Option<String>, NodeError> {
    Ok(difference(&final_assertion(node, plan)?, &result.assertion()))
}

/// The first thing in which a posted assertion is not the computed one.
pub(crate) fn difference(posted: &IArena::Assertion, computed: &Assertion) -> Option<String> {
    if posted.entryCount != computed.entry_count {
        let (posted, computed) = (posted.entryCount, computed.entry_count);
        return Some(format!("{posted} entries are asserted, {computed} computed"));
    }
    let roots = [
        ("entries", posted.entriesRoot, computed.entries_root),
        ("matches", posted.matchesRoot, computed.matches_root),
        ("ranks", posted.ranksRoot, computed.ranks_root),
    ];
    let (tree, posted, computed) = roots.into_iter().find(|(_, a, b)| a.0 != b.0)?;
    Some(format!("{tree} root asserted {posted}, computed 0x{computed}"))
}

/// Asserts a round's result unless that is done, defends it against demands and refutes others
/// before it until it may be final, and makes it so.
pub(super) fn assert_and_finalize(
    node: &mut ArenaNode,
    plan: &RoundPlan,
    played: &PlayedRound,
    stop: &AtomicBool,
    progress: &dyn Progress,
) -> Result<(), NodeError> {
    let (league, number, result) = (&plan.league, plan.round, &played.result.assertion());
    let assertion = match posted_assertion(node, league, number, result)? {
        Some(posted) => posted,
        None => {
            let call = assert_call(plan, result);
            node.send_for_event::<_, IArena::ResultAsserted>(OPERATOR, &call)?.1.assertion
        }
    };
    let blocks = in_blocks(u64::from(league.terms.challengeBlocks));
    progress.note(&format!(
        "{}, round {number}: asserted, open to challenge for {blocks}",
        league.name
    ));
    let call = IArena::finalizeCall { league: league.id, round: number, assertion };
    let operator = node.account(OPERATOR)?;
    let case = Case { plan, played };
    loop {
        check_stop(stop)?;
        let going = Going { stop, progress };
        let judged = case.judge(node, Address::new(operator.address().0), going)?;
        let performed = perform(node, &operator, judged.deeds)?;
        performed.done.iter().for_each(|deed| progress.note(&deed.to_string()));
        // Nothing is sent that would be refused; of several nodes behind one URL, one may say yes
        // and the next one not yet, so it is not asked apart from sending.
        match node.send(OPERATOR, &call) {
            Ok(_) => return Ok(()),
            Err(NodeError::Arena(error)) if is_awaited(&error, &judged.standing) => {
                // What was done has had its own block.
                if performed.done.is_empty() {
                    node.chain.pass()?;
                }
            }
            Err(NodeError::Arena(error)) => {
                let subject = || format!("round {number} of {} cannot end", league.name);
                return Err(NodeError::about(subject, error));
            }
            Err(error) => return Err(error),
        }
    }
}

/// Whether what keeps an assertion from being final passes: its own window, or an earlier one that
/// can be refuted.
fn is_awaited(error: &ArenaError, standing: &[JudgedAssertion]) -> bool {
    if matches!(Refusal::of(error), Some(Refusal::TooEarly { .. })) {
        return true;
    }
    let ArenaError::Refused { error: Some(error), .. } = error else { return false };
    let IArena::IArenaErrors::EarlierAssertionLive(error) = error.as_ref() else { return false };
    let earlier = standing.iter().find(|judged| judged.assertion == error.earlier);
    !earlier.is_some_and(|judged| matches!(judged.standing, Standing::Beyond(_)))
}

/// The call that asserts a round's result.
pub(crate) fn assert_call(plan: &RoundPlan, result: &Assertion) -> IArena::assertResultCall {
    IArena::assertResultCall {
        league: plan.league.id,
        round: plan.round,
        entryCount: result.entry_count,
        entriesRoot: B256::new(result.entries_root.0),
        matchesRoot: B256::new(result.matches_root.0),
        ranksRoot: B256::new(result.ranks_root.0),
    }
}

/// The first assertion of exactly this result that stands.
fn posted_assertion(
    node: &ArenaNode,
    league: &League,
    number: u32,
    result: &Assertion,
) -> Result<Option<u32>, NodeError> {
    let count = round_of(node, league, number)?.assertionCount;
    for assertion in 0..count {
        let call = IArena::assertionOfCall { league: league.id, round: number, assertion };
        let posted = node.view(&call)?;
        if posted.is_live() && difference(&posted, result).is_none() {
            return Ok(Some(assertion));
        }
    }
    Ok(None)
}

fn path(siblings: Vec<nets_core::Digest>) -> Vec<B256> {
    siblings.into_iter().map(|sibling| B256::new(sibling.0)).collect()
}

fn entry_proof(result: &RoundResult, entry: u32) -> IArena::Proof {
    let leaf = result.entries()[entry as usize].encode().into();
    IArena::Proof { leaf, path: path(result.entry_path(entry).unwrap_or_default()) }
}

fn rank_proof(result: &RoundResult, rank: u32) -> IArena::Proof {
    let leaf = result.ranks()[rank as usize].encode().into();
    IArena::Proof { leaf, path: path(result.rank_path(rank).unwrap_or_default()) }
}

/// Slashes every liar that is not slashed yet; gives their members.
pub(super) fn slash_all(
    node: &mut ArenaNode,
    plan: &RoundPlan,
    result: &RoundResult,
) -> Result<Vec<u32>, NodeError> {
    let mut slashed = Vec::new();
    let calls = slash_calls(node, plan, result)?;
    node.enroll_waiting(plan.league.id, calls.iter().map(|(member, _)| *member))?;
    for (member, call) in calls {
        node.send(OPERATOR, &call)?;
        slashed.push(member);
    }
    Ok(slashed)
}

/// The calls that slash those liars of a final round that are not slashed yet, by their members.
pub(crate) fn slash_calls(
    node: &ArenaNode,
    plan: &RoundPlan,
    result: &RoundResult,
) -> Result<Vec<(u32, IArena::slashCall)>, NodeError> {
    let (league, round) = (plan.league.id, plan.round);
    let mut calls = Vec::new();
    for (entry, leaf) in (0..).zip(result.entries()) {
        if leaf.is_disqualified() && !is_banned(node, &plan.league, leaf.member)? {
            let entry_proof = entry_proof(result, entry);
            let call = IArena::slashCall { league, round, entry, entryProof: entry_proof };
            calls.push((leaf.member, call));
        }
    }
    Ok(calls)
}

/// Pays every rank that is not paid yet; gives what was paid to whom.
pub(super) fn pay_all(
    node: &mut ArenaNode,
    plan: &RoundPlan,
    result: &RoundResult,
) -> Result<Vec<PayoutLine>, NodeError> {
    let mut payouts = Vec::new();
    let calls = payout_calls(node, plan, result)?;
    node.enroll_waiting(plan.league.id, calls.iter().map(|(member, _)| *member))?;
    for (member, call) in calls {
        let rank = call.rank;
        node.send(OPERATOR, &call)?;
        if !result.ranks()[rank as usize].is_disqualified {
            payouts.push(PayoutLine { rank, member, amount: plan.league.payout(rank) });
        }
    }
    Ok(payouts)
}

/// The calls that pay those ranks of a final round that are not paid yet, with their members.
pub(crate) fn payout_calls(
    node: &ArenaNode,
    plan: &RoundPlan,
    result: &RoundResult,
) -> Result<Vec<(u32, IArena::claimPayoutCall)>, NodeError> {
    let round = round_of(node, &plan.league, plan.round)?;
    let count = payable(node, plan)?;
    let unpaid = (0..count).filter(|rank| round.paidRanks >> rank & 1 == 0);
    let call = |rank| {
        let entry = result.ranks()[rank as usize].entry;
        let call = IArena::claimPayoutCall {
            league: plan.league.id,
            round: plan.round,
            rank,
            rankProof: rank_proof(result, rank),
            entryProof: entry_proof(result, entry),
            restake: false,
        };
        (result.entries()[entry as usize].member, call)
    };
    Ok(unpaid.map(call).collect())
}
