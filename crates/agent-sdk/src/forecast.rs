//! What an agent sees of `forecast`: SPEC.md section 8.13.
//!
//! A level is how far a value lies above the lowest, and the action that answers it. [`Packed`] has
//! the last two values and the naive forecast; [`Series`] has as much of the past as is seen.

use crate::observation::{Observation, u16_at};

/// The length of the longest full observation there is, in bytes.
pub const OBSERVATION_BYTES_MAX: usize = HEADER_BYTES + 2 * 9 + 2 * 32_000;

const HEADER_BYTES: usize = 10;

/// The packed observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packed(u64);

impl Packed {
    /// The view of the number that `decide` is called with.
    pub const fn new(bits: u64) -> Self {
        Self(bits)
    }

    /// The number itself.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The level of the last value.
    pub const fn last(self) -> u16 {
        self.0 as u16
    }

    /// The level of the value before it.
    pub const fn before(self) -> u16 {
        (self.0 >> 16) as u16
    }

    /// The naive forecast, which is to be beaten.
    pub const fn naive(self) -> u16 {
        (self.0 >> 32) as u16
    }

    /// The quantile that is asked for, counted from 0, the lowest first.
    pub const fn quantile(self) -> u8 {
        (self.0 >> 48) as u8 & 15
    }

    /// How many quantiles there are.
    pub const fn quantile_count(self) -> u8 {
        (self.0 >> 52) as u8 & 15
    }
}

impl From<u64> for Packed {
    fn from(bits: u64) -> Self {
        Self(bits)
    }
}

/// The full observation.
#[derive(Clone, Copy, Debug)]
pub struct Series<'a> {
    bytes: &'a [u8],
}

impl<'a> Series<'a> {
    /// Reads an observation.
    ///
    /// # Panics
    /// When the observation is of another System than `forecast`.
    pub fn new(seen: Observation<'a>) -> Self {
        let bytes = seen.bytes;
        assert!(bytes.len() > HEADER_BYTES, "not an observation of forecast");
        let past = HEADER_BYTES + 2 * usize::from(bytes[8]);
        assert!(bytes.len() >= past + 2, "not an observation of forecast");
        Self { bytes }
    }

    /// How many values were asked for and came to light.
    pub fn asked(&self) -> u16 {
        u16_at(self.bytes, 0)
    }

    /// How many are still to be asked for, the one at hand included.
    pub fn left(&self) -> u16 {
        u16_at(self.bytes, 2)
    }

    /// The highest level, which is the highest action.
    pub fn highest(&self) -> u16 {
        u16_at(self.bytes, 4)
    }

    /// How many values before the one at hand its naive forecast lies.
    pub fn season(&self) -> usize {
        u16_at(self.bytes, 6).into()
    }

    /// The quantile that is asked for, counted from 0, the lowest first.
    pub fn quantile(&self) -> u8 {
        self.bytes[9]
    }

    /// How many quantiles there are.
    pub fn quantile_count(&self) -> u8 {
        self.bytes[8]
    }

    /// The own answer to a lower quantile of the value at hand.
    ///
    /// # Panics
    /// When there is no such quantile.
    pub fn answer(&self, quantile: u8) -> u16 {
        assert!(quantile < self.quantile_count(), "there is no such quantile");
        u16_at(self.bytes, HEADER_BYTES + 2 * usize::from(quantile))
    }

    /// How many values of the past are seen, at least one.
    pub fn past_count(&self) -> usize {
        (self.bytes.len() - self.past_offset()) / 2
    }

    /// The level of a value of the past: 1 is the last one, 2 the one before.
    ///
    /// # Panics
    /// When so many are not seen.
    pub fn past(&self, back: usize) -> u16 {
        assert!((1..=self.past_count()).contains(&back), "the past is not seen so far back");
        u16_at(self.bytes, self.bytes.len() - 2 * back)
    }

    fn past_offset(&self) -> usize {
        HEADER_BYTES + 2 * usize::from(self.quantile_count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_read_from_its_own_bits() {
        let seen = Packed::new(9 << 52 | 8 << 48 | 3 << 32 | 2 << 16 | 1);
        assert_eq!((seen.last(), seen.before(), seen.naive()), (1, 2, 3));
        assert_eq!((seen.quantile(), seen.quantile_count()), (8, 9));
    }
}
