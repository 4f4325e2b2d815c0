//! The 128-bit vector instructions, one table for each shape.
//!
//! This file owns how a vector splits into lanes: lane 0 is the lowest bits. The tables beside
//! it say what happens in each lane, in the same form as the scalar tables.

mod access;
mod bits;
mod floats;
mod i16x8;
mod i32x4;
mod i64x2;
mod i8x16;
mod lane;

use wasmparser::Operator;

use super::super::op::Op;
use super::super::slot::{Slot, Value};

/// The operation for a vector instruction, or `None` for any other.
pub(super) fn lower(operator: &Operator<'_>) -> Option<Op> {
    bits::lower(operator)
        .or_else(|| access::lower(operator))
        .or_else(|| lane::lower(operator))
        .or_else(|| i8x16::lower(operator))
        .or_else(|| i16x8::lower(operator))
        .or_else(|| i32x4::lower(operator))
        .or_else(|| i64x2::lower(operator))
        .or_else(|| floats::lower(operator))
}

/// Number of lanes of type `T` in a vector.
const fn lanes<T: Value>() -> u32 {
    Slot::BITS / T::BITS
}

/// Lane `index` of `vector`.
fn lane<T: Value>(vector: Slot, index: u32) -> T {
    T::read_lane(&vector.to_le_bytes(), index as usize)
}

/// The vector whose lane `i` is `value(i)`.
fn build<T: Value>(value: impl Fn(u32) -> T) -> Slot {
    let mut vector = [0; 16];
    (0..lanes::<T>()).for_each(|i| value(i).write_lane(&mut vector, i as usize));
    Slot::from_le_bytes(vector)
}

/// Applies `f` to each lane.
fn map<T: Value, U: Value>(vector: Slot, f: impl Fn(T) -> U) -> Slot {
    build(|i| f(lane(vector, i)))
}

/// Applies `f` to each pair of lanes.
fn zip<T: Value, U: Value>(a: Slot, b: Slot, f: impl Fn(T, T) -> U) -> Slot {
    build(|i| f(lane(a, i), lane(b, i)))
}

/// Lanes of all ones where `holds`, of zeros elsewhere.
fn compare<T: Value>(a: Slot, b: Slot, holds: impl Fn(T, T) -> bool) -> Slot {
    let mut vector = [0; 16];
    for (i, bytes) in (0..).zip(vector.chunks_exact_mut(T::BITS as usize / 8)) {
        bytes.fill(if holds(lane(a, i), lane(b, i)) { 0xff } else { 0 });
    }
    Slot::from_le_bytes(vector)
}

/// Which half of a vector's lanes a widening instruction reads.
#[derive(Clone, Copy)]
enum Half {
    Low,
    High,
}

/// One half of the lanes, each widened.
fn extend<T: Value, U: Value + From<T>>(vector: Slot, half: Half) -> Slot {
    let first = match half {
        Half::Low => 0,
        Half::High => lanes::<U>(),
    };
    build(|i| U::from(lane::<T>(vector, first + i)))
}

/// The lanes of `a`, then those of `b`, each narrowed by `f`.
fn narrow<T: Value, U: Value>(a: Slot, b: Slot, f: impl Fn(T) -> U) -> Slot {
    let (half, mut vector) = (lanes::<T>(), [0; 16]);
    for i in 0..half {
        f(lane(a, i)).write_lane(&mut vector, i as usize);
        f(lane(b, i)).write_lane(&mut vector, (half + i) as usize);
    }
    Slot::from_le_bytes(vector)
}

/// Combines lanes `2i` and `2i + 1` into the wider lane `i`.
fn pairwise<T: Value, U: Value + From<T>>(vector: Slot, f: impl Fn(U, U) -> U) -> Slot {
    build(|i| f(lane::<T>(vector, 2 * i).into(), lane::<T>(vector, 2 * i + 1).into()))
}

/// 1 if every lane of the integer type `T` is not zero, else 0.
fn all_true<T: Value>(vector: Slot) -> Slot {
    (0..lanes::<T>()).all(|i| lane::<T>(vector, i).into_slot() != 0).into_slot()
}

/// The top bits of the lanes of the integer type `T`, lane 0 in bit 0.
fn bitmask<T: Value>(vector: Slot) -> Slot {
    let bytes = vector.to_le_bytes();
    let tops = bytes.chunks_exact(T::BITS as usize / 8).map(|lane| lane[lane.len() - 1] >> 7);
    Slot::from((0..).zip(tops).fold(0, |mask, (i, top)| mask | u32::from(top) << i))
}

/// An operation on each lane of type `$t`.
macro_rules! each {
    ($t:ty, |$x:ident| $result:expr) => {
        $crate::interpreter::lower::one!(|vector| super::map(vector, |$x: $t| $result))
    };
}

/// An operation on each pair of lanes of type `$t`.
macro_rules! pairs {
    ($t:ty, |$a:ident, $b:ident| $result:expr) => {
        $crate::interpreter::lower::two!(|a, b| super::zip(a, b, |$a: $t, $b: $t| $result))
    };
}

/// A comparison of each pair of lanes of type `$t`.
macro_rules! test {
    ($t:ty, |$a:ident, $b:ident| $holds:expr) => {
        $crate::interpreter::lower::two!(|a, b| super::compare(a, b, |$a: $t, $b: $t| $holds))
    };
}

/// A shift of each lane of type `$t` by a scalar count modulo the lane's width.
macro_rules! shift {
    ($t:ty, |$x:ident, $count:ident| $result:expr) => {
        $crate::interpreter::lower::two!(|vector, count| {
            let $count = count as u32;
            super::map(vector, |$x: $t| $result)
        })
    };
}

/// A product of the widened lanes of one half: from `$t` to `$wide`.
macro_rules! extended_product {
    ($half:ident, $t:ty => $wide:ty) => {
        $crate::interpreter::lower::two!(|a, b| {
            let a = super::extend::<$t, $wide>(a, super::Half::$half);
            let b = super::extend::<$t, $wide>(b, super::Half::$half);
            super::zip(a, b, |a: $wide, b: $wide| a.wrapping_mul(b))
        })
    };
}

/// One half of the lanes, widened from `$t` to `$wide`.
macro_rules! extended {
    ($half:ident, $t:ty => $wide:ty) => {
        $crate::interpreter::lower::one!(|vector| super::extend::<$t, $wide>(
            vector,
            super::Half::$half
        ))
    };
}

/// Sums of neighbouring lanes, widened from `$t` to `$wide`, where they always fit.
macro_rules! pairwise_sum {
    ($t:ty => $wide:ty) => {
        $crate::interpreter::lower::one!(|vector| super::pairwise::<$t, $wide>(vector, |a, b| a + b))
    };
}

use {each, extended, extended_product, pairs, pairwise_sum, shift, test};
