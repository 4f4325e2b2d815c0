//! Always throws rock: the smallest agent there is, and one to be beaten.
#![no_std]

use nets_agent_sdk::agent;
use nets_agent_sdk::rps::{Packed, Throw};

agent!(decide);

/// Rock.
pub fn decide(_: Packed) -> Throw {
    Throw::Rock
}
