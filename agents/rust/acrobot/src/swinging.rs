//! Bends the lower link against the swing of the upper one, which pumps energy into it, as a child
//! on a swing does.

use nets_agent_sdk::simulations::{Acrobot, Push};

/// The torque to apply.
pub fn decide(seen: Acrobot) -> Push {
    against_the_swing(seen.upper_turning)
}

/// The torque against a turning of the upper link.
pub(crate) fn against_the_swing(turning: f64) -> Push {
    Push::along(-turning)
}
