//! Goes anywhere that is not blocked, as if at random: picked by a hash of what was seen.

use nets_agent_sdk::scatter;
use nets_agent_sdk::snake::Direction;
use nets_agent_sdk::snake_arena::Packed;

/// The way to go.
pub fn decide(seen: Packed) -> Direction {
    let open = || Direction::ALL.into_iter().filter(|&way| !seen.is_blocked(way));
    let pick = scatter(seen.bits()) % open().count().max(1) as u64;
    open().nth(pick as usize).unwrap_or(Direction::Up)
}
