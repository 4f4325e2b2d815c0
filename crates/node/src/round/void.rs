//! A round that is given up: it has no outcome, and its entries get their price back.

use std::sync::atomic::AtomicBool;

use alloy_primitives::Address;
use alloy_sol_types::SolEvent;
use nets_chain::{IArena, Receipt, RoundStatus};

use super::plan::{current_round, round_of};
use super::wait_until;
use crate::batches::accepted;
use crate::error::NodeError;
use crate::node::{ArenaNode, League, OPERATOR};
use crate::refusal::Refusal;

/// A round that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoidedRound {
    /// The round.
    pub round: u32,
    /// The members whose entry price went back in this run of the command, and how much.
    pub refunds: Vec<(u32, u128)>,
}

/// Gives up the round under way, once the contract allows it, and pays its entries back. Lets the
/// blocks pass that it asks for; goes on where a process was killed that did this.
///
/// # Errors
/// When no round is under way, it has an assertion that stands, somebody asks to stop, or the chain
/// cannot be written.
pub fn void_round(
    node: &mut ArenaNode,
    league: &str,
    stop: &AtomicBool,
) -> Result<VoidedRound, NodeError> {
    let league = node.league(league)?;
    if let Some(round) = unrefunded_round(node, &league)? {
        return Ok(VoidedRound { round, refunds: refund_all(node, &league, round)? });
    }
    let (round, _) = current_round(node, &league)?;
    let call = IArena::voidRoundCall { league: league.id };
    let operator = node.account(OPERATOR)?.address();
    if let Some(error) = node.refusal(&operator, &call)? {
        let Some(Refusal::TooEarly { earliest, .. }) = Refusal::of(&error) else {
            let subject = || format!("round {round} of {} cannot be given up", league.name);
            return Err(NodeError::about(subject, error));
        };
        wait_until(node, earliest.saturating_sub(1), stop)?;
    }
    node.send(OPERATOR, &call)?;
    Ok(VoidedRound { round, refunds: refund_all(node, &league, round)? })
}

/// The latest round, if it was given up and not all of its entries are paid back.
pub(super) fn unrefunded_round(
    node: &ArenaNode,
    league: &League,
) -> Result<Option<u32>, NodeError> {
    let state = node.view(&IArena::leagueOfCall { league: league.id })?;
    let Some(number) = state.nextRound.checked_sub(1) else { return Ok(None) };
    let round = round_of(node, league, number)?;
    let is_owing = round.progress() == RoundStatus::Void && round.refunds > 0;
    Ok(is_owing.then_some(number))
}

/// Pays the entries of a void round their price back, all in one block.
pub(super) fn refund_all(
    node: &mut ArenaNode,
    league: &League,
    number: u32,
) -> Result<Vec<(u32, u128)>, NodeError> {
    refund_batches(node, league, number)?;
    let count = round_of(node, league, number)?.memberCount;
    let operator = node.account(OPERATOR)?;
    let call = |member| {
        let call = IArena::refundEntryCall { league: league.id, round: number, member };
        (Address::new(operator.address().0), node.arena.call(&call))
    };
    let calls: Vec<_> = (0..count).map(call).collect();
    // Which members paid for the round, and were not paid back, only the contract says.
    let answers = node.arena.try_all::<IArena::refundEntryCall>(&node.chain, &calls)?;
    let due = calls.into_iter().zip(answers).filter(|(_, answer)| answer.is_ok());
    let due: Vec<_> = due.map(|((_, call), _)| (&operator, call)).collect();
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let receipts = node.arena.send_all::<IArena::refundEntryCall>(&mut node.chain, &due)?;
    Ok(receipts.into_iter().flat_map(refunded).collect())
}

/// Pays back the entries of those that wait in their batches, each batch's at once.
fn refund_batches(node: &mut ArenaNode, league: &League, round: u32) -> Result<(), NodeError> {
    let operator = node.account(OPERATOR)?.address();
    for (batch, _) in accepted(&node.arena, &node.chain, league.id)?.into_values() {
        let call = IArena::refundBatchCall { league: league.id, round, batch };
        if node.refusal(&operator, &call)?.is_none() {
            node.send(OPERATOR, &call)?;
        }
    }
    Ok(())
}

fn refunded(receipt: Receipt) -> Vec<(u32, u128)> {
    let event = |log: nets_chain::Log| {
        let event = IArena::EntryRefunded::decode_raw_log(log.topics, &log.data).ok()?;
        Some((event.member, event.amount))
    };
    receipt.logs.into_iter().filter_map(event).collect()
}
