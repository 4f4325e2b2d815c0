//! Pushes to either side, as if at random: picked by a hash of what was seen.

use nets_agent_sdk::scatter;

/// The action to take.
pub fn decide(seen: u64) -> u64 {
    scatter(seen) % 2
}
