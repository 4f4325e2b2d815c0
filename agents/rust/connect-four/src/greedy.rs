//! Wins if it can, blocks if it must, else plays near the centre.
//!
//! It looks one stone ahead for each side, and so falls for every double threat.

use nets_agent_sdk::connect_four::{Packed, has_four};

use crate::FROM_CENTRE;

/// The column to play.
pub fn decide(seen: Packed) -> u64 {
    let position = seen.position();
    let column_where = |wanted: &dyn Fn(u64) -> bool| {
        FROM_CENTRE.into_iter().find(|&column| position.landing(column).is_some_and(wanted))
    };
    let column = column_where(&|stone| has_four(position.own | stone))
        .or_else(|| column_where(&|stone| has_four(position.theirs | stone)))
        .or_else(|| column_where(&|_| true));
    // A full board is never asked about.
    column.unwrap_or(0).into()
}
