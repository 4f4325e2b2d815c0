//! Duels: two seats in turn, of which one wins, or neither.
//!
//! What board Systems share: how a match stands, what it scores, and who may act. Nothing here
//! knows a board. Invariant: a win scores 2, a draw 1, a loss 0, and a match that still runs stands
//! at a draw.

use alloc::vec;
use alloc::vec::Vec;

use nets_core::{Action, DecodeError, Ending, Score, Seat, SeatSet, Status, StepError};

/// Where a match stands; the number is its byte in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Outcome {
    Running = 0,
    FirstWon = 1,
    SecondWon = 2,
    Draw = 3,
}

impl Outcome {
    /// The outcome with this byte.
    pub(crate) fn decode(byte: u8) -> Result<Self, DecodeError> {
        match byte {
            0 => Ok(Self::Running),
            1 => Ok(Self::FirstWon),
            2 => Ok(Self::SecondWon),
            3 => Ok(Self::Draw),
            _ => Err(DecodeError::value("status", "0 to 3", byte)),
        }
    }

    /// The outcome of a match that `seat` won.
    pub(crate) fn won_by(seat: Seat) -> Self {
        if seat == Seat(0) { Self::FirstWon } else { Self::SecondWon }
    }

    /// Who acts, where it is `to_move`'s turn unless the match is over.
    pub(crate) fn status(self, to_move: Seat) -> Status {
        match self {
            Self::Running => Status::Acting(SeatSet::only(to_move)),
            _ => Status::Terminal(Ending::Finished),
        }
    }

    /// The score of each seat.
    pub(crate) fn scores(self) -> Vec<Score> {
        match self {
            Self::FirstWon => vec![2, 0],
            Self::SecondWon => vec![0, 2],
            Self::Running | Self::Draw => vec![1, 1],
        }
    }

    /// The one action of a step, as far as that depends on neither seat nor board.
    pub(crate) fn only_action(self, actions: &[Action]) -> Result<Action, StepError> {
        match (self, actions) {
            (Self::Running, &[action]) => Ok(action),
            (Self::Running, _) => Err(StepError::Count { expected: 1, got: actions.len() }),
            _ => Err(StepError::Terminal),
        }
    }
}

/// The scores of a match that `forfeits` lose by forfeit.
pub(crate) fn forfeit_scores(forfeits: SeatSet) -> Vec<Score> {
    [Seat(0), Seat(1)].map(|seat| if forfeits.contains(seat) { 0 } else { 2 }).to_vec()
}
