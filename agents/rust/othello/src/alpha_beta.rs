//! Alpha-beta search, bounded in positions.
//!
//! Values are seen from the side to move: above zero it stands better. Owns the evaluation and
//! the order of moves; knows neither fuel nor the host.

use nets_agent_sdk::othello::Position;

use crate::{CORNERS, discs};

/// More than any value. At the end each disc more is worth [`DISC_AT_END`].
const MOST: i32 = 1_000_000;
const DISC_AT_END: i32 = 10_000;

/// What is worth how much before the end.
const CORNER: i32 = 60;
const BESIDE_FREE_CORNER: i32 = -20;
const MOVE: i32 = 4;

/// Cells in the order in which they are tried: corners, edges, the rest, what gives corners away.
const ORDER: [u64; 4] = [CORNERS, EDGES, !(CORNERS | EDGES | BESIDE_CORNERS), BESIDE_CORNERS];
const EDGES: u64 = 0x3c00_8181_8181_003c;
/// The cells next to the corners, along both edges and the diagonal.
const BESIDE_CORNERS: u64 = 0x42c3_0000_0000_c342;

const FIRST_COLUMN: u64 = 0x0101_0101_0101_0101;

/// A search that may look at so many positions.
pub(crate) struct Search {
    positions_left: u64,
}

impl Search {
    pub(crate) fn new(positions_left: u64) -> Self {
        Self { positions_left }
    }

    /// The best disc when looking `depth` discs ahead; none when positions run out first.
    pub(crate) fn best_disc(&mut self, position: Position, depth: u32) -> Option<u64> {
        let mut best = (-MOST, 0);
        for disc in in_order(position.placements()) {
            let value = self.value(position.after(disc), depth - 1, (-MOST, -best.0))?;
            if -value > best.0 {
                best = (-value, disc);
            }
        }
        Some(best.1)
    }

    /// What the position is worth to the side to move; exact only between the bounds.
    fn value(
        &mut self,
        position: Position,
        depth: u32,
        (mut low, high): (i32, i32),
    ) -> Option<i32> {
        self.positions_left = self.positions_left.checked_sub(1)?;
        let placements = position.placements();
        if placements == 0 {
            let passed = position.passed();
            if passed.placements() == 0 {
                return Some(DISC_AT_END * difference(position.own, position.theirs));
            }
            return Some(-self.value(passed, depth, (-high, -low))?);
        }
        if depth == 0 {
            return Some(balance(position, placements));
        }
        let mut best = -MOST;
        for disc in in_order(placements) {
            let value = -self.value(position.after(disc), depth - 1, (-high, -low))?;
            best = best.max(value);
            low = low.max(value);
            if low >= high {
                break;
            }
        }
        Some(best)
    }
}

fn in_order(placements: u64) -> impl Iterator<Item = u64> {
    ORDER.into_iter().flat_map(move |cells| discs(placements & cells))
}

/// How much better the side to move stands, by corners, cells that give them away, and moves.
fn balance(position: Position, placements: u64) -> i32 {
    let Position { own, theirs } = position;
    let free_corners = position.free() & CORNERS;
    let beside = around(free_corners);
    CORNER * difference(own & CORNERS, theirs & CORNERS)
        + BESIDE_FREE_CORNER * difference(own & beside, theirs & beside)
        + MOVE * difference(placements, position.passed().placements())
}

/// The cells beside these corners.
fn around(corners: u64) -> u64 {
    let rows = corners | corners << 8 | corners >> 8;
    (rows & FIRST_COLUMN) << 1 | (rows & !FIRST_COLUMN) >> 1 | rows ^ corners
}

fn difference(own: u64, theirs: u64) -> i32 {
    own.count_ones() as i32 - theirs.count_ones() as i32
}
