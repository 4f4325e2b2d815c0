//! A trial explained from a record alone, without a chain: over one decision, or over a match as it is
//! recorded.

use std::collections::BTreeMap;

use nets_core::{Action, Digest, EndLeaf, MatchRecord, Seat, StepLeaf, Trace};
use nets_judge::{Messages, Question, Verdict, judge};
use nets_machine::{Halt, RUN_MAX, Segment, Witness};

use super::runs::run_of;
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

/// A recorded match, with all that its trials read.
#[derive(Clone, Copy, Debug)]
pub struct TriedMatch<'a> {
    /// The record: it says who sits where, and who acts where an agent really forfeits.
    pub record: &'a MatchRecord,
    /// How it really went.
    pub trace: &'a Trace,
    /// The modules, by their hashes.
    pub modules: &'a BTreeMap<Digest, Vec<u8>>,
    /// The data set that it is played on, if any.
    pub data: Option<&'a [u8]>,
}

/// What a trial of a seat comes to.
#[derive(Clone, Debug)]
pub struct ExplainedTrial {
    /// Whose decisions it is about.
    pub seat: Seat,
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

impl TriedMatch<'_> {
    /// What the image says where a seat is said to have decided so, in a match that went as it really
    /// did up to there. `goes_on` is asked after every so many instructions.
    ///
    /// # Errors
    /// When the match has no such step, is signed, or something that the image reads is missing.
    pub fn explain_decision(
        &self,
        claimed: ClaimedDecision,
        goes_on: impl FnMut(u64) -> bool,
    ) -> Result<ExplainedTrial, NodeError> {
        let ClaimedDecision { step, seat, .. } = claimed;
        let said = self.claimed_leaf(claimed);
        let said = said.ok_or(NodeError::NoDecision { step, seat })?;
        // Where it is false, what would follow is not read any more.
        let is_true = self.trace.steps().nth(step as usize).is_some_and(|really| really == said);
        let following = if is_true { step as usize + 1 } else { usize::MAX };
        let before = self.trace.steps().take(step as usize);
        let leaves = before.chain([said]).chain(self.trace.steps().skip(following));
        let leaves = leaves.map(|leaf| leaf.encode());
        self.explain(seat, &leaves.chain([self.trace.end().encode()]).collect::<Vec<_>>(), goes_on)
    }

    /// What the image says of a seat where the match is said to have ended as it is recorded, after
    /// steps that are right. `goes_on` is asked after every so many instructions.
    ///
    /// # Errors
    /// When something that the image reads is missing.
    pub fn explain_outcome(
        &self,
        seat: Seat,
        goes_on: impl FnMut(u64) -> bool,
    ) -> Result<ExplainedTrial, NodeError> {
        let outcome = &self.record.outcome;
        let end = EndLeaf {
            termination: outcome.termination,
            scores: outcome.scores.clone(),
            fuel_used: outcome.fuel_used.clone(),
            ..self.trace.end().clone()
        };
        let steps = self.trace.steps().map(|leaf| leaf.encode());
        self.explain(seat, &steps.chain([end.encode()]).collect::<Vec<_>>(), goes_on)
    }

    fn explain(
        &self,
        seat: Seat,
        leaves: &[Vec<u8>],
        goes_on: impl FnMut(u64) -> bool,
    ) -> Result<ExplainedTrial, NodeError> {
        let mut messages = Messages::default();
        let match_id = messages.insert_spec(&self.record.spec);
        self.record.seats.iter().for_each(|identity| messages.insert_agent(identity));
        for bytes in self.modules.values().map(Vec::as_slice).chain(self.data) {
            messages.insert(bytes);
        }
        let trace_root = messages.insert_trace(&match_id, leaves);
        let step_count = leaves.len() as u32 - 1;
        let question = Question { match_id, trace_root, step_count, seat };
        let question = messages.insert_question(&question);
        let verdict = judge(&question, &mut messages)?;
        let mut run = run_of(&question, messages)?;
        let (halt, instructions) = run.run(RUN_MAX, goes_on)?;
        let at = instructions.saturating_sub(1);
        let parts = Segment::covering(instructions).path_to(at);
        let last = run.witness(at)?;
        Ok(ExplainedTrial { seat, question, verdict, halt, instructions, parts, last })
    }

    /// The leaf of the step with what is claimed in it; none where there is no such decision.
    fn claimed_leaf(&self, claimed: ClaimedDecision) -> Option<StepLeaf> {
        let ClaimedDecision { step, seat, action } = claimed;
        if self.record.venue.is_some() {
            return None;
        }
        let end = self.trace.end();
        let really = self.trace.steps().nth(step as usize);
        let forfeited = || {
            let recorded = self.record.steps.get(step as usize)?;
            (end.step_count == step).then(|| StepLeaf {
                step,
                acting: recorded.acting,
                state_hash: end.state_hash,
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
}
