//! Swings up with just the energy that standing upright has, and holds the pendulum there.
//!
//! The torque adds energy where it goes along with the turning and takes it where it goes against
//! it. Near the top, where strength suffices, the agent that holds takes over.

use nets_agent_sdk::simulations::Pendulum;

use crate::{holding, level};

/// As near to upright as this, in radians, strength suffices.
const NEAR: f64 = 0.8;

/// The level of torque to apply.
pub fn decide(seen: Pendulum) -> u64 {
    let Pendulum { angle, turning, .. } = seen;
    if angle.abs() < NEAR {
        return holding::decide(seen);
    }
    // What it has more than at rest upright, for gravity 10 and by its inertia, a third.
    let energy = turning * turning / 2.0 + 15.0 * (libm::cos(angle) - 1.0);
    level(-energy * turning)
}
