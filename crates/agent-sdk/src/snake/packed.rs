//! The packed observation of `snake`: one number with all that matters for the next step.

use super::{Cell, Direction, Size};

/// What the snake sees around its head, in 64 bits.
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

    /// Where the head is.
    pub const fn head(self) -> Cell {
        Cell { x: self.nibble(0), y: self.nibble(4) }
    }

    /// Where the apple is.
    pub const fn apple(self) -> Cell {
        Cell { x: self.nibble(8), y: self.nibble(12) }
    }

    /// How large the board is.
    pub const fn size(self) -> Size {
        Size { width: self.nibble(16) + 1, height: self.nibble(20) + 1 }
    }

    /// Whether a step that way would kill now.
    pub const fn dies(self, way: Direction) -> bool {
        self.0 >> (24 + way as u8) & 1 == 1
    }

    /// Where a step that way would take the head, if it stays on the board.
    pub const fn ahead(self, way: Direction) -> Option<Cell> {
        self.size().neighbour(self.head(), way)
    }

    /// How many cells the snake fills.
    pub const fn length(self) -> u16 {
        (self.0 >> 32) as u16
    }

    /// How many steps are left until the step limit, this one included.
    pub const fn steps_left(self) -> u16 {
        (self.0 >> 48) as u16
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_read_from_its_own_bits() {
        let seen = Packed::new(0x0120_0007_0a98_4321);
        assert_eq!((seen.head(), seen.apple()), (Cell { x: 1, y: 2 }, Cell { x: 3, y: 4 }));
        assert_eq!(seen.size(), Size { width: 9, height: 10 });
        assert_eq!(Direction::ALL.map(|way| seen.dies(way)), [false, true, false, true]);
        assert_eq!((seen.length(), seen.steps_left()), (7, 0x120));
    }

    #[test]
    fn ahead_ends_at_the_walls() {
        // A board of 2 by 1 with the head on its right cell.
        let seen = Packed::new(0x0001_0001);
        let ahead = Direction::ALL.map(|way| seen.ahead(way));
        assert_eq!(ahead, [None, None, None, Some(Cell { x: 0, y: 0 })]);
    }
}
