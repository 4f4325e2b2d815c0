//! What an agent sees of `go`: SPEC.md section 8.12.
//!
//! [`Packed`] holds a few good-looking points, enough for an agent that knows no rules; [`Board`]
//! reads all stones and all actions so far from the full observation. Point `size · row + column`
//! is in a row counted from the lowest and a column counted from the first. Seat 0 is black.

use crate::observation::{Observation, u16_at};

/// The length of the longest full observation, in bytes: that of the largest board and limit.
pub const OBSERVATION_BYTES_MAX: usize = STONES_AT + 2 * 361usize.div_ceil(8) + 2 * 2_000;

/// Bytes before the stones.
const STONES_AT: usize = 3;

/// What stands for no point.
const NONE: u16 = 511;

/// An action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Puts a stone on this point.
    Stone(u16),
    /// Puts none, on a board of this many points.
    Pass(u16),
}

impl From<Action> for u64 {
    fn from(action: Action) -> Self {
        match action {
            Action::Stone(number) | Action::Pass(number) => number.into(),
        }
    }
}

/// The packed observation.
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

    /// The point where the agent takes the most stones, if it can take any.
    pub const fn most_taking(self) -> Option<u16> {
        self.point(0)
    }

    /// Two legal points, neither surrounded by the agent's own stones; they may be the same.
    pub const fn plain(self) -> [Option<u16>; 2] {
        [self.point(9), self.point(18)]
    }

    /// The last action as a number; none at the start.
    pub const fn last(self) -> Option<u16> {
        self.point(27)
    }

    /// How many lines the board has in each direction.
    pub const fn size(self) -> u8 {
        (self.0 >> 36) as u8 & 31
    }

    /// How many points the board has.
    pub const fn points(self) -> u16 {
        self.size() as u16 * self.size() as u16
    }

    /// How many plies there are until the limit.
    pub const fn plies_left(self) -> u16 {
        (self.0 >> 41) as u16 & 0x7ff
    }

    /// What seat 1 has added, in half points.
    pub const fn komi(self) -> u8 {
        (self.0 >> 52) as u8
    }

    const fn point(self, from: u32) -> Option<u16> {
        match (self.0 >> from) as u16 & NONE {
            NONE => None,
            point => Some(point),
        }
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
    packed: Packed,
    bytes: &'a [u8],
}

impl<'a> Board<'a> {
    /// Reads an observation; the size of the board comes from its packed half.
    ///
    /// # Panics
    /// When the observation is of another System than `go`.
    pub fn new(seen: Observation<'a>) -> Self {
        let board = Self { packed: Packed::new(seen.packed), bytes: seen.bytes };
        let head = STONES_AT + 2 * board.set_bytes();
        let is_go = seen.bytes.len() >= head
            && seen.bytes.len() == head + usize::from(board.ply()) * board.action_bytes();
        assert!(is_go, "not an observation of go");
        board
    }

    /// What is in the packed half.
    pub const fn packed(self) -> Packed {
        self.packed
    }

    /// How many plies were played.
    pub fn ply(self) -> u16 {
        u16_at(self.bytes, 0)
    }

    /// The seat that is to move.
    pub fn mover(self) -> u8 {
        self.bytes[0] & 1
    }

    /// The seat whose stone is on this point.
    pub fn stone(self, point: u16) -> Option<u8> {
        let at = STONES_AT + usize::from(point / 8);
        let is_there = |byte: usize| self.bytes[byte] >> (point % 8) & 1 == 1;
        [at, at + self.set_bytes()].into_iter().position(is_there).map(|seat| seat as u8)
    }

    /// The actions so far as numbers, the oldest first.
    pub fn actions(self) -> impl Iterator<Item = u16> {
        let actions = &self.bytes[STONES_AT + 2 * self.set_bytes()..];
        actions.chunks_exact(self.action_bytes()).map(|bytes| match bytes {
            [low] => u16::from(*low),
            _ => u16_at(bytes, 0),
        })
    }

    fn set_bytes(self) -> usize {
        usize::from(self.packed.points()).div_ceil(8)
    }

    fn action_bytes(self) -> usize {
        if self.packed.size() > 15 { 2 } else { 1 }
    }
}
