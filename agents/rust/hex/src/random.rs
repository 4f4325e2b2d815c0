//! Any free cell, as if at random: picked by a hash of the board.

use nets_agent_sdk::hex::Board;
use nets_agent_sdk::{Observation, scatter};

/// The cell to play.
///
/// # Panics
/// When the observation is of another System than `hex`.
pub fn decide(seen: Observation<'_>) -> u64 {
    let board = Board::new(seen);
    let free = || (0..board.size() * board.size()).filter(|&cell| board.is_free(cell));
    let hash = seen.bytes.iter().fold(0, |hash, &byte| scatter(hash ^ u64::from(byte)));
    let pick = hash % free().count().max(1) as u64;
    free().nth(pick as usize).unwrap_or(0).into()
}
