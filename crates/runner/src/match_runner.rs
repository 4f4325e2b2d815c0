//! The match runner: spec and agents in, outcome and trace out.
//!
//! Nothing here depends on the host: an agent's failure is part of the result, and what the host
//! cannot supply is an error without a verdict.

use nets_core::{
    Action, Chance, FuelClock, Information, MatchSpec, ObservationHeader, Outcome, RecordedStep,
    Seat, SeatSet, State, Status, StepError, System, Termination, Trace, TraceBuilder,
};
use thiserror::Error;

use crate::sandbox::{Decision, FaultKind, HostFailure, Instance};
use crate::seat_agent::{Inadmissible, SeatAgent};

/// Why a seat forfeited: for people, and part of no hash.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SeatFailure {
    /// The agent's module may not play.
    #[error("inadmissible module: {0}")]
    Inadmissible(Inadmissible),
    /// The call of `decide` failed.
    #[error("{0}")]
    Fault(FaultKind),
    /// The call returned an action that is not legal.
    #[error("illegal action {0}")]
    IllegalAction(Action),
}

/// A forfeit with its cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultReport {
    /// The seat that forfeited.
    pub seat: Seat,
    /// The step it was asked for.
    pub step: u32,
    /// Why.
    pub failure: SeatFailure,
}

/// A match that could not be played; nobody is to blame and nobody loses.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlayError {
    /// More or fewer agents than seats.
    #[error("the System has {expected} seats, got {got} agents")]
    SeatCount {
        /// How many seats the System has.
        expected: u8,
        /// How many agents there are.
        got: usize,
    },
    /// The host lacked something.
    #[error(transparent)]
    Host(#[from] HostFailure),
    /// The System refused a step of legal actions: a fault of the System.
    #[error("the System refused legal actions: {0}")]
    System(#[from] StepError),
}

/// A match with all that can be said about it.
#[derive(Clone, Debug)]
pub struct PlayedMatch {
    /// How it ended.
    pub outcome: Outcome,
    /// What happened, hashed.
    pub trace: Trace,
    /// Why seats forfeited, if any did.
    pub faults: Vec<FaultReport>,
}

impl PlayedMatch {
    /// The steps as a record keeps them.
    pub fn recorded_steps(&self) -> Vec<RecordedStep> {
        let step = |leaf: nets_core::StepLeaf| RecordedStep {
            acting: leaf.acting,
            actions: leaf.actions,
            signatures: leaf.signatures.unwrap_or_default(),
        };
        self.trace.steps().map(step).collect()
    }
}

/// Plays the match of `spec`, whose rules are `system`'s and whose seats `agents` sit in.
///
/// # Errors
/// When there is no verdict: wrong number of agents, or the host fell short.
pub fn play(
    system: &dyn System,
    spec: &MatchSpec,
    agents: &[&SeatAgent],
) -> Result<PlayedMatch, PlayError> {
    let mut table = table(system, spec, agents)?;
    let termination = loop {
        match table.state.status() {
            Status::Terminal(ending) => break ending.into(),
            Status::Acting(acting) => {
                if let Some(forfeits) = table.step(acting)? {
                    break Termination::Forfeit(forfeits);
                }
            }
        }
    };
    Ok(table.finish(system, spec, termination))
}

/// Asks the seats that act first for one decision each; gives the first that would forfeit.
///
/// # Errors
/// As [`play`].
pub fn first_forfeit(
    system: &dyn System,
    spec: &MatchSpec,
    agents: &[&SeatAgent],
) -> Result<Option<FaultReport>, PlayError> {
    let mut table = table(system, spec, agents)?;
    if let Status::Acting(acting) = table.state.status() {
        table.step(acting)?;
    }
    Ok(table.faults.into_iter().next())
}

fn table<'a>(
    system: &dyn System,
    spec: &MatchSpec,
    agents: &[&'a SeatAgent],
) -> Result<Table<'a>, PlayError> {
    let expected = system.descriptor().seat_count;
    match agents.len() {
        got if got == usize::from(expected) => Table::new(system, spec, agents),
        got => Err(PlayError::SeatCount { expected, got }),
    }
}

/// What one seat has in a match.
struct SeatPlayer<'a> {
    agent: &'a SeatAgent,
    instance: Option<Box<dyn Instance>>,
    clock: u64,
    fuel_used: u64,
}

/// A match in progress.
struct Table<'a> {
    state: Box<dyn State>,
    information: Information,
    fuel_clock: FuelClock,
    players: Vec<SeatPlayer<'a>>,
    trace: TraceBuilder,
    faults: Vec<FaultReport>,
    actions: Vec<Action>,
    observation: Vec<u8>,
}

