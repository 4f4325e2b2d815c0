//! Replay: a record against what really happens.

use nets_core::{
    Address, Digest, MatchRecord, PROTOCOL_VERSION, RecordedStep, Score, Seat, SeatSet, StepError,
    System, SystemId, Termination,
};
use thiserror::Error;

use crate::match_runner::{PlayError, PlayedMatch, play};
use crate::sandbox::METERING_VERSION;
use crate::seat_agent::SeatAgent;

/// What a replay found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The record is right.
    Right,
    /// The record is wrong; this is the first difference.
    Wrong(Difference),
}

/// The first thing in which a record and its replay differ.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Difference {
    /// A step.
    #[error("step {step}: recorded {}, replayed {}", describe(recorded), describe(replayed))]
    Step {
        /// Which step.
        step: usize,
        /// What the record says; none where it ends before.
        recorded: Option<RecordedStep>,
        /// What happened; none where the match ended before.
        replayed: Option<RecordedStep>,
    },
    /// Other seats acted, in a signed match.
    #[error("step {step}: seats {:#04x} are recorded, {:#04x} act", recorded.0, replayed.0)]
    Turn {
        /// Which step.
        step: u32,
        /// Who acted, by the record.
        recorded: SeatSet,
        /// Who acts.
        replayed: SeatSet,
    },
    /// An action that the System does not take, in a signed match.
    #[error("step {step}: {error}")]
    Refused {
        /// Which step.
        step: u32,
        /// Why not.
        error: StepError,
    },
    /// An action that its agent did not sign, in a signed match.
    #[error(
        "step {step}: the action of {seat} was signed by {}, not by {}",
        whom(signer),
        whom(key)
    )]
    Signature {
        /// Which step.
        step: u32,
        /// The seat.
        seat: Seat,
        /// Whose signature it is, if anybody's.
        signer: Option<Address>,
        /// The key that the agent of the seat is, if it is one.
        key: Option<Address>,
    },
    /// A signed match that goes on where the record says it ended.
    #[error("the match is not over after {step} steps, recorded as {recorded}")]
    Unfinished {
        /// How many steps were recorded.
        step: u32,
        /// How it is said to have ended.
        recorded: Termination,
    },
    /// How it ended.
    #[error("termination: recorded {recorded}, replayed {replayed}")]
    Termination {
        /// What the record says.
        recorded: Termination,
        /// What happened.
        replayed: Termination,
    },
    /// The scores.
    #[error("scores: recorded {recorded:?}, replayed {replayed:?}")]
    Scores {
        /// What the record says.
        recorded: Vec<Score>,
        /// What happened.
        replayed: Vec<Score>,
    },
    /// The fuel.
    #[error("fuel: recorded {recorded:?}, replayed {replayed:?}")]
    Fuel {
        /// What the record says.
        recorded: Vec<u64>,
        /// What happened.
        replayed: Vec<u64>,
    },
    /// The trace, although all that the record spells out is right.
    #[error("trace root: recorded {recorded}, replayed {replayed}")]
    TraceRoot {
        /// What the record says.
        recorded: Digest,
        /// What happened.
        replayed: Digest,
    },
}

fn whom(address: &Option<Address>) -> String {
    address.map_or("nobody".to_owned(), |address| address.to_string())
}

fn describe(step: &Option<RecordedStep>) -> String {
    match step {
        None => "the end of the match".to_owned(),
        Some(step) if step.actions.is_empty() => "no action".to_owned(),
        Some(step) => {
            let pairs = step.acting.iter().zip(&step.actions);
            let pairs: Vec<_> = pairs.map(|(seat, action)| format!("{seat}: {action}")).collect();
            pairs.join(", ")
        }
    }
}

/// A record that cannot be replayed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReplayError {
    /// It was made by another version of the rules.
    #[error(
        "the record is of protocol {protocol}, metering {metering}; this nets replays protocol \
         {PROTOCOL_VERSION}, metering {METERING_VERSION}"
    )]
    Version {
        /// The protocol version in the record.
        protocol: u16,
        /// The metering version in the record.
        metering: u16,
    },
    /// The System is not the record's.
    #[error("the record is of {expected}, got {got}")]
    System {
        /// The System in the record.
        expected: SystemId,
        /// The System given.
        got: SystemId,
    },
    /// An agent is not the record's.
    #[error("seat {seat} was played by module {expected}, got {got}")]
    Agent {
        /// The seat.
        seat: usize,
        /// The module in the record.
        expected: Digest,
        /// The module given.
        got: Digest,
    },
    /// The match could not be played.
    #[error(transparent)]
    Play(#[from] PlayError),
}

/// Plays the match of a record again and compares.
///
/// # Errors
/// When the record is not of this version, System and agents, or there is no verdict.
pub fn replay(
    record: &MatchRecord,
    system: &dyn System,
    agents: &[&SeatAgent],
) -> Result<(Verdict, PlayedMatch), ReplayError> {
    let rules = &record.spec.rules;
    let (protocol, metering) = (rules.protocol_version, rules.metering_version);
    if (protocol, metering) != (PROTOCOL_VERSION, METERING_VERSION) {
        return Err(ReplayError::Version { protocol, metering });
    }
    require_system(record, system)?;
    for (seat, (identity, agent)) in record.seats.iter().zip(agents).enumerate() {
        let (expected, got) = (identity.code_hash, agent.code_hash());
        if expected != got {
            return Err(ReplayError::Agent { seat, expected, got });
        }
    }
    let played = play(system, &record.spec, agents)?;
    let verdict = first_difference(record, &played).map_or(Verdict::Right, Verdict::Wrong);
    Ok((verdict, played))
}

pub(crate) fn require_system(record: &MatchRecord, system: &dyn System) -> Result<(), ReplayError> {
    let rules = &record.spec.rules;
    if rules.system != system.id() || rules.parameters != system.parameters().encode() {
        let (expected, got) = (rules.system.clone(), system.id());
        return Err(ReplayError::System { expected, got });
    }
    Ok(())
}

pub(crate) fn first_difference(record: &MatchRecord, played: &PlayedMatch) -> Option<Difference> {
    let steps = played.recorded_steps();
    let longer = record.steps.len().max(steps.len());
    let differs = |&step: &usize| record.steps.get(step) != steps.get(step);
    if let Some(step) = (0..longer).find(differs) {
        let (recorded, replayed) = (record.steps.get(step).cloned(), steps.get(step).cloned());
        return Some(Difference::Step { step, recorded, replayed });
    }
    let (recorded, replayed) = (record.outcome.clone(), played.outcome.clone());
    if recorded.termination != replayed.termination {
        let (recorded, replayed) = (recorded.termination, replayed.termination);
        return Some(Difference::Termination { recorded, replayed });
    }
    if recorded.scores != replayed.scores {
        let (recorded, replayed) = (recorded.scores, replayed.scores);
        return Some(Difference::Scores { recorded, replayed });
    }
    if recorded.fuel_used != replayed.fuel_used {
        let (recorded, replayed) = (recorded.fuel_used, replayed.fuel_used);
        return Some(Difference::Fuel { recorded, replayed });
    }
    if recorded.trace_root != replayed.trace_root {
        let (recorded, replayed) = (recorded.trace_root, replayed.trace_root);
        return Some(Difference::TraceRoot { recorded, replayed });
    }
    None
}
