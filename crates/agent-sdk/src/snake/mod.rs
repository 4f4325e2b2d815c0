//! What an agent sees of `snake`: SPEC.md section 8.1.
//!
//! [`Packed`] is enough for most snakes; [`Board`] shows the whole body. Cells are counted to the
//! right and down, from the upper left corner.

mod board;
mod packed;

pub use board::{Board, OBSERVATION_BYTES_MAX};
pub use packed::Packed;

/// A way to go, and the action for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Direction {
    /// To the row above.
    Up = 0,
    /// To the next column.
    Right = 1,
    /// To the row below.
    Down = 2,
    /// To the previous column.
    Left = 3,
}

impl Direction {
    /// All four, in the order of their actions.
    pub const ALL: [Self; 4] = [Self::Up, Self::Right, Self::Down, Self::Left];

    /// The direction with the lowest two bits of `number` as its action.
    pub const fn from_bits(number: u8) -> Self {
        Self::ALL[(number & 3) as usize]
    }

    /// The way back.
    #[must_use]
    pub const fn opposite(self) -> Self {
        Self::from_bits(self as u8 + 2)
    }
}

impl From<Direction> for u64 {
    fn from(way: Direction) -> Self {
        way as Self
    }
}

/// A cell of the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The column, from the left.
    pub x: u8,
    /// The row, from the top.
    pub y: u8,
}

impl Cell {
    /// The cell one step that way; over an edge it has a coordinate that no board has.
    #[must_use]
    pub const fn step(self, way: Direction) -> Self {
        let Self { x, y } = self;
        match way {
            Direction::Up => Self { x, y: y.wrapping_sub(1) },
            Direction::Right => Self { x: x.wrapping_add(1), y },
            Direction::Down => Self { x, y: y.wrapping_add(1) },
            Direction::Left => Self { x: x.wrapping_sub(1), y },
        }
    }

    /// How many steps a snake needs at least from here to `other`.
    pub const fn distance(self, other: Self) -> u32 {
        self.x.abs_diff(other.x) as u32 + self.y.abs_diff(other.y) as u32
    }
}

/// How large a board is, at most 16 by 16.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Columns.
    pub width: u8,
    /// Rows.
    pub height: u8,
}

impl Size {
    /// How many cells there are.
    pub const fn cells(self) -> usize {
        self.width as usize * self.height as usize
    }

    /// The neighbour of `cell` that way, where it is on the board.
    pub const fn neighbour(self, cell: Cell, way: Direction) -> Option<Cell> {
        let next = cell.step(way);
        if next.x < self.width && next.y < self.height { Some(next) } else { None }
    }

    /// The number of `cell`: rows from the top, cells of a row from the left.
    pub const fn index(self, cell: Cell) -> usize {
        cell.y as usize * self.width as usize + cell.x as usize
    }

    /// The cell with this number, the inverse of [`Size::index`].
    pub const fn cell(self, index: usize) -> Cell {
        let width = self.width as usize;
        Cell { x: (index % width) as u8, y: (index / width) as u8 }
    }
}
