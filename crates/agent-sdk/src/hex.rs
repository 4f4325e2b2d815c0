//! What an agent sees of `hex`: SPEC.md section 8.6.
//!
//! [`Packed`] tells of each line of the agent whether it has a stone of its own and where it is
//! free; [`Board`] reads all stones from the full observation. Seat 0 links the first row with the
//! last, seat 1 the first column with the last: the lines of a seat are those it has to cross, and
//! a cell is a line and a place in it.

use crate::observation::Observation;

/// The size of the largest board, in cells along a side.
pub const SIZE_MAX: u8 = 11;

/// The length of the longest full observation, in bytes.
pub const OBSERVATION_BYTES_MAX: usize = 33;

/// The packed observation, seen from the agent's own seat.
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

    /// How many cells a side of the board has.
    pub const fn size(self) -> u8 {
        (self.0 >> 55) as u8 & 15
    }

    /// The place of the free cell of a line that is nearest to its middle, if one is free.
    pub fn free_place(self, line: u8) -> Option<u8> {
        Some((self.0 >> (4 * line)) as u8 & 15).filter(|&place| place != 15)
    }

    /// Whether a stone of the agent is in a line.
    pub const fn has_stone(self, line: u8) -> bool {
        self.0 >> (44 + line) & 1 == 1
    }
}

impl From<u64> for Packed {
    fn from(bits: u64) -> Self {
        Self(bits)
    }
}

/// The stones on the board, seen from the agent's own seat.
#[derive(Clone, Copy, Debug)]
pub struct Board<'a> {
    size: u8,
    seat: u8,
    stones: [&'a [u8]; 2],
}

impl<'a> Board<'a> {
    /// Reads an observation; the size of the board comes from its packed half.
    ///
    /// # Panics
    /// When the observation is of another System than `hex`.
    pub fn new(seen: Observation<'a>) -> Self {
        let size = Packed::new(seen.packed).size();
        let set_bytes = (usize::from(size) * usize::from(size)).div_ceil(8);
        assert!(seen.bytes.len() == 1 + 2 * set_bytes, "not an observation of hex");
        let (first, second) = seen.bytes[1..].split_at(set_bytes);
        Self { size, seat: seen.seat & 1, stones: [first, second] }
    }

    /// How many cells a side of the board has.
    pub const fn size(self) -> u8 {
        self.size
    }

    /// The action for a place in a line of the agent.
    pub const fn action(self, line: u8, place: u8) -> u8 {
        if self.seat == 0 { self.size * line + place } else { self.size * place + line }
    }

    /// Whether the agent has a stone at this place of a line of its own.
    pub fn is_own(self, line: u8, place: u8) -> bool {
        self.has_stone(self.seat, self.action(line, place))
    }

    /// Whether the opponent has a stone at this place of a line of the agent.
    pub fn is_theirs(self, line: u8, place: u8) -> bool {
        self.has_stone(1 - self.seat, self.action(line, place))
    }

    /// Whether a cell has no stone.
    pub fn is_free(self, action: u8) -> bool {
        !self.has_stone(0, action) && !self.has_stone(1, action)
    }

    fn has_stone(self, seat: u8, cell: u8) -> bool {
        self.stones[usize::from(seat)][usize::from(cell / 8)] >> (cell % 8) & 1 == 1
    }
}
