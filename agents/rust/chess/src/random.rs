//! One of the moves that the packed observation shows, as if at random: picked by a hash of them.

use nets_agent_sdk::chess::{MOVES_SHOWN, Move, Packed};
use nets_agent_sdk::scatter;

/// The move to make.
pub fn decide(seen: Packed) -> Move {
    seen.moves()[scatter(seen.bits()) as usize % MOVES_SHOWN]
}
