//! Lanes of floats, `f32x4` and `f64x2`, and their conversions to and from integers.
//!
//! As in the scalar table, a line that names a float type makes NaNs canonical; `abs`, `neg`,
//! `pmin` and `pmax` hand bits on as they are.

use wasmparser::Operator as O;

use super::super::super::float::Float;
use super::super::super::op::Op;
use super::super::super::slot::{Slot, Value};
use super::super::{one, two};
use super::{build, each, lane, pairs, test};

/// The operation for a float vector instruction, or `None` for any other.
pub(super) fn lower(operator: &O<'_>) -> Option<Op> {
    f32x4_operation(operator).or_else(|| f64x2_operation(operator)).or_else(|| conversion(operator))
}

/// For each lane the bits of `b` where `b < a` as floats of type `F`, else those of `a`.
fn pseudo_minimum<F: Value + PartialOrd, Bits: Value>(a: Slot, b: Slot) -> Slot {
    build::<Bits>(|i| lane(if lane::<F>(b, i) < lane::<F>(a, i) { b } else { a }, i))
}

/// For each lane the bits of `b` where `a < b` as floats of type `F`, else those of `a`.
fn pseudo_maximum<F: Value + PartialOrd, Bits: Value>(a: Slot, b: Slot) -> Slot {
    build::<Bits>(|i| lane(if lane::<F>(a, i) < lane::<F>(b, i) { b } else { a }, i))
}

/// Converts as many lanes as both shapes have; the rest are zero.
fn convert<T: Value, U: Value>(vector: Slot, f: impl Fn(T) -> U) -> Slot {
    let common = super::lanes::<T>().min(super::lanes::<U>());
    build(|i| if i < common { f(lane(vector, i)) } else { U::from_slot(0) })
}

fn f32x4_operation(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::F32x4Eq => test!(f32, |a, b| a == b),
        O::F32x4Ne => test!(f32, |a, b| a != b),
        O::F32x4Lt => test!(f32, |a, b| a < b),
        O::F32x4Gt => test!(f32, |a, b| a > b),
        O::F32x4Le => test!(f32, |a, b| a <= b),
        O::F32x4Ge => test!(f32, |a, b| a >= b),
        O::F32x4Add => pairs!(f32, |a, b| a + b),
        O::F32x4Sub => pairs!(f32, |a, b| a - b),
        O::F32x4Mul => pairs!(f32, |a, b| a * b),
        O::F32x4Div => pairs!(f32, |a, b| a / b),
        O::F32x4Min => pairs!(f32, |a, b| a.lesser(b)),
        O::F32x4Max => pairs!(f32, |a, b| a.greater(b)),
        O::F32x4PMin => two!(pseudo_minimum::<f32, u32>),
        O::F32x4PMax => two!(pseudo_maximum::<f32, u32>),
        O::F32x4Sqrt => each!(f32, |x| x.square_root()),
        O::F32x4Ceil => each!(f32, |x| x.round_up()),
        O::F32x4Floor => each!(f32, |x| x.round_down()),
        O::F32x4Trunc => each!(f32, |x| x.round_to_zero()),
        O::F32x4Nearest => each!(f32, |x| x.round_to_even()),
        O::F32x4Abs => each!(u32, |x| x & 0x7fff_ffff),
        O::F32x4Neg => each!(u32, |x| x ^ 0x8000_0000),
        _ => return None,
    })
}

fn f64x2_operation(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::F64x2Eq => test!(f64, |a, b| a == b),
        O::F64x2Ne => test!(f64, |a, b| a != b),
        O::F64x2Lt => test!(f64, |a, b| a < b),
        O::F64x2Gt => test!(f64, |a, b| a > b),
        O::F64x2Le => test!(f64, |a, b| a <= b),
        O::F64x2Ge => test!(f64, |a, b| a >= b),
        O::F64x2Add => pairs!(f64, |a, b| a + b),
        O::F64x2Sub => pairs!(f64, |a, b| a - b),
        O::F64x2Mul => pairs!(f64, |a, b| a * b),
        O::F64x2Div => pairs!(f64, |a, b| a / b),
        O::F64x2Min => pairs!(f64, |a, b| a.lesser(b)),
        O::F64x2Max => pairs!(f64, |a, b| a.greater(b)),
        O::F64x2PMin => two!(pseudo_minimum::<f64, u64>),
        O::F64x2PMax => two!(pseudo_maximum::<f64, u64>),
        O::F64x2Sqrt => each!(f64, |x| x.square_root()),
        O::F64x2Ceil => each!(f64, |x| x.round_up()),
        O::F64x2Floor => each!(f64, |x| x.round_down()),
        O::F64x2Trunc => each!(f64, |x| x.round_to_zero()),
        O::F64x2Nearest => each!(f64, |x| x.round_to_even()),
        O::F64x2Abs => each!(u64, |x| x & 0x7fff_ffff_ffff_ffff),
        O::F64x2Neg => each!(u64, |x| x ^ 0x8000_0000_0000_0000),
        _ => return None,
    })
}

fn conversion(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::I32x4TruncSatF32x4S => one!(|v| convert(v, |x: f32| x.saturated_signed())),
        O::I32x4TruncSatF32x4U => one!(|v| convert(v, |x: f32| x.saturated_unsigned())),
        O::F32x4ConvertI32x4S => one!(|v| convert(v, |x: i32| x as f32)),
        O::F32x4ConvertI32x4U => one!(|v| convert(v, |x: u32| x as f32)),
        O::I32x4TruncSatF64x2SZero => one!(|v| convert(v, |x: f64| x.saturated_signed())),
        O::I32x4TruncSatF64x2UZero => one!(|v| convert(v, |x: f64| x.saturated_unsigned())),
        O::F64x2ConvertLowI32x4S => one!(|v| convert(v, |x: i32| f64::from(x))),
        O::F64x2ConvertLowI32x4U => one!(|v| convert(v, |x: u32| f64::from(x))),
        O::F32x4DemoteF64x2Zero => one!(|v| convert(v, |x: f64| x as f32)),
        O::F64x2PromoteLowF32x4 => one!(|v| convert(v, |x: f32| f64::from(x))),
        _ => return None,
    })
}
