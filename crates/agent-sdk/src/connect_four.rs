//! What an agent sees of `connect-four`: SPEC.md section 8.3.
//!
//! [`Packed`] holds the whole board, so nothing here reads a full observation; agents that want
//! to know their fuel or seat take them from [`Observation`](crate::Observation). [`Position`] is
//! the same board as two sets of stones, made for searching.

/// How many columns the board has.
pub const COLUMNS: u8 = 7;

/// How many rows the board has.
pub const ROWS: u8 = 6;

/// The length of the full observation, in bytes.
pub const OBSERVATION_BYTES_MAX: usize = 18;

/// A column's six cells and the empty bit above them, which keeps lines from running over.
const COLUMN_BITS: u8 = ROWS + 1;

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

    /// How many stones are on the board.
    pub const fn ply(self) -> u8 {
        (self.0 >> 49) as u8 & 0x3f
    }

    /// How many stones are in `column`.
    pub const fn height(self, column: u8) -> u8 {
        // The highest one of a column marks its height.
        7 - (self.column(column).leading_zeros() as u8)
    }

    /// The board as sets of stones.
    pub fn position(self) -> Position {
        let mut position = Position { own: 0, theirs: 0 };
        for column in 0..COLUMNS {
            let below = (1 << self.height(column)) - 1;
            let own = self.column(column) & below;
            position.own |= u64::from(own) << (COLUMN_BITS * column);
            position.theirs |= u64::from(below & !own) << (COLUMN_BITS * column);
        }
        position
    }

    /// The seven bits of a column.
    const fn column(self, column: u8) -> u8 {
        (self.0 >> (COLUMN_BITS * column)) as u8 & 0x7f
    }
}

impl From<u64> for Packed {
    fn from(bits: u64) -> Self {
        Self(bits)
    }
}

/// The stones on the board: the one in column `c`, row `r` (0 lowest) is bit `7c + r`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The stones of the side to move.
    pub own: u64,
    /// The stones of the other side.
    pub theirs: u64,
}

impl Position {
    /// The stones of both sides.
    pub const fn stones(self) -> u64 {
        self.own | self.theirs
    }

    /// The bit of the lowest free cell of `column`, if it is not full.
    pub const fn landing(self, column: u8) -> Option<u64> {
        let bottom = 1 << (COLUMN_BITS * column);
        let cells = ((1 << ROWS) - 1) << (COLUMN_BITS * column);
        let free = cells & !self.stones();
        // Adding the bottom bit to the stones of a column carries to its lowest free cell.
        if free == 0 { None } else { Some(((self.stones() & cells) + bottom) & cells) }
    }

    /// The position after a stone of the side to move on `landing`, seen by the other side.
    #[must_use]
    pub const fn after(self, landing: u64) -> Self {
        Self { own: self.theirs, theirs: self.own | landing }
    }

    /// Whether no cell is free.
    pub const fn is_full(self) -> bool {
        self.stones().count_ones() == (COLUMNS * ROWS) as u32
    }
}

/// Whether four of these stones stand in a line.
pub const fn has_four(stones: u64) -> bool {
    // One row, one column, and the two diagonals, as steps from bit to bit.
    let steps = [COLUMN_BITS, 1, COLUMN_BITS + 1, COLUMN_BITS - 1];
    let mut i = 0;
    while i < steps.len() {
        let pairs = stones & stones >> steps[i];
        if pairs & pairs >> (2 * steps[i]) != 0 {
            return true;
        }
        i += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Column 0 holds own, theirs, own from below; column 6 is full of the opponent's.
    const SEEN: Packed = Packed::new(
        0b1101 | 1 << 7 | 1 << 14 | 1 << 21 | 1 << 28 | 1 << 35 | 0b100_0000 << 42 | 9 << 49,
    );

    #[test]
    fn a_column_is_its_stones_below_a_one_at_its_height() {
        assert_eq!((SEEN.ply(), SEEN.height(0), SEEN.height(3), SEEN.height(6)), (9, 3, 0, 6));
        let position = SEEN.position();
        assert_eq!((position.own, position.theirs), (0b101, 0b010 | 0b11_1111 << 42));
    }

    #[test]
    fn stones_land_on_the_lowest_free_cell() {
        let position = SEEN.position();
        assert_eq!(position.landing(0), Some(0b1000));
        assert_eq!(position.landing(3), Some(1 << 21));
        assert_eq!(position.landing(6), None);
        assert_eq!(position.after(0b1000), Position { own: position.theirs, theirs: 0b1101 });
    }

    #[test]
    fn four_in_a_line_is_found_in_each_direction_and_never_across_an_edge() {
        let line = |step: u32, start: u32| (0..4).fold(0, |set, i| set | 1 << (start + i * step));
        assert!([7, 1, 8].iter().all(|&step| has_four(line(step, 0))) && has_four(line(6, 3)));
        assert!(!has_four(0b111 | 0b11 << 7), "three and an edge are no four");
        assert!(!has_four(0b11_0000 | 0b11 << 7), "a line does not go on in the next column");
    }
}
