//! Pushes the car to where it rolls, so that it swings higher each time, until it is out.

use nets_agent_sdk::simulations::{MountainCar, Push};

/// The push to make.
pub fn decide(seen: MountainCar) -> Push {
    Push::along(seen.speed)
}
