//! Playing a script: everything that can be seen of every state, in two digests.
//!
//! `results` is what a match is about: bytes, observations, packed observations, legal actions,
//! scores, and the bits of tensors. `pictures` is apart because a picture may change without a new
//! version of its System. Invariant: states that are restored from their bytes after every step
//! give the same digests, or there are none.

use std::fmt;

use nets_core::{
    Action, Chance, Digest, RestoreError, Seat, State, Status, StepError, System, Termination,
    Writer, sha256,
};
use nets_systems::{BuildError, build_canonical};
use thiserror::Error;

use crate::script::Script;

/// Pictures are drawn of one state in so many, and of the last: drawing takes longer than playing.
const STATES_FOR_A_PICTURE: usize = 8;

/// All that can be seen of a match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digests {
    /// Of what a match is about.
    pub results: Digest,
    /// Of what it looks like.
    pub pictures: Digest,
}

impl fmt::Display for Digests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "results {} pictures {}", self.results, self.pictures)
    }
}

/// A script that cannot be played.
#[derive(Debug, Error)]
pub enum PlayError {
    /// There is no such System.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// A step that is not legal.
    #[error("step {step}: {source}")]
    Step {
        /// The step, counted from 0.
        step: usize,
        /// Why it is refused.
        source: StepError,
    },
    /// A state whose bytes are no state.
    #[error("the state after {steps} steps: {source}")]
    Restore {
        /// How many steps led to it.
        steps: usize,
        /// Why its bytes are refused.
        source: RestoreError,
    },
    /// The match goes another way when its states are restored.
    #[error("restored states give other digests than kept ones: a state has more than its bytes")]
    Restored,
}

impl Script {
    /// Plays the match twice, with one state and with states restored after every step.
    ///
    /// # Errors
    /// When it cannot be played, or both differ.
    pub fn play(&self) -> Result<Digests, PlayError> {
        let system = build_canonical(&self.system, &self.parameters)?;
        let chance = Chance::from_seed(&self.seed);
        let kept = self.digests(&*system, |state, _| Ok(state))?;
        let restored = self.digests(&*system, |state, steps| {
            let again = system.restore(&state.bytes(), chance);
            again.map_err(|source| PlayError::Restore { steps, source })
        })?;
        if kept == restored { Ok(kept) } else { Err(PlayError::Restored) }
    }

    /// Plays the match with what `pass` makes of each state after so many steps.
    fn digests(
        &self,
        system: &dyn System,
        pass: impl Fn(Box<dyn State>, usize) -> Result<Box<dyn State>, PlayError>,
    ) -> Result<Digests, PlayError> {
        let mut digests = Digests::default();
        let mut state = pass(system.start(Chance::from_seed(&self.seed)), 0)?;
        for (step, actions) in self.steps.iter().enumerate() {
            digests.add(system, &*state, step.is_multiple_of(STATES_FOR_A_PICTURE));
            state.step(actions).map_err(|source| PlayError::Step { step, source })?;
            state = pass(state, step + 1)?;
        }
        digests.add(system, &*state, true);
        Ok(digests)
    }
}

impl Digests {
    fn add(&mut self, system: &dyn System, state: &dyn State, is_drawn: bool) {
        let mut writer = Writer::new();
        write_moment(&mut writer, system, state);
        self.results = sha256(&[&self.results.0, &writer.finish()[..]].concat());
        if is_drawn {
            let drawn = [state.picture().as_bytes(), state.svg().as_bytes()].concat();
            self.pictures = sha256(&[&self.pictures.0, &drawn[..]].concat());
        }
    }
}

/// Everything but pictures.
fn write_moment(writer: &mut Writer, system: &dyn System, state: &dyn State) {
    match state.status() {
        Status::Acting(seats) => writer.raw(&[0, seats.0]),
        Status::Terminal(ending) => writer.raw(&[1]).raw(&Termination::from(ending).encode()),
    };
    write_sized(writer, &state.bytes());
    writer.u32(state.chance_event_count());
    for score in state.scores() {
        writer.i64(score);
    }
    for seat in (0..system.seat_count()).map(Seat) {
        let observation = state.observation(seat);
        write_sized(writer, &observation);
        writer.u64(state.packed_observation(seat));
        let legal = state.legal_actions(seat);
        writer.u32(legal.len() as u32);
        legal.iter().for_each(|&Action(number)| {
            writer.u64(number);
        });
        let mut tensor = Vec::new();
        // An observation that is refused leaves the tensor empty, which shows as well.
        let _ = system.write_tensor(seat, &observation, &mut tensor);
        writer.u32(tensor.len() as u32);
        tensor.iter().for_each(|number| {
            writer.u32(number.to_bits());
        });
    }
}

fn write_sized(writer: &mut Writer, bytes: &[u8]) {
    writer.u32(bytes.len() as u32).raw(bytes);
}
