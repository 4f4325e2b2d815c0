//! An agent in a seat of one match: asked for one decision after the other, on its fuel clock.
//!
//! It knows no more of the match than each question tells; who asks takes the step.

use nets_core::{Action, FuelClock, ObservationHeader, Seat, State};

use crate::match_runner::SeatFailure;
use crate::sandbox::{Decision, FaultKind, HostFailure, Instance};
use crate::seat_agent::{Inadmissible, Loaded, SeatAgent};

/// What one seat has in a match.
pub struct SeatPlayer {
    program: Result<Loaded, Inadmissible>,
    instance: Option<Box<dyn Instance>>,
    fuel_clock: FuelClock,
    clock: u64,
    fuel_used: u64,
    observation: Vec<u8>,
}

/// A question to a seat: where the match is.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The moment.
    pub state: &'a dyn State,
    /// The step that it is before.
    pub step: u32,
    /// Who is asked.
    pub seat: Seat,
    /// How many seats there are.
    pub seat_count: u8,
}

impl std::fmt::Debug for SeatPlayer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { clock, fuel_used, .. } = self;
        f.debug_struct("SeatPlayer").field("clock", clock).field("fuel_used", fuel_used).finish()
    }
}

impl SeatPlayer {
    /// Seats an agent for a match of its own.
    ///
    /// # Errors
    /// When the host lacks the resources.
    pub fn new(agent: &SeatAgent, fuel_clock: FuelClock) -> Result<Self, HostFailure> {
        let program = agent.program().cloned().map_err(Clone::clone);
        let instance = program.as_ref().ok().map(|loaded| loaded.program.instantiate());
        Ok(Self {
            instance: instance.transpose()?,
            program,
            fuel_clock,
            clock: fuel_clock.base,
            fuel_used: 0,
            observation: Vec::new(),
        })
    }

    /// The fuel used over the calls that returned an action.
    pub fn fuel_used(&self) -> u64 {
        self.fuel_used
    }

    /// Leaves the seat when the match is over.
    pub fn leave(self) {
        self.instance.into_iter().for_each(Instance::finish);
    }

    /// Asks for one decision: a legal action, or why the seat forfeits.
    ///
    /// # Errors
    /// When there is no verdict because the host fell short.
    pub fn ask(
        &mut self,
        question: Question<'_>,
    ) -> Result<Result<Action, SeatFailure>, HostFailure> {
        let Question { state, seat, .. } = question;
        let wants_observation = match &self.program {
            Ok(loaded) => loaded.wants_observation,
            Err(refusal) => return Ok(Err(SeatFailure::Inadmissible(refusal.clone()))),
        };
        let Some(instance) = &mut self.instance else {
            return Ok(Err(SeatFailure::Fault(FaultKind::AlreadyFaulted)));
        };
        self.clock = self.fuel_clock.refill(self.clock);
        if wants_observation {
            let Question { step, seat: Seat(seat), seat_count, .. } = question;
            let fuel_left = self.clock;
            let header =
                ObservationHeader { fuel_left, step, seat, seat_count, observation_bytes: 0 };
            header.write(state, &mut self.observation);
            instance.write_observation(&self.observation);
        }
        match instance.decide(state.packed_observation(seat), self.clock)? {
            Decision::Fault(kind) => Ok(Err(SeatFailure::Fault(kind))),
            Decision::Action { action, fuel_used } => {
                self.clock = self.clock.saturating_sub(fuel_used);
                self.fuel_used = self.fuel_used.saturating_add(fuel_used);
                let action = Action(action);
                let is_legal = state.is_legal(seat, action);
                Ok(if is_legal { Ok(action) } else { Err(SeatFailure::IllegalAction(action)) })
            }
        }
    }
}
