//! A packed agent on positions of its System: what it costs, and how often it decides as the network
//! would have that it was made of.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use nets_core::{Action, ObservationHeader, System};
use nets_runner::sandbox::{
    AdmissionError, Decision, Engine, FaultKind, HostFailure, LoadError, admit,
};
use thiserror::Error;

use super::positions::{Position, sampled};
use super::{Choice, PackError, Packed, module};
use crate::evaluate::Evaluator;
use crate::program::Program;

/// What an adapter answers where nothing is legal.
const NO_CHOICE: u64 = 0;

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
    /// The best actions by the policy of the packed network, and of that in the file.
    pub agreement: Agreement,
}

impl Packed {
    /// Lets the agent decide in so many positions of random play.
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
        let actions = |program: &Program| -> Result<Vec<u64>, TrialError> {
            let best = module(program, system, &self.heads, Choice::Best)?;
            let decisions = decided(engine, system, &best, &positions)?;
            Ok(decisions.into_iter().map(|decided| decided.action).collect())
        };
        let packed = actions(&self.program)?;
        let float = match actions(&self.float) {
            // With weights of four bytes it may be larger than any agent.
            Err(TrialError::Inadmissible(_)) => self.evaluated(&self.float, system, &positions)?,
            actions => actions?,
        };
        let alike = packed.iter().zip(&float).filter(|(one, other)| one == other).count();
        let dearest = |is_first: bool| {
            let such = decisions.iter().filter(|decided| decided.is_first == is_first);
            such.map(|decided| decided.fuel).max()
        };
        let fuel_first = dearest(true).unwrap_or(0);
        Ok(Trial {
            fuel_first,
            // Where no match went on, a first decision is all that is known.
            fuel_max: dearest(false).unwrap_or(fuel_first),
            agreement: Agreement { alike, positions: positions.len() },
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
        let decisions = decided(engine, system, &self.module, &sampled(system, count))?;
        Ok(decisions.into_iter().map(|decided| Action(decided.action)).collect())
    }

    /// Compares the agent with the reference evaluator in so many positions: whether it takes the legal
    /// action with the greatest policy number, where it is to choose the best.
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
        let best = module(&self.program, system, &self.heads, Choice::Best)?;
        let decisions = decided(engine, system, &best, &positions)?;
        let expected = self.evaluated(&self.program, system, &positions)?;
        let pairs = decisions.iter().zip(&expected);
        let alike = pairs.filter(|(decided, expected)| decided.action == **expected).count();
        Ok(Agreement { alike, positions: positions.len() })
    }

    /// The best legal action in each position by the evaluator.
    fn evaluated(
        &self,
        program: &Program,
        system: &dyn System,
        positions: &[Position],
    ) -> Result<Vec<u64>, TrialError> {
        let mut evaluators = Players::default();
        let mut actions = Vec::new();
        for position in positions {
            let (evaluator, _) = evaluators.of(position, || Ok(Evaluator::new(program)))?;
            actions.push(self.best(system, position, evaluator).map_or(NO_CHOICE, |it| it.0));
        }
        Ok(actions)
    }

    /// The legal action with the greatest policy number by the evaluator, of several the lowest.
    fn best(
        &self,
        system: &dyn System,
        position: &Position,
        evaluator: &mut Evaluator<'_>,
    ) -> Option<Action> {
        let Position { seat, observation, .. } = position;
        let mut tensor = Vec::new();
        system.write_tensor(*seat, observation, &mut tensor).ok()?;
        let outputs = evaluator.run(&[&tensor]);
        let policy = outputs[self.heads.policy].as_f32()?;
        let legal = system.legal_actions(*seat, observation).ok()?.into_iter();
        legal.reduce(|best, next| {
            let [one, other] = [best, next].map(|action| policy[action.0 as usize]);
            if other > one || one.is_nan() && !other.is_nan() { next } else { best }
        })
    }
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
