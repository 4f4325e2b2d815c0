//! The full observation of `snake`: the whole body, as the state's bytes hold it.

use core::iter;

use super::{Cell, Direction, Packed, Size};
use crate::observation::{Observation, u16_at};

/// Bytes before the occupancy bits.
const FIXED_BYTES: usize = 9;

/// Where the state has no apple.
const NO_APPLE: u16 = 0xffff;

/// The longest observation there is: that of a board of 16 by 16, in bytes.
pub const OBSERVATION_BYTES_MAX: usize = FIXED_BYTES + 256 / 8 + 256 / 4;

/// The board with the whole snake on it.
#[derive(Clone, Copy, Debug)]
pub struct Board<'a> {
    size: Size,
    bytes: &'a [u8],
}

impl<'a> Board<'a> {
    /// The view of an observation; the size of the board comes from its packed half.
    ///
    /// # Panics
    /// When the observation is of another System than `snake`.
    pub fn new(seen: Observation<'a>) -> Self {
        let size = Packed::new(seen.packed).size();
        let expected = FIXED_BYTES + size.cells().div_ceil(8) + size.cells().div_ceil(4);
        assert!(seen.bytes.len() == expected, "not an observation of a snake's board");
        Self { size, bytes: seen.bytes }
    }

    /// How large the board is.
    pub const fn size(&self) -> Size {
        self.size
    }

    /// How many steps were made.
    pub fn step(&self) -> u16 {
        u16_at(self.bytes, 0)
    }

    /// How many apples were eaten.
    pub fn eaten(&self) -> u16 {
        u16_at(self.bytes, 3)
    }

    /// How many cells the snake fills.
    pub fn length(&self) -> u16 {
        self.eaten() + 1
    }

    /// Where the head is.
    pub fn head(&self) -> Cell {
        self.size.cell(self.bytes[5].into())
    }

    /// Where the tail is; the head's own cell while the snake is one cell long.
    pub fn tail(&self) -> Cell {
        self.size.cell(self.bytes[6].into())
    }

    /// Where the apple is; nowhere once the snake fills the board.
    pub fn apple(&self) -> Option<Cell> {
        match u16_at(self.bytes, 7) {
            NO_APPLE => None,
            index => Some(self.size.cell(index.into())),
        }
    }

    /// Whether the snake fills this cell, head and tail included.
    pub fn is_body(&self, cell: Cell) -> bool {
        let index = self.size.index(cell);
        self.bytes[FIXED_BYTES + index / 8] >> (index % 8) & 1 == 1
    }

    /// The way from this cell of the body to the next one towards the head.
    ///
    /// It is [`Direction::Up`], without a meaning, for the head and for free cells.
    pub fn link(&self, cell: Cell) -> Direction {
        let index = self.size.index(cell);
        let links = FIXED_BYTES + self.size.cells().div_ceil(8);
        Direction::from_bits(self.bytes[links + index / 4] >> (2 * (index % 4)))
    }

    /// The cells of the snake from its tail to its head.
    pub fn body(self) -> impl Iterator<Item = Cell> + 'a {
        let head = self.head();
        iter::successors(Some(self.tail()), move |&cell| {
            if cell == head { None } else { self.size.neighbour(cell, self.link(cell)) }
        })
        .take(self.length().into())
    }
}
