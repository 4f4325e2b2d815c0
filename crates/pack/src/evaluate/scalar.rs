//! [`Arithmetic`] on single numbers.

use crate::program::Arithmetic;

/// Computes with `f32` as it goes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scalar;

impl Arithmetic for Scalar {
    type Value = f32;

    fn number(&mut self, number: f32) -> f32 {
        number
    }

    fn add(&mut self, left: f32, right: f32) -> f32 {
        left + right
    }

    fn sub(&mut self, left: f32, right: f32) -> f32 {
        left - right
    }

    fn mul(&mut self, left: f32, right: f32) -> f32 {
        left * right
    }

    fn div(&mut self, left: f32, right: f32) -> f32 {
        left / right
    }

    // Not `f32::min`, which chooses otherwise where one is no number and between zeros.
    fn min(&mut self, left: f32, right: f32) -> f32 {
        if right < left { right } else { left }
    }

    fn max(&mut self, left: f32, right: f32) -> f32 {
        if left < right { right } else { left }
    }

    fn abs(&mut self, value: f32) -> f32 {
        value.abs()
    }

    fn sqrt(&mut self, value: f32) -> f32 {
        value.sqrt()
    }

    fn nearest(&mut self, value: f32) -> f32 {
        value.round_ties_even()
    }

    fn power_of_two(&mut self, whole: f32) -> f32 {
        f32::from_bits(((whole as i32 + 127) << 23) as u32)
    }

    fn copy_sign(&mut self, magnitude: f32, sign: f32) -> f32 {
        magnitude.copysign(sign)
    }
}
