//! Sampling: an action with the chance that the softmax gives it.
//!
//! An agent has no source of chance, so what decides is a hash of what the seat sees. Invariant: the
//! same seat that sees the same takes the same action.

use nets_agent_sdk::scatter;
use nets_core::{Action, Seat};

use crate::best;
use crate::exponential::exponential;

/// Parts that the range from 0 to 1 is divided into: as many as an f64 can tell apart.
const PARTS: f64 = (1u64 << 53) as f64;

/// One of the actions, by the softmax of their numbers divided by the temperature. Where that is not
/// above 0, and where no number is one, the [`best`].
///
/// None where there is no action.
pub fn sampled(
    numbered: &[(Action, f32)],
    temperature: f32,
    seat: Seat,
    observation: &[u8],
) -> Option<Action> {
    let greatest = best(numbered.iter().copied())?;
    let is_usable = temperature > 0.0;
    let top = numbered.iter().find(|(action, _)| *action == greatest).map(|(_, number)| *number)?;
    if !is_usable || top.is_nan() {
        return Some(greatest);
    }
    let weight = |number: f32| {
        // The difference of infinities is no number.
        if number == top {
            return 1.0;
        }
        exponential((f64::from(number) - f64::from(top)) / f64::from(temperature))
    };
    let total: f64 = numbered.iter().map(|(_, number)| weight(*number)).sum();
    let mut left = total * uniform(seat, observation);
    for &(action, number) in numbered {
        left -= weight(number);
        if left < 0.0 {
            return Some(action);
        }
    }
    // Rounding may leave a last bit.
    Some(greatest)
}

/// A number from 0 to below 1 that follows from what the seat sees and looks random.
fn uniform(seat: Seat, observation: &[u8]) -> f64 {
    let start = scatter(u64::from(seat.0) << 32 | observation.len() as u64);
    let hash = observation.chunks(8).fold(start, |hash, chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        scatter(hash ^ u64::from_le_bytes(word))
    });
    (scatter(hash) >> 11) as f64 / PARTS
}
