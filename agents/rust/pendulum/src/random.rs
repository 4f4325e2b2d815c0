//! Any torque, as if at random: picked by a hash of what was seen.

use nets_agent_sdk::scatter;

use crate::LEVELS;

/// The level of torque to apply.
pub fn decide(seen: u64) -> u64 {
    scatter(seen) % LEVELS
}
