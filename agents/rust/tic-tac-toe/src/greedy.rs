//! Wins if it can, blocks if it must, else plays any free cell.
//!
//! It looks one stone ahead for each side, and so falls for every double threat.

use nets_agent_sdk::tic_tac_toe::Packed;

use crate::{any_cell, completing};

/// The cell to play.
pub fn decide(seen: Packed) -> u64 {
    let wins = completing(seen.own(), seen.free());
    let blocks = completing(seen.theirs(), seen.free());
    let best = [wins, blocks].into_iter().find(|&cells| cells != 0);
    any_cell(best.unwrap_or(seen.free()), seen.bits()).into()
}
