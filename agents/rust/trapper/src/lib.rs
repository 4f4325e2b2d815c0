//! Plays twice, then traps: what a bug in an agent looks like from outside.
//!
//! A panic is a trap, a trap is a fault, and a fault loses the match. The first two actions are 0,
//! which is harmless at the start of every System that ships with nets, so it can be sent to fail
//! anywhere.
#![no_std]

use nets_agent_sdk::agent;

agent!(decide, memory: u32 = 0);

/// Action 0, twice.
///
/// # Panics
/// At the third decision, on purpose.
pub fn decide(_: u64, decisions: &mut u32) -> u64 {
    *decisions += 1;
    assert!(*decisions < 3, "this agent fails at its third decision");
    0
}
