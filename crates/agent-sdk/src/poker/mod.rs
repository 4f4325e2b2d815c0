//! What an agent sees of `kuhn-poker` and `leduc-poker`: SPEC.md sections 8.8 and 8.9.
//!
//! The two games have the same packed observation, of which Kuhn's leaves the open card and the
//! second round of betting empty. [`kuhn::Packed`] and [`leduc::Packed`] have names for what their
//! game has; agents that want to know how they stand ask [`chips_won`] as well.

mod betting;
pub mod kuhn;
pub mod leduc;

pub use betting::Betting;

use crate::observation::{Observation, u32_at};

/// The chips that the agent's own seat has won in all hands that are over, less those it has lost.
///
/// # Panics
/// When the observation is shorter than one of poker.
pub fn chips_won(seen: Observation<'_>) -> i32 {
    let won_by_first = u32_at(seen.bytes, 2).cast_signed();
    if seen.seat == 0 { won_by_first } else { -won_by_first }
}

/// The card in three bits, none where it is 7.
const fn card(bits: u64, shift: u32) -> Option<u8> {
    match (bits >> shift) as u8 & 7 {
        7 => None,
        card => Some(card),
    }
}

/// How many hands are left, this one included.
const fn hands_left(bits: u64) -> u16 {
    (bits >> 50) as u16
}

/// Whether the seat begins the hand.
const fn begins(bits: u64) -> bool {
    bits >> 6 & 1 == 1
}
