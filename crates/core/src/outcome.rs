//! How a match ended.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;

use crate::encoding::DecodeError;
use crate::hash::Digest;
use crate::seat::SeatSet;
use crate::system::{Ending, Score};

/// Why a match is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Termination {
    /// Over by its rules.
    Finished,
    /// Over by its step limit.
    StepLimit,
    /// These seats failed to give a legal action and lose.
    Forfeit(SeatSet),
}

impl Termination {
    /// The two bytes in a trace: kind, and the forfeiting seats.
    pub fn encode(self) -> [u8; 2] {
        match self {
            Self::Finished => [0, 0],
            Self::StepLimit => [1, 0],
            Self::Forfeit(seats) => [2, seats.0],
        }
    }

    /// The termination of two bytes.
    ///
    /// # Errors
    /// When they are none.
    pub fn decode(bytes: [u8; 2]) -> Result<Self, DecodeError> {
        match bytes {
            [0, 0] => Ok(Self::Finished),
            [1, 0] => Ok(Self::StepLimit),
            [2, seats] if seats != 0 => Ok(Self::Forfeit(SeatSet(seats))),
            _ => Err(DecodeError::value(
                "termination",
                "0 0, 1 0 or 2 and a set of seats",
                format!("{} {}", bytes[0], bytes[1]),
            )),
        }
    }
}

impl From<Ending> for Termination {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Finished => Self::Finished,
            Ending::StepLimit => Self::StepLimit,
        }
    }
}

impl fmt::Display for Termination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finished => f.write_str("finished"),
            Self::StepLimit => f.write_str("step limit"),
            Self::Forfeit(seats) => {
                let list: Vec<_> = seats.iter().map(|seat| seat.to_string()).collect();
                write!(f, "forfeit by {}", list.join(" and "))
            }
        }
    }
}

/// The result of a match: a pure function of its spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The score of each seat.
    pub scores: Vec<Score>,
    /// Why the match is over.
    pub termination: Termination,
    /// How many steps were taken.
    pub step_count: u32,
    /// The fuel each seat used over the calls that returned; a call that faulted adds nothing.
    pub fuel_used: Vec<u64>,
    /// The root of the trace.
    pub trace_root: Digest,
}
