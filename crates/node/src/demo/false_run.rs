//! False runs: what somebody says of the image's run who lies about it.

use alloy_primitives::B256;
use nets_chain::trial_calls::ITrials;
use nets_chain::{OpenDefence, OpenTrial, state_of};
use nets_core::Digest;
use nets_judge::Messages;
use nets_machine::{FAN_OUT, Halt, RUN_MAX, Segment, State, Trajectory, Unknown, Witness};

use crate::dispute::run_of;
use crate::error::NodeError;

/// The register that a false run has another value in from some step on; no program minds.
const CHANGED: usize = 31;

/// The register of the code that a program ends with.
const CODE: usize = 10;

/// A run that is right up to a step and wrong from there on, and ends as if the trace stood.
#[derive(Debug)]
pub(super) struct FalseRun {
    right: Trajectory,
    from: u64,
    whole: Segment,
}

impl FalseRun {
    /// The run on a question, false from so many hundredths of it on; in the end it always is.
    pub(super) fn new(
        question: &B256,
        messages: Messages,
        hundredths: u64,
    ) -> Result<Self, NodeError> {
        let mut right = run_of(&Digest(question.0), messages)?;
        let (_, steps) = right.run(RUN_MAX, |_| true)?;
        let from = (steps / 100 * hundredths).clamp(1, steps);
        Ok(Self { right, from, whole: Segment::covering(steps) })
    }

    fn state(&mut self, step: u64) -> Result<State, Unknown> {
        let mut state = self.right.state(step)?;
        if step >= self.from {
            state.registers[CHANGED] ^= 1;
        }
        if let Some(Halt::Exited(_)) = state.halt() {
            state.registers[CODE] = 0;
        }
        Ok(state)
    }

    fn cut(&mut self, segment: Segment) -> Result<Vec<B256>, Unknown> {
        let starts = (1..FAN_OUT).map(|index| segment.part(index).start());
        let word = |digest: Digest| B256::new(digest.0);
        starts.map(|start| Ok(word(self.state(start)?.digest()))).collect()
    }

    /// The call that defends the seat with it.
    pub(super) fn defence(&mut self, trial: &OpenTrial) -> Result<ITrials::defendCall, Unknown> {
        let whole = self.whole;
        Ok(ITrials::defendCall {
            trialId: trial.id(),
            trial: trial.trial.clone(),
            levels: whole.height as u8,
            ending: state_of(&self.state(whole.length())?),
            states: self.cut(whole)?,
        })
    }

    /// The first part of a defence that ends otherwise than with it.
    pub(super) fn doubted(&mut self, open: &OpenDefence) -> Result<u8, Unknown> {
        let segment = open.segment();
        for (index, end) in (0_u8..).zip(open.ends()) {
            let part = segment.part(index.into());
            let state = self.state(part.start() + part.length())?;
            if B256::new(state.digest().0) != end {
                return Ok(index);
            }
        }
        // False as it is, it agrees with the defence here.
        Ok(0)
    }

    /// A step as it really is.
    pub(super) fn witness(&mut self, step: u64) -> Result<Witness, Unknown> {
        self.right.witness(step)
    }

    /// The call that cuts the part in question.
    pub(super) fn answer(
        &mut self,
        trial: &OpenTrial,
        (id, open): (&B256, &OpenDefence),
    ) -> Result<ITrials::cutPartCall, Unknown> {
        Ok(ITrials::cutPartCall {
            id: *id,
            trial: trial.trial.clone(),
            given: open.defence.clone(),
            states: self.cut(open.segment())?,
        })
    }
}
