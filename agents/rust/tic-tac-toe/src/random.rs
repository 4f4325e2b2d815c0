//! Any free cell, as if at random: picked by a hash of the board.

use nets_agent_sdk::tic_tac_toe::Packed;

use crate::any_cell;

/// The cell to play.
pub fn decide(seen: Packed) -> u64 {
    any_cell(seen.free(), seen.bits()).into()
}