impl<'a> Table<'a> {
    fn new(
        system: &dyn System,
        spec: &MatchSpec,
        agents: &[&'a SeatAgent],
    ) -> Result<Self, PlayError> {
        let fuel_clock = spec.rules.fuel_clock;
        let seat = |agent: &&'a SeatAgent| {
            let instance = agent.program().ok().map(|loaded| loaded.program.instantiate());
            let (instance, clock) = (instance.transpose()?, fuel_clock.base);
            Ok(SeatPlayer { agent, instance, clock, fuel_used: 0 })
        };
        Ok(Self {
            state: system.start(Chance::from_seed(&spec.seed)),
            information: system.descriptor().information,
            fuel_clock,
            players: agents.iter().map(seat).collect::<Result<_, HostFailure>>()?,
            trace: TraceBuilder::new(system.step_count_max()),
            faults: Vec::new(),
            actions: Vec::new(),
            observation: Vec::new(),
        })
    }

    /// Asks all acting seats, then steps; gives the forfeiting seats if there are any.
    fn step(&mut self, acting: SeatSet) -> Result<Option<SeatSet>, PlayError> {
        self.trace.begin_step(self.state.as_ref(), acting, self.information);
        self.actions.clear();
        let mut forfeits = SeatSet::EMPTY;
        for seat in acting.iter() {
            match self.ask(seat)? {
                Ok(action) => self.actions.push(action),
                Err(failure) => {
                    forfeits = forfeits.with(seat);
                    let step = self.trace.step_count() - 1;
                    self.faults.push(FaultReport { seat, step, failure });
                }
            }
        }
        if !forfeits.is_empty() {
            self.trace.abandon_step(self.information);
            return Ok(Some(forfeits));
        }
        self.trace.end_step(&self.actions);
        self.state.step(&self.actions)?;
        Ok(None)
    }

    fn ask(&mut self, seat: Seat) -> Result<Result<Action, SeatFailure>, PlayError> {
        let seat_count = self.players.len() as u8;
        let player = &mut self.players[seat.index()];
        let wants_observation = match player.agent.program() {
            Ok(loaded) => loaded.wants_observation,
            Err(refusal) => return Ok(Err(SeatFailure::Inadmissible(refusal.clone()))),
        };
        let Some(instance) = &mut player.instance else {
            return Ok(Err(SeatFailure::Fault(FaultKind::AlreadyFaulted)));
        };
        player.clock = self.fuel_clock.refill(player.clock);
        if wants_observation {
            let header = ObservationHeader {
                fuel_left: player.clock,
                step: self.trace.step_count() - 1,
                seat: seat.0,
                seat_count,
                observation_bytes: 0,
            };
            write_observation(header, self.state.as_ref(), seat, &mut self.observation);
            instance.write_observation(&self.observation);
        }
        match instance.decide(self.state.packed_observation(seat), player.clock)? {
            Decision::Fault(kind) => Ok(Err(SeatFailure::Fault(kind))),
            Decision::Action { action, fuel_used } => {
                player.clock = player.clock.saturating_sub(fuel_used);
                player.fuel_used = player.fuel_used.saturating_add(fuel_used);
                let action = Action(action);
                let is_legal = self.state.is_legal(seat, action);
                Ok(if is_legal { Ok(action) } else { Err(SeatFailure::IllegalAction(action)) })
            }
        }
    }

    fn finish(
        self,
        system: &dyn System,
        spec: &MatchSpec,
        termination: Termination,
    ) -> PlayedMatch {
        let scores = match termination {
            Termination::Forfeit(forfeits) => system.forfeit_scores(forfeits),
            Termination::Finished | Termination::StepLimit => self.state.scores(),
        };
        let fuel_used: Vec<_> = self.players.iter().map(|player| player.fuel_used).collect();
        let step_count = self.trace.step_count();
        let trace =
            self.trace.finish(spec.id(), self.state.as_ref(), termination, &scores, &fuel_used);
        let trace_root = trace.root();
        let outcome = Outcome { scores, termination, step_count, fuel_used, trace_root };
        PlayedMatch { outcome, trace, faults: self.faults }
    }
}

fn write_observation(
    mut header: ObservationHeader,
    state: &dyn State,
    seat: Seat,
    bytes: &mut Vec<u8>,
) {
    bytes.clear();
    bytes.extend(header.encode());
    let start = bytes.len();
    state.write_observation(seat, bytes);
    header.observation_bytes = (bytes.len() - start) as u16;
    bytes[..start].copy_from_slice(&header.encode());
}
