//! The match runner: spec and agents in, outcome and trace out.
//!
//! Nothing here depends on the host: an agent's failure is part of the result, and what the host
//! cannot supply is an error without a verdict.

use nets_core::{
    Action, Chance, Information, MatchSpec, Outcome, RecordedStep, Seat, SeatSet, State, Status,
    StepError, System, Termination, Trace, TraceBuilder,
};
use thiserror::Error;

use crate::sandbox::{FaultKind, HostFailure};
use crate::seat_agent::{Inadmissible, SeatAgent};
use crate::seat_player::{Question, SeatPlayer};

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

fn table(system: &dyn System, spec: &MatchSpec, agents: &[&SeatAgent]) -> Result<Table, PlayError> {
    let expected = system.seat_count();
    match agents.len() {
        got if got == usize::from(expected) => Table::new(system, spec, agents),
        got => Err(PlayError::SeatCount { expected, got }),
    }
}

/// A match in progress.
struct Table {
    state: Box<dyn State>,
    information: Information,
    players: Vec<SeatPlayer>,
    trace: TraceBuilder,
    faults: Vec<FaultReport>,
    actions: Vec<Action>,
}

impl Table {
    fn new(
        system: &dyn System,
        spec: &MatchSpec,
        agents: &[&SeatAgent],
    ) -> Result<Self, PlayError> {
        let seat = |agent: &&SeatAgent| SeatPlayer::new(agent, spec.rules.fuel_clock);
        Ok(Self {
            state: system.start(Chance::from_seed(&spec.seed)),
            information: system.descriptor().information,
            players: agents.iter().map(seat).collect::<Result<_, HostFailure>>()?,
            trace: TraceBuilder::new(system.step_count_max()),
            faults: Vec::new(),
            actions: Vec::new(),
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

    fn ask(&mut self, seat: Seat) -> Result<Result<Action, SeatFailure>, HostFailure> {
        let (step, seat_count) = (self.trace.step_count() - 1, self.players.len() as u8);
        let question = Question { state: self.state.as_ref(), step, seat, seat_count };
        self.players[seat.index()].ask(question)
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
        let fuel_used: Vec<_> = self.players.iter().map(SeatPlayer::fuel_used).collect();
        self.players.into_iter().for_each(SeatPlayer::leave);
        let step_count = self.trace.step_count();
        let trace =
            self.trace.finish(spec.id(), self.state.as_ref(), termination, &scores, &fuel_used);
        let trace_root = trace.root();
        let outcome = Outcome { scores, termination, step_count, fuel_used, trace_root };
        PlayedMatch { outcome, trace, faults: self.faults }
    }
}
