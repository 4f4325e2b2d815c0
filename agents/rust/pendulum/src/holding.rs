//! Turns towards upright and brakes, wherever the pendulum is.
//!
//! A controller of angle and turning holds the pendulum up, but is too weak to lift it: from below
//! it never gets there.

use nets_agent_sdk::simulations::Pendulum;

use crate::level;

/// The level of torque to apply.
pub fn decide(seen: Pendulum) -> u64 {
    level(-10.0 * seen.angle - 2.0 * seen.turning)
}
