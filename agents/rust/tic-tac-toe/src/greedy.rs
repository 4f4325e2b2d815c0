//! Wins if it can, blocks if it must, else plays any free cell.
//!
//! It looks one stone ahead for each side, and so falls for every double threat.

use nets_agent_sdk::tic_tac_toe::{Packed, has_three};

use crate::{any_cell, cells};

/// The cell to play.
pub fn decide(seen: Packed) -> u64 {
    let completing =
        |stones: u16| cells(seen.free()).find(move |cell| has_three(stones | 1 << cell));
    let cell = completing(seen.own()).or_else(|| completing(seen.theirs()));
    cell.unwrap_or_else(|| any_cell(seen.free(), seen.bits())).into()
}
