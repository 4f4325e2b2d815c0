//! A packed agent on positions of its System: what it costs, and how often it decides as the network
//! would have that it was made of.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use nets_core::{Action, FuelClock, ObservationHeader, System};
use nets_runner::sandbox::{
    AdmissionError, Decision, Engine, FaultKind, HostFailure, LoadError, admit,
};
use thiserror::Error;

use super::positions::{Position, sampled};
use super::reference::Reference;
use super::{PackError, Packed, module};
use crate::program::Program;

/// More fuel than any agent is given.
const PLENTY: u64 = u64::MAX >> 1;

/// An agent that could not be tried.
#[derive(Debug, Error)]
pub enum TrialError {
    /// It may not play at all.
    #[error("the agent is inadmissible: {0}")]
    Inadmissible(#[from] AdmissionError),
    /// The engine does not load it.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The engine lacks what it needs.
    #[error(transparent)]
    Host(#[from] HostFailure),
    /// It cannot be made.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// It fails.
    #[error("the agent fails in position {position}: {kind}")]
    Fault {
        /// In which position.
        position: usize,
        /// How.
        kind: FaultKind,
    },
}

/// How often two agents decide alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// In how many positions.
    pub alike: usize,
    /// Of how many.
    pub positions: usize,
}

/// What an agent did on sampled positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The dearest decision, the first of each match aside, in fuel.
    pub fuel_max: u64,
    /// The dearest first decision of a match, in fuel: the agent sets itself up in it.
    pub fuel_first: u64,
    /// With an agent that has the weights of the file and chooses by the same rule.
    pub agreement: Agreement,
}

impl Trial {
    /// How many decisions in a row a clock allows that gives less for each than it takes; none where
    /// it allows any number.
    pub fn decisions_within(&self, clock: &FuelClock) -> Option<u64> {
        let Some(mut left) = clock.refill(clock.base).checked_sub(self.fuel_first) else {
            return Some(0);
        };
        let mut decisions = 1;
        loop {
            let Some(next) = clock.refill(left).checked_sub(self.fuel_max) else {
                return Some(decisions);
            };
            // What is never less than before goes on for ever.
            if next >= left {
                return None;
            }
            (decisions, left) = (decisions + 1, next);
            // Where the cap cuts nothing off any more, each takes as much as the one before.
            let filled = left.checked_add(clock.increment);
            if let Some(filled) = filled.filter(|&filled| filled <= clock.cap) {
                let loss = self.fuel_max - clock.increment;
                let more = filled.checked_sub(self.fuel_max).map_or(0, |over| over / loss + 1);
                return Some(decisions + more);
            }
        }
    }
}

impl Packed {
    /// Lets the agent decide in so many positions of random play, beside one with the weights of the
    /// file.
    ///
    /// # Errors
    /// When it may not play, or fails.
    pub fn tried(
        &self,
        system: &dyn System,
        engine: &dyn Engine,
        count: usize,
    ) -> Result<Trial, TrialError> {
        let positions = sampled(system, count);
        let decisions = decided(engine, system, &self.module, &positions)?;
        let float = self.as_in_file(system, engine, &positions)?;
        let dearest = |is_first: bool| {
            let such = decisions.iter().filter(|decided| decided.is_first == is_first);
            such.map(|decided| decided.fuel).max()
        };
        let fuel_first = dearest(true).unwrap_or(0);
        Ok(Trial {
            fuel_first,
            // Where no match went on, a first decision is all that is known.
            fuel_max: dearest(false).unwrap_or(fuel_first),
            agreement: Agreement::of(&actions(decisions), &float),
        })
    }

    /// What the agent does in so many positions of random play.
    ///
    /// # Errors
    /// When it may not play, or fails.
    pub fn actions(
        &self,
        system: &dyn System,
        engine: &dyn Engine,
        count: usize,
    ) -> Result<Vec<Action>, TrialError> {
        Ok(actions(decided(engine, system, &self.module, &sampled(system, count))?))
    }

