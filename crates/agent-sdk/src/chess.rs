//! What an agent sees of `chess`: SPEC.md section 8.7.
//!
//! [`Packed`] holds a few of the legal moves, enough for an agent that knows no rules; [`Board`]
//! reads where everything stands from the full observation. Squares count from a1 = 0 by files,
//! then ranks, to h8 = 63. Seat 0 is White.

use crate::observation::{Observation, u16_at};

/// The length of the longest full observation, in bytes.
pub const OBSERVATION_BYTES_MAX: usize = 240;

/// How many moves a packed observation holds.
pub const MOVES_SHOWN: usize = 4;

/// Bytes before the board, and before the moves behind it.
const BOARD_AT: usize = 8;
const PAST_AT: usize = 40;

/// What stands on a square.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Piece {
    /// Becomes another piece on the last rank.
    Pawn = 0,
    /// Leaps.
    Knight = 1,
    /// Goes along diagonals.
    Bishop = 2,
    /// Goes along ranks and files.
    Rook = 3,
    /// Goes along all lines.
    Queen = 4,
    /// Must not be taken.
    King = 5,
}

impl Piece {
    /// All six, in the order of their numbers.
    pub const ALL: [Self; 6] =
        [Self::Pawn, Self::Knight, Self::Bishop, Self::Rook, Self::Queen, Self::King];
}

/// A move, and the action for it: `from | to << 6 | promotion << 12`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move(u16);

impl Move {
    /// A move without promotion.
    pub const fn new(from: u8, to: u8) -> Self {
        Self(from as u16 | (to as u16) << 6)
    }

    /// The same move, of a pawn that becomes a knight, bishop, rook or queen.
    #[must_use]
    pub const fn promoting_to(self, piece: Piece) -> Self {
        Self(self.0 & 0xfff | (piece as u16) << 12)
    }

    /// The square it leaves.
    pub const fn from(self) -> u8 {
        self.0 as u8 & 63
    }

    /// The square it goes to.
    pub const fn to(self) -> u8 {
        (self.0 >> 6) as u8 & 63
    }

    /// What a pawn becomes, if it is one that reaches the last rank.
    pub const fn promotion(self) -> Option<Piece> {
        match self.0 >> 12 {
            1 => Some(Piece::Knight),
            2 => Some(Piece::Bishop),
            3 => Some(Piece::Rook),
            4 => Some(Piece::Queen),
            _ => None,
        }
    }
}

impl From<Move> for u64 {
    fn from(chosen: Move) -> Self {
        chosen.0.into()
    }
}

/// The packed observation of the seat that is to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packed(u64);

impl Packed {
    /// The view of the number that `decide` is called with.
    pub const fn new(bits: u64) -> Self {
        Self(bits)
    }

    /// The number itself.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Four legal moves, spread over all of them; where there are fewer, some come twice.
    pub fn moves(self) -> [Move; MOVES_SHOWN] {
        core::array::from_fn(|place| Move((self.0 >> (15 * place)) as u16 & 0x7fff))
    }

    /// The agent's seat: 0 White, 1 Black.
    pub const fn seat(self) -> u8 {
        (self.0 >> 60) as u8 & 1
    }

    /// Whether the agent's king is attacked.
    pub const fn is_in_check(self) -> bool {
        self.0 >> 61 & 1 == 1
    }
}

impl From<u64> for Packed {
    fn from(bits: u64) -> Self {
        Self(bits)
    }
}

/// The full observation.
#[derive(Clone, Copy, Debug)]
pub struct Board<'a> {
    bytes: &'a [u8],
}

impl<'a> Board<'a> {
    /// Reads an observation.
    ///
    /// # Panics
    /// When the observation is of another System than `chess`.
    pub fn new(seen: Observation<'a>) -> Self {
        let bytes = seen.bytes;
        let is_chess = bytes.len() >= PAST_AT && bytes.len() == PAST_AT + 2 * usize::from(bytes[7]);
        assert!(is_chess, "not an observation of chess");
        Self { bytes }
    }

    /// How many plies have been played, those of the opening included.
    pub fn ply(self) -> u16 {
        u16_at(self.bytes, 0)
    }

    /// The seat that is to move: 0 White, 1 Black.
    pub fn mover(self) -> u8 {
        self.bytes[0] & 1
    }

    /// Plies since the last capture or move of a pawn.
    pub fn quiet_plies(self) -> u8 {
        self.bytes[3]
    }

    /// The rights to castle: bit 0 White's with h1, 1 with a1, 2 Black's with h8, 3 with a8.
    pub fn rights(self) -> u8 {
        self.bytes[4]
    }

    /// The file, 0 to 7, of a pawn that can be taken en passant now.
    pub fn en_passant_file(self) -> Option<u8> {
        Some(self.bytes[5]).filter(|&file| file < 8)
    }

    /// The seat and the piece on a square.
    pub fn piece(self, square: u8) -> Option<(u8, Piece)> {
        let byte = self.bytes[BOARD_AT + usize::from(square / 2)] >> (4 * (square % 2));
        let piece = Piece::ALL.get(usize::from(byte & 7).wrapping_sub(1))?;
        Some((byte >> 3 & 1, *piece))
    }

    /// The moves since the last capture, move of a pawn or change of rights, the latest first.
    pub fn past(self) -> impl Iterator<Item = Move> {
        let moves = self.bytes[PAST_AT..].chunks_exact(2).rev();
        moves.map(|bytes| Move(u16_at(bytes, 0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_is_its_squares_and_what_a_pawn_becomes() {
        let plain = Move::new(52, 60);
        assert_eq!((plain.from(), plain.to(), plain.promotion()), (52, 60, None));
        let promoting = plain.promoting_to(Piece::Queen);
        assert_eq!(u64::from(promoting), 52 | 60 << 6 | 4 << 12);
        assert_eq!(promoting.promotion(), Some(Piece::Queen));
    }
}
