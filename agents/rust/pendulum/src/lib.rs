//! Agents for the pendulum with its default of 21 levels of torque; each file of `examples/` makes
//! one of them a module.
#![no_std]

pub mod holding;
pub mod random;
pub mod swinging;

/// How many levels of torque there are.
const LEVELS: u64 = 21;

/// The strongest torque.
const TORQUE_MAX: f64 = 2.0;

/// The level that is nearest to a torque; what is too strong counts as the strongest.
fn level(torque: f64) -> u64 {
    let share = (torque.clamp(-TORQUE_MAX, TORQUE_MAX) + TORQUE_MAX) / (2.0 * TORQUE_MAX);
    // Adding a half and cutting what is behind the point rounds to the nearest.
    (share * (LEVELS - 1) as f64 + 0.5) as u64
}
