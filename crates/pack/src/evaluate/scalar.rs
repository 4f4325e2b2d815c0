//! [`Arithmetic`] on single numbers.

use crate::program::{Arithmetic, FRACTION_BITS};

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

    fn floor(&mut self, value: f32) -> f32 {
        value.floor()
    }

    fn exponent(&mut self, value: f32) -> f32 {
        ((value.to_bits() >> 23 & 255) as i32 - 127) as f32
    }

    fn fraction(&mut self, value: f32) -> f32 {
        f32::from_bits(value.to_bits() & FRACTION_BITS | 1.0f32.to_bits())
    }

    fn less(&mut self, left: f32, right: f32) -> f32 {
        f32::from(u8::from(left < right))
    }

    fn equal(&mut self, left: f32, right: f32) -> f32 {
        f32::from(u8::from(left == right))
    }

    fn choose(&mut self, condition: f32, yes: f32, no: f32) -> f32 {
        if condition != 0.0 { yes } else { no }
    }

    fn copy_sign(&mut self, magnitude: f32, sign: f32) -> f32 {
        magnitude.copysign(sign)
    }
}
