//! How long the judging of a seat's match may take the image, whatever its agent does.
//!
//! A run that is longer than a dispute can be about is no verdict, so a league's fuel clock should allow
//! none that is. The numbers are bounds, held by tests that execute every instruction and the largest
//! module; they are no part of the protocol.

use nets_core::FuelClock;

/// Instructions of the image for a unit of fuel.
pub const INSTRUCTIONS_PER_FUEL_MAX: u64 = 270;

/// Instructions of the image for reading the largest module, filling its memory and its stack.
pub const INSTRUCTIONS_PER_MODULE_MAX: u64 = 1_000_000_000;

/// Instructions of the image for a decision, beside its fuel: the state, the observation, the leaf.
pub const INSTRUCTIONS_PER_DECISION: u64 = 200_000;

/// The most instructions that a seat's match can take the image, by its clock and how often it decides.
pub fn instructions_max(clock: &FuelClock, decisions: u64) -> u64 {
    let fuel = clock.increment.saturating_mul(decisions).saturating_add(clock.base);
    let of_decisions = INSTRUCTIONS_PER_DECISION.saturating_mul(decisions);
    let of_fuel = fuel.saturating_mul(INSTRUCTIONS_PER_FUEL_MAX);
    of_fuel.saturating_add(of_decisions).saturating_add(INSTRUCTIONS_PER_MODULE_MAX)
}
