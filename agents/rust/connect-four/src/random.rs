//! Any column that is not full, as if at random: picked by a hash of the board.

use nets_agent_sdk::connect_four::{COLUMNS, Packed};
use nets_agent_sdk::scatter;

/// The column to play.
pub fn decide(seen: Packed) -> u64 {
    let position = seen.position();
    let open = || (0..COLUMNS).filter(|&column| position.landing(column).is_some());
    let pick = scatter(seen.bits()) % open().count().max(1) as u64;
    // A full board is never asked about.
    open().nth(pick as usize).unwrap_or(0).into()
}
