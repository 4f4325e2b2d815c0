//! Goes anywhere that does not kill, as if at random.
//!
//! An agent has no source of chance: the same observation in the same match gives the same
//! action, on every machine. What looks random here is a hash of the observation.
#![no_std]

use nets_agent_sdk::snake::{Direction, Packed};
use nets_agent_sdk::{agent, scatter};

agent!(decide);

/// One of the steps that survive, picked by a hash.
pub fn decide(seen: Packed) -> Direction {
    let safe = || Direction::ALL.into_iter().filter(|&way| !seen.dies(way));
    let pick = scatter(seen.bits()) % safe().count().max(1) as u64;
    safe().nth(pick as usize).unwrap_or(Direction::Up)
}
