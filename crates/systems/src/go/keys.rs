//! Keys of positions: a number for each stone on each point, whose exclusive or is the position's.
//!
//! They only save comparing positions that differ: two positions are held to be the same where
//! their stones are. No byte of a state or rule depends on them.

use nets_core::Seat;

use super::board::{POINTS_MAX, Point};

static KEYS: [[u64; 2]; POINTS_MAX] = {
    let mut keys = [[0; 2]; POINTS_MAX];
    let mut index = 0;
    while index < 2 * POINTS_MAX {
        keys[index / 2][index % 2] = scattered(index as u64 + 1);
        index += 1;
    }
    keys
};

/// The finalizer of SplitMix64 (Steele, Lea and Flood, 2014) over multiples of its increment.
const fn scattered(index: u64) -> u64 {
    let number = index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

/// The key of a stone of `seat` on `point`.
pub(super) fn of(seat: Seat, point: Point) -> u64 {
    KEYS[usize::from(point)][seat.index()]
}
