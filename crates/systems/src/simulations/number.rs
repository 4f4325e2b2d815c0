//! Numbers in floating point: drawn, read, written and packed in one way each.

use alloc::format;

use nets_core::{Chance, Reader, RestoreError};

/// How many values a draw has between two bounds.
const DRAWS: u64 = 1 << 53;

/// The number drawn between `low` and `high` by this event: `low + (high - low) * (k / 2^53)`.
pub(super) fn drawn(chance: &Chance, event: u32, (low, high): (f64, f64)) -> f64 {
    let share = chance.draw(event, DRAWS) as f64 / DRAWS as f64;
    without_sign_of_zero(low + (high - low) * share)
}

/// The number itself, and zero for negative zero.
pub(super) fn without_sign_of_zero(number: f64) -> f64 {
    // In IEEE 754 the sum of the two zeros is the positive one.
    number + 0.0
}

/// Reads the bits of a number.
pub(super) fn decode(reader: &mut Reader<'_>) -> Result<f64, RestoreError> {
    let number = f64::from_bits(reader.u64("number")?);
    if !number.is_finite() || number == 0.0 && number.is_sign_negative() {
        let text = format!("a number is {number:?}, expected a finite one and no negative zero");
        return Err(RestoreError::Inconsistent(text));
    }
    Ok(number)
}

/// The number as one of `2^bits` steps from `low` to `high`, rounded down; what is outside counts
/// as the bound next to it.
pub(super) fn in_bits(number: f64, (low, high): (f64, f64), bits: u32) -> u64 {
    let most = (1u64 << bits) - 1;
    let share = (number.clamp(low, high) - low) / (high - low);
    ((share * most as f64) as u64).min(most)
}

/// Whether the number is between the bounds, themselves included.
pub(super) fn is_within(number: f64, (low, high): (f64, f64)) -> bool {
    low <= number && number <= high
}