    /// Compares what the agent does in so many positions of random play with what the reference
    /// evaluator chooses there by the same rule.
    ///
    /// # Errors
    /// When it may not play, or fails.
    pub fn checked(
        &self,
        system: &dyn System,
        engine: &dyn Engine,
        count: usize,
    ) -> Result<Agreement, TrialError> {
        let positions = sampled(system, count);
        let decisions = actions(decided(engine, system, &self.module, &positions)?);
        let expected = self.evaluated(&self.program, system, &positions)?;
        Ok(Agreement::of(&decisions, &expected))
    }

    /// What an agent does that has the weights of the file and chooses by the same rule.
    fn as_in_file(
        &self,
        system: &dyn System,
        engine: &dyn Engine,
        positions: &[Position],
    ) -> Result<Vec<Action>, TrialError> {
        let float = module(&self.float, system, &self.heads, self.choice)?;
        match decided(engine, system, &float, positions) {
            // With weights of four bytes it may be larger than any agent.
            Err(TrialError::Inadmissible(_)) => self.evaluated(&self.float, system, positions),
            decisions => decisions.map(actions),
        }
    }

    /// The choice in each position by the evaluator.
    fn evaluated(
        &self,
        program: &Program,
        system: &dyn System,
        positions: &[Position],
    ) -> Result<Vec<Action>, TrialError> {
        let new = || Ok(Reference::new(program, system, self.choice, &self.heads));
        let mut players = Players::default();
        let mut actions = Vec::new();
        for position in positions {
            let (player, _) = players.of(position, new)?;
            actions.push(player.action(position));
        }
        Ok(actions)
    }
}

impl Agreement {
    fn of(some: &[Action], others: &[Action]) -> Self {
        let alike = some.iter().zip(others).filter(|(one, other)| one == other).count();
        Self { alike, positions: some.len() }
    }
}

fn actions(decisions: Vec<Decided>) -> Vec<Action> {
    decisions.into_iter().map(|decided| Action(decided.action)).collect()
}

/// What an agent decided.
struct Decided {
    action: u64,
    fuel: u64,
    /// Whether it was its seat's first decision in its match.
    is_first: bool,
}

/// Those who play the seats of the match that is on: each remembers what it saw, and nothing else.
struct Players<P> {
    game: u64,
    by_seat: BTreeMap<u8, P>,
}

impl<P> Default for Players<P> {
    fn default() -> Self {
        Self { game: 0, by_seat: BTreeMap::new() }
    }
}

impl<P> Players<P> {
    /// The player of a position's seat, and whether it is new.
    fn of(
        &mut self,
        position: &Position,
        new: impl FnOnce() -> Result<P, TrialError>,
    ) -> Result<(&mut P, bool), TrialError> {
        if self.game != position.game {
            self.by_seat.clear();
            self.game = position.game;
        }
        Ok(match self.by_seat.entry(position.seat.0) {
            Entry::Occupied(known) => (known.into_mut(), false),
            Entry::Vacant(free) => (free.insert(new()?), true),
        })
    }
}

/// What an agent decides in each position, each match with a new instance for each seat.
fn decided(
    engine: &dyn Engine,
    system: &dyn System,
    module: &[u8],
    positions: &[Position],
) -> Result<Vec<Decided>, TrialError> {
    let loaded = engine.load(&Arc::new(admit(module)?))?;
    let mut players = Players::default();
    let mut decisions = Vec::new();
    for (number, position) in positions.iter().enumerate() {
        let (instance, is_first) = players.of(position, || Ok(loaded.instantiate()?))?;
        let header = ObservationHeader {
            fuel_left: PLENTY,
            step: position.step,
            seat: position.seat.0,
            seat_count: system.seat_count(),
            observation_bytes: position.observation.len() as u16,
        };
        instance.write_observation(&[&header.encode()[..], &position.observation].concat());
        match instance.decide(position.packed, PLENTY)? {
            Decision::Action { action, fuel_used } => {
                decisions.push(Decided { action, fuel: fuel_used, is_first });
            }
            Decision::Fault(kind) => return Err(TrialError::Fault { position: number, kind }),
        }
    }
    Ok(decisions)
}
