//! Alpha-beta search, bounded in positions.
//!
//! Values are seen from the side to move: above zero it stands better. Owns the evaluation and
//! the order of columns; knows neither fuel nor the host.

use nets_agent_sdk::connect_four::{Position, has_four};

use crate::FROM_CENTRE;

/// More than a win is worth. A win is this less the stones on the board: the quickest is best.
const WIN: i32 = 1_000;

/// The cells of the board, without the bit above each column.
const BOARD: u64 = 0xfdfb_f7ef_dfbf;

/// The three columns in the middle.
const CENTRE: u64 = 0x7_ffff_c000 & BOARD;

/// A search that may look at so many positions.
pub(crate) struct Search {
    positions_left: u64,
}

impl Search {
    pub(crate) fn new(positions_left: u64) -> Self {
        Self { positions_left }
    }

    /// The best column when looking `depth` stones ahead; none when positions run out first.
    pub(crate) fn best_column(&mut self, position: Position, depth: u8) -> Option<u8> {
        let mut best = (-WIN, first_column(position));
        for (column, stone) in landings(position) {
            let value = self.value_of(position, stone, depth, (best.0, WIN))?;
            if value > best.0 {
                best = (value, column);
            }
        }
        Some(best.1)
    }

    /// What placing `stone` is worth; exact only between the bounds.
    fn value_of(
        &mut self,
        position: Position,
        stone: u64,
        depth: u8,
        (low, high): (i32, i32),
    ) -> Option<i32> {
        self.positions_left = self.positions_left.checked_sub(1)?;
        let after = position.after(stone);
        if has_four(after.theirs) {
            return Some(WIN - after.stones().count_ones() as i32);
        }
        if after.is_full() {
            return Some(0);
        }
        if depth <= 1 {
            return Some(-balance(after));
        }
        Some(-self.best_value(after, depth - 1, (-high, -low))?)
    }

    /// What the position is worth to the side to move.
    fn best_value(
        &mut self,
        position: Position,
        depth: u8,
        (mut low, high): (i32, i32),
    ) -> Option<i32> {
        let mut best = -WIN;
        for (_, stone) in landings(position) {
            let value = self.value_of(position, stone, depth, (low, high))?;
            best = best.max(value);
            low = low.max(value);
            if low >= high {
                break;
            }
        }
        Some(best)
    }
}

/// The legal column nearest to the centre.
pub(crate) fn first_column(position: Position) -> u8 {
    landings(position).next().map_or(0, |(column, _)| column)
}

fn landings(position: Position) -> impl Iterator<Item = (u8, u64)> {
    FROM_CENTRE.into_iter().filter_map(move |column| Some((column, position.landing(column)?)))
}

/// How much better the side to move stands: by free cells that would complete a four, and a
/// little by stones in the centre, through which most lines go.
fn balance(position: Position) -> i32 {
    let free = BOARD & !position.stones();
    let count = |cells: u64| cells.count_ones() as i32;
    let worth = |stones| 4 * count(completing(stones) & free) + count(stones & CENTRE);
    worth(position.own) - worth(position.theirs)
}

/// The cells, taken or not, that make four in a line together with three of these stones.
fn completing(stones: u64) -> u64 {
    [1, 6, 7, 8].into_iter().fold(0, |cells, step| {
        let above = stones << step & stones << (2 * step);
        let below = stones >> step & stones >> (2 * step);
        let ends = above & stones << (3 * step) | below & stones >> (3 * step);
        let gaps = above & stones >> step | below & stones << step;
        cells | ends | gaps
    })
}
