//! What an agent sees of `othello`: SPEC.md section 8.5.
//!
//! [`Packed`] says where a disc can be put; [`Position`] reads the discs from the full observation
//! and follows moves. A set of cells is a u64, cell `c` its bit `c`.

use crate::observation::{Observation, u64_at};

/// How many cells the board has.
pub const CELLS: u8 = 64;

/// The action that passes, legal where no other is.
pub const PASS: u8 = CELLS;

/// The length of the full observation, in bytes.
pub const OBSERVATION_BYTES_MAX: usize = 18;

/// The steps from a cell to those around it, as bits to the left; as many go to the right.
const STEPS: [u32; 4] = [1, 7, 8, 9];

/// The columns that lines of the opponent's discs may be on, for each of [`STEPS`]: a line has
/// another disc at each end, so one that goes sideways is on no edge.
const ON_THE_WAY: [u64; 4] = [INNER, INNER, u64::MAX, INNER];
const INNER: u64 = 0x7e7e_7e7e_7e7e_7e7e;

/// The packed observation, seen from the agent's own seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packed(u64);

impl Packed {
    /// The view of the number that `decide` is called with.
    pub const fn new(bits: u64) -> Self {
        Self(bits)
    }

    /// The cells where the agent can put a disc; none where it has to pass.
    pub const fn placements(self) -> u64 {
        self.0
    }
}

impl From<u64> for Packed {
    fn from(bits: u64) -> Self {
        Self(bits)
    }
}

/// The discs on the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The discs of the side to move.
    pub own: u64,
    /// The discs of the other side.
    pub theirs: u64,
}

impl Position {
    /// Reads an observation; the agent is the side to move.
    ///
    /// # Panics
    /// When the observation is of another System than `othello`.
    pub fn new(seen: Observation<'_>) -> Self {
        let bytes = seen.bytes;
        assert!(bytes.len() == OBSERVATION_BYTES_MAX, "not an observation of othello");
        let discs = [u64_at(bytes, 2), u64_at(bytes, 10)];
        let seat = usize::from(seen.seat & 1);
        Self { own: discs[seat], theirs: discs[1 - seat] }
    }

    /// The cells without a disc.
    pub const fn free(self) -> u64 {
        !(self.own | self.theirs)
    }

    /// The cells where the side to move can put a disc.
    pub fn placements(self) -> u64 {
        let ends = |step, over| {
            let (up, down) = (line_up(step, self.own, over), line_down(step, self.own, over));
            up << step | down >> step
        };
        let each = STEPS.into_iter().zip(ON_THE_WAY);
        each.fold(0, |found, (step, way)| found | ends(step, self.theirs & way)) & self.free()
    }

    /// The discs that are turned by one that the side to move puts on the cell with this bit.
    pub fn turned(self, disc: u64) -> u64 {
        let enclosed = |step, over| {
            let (up, down) = (line_up(step, disc, over), line_down(step, disc, over));
            let is_closed = |end: u64| if end & self.own != 0 { u64::MAX } else { 0 };
            up & is_closed(up << step) | down & is_closed(down >> step)
        };
        let each = STEPS.into_iter().zip(ON_THE_WAY);
        each.fold(0, |found, (step, way)| found | enclosed(step, self.theirs & way))
    }

    /// The position after a disc on the cell with this bit, seen by the other side.
    #[must_use]
    pub fn after(self, disc: u64) -> Self {
        let turned = self.turned(disc);
        Self { own: self.theirs & !turned, theirs: self.own | turned | disc }
    }

    /// The position after passing, seen by the other side.
    #[must_use]
    pub const fn passed(self) -> Self {
        Self { own: self.theirs, theirs: self.own }
    }
}

/// The lines of `over` that begin a step to the left of `from`; none has more than six cells.
fn line_up(step: u32, from: u64, over: u64) -> u64 {
    let mut line = from << step & over;
    for _ in 0..5 {
        line |= line << step & over;
    }
    line
}

/// The same to the right.
fn line_down(step: u32, from: u64, over: u64) -> u64 {
    let mut line = from >> step & over;
    for _ in 0..5 {
        line |= line >> step & over;
    }
    line
}
