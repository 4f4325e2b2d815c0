//! What an agent sees of `tic-tac-toe`: SPEC.md section 8.4.
//!
//! [`Packed`] holds the whole board, as sets of cells, so nothing here reads a full observation.

/// How many cells the board has. Cell `c` is bit `c` of a set.
pub const CELLS: u8 = 9;

/// The length of the full observation, in bytes.
pub const OBSERVATION_BYTES_MAX: usize = 5;

/// All nine cells.
pub const BOARD: u16 = 0x1ff;

/// Rows, columns and diagonals.
pub const LINES: [u16; 8] = [0o007, 0o070, 0o700, 0o111, 0o222, 0o444, 0o421, 0o124];

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

    /// The agent's own stones.
    pub const fn own(self) -> u16 {
        self.0 as u16 & BOARD
    }

    /// The opponent's stones.
    pub const fn theirs(self) -> u16 {
        (self.0 >> CELLS) as u16 & BOARD
    }

    /// The free cells.
    pub const fn free(self) -> u16 {
        (self.0 >> (2 * CELLS)) as u16 & BOARD
    }
}

impl From<u64> for Packed {
    fn from(bits: u64) -> Self {
        Self(bits)
    }
}

/// Whether three of these stones stand in a line.
pub const fn has_three(stones: u16) -> bool {
    WITH_THREE[(stones >> 6) as usize & 7] >> (stones & 63) & 1 == 1
}

/// The sets of stones with three in a line, each a bit of its own: looked up sooner than found.
const WITH_THREE: [u64; 8] = {
    let mut sets = [0; 8];
    let mut stones = 0;
    while stones <= BOARD {
        let mut i = 0;
        while i < LINES.len() {
            if stones & LINES[i] == LINES[i] {
                sets[(stones >> 6) as usize] |= 1 << (stones & 63);
            }
            i += 1;
        }
        stones += 1;
    }
    sets
};
