//! Throws as if at random.
//!
//! Chance is not to be had in a match, so the throws come from a hash of what was seen. Nobody who
//! only watches can tell them from random ones; who reads this file can foresee each.
#![no_std]

use nets_agent_sdk::rps::{Packed, Throw};
use nets_agent_sdk::{agent, scatter};

agent!(decide);

/// A throw picked by a hash of the observation.
pub fn decide(seen: Packed) -> Throw {
    Throw::ALL[(scatter(seen.bits()) % 3) as usize]
}
