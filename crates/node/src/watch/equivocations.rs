//! Equivocations: agents of signed leagues that said two things of one step.
//!
//! Everything that an agent signed counts, wherever it was said: in a record, to the chain's clocks, or
//! in what an asserter disclosed. Two different actions of one step, or one in two states, are enough
//! to take its stake.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use nets_chain::{AssertedTree, ChainAdapter, ChainError, IArena};
use nets_core::{Action, ActionStatement, AgentId, Seat, SeatIdentity, Signature, StepLeaf};
use nets_league::NextMatch;
use nets_runner::{Play, SignedMatch};

use crate::dispute::{Deed, DeedKind, Dockets, PlannedDeed};
use crate::error::NodeError;
use crate::node::ArenaNode;
use crate::play::RoundPlan;
use crate::round::played;

/// What was signed for a step, by whoever acts in it.
struct Said {
    statement: ActionStatement,
    signature: Signature,
}

/// The reports of all agents of a round that are known to have signed twice and still have a stake.
pub(super) fn reports(
    node: &ArenaNode,
    plan: &RoundPlan,
    dockets: &Dockets,
    me: Address,
) -> Result<Vec<PlannedDeed>, NodeError> {
    let mut found = BTreeMap::new();
    for next in played(plan)? {
        for (agent, pair) in equivocal(node, plan, dockets, &next)? {
            found.entry(agent).or_insert(pair);
        }
    }
    let mut deeds = Vec::new();
    for (agent, pair) in found {
        let Some(entry) = plan.entries.iter().find(|entry| entry.agent == agent) else { continue };
        deeds.extend(report(node, plan, me, entry.member, &pair)?);
    }
    Ok(deeds)
}

/// The agents of a match that said two things of a step, with both.
fn equivocal(
    node: &ArenaNode,
    plan: &RoundPlan,
    dockets: &Dockets,
    next: &NextMatch,
) -> Result<Vec<(AgentId, [Said; 2])>, NodeError> {
    let mut signed = plan.signed_match(next)?;
    let agents = signed.spec().agents.clone();
    let mut all = Vec::new();
    if let Some(record) = node.artifacts.record(&signed.spec().id()) {
        let of_step = |step: &nets_core::RecordedStep| {
            let (&action, &signature) = step.actions.first().zip(step.signatures.first())?;
            Some(Play { action, signature })
        };
        let plays: Vec<_> = record.steps.iter().map_while(of_step).collect();
        all.extend(said_in(&mut signed, &plays));
    }
    let clocked = plan.clocked(next).into_iter();
    for plays in clocked.flat_map(|it| it.abandoned.iter().chain([&it.plays])) {
        all.extend(said_in(&mut plan.signed_match(next)?, plays));
    }
    let (league, round) = (plan.league.id, plan.round);
    for docket in dockets.of_round(league, round) {
        let leaves = docket.disclosed.leaves_of(AssertedTree::Trace(next.index));
        all.extend(leaves.flat_map(|leaf| said_by(&signed, leaf)));
    }
    let mut first = BTreeMap::<(Seat, u32), Said>::new();
    let mut found = Vec::new();
    for said in all {
        let at = (said.statement.seat, said.statement.step);
        match first.get(&at) {
            Some(other) if other.statement == said.statement => {}
            Some(_) => {
                let agent = agents[at.0.index()];
                found.extend(first.remove(&at).map(|other| (agent, [other, said])));
            }
            None => drop(first.insert(at, said)),
        }
    }
    Ok(found)
}

/// What was signed in the plays of a match, as far as they are plays of it.
fn said_in(signed: &mut SignedMatch, plays: &[Play]) -> Vec<Said> {
    let mut all = Vec::new();
    for &play in plays {
        let Some(turn) = signed.turn() else { break };
        let statement = signed.statement(&turn, play.action);
        if signed.play(play).is_err() {
            break;
        }
        all.push(Said { statement, signature: play.signature });
    }
    all
}

/// What a step's leaf says that was signed by who sits there; the rest is the asserter's word.
fn said_by(signed: &SignedMatch, leaf: &[u8]) -> Vec<Said> {
    let Ok(leaf) = StepLeaf::decode(leaf) else { return Vec::new() };
    let signatures = leaf.signatures.clone().unwrap_or_default();
    let said = |((seat, &action), &signature): ((Seat, &Action), &Signature)| {
        let StepLeaf { step, state_hash, .. } = leaf;
        let statement = ActionStatement { venue: *signed.venue(), seat, step, state_hash, action };
        let signer = signature.signer(&statement.digest())?;
        let owner = signed.seats().get(seat.index())?.owner;
        let is_theirs = signed.spec().agents.get(seat.index())
            == Some(&SeatIdentity::of_key(owner, signer).agent_id());
        is_theirs.then_some(Said { statement, signature })
    };
    leaf.acting.iter().zip(&leaf.actions).zip(&signatures).filter_map(said).collect()
}

/// The next step to a report: a record for a member that needs one, then the report itself; none where
/// there is nothing to be taken any more.
fn report(
    node: &ArenaNode,
    plan: &RoundPlan,
    me: Address,
    member: u32,
    [first, second]: &[Said; 2],
) -> Result<Option<PlannedDeed>, NodeError> {
    let ActionStatement { venue, seat, step, .. } = first.statement;
    let signed = |said: &Said| IArena::SignedAction {
        stateHash: B256::new(said.statement.state_hash.0),
        action: said.statement.action.0,
        signature: said.signature.0.to_vec().into(),
    };
    let call = node.arena.call(&IArena::slashEquivocationCall {
        league: venue.league,
        member,
        round: venue.round,
        matchIndex: venue.match_index,
        seat: seat.0,
        step,
        first: signed(first),
        second: signed(second),
    });
    let about =
        format!("member {member}: two actions for step {step} of match {}", venue.match_index);
    let deed = |kind, call| {
        let deed = Deed::new(kind, plan.league.name.clone(), plan.round, None, about.clone());
        PlannedDeed { deed, call }
    };
    match node.chain.call(me, &call) {
        Ok(_) => Ok(Some(deed(DeedKind::Report, call))),
        Err(ChainError::Reverted { .. }) => {
            let enrolling = node.enroll_calls(venue.league, [member])?.into_iter().next();
            Ok(enrolling.map(|(_, call)| deed(DeedKind::Enroll, call)))
        }
        Err(error) => Err(error.into()),
    }
}
