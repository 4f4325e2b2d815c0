//! What an agent sees of `snake-arena`: SPEC.md section 8.11.
//!
//! [`Packed`] is what one's own head sees around it; [`Arena`] shows all apples and all bodies.
//! Cells, sizes and directions are those of [`snake`](crate::snake).

use crate::observation::{Observation, u16_at};
use crate::snake::{Cell, Direction, Size};

/// The most seats that a match has.
pub const SNAKES_MAX: usize = 4;

/// The longest observation there is: that of four snakes on a board of 16 by 16, in bytes.
pub const OBSERVATION_BYTES_MAX: usize = FIXED_BYTES + 256 / 8 + SNAKES_MAX * SNAKE_BYTES + 256;

/// Bytes before the set of apples.
const FIXED_BYTES: usize = 4;

/// Bytes of a snake besides its cells.
const SNAKE_BYTES: usize = 5;

/// What a living snake sees around its head, in 64 bits.
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

    /// Where the own head is.
    pub const fn head(self) -> Cell {
        Cell { x: self.nibble(0), y: self.nibble(4) }
    }

    /// The nearest apple; the upper left cell where there is none.
    pub const fn apple(self) -> Cell {
        Cell { x: self.nibble(8), y: self.nibble(12) }
    }

    /// How large the board is.
    pub const fn size(self) -> Size {
        Size { width: self.nibble(16) + 1, height: self.nibble(20) + 1 }
    }

    /// Whether a step that way leads off the board or onto a body.
    ///
    /// The end of a tail is no obstacle here, as it leaves its cell; if its snake eats in the same
    /// step, it stays, and kills.
    pub const fn is_blocked(self, way: Direction) -> bool {
        self.0 >> (24 + way as u8) & 1 == 1
    }

    /// Whether another head can reach the same cell in the same step, and would kill there.
    pub const fn is_contested(self, way: Direction) -> bool {
        self.0 >> (28 + way as u8) & 1 == 1
    }

    /// The length of the own snake.
    pub const fn length(self) -> u16 {
        (self.0 >> 32) as u16 & 0x1ff
    }

    /// The length of the longest other living snake; 0 where none lives.
    pub const fn longest_other(self) -> u16 {
        (self.0 >> 41) as u16 & 0x1ff
    }

    /// How many steps are left until the step limit, this one included.
    pub const fn steps_left(self) -> u16 {
        (self.0 >> 50) as u16
    }

    const fn nibble(self, shift: u8) -> u8 {
        (self.0 >> shift) as u8 & 0xf
    }
}

impl From<u64> for Packed {
    fn from(bits: u64) -> Self {
        Self(bits)
    }
}

/// A seat's snake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snake<'a> {
    /// The step in which it died; 0 while it lives.
    pub died: u16,
    /// How many cells it fills, or did when it died.
    pub length: u16,
    /// By how many cells it has yet to grow: its tail stays for so many steps.
    pub growth: u8,
    /// The numbers of its cells, from the end of the tail to the head; none once it is dead.
    pub cells: &'a [u8],
}

impl Snake<'_> {
    /// Whether it lives.
    pub const fn is_alive(&self) -> bool {
        self.died == 0
    }
}

/// The whole board.
#[derive(Clone, Copy, Debug)]
pub struct Arena<'a> {
    size: Size,
    seat: usize,
    bytes: &'a [u8],
    snakes: [Option<Snake<'a>>; SNAKES_MAX],
}

impl<'a> Arena<'a> {
    /// The view of an observation; the size of the board comes from its packed half.
    ///
    /// # Panics
    /// When the observation is of another System than `snake-arena`.
    pub fn new(seen: Observation<'a>) -> Self {
        let size = Packed::new(seen.packed).size();
        let mut snakes = [None; SNAKES_MAX];
        let mut rest = &seen.bytes[FIXED_BYTES + size.cells().div_ceil(8)..];
        for snake in &mut snakes[..usize::from(seen.seat_count)] {
            let (died, length) = (u16_at(rest, 0), u16_at(rest, 2));
            let end = SNAKE_BYTES + if died == 0 { usize::from(length) } else { 0 };
            let cells = &rest[SNAKE_BYTES..end];
            *snake = Some(Snake { died, length, growth: rest[4], cells });
            rest = &rest[end..];
        }
        assert!(rest.is_empty(), "not an observation of a snake arena");
        Self { size, seat: seen.seat.into(), bytes: seen.bytes, snakes }
    }

    /// How large the board is.
    pub const fn size(&self) -> Size {
        self.size
    }

    /// How many steps were made.
    pub fn step(&self) -> u16 {
        u16_at(self.bytes, 0)
    }

    /// Whether an apple is on the cell with this number.
    pub fn has_apple(&self, index: usize) -> bool {
        self.bytes[FIXED_BYTES + index / 8] >> (index % 8) & 1 == 1
    }

    /// All snakes with their seats, dead ones included.
    pub fn snakes(&self) -> impl Iterator<Item = (usize, Snake<'a>)> + use<'a> {
        let snakes = self.snakes;
        snakes.into_iter().flatten().enumerate()
    }

    /// The agent's own seat, among those of [`Arena::snakes`].
    pub const fn seat(&self) -> usize {
        self.seat
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_read_from_its_own_bits() {
        let seen = Packed::new(299 << 50 | 300 << 41 | 257 << 32 | 0x5aa9_4321);
        assert_eq!((seen.head(), seen.apple()), (Cell { x: 1, y: 2 }, Cell { x: 3, y: 4 }));
        assert_eq!(seen.size(), Size { width: 10, height: 11 });
        let blocked = Direction::ALL.map(|way| seen.is_blocked(way));
        let contested = Direction::ALL.map(|way| seen.is_contested(way));
        assert_eq!(blocked, [false, true, false, true]);
        assert_eq!(contested, [true, false, true, false]);
        assert_eq!((seen.length(), seen.longest_other(), seen.steps_left()), (257, 300, 299));
    }
}
