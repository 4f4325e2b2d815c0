//! A trial over one decision, explained from a record alone, without a chain.

use std::collections::BTreeMap;

use nets_core::{Action, Digest, MatchRecord, Seat, StepLeaf, Trace};
use nets_judge::{Messages, Question, Verdict};
use nets_machine::{FAN_OUT, Halt, LEVELS_MAX, Segment, Witness};

use super::runs::{run_of, verdict};
use crate::error::NodeError;

/// A decision that somebody claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimedDecision {
    /// In which step.
    pub step: u32,
    /// Whose.
    pub seat: Seat,
    /// What it is said to be.
    pub action: Action,
}

/// What a trial over a decision comes to.
#[derive(Clone, Debug)]
pub struct ExplainedTrial {
    /// The digest that the image is asked about.
    pub question: Digest,
    /// What it says.
    pub verdict: Verdict,
    /// How its run ended.
    pub halt: Option<Halt>,
    /// How many instructions it has.
    pub instructions: u64,
    /// Which of 64 parts lead down to its last instruction, one for each answer of a defender.
    pub parts: Vec<u64>,
    /// The last instruction, with what it touches: whoever says that the trace stands has to deny it,
    /// or one before it.
    pub last: Witness,
}

/// What the image says of a match that went as it really did up to a step, `trace`, in which a seat is
/// said to have decided so. All modules are given by their hashes, and the data set that it is played
/// on, if any. The record says who sits where, and who acts where an agent really forfeits.
///
/// # Errors
/// When the match has no such step, or is signed.
pub fn explain_decision(
    record: &MatchRecord,
    trace: &Trace,
    modules: &BTreeMap<Digest, Vec<u8>>,
    data: Option<&[u8]>,
    claimed: ClaimedDecision,
    goes_on: impl FnMut(u64) -> bool,
) -> Result<ExplainedTrial, NodeError> {
    let ClaimedDecision { step, seat, .. } = claimed;
    let said = claimed_leaf(record, trace, claimed);
    let said = said.ok_or(NodeError::NoDecision { step, seat })?;
    let before = trace.steps().take(step as usize).map(|leaf| leaf.encode());
    // What would follow is not read any more.
    let leaves: Vec<_> = before.chain([said.encode(), trace.end().encode()]).collect();

    let mut messages = Messages::default();
    let match_id = messages.insert_spec(&record.spec);
    record.seats.iter().for_each(|identity| messages.insert_agent(identity));
    for bytes in modules.values().map(Vec::as_slice).chain(data) {
        messages.insert(bytes);
    }
    let trace_root = messages.insert_trace(&match_id, &leaves);
    let step_count = leaves.len() as u32 - 1;
    let question = Question { match_id, trace_root, step_count, seat };
    let question = messages.insert_question(&question);
    let verdict = verdict(&question, &mut messages);
    let verdict = verdict.ok_or(NodeError::NoDecision { step, seat })?;
    let mut run = run_of(&question, messages)?;
    let (halt, instructions) = run.run(FAN_OUT.pow(LEVELS_MAX), goes_on)?;
    let at = instructions.saturating_sub(1);
    let parts = Segment::covering(instructions).path_to(at);
    let last = run.witness(at)?;
    Ok(ExplainedTrial { question, verdict, halt, instructions, parts, last })
}

/// The leaf of the step with what is claimed in it; none where there is no such decision.
fn claimed_leaf(record: &MatchRecord, trace: &Trace, claimed: ClaimedDecision) -> Option<StepLeaf> {
    let ClaimedDecision { step, seat, action } = claimed;
    if record.venue.is_some() {
        return None;
    }
    let really = trace.steps().nth(step as usize);
    let forfeited = || {
        let recorded = record.steps.get(step as usize)?;
        (trace.end().step_count == step).then(|| StepLeaf {
            step,
            acting: recorded.acting,
            state_hash: trace.end().state_hash,
            observations_hash: None,
            actions: recorded.actions.clone(),
            signatures: None,
        })
    };
    let mut leaf = really.or_else(forfeited)?;
    let place = leaf.acting.iter().position(|acting| acting == seat)?;
    *leaf.actions.get_mut(place)? = action;
    Some(leaf)
}
