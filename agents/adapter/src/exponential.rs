//! The exponential function, of nothing but what IEEE 754 fixes.
//!
//! That of a host's library differs in the last bits from one to the next.

use std::f64::consts::{LN_2, LOG2_E};

/// Below this the result is taken for 0: it is less than 10^-304.
const LOWEST: f64 = -700.0;

/// Terms of the series: for |x| of half of ln 2 the next would be beyond the last bit.
const TERMS: u32 = 13;

/// e to the power of a number that is at most 0, with a relative error below 10^-12; 0 of a NaN.
pub(crate) fn exponential(x: f64) -> f64 {
    let is_in_range = (LOWEST..=0.0).contains(&x);
    if !is_in_range {
        return 0.0;
    }
    // x is a multiple of ln 2 and a rest, so the result is a power of two times that of the rest.
    let power = (x * LOG2_E + 0.5).floor();
    let rest = x - power * LN_2;
    let series = (1..=TERMS).rev().fold(1.0, |sum, n| 1.0 + rest * sum / f64::from(n));
    let exponent = (power as i64 + 1023) as u64;
    series * f64::from_bits(exponent << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_that_of_a_library_but_for_its_last_digits() {
        for step in 0..=7_000 {
            let x = -0.1 * f64::from(step);
            #[allow(clippy::disallowed_methods, reason = "compared with, not relied upon")]
            let expected = x.exp();
            let error = (exponential(x) / expected - 1.0).abs();
            assert!(error < 1e-12, "e^{x} is {expected}, got {}", exponential(x));
        }
        assert_eq!(exponential(0.0), 1.0);
        assert_eq!([-701.0, f64::NEG_INFINITY, f64::NAN].map(exponential), [0.0; 3]);
    }
}
