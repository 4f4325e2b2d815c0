//! Conversions between the four number types.
//!
//! Trapping truncation checks the range in `f64`, which holds every `f32` exactly; saturating
//! truncation and conversion to float are Rust's `as`, which rounds and saturates as
//! WebAssembly does. A reinterpretation is the identity on slots.

use wasmparser::Operator as O;

use super::super::op::{Op, Trap};
use super::super::slot::Value;
use super::{trapping_unary, unary};

/// The operation for a conversion, or `None` for any other instruction.
pub(super) fn lower(operator: &O<'_>) -> Option<Op> {
    trapping_truncation(operator)
        .or_else(|| saturating_truncation(operator))
        .or_else(|| other_conversion(operator))
}

/// The open interval of floats whose integer part fits `i32`.
const I32_RANGE: (f64, f64) = (-2_147_483_649.0, 2_147_483_648.0);
/// The open interval of floats whose integer part fits `u32`.
const U32_RANGE: (f64, f64) = (-1.0, 4_294_967_296.0);
/// The open interval of floats whose integer part fits `i64`: from the last `f64` below -2^63.
const I64_RANGE: (f64, f64) = (-9_223_372_036_854_777_856.0, 9_223_372_036_854_775_808.0);
/// The open interval of floats whose integer part fits `u64`.
const U64_RANGE: (f64, f64) = (-1.0, 18_446_744_073_709_551_616.0);

/// Returns `x` if it lies strictly inside `range`, so that its integer part is representable.
fn in_range(x: f64, range: (f64, f64)) -> Result<f64, Trap> {
    if x.is_nan() {
        Err(Trap::InvalidConversion)
    } else if range.0 < x && x < range.1 {
        Ok(x)
    } else {
        Err(Trap::IntegerOverflow)
    }
}

fn trapping_truncation(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::I32TruncF32S => {
            trapping_unary!(f32, |x| in_range(x.into(), I32_RANGE).map(|x| x as i32))
        }
        O::I32TruncF32U => {
            trapping_unary!(f32, |x| in_range(x.into(), U32_RANGE).map(|x| x as u32))
        }
        O::I32TruncF64S => {
            trapping_unary!(f64, |x| in_range(x, I32_RANGE).map(|x| x as i32))
        }
        O::I32TruncF64U => {
            trapping_unary!(f64, |x| in_range(x, U32_RANGE).map(|x| x as u32))
        }
        O::I64TruncF32S => {
            trapping_unary!(f32, |x| in_range(x.into(), I64_RANGE).map(|x| x as i64))
        }
        O::I64TruncF32U => {
            trapping_unary!(f32, |x| in_range(x.into(), U64_RANGE).map(|x| x as u64))
        }
        O::I64TruncF64S => {
            trapping_unary!(f64, |x| in_range(x, I64_RANGE).map(|x| x as i64))
        }
        O::I64TruncF64U => {
            trapping_unary!(f64, |x| in_range(x, U64_RANGE).map(|x| x as u64))
        }
        _ => return None,
    })
}

fn saturating_truncation(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::I32TruncSatF32S => unary!(f32, |x| x as i32),
        O::I32TruncSatF32U => unary!(f32, |x| x as u32),
        O::I32TruncSatF64S => unary!(f64, |x| x as i32),
        O::I32TruncSatF64U => unary!(f64, |x| x as u32),
        O::I64TruncSatF32S => unary!(f32, |x| x as i64),
        O::I64TruncSatF32U => unary!(f32, |x| x as u64),
        O::I64TruncSatF64S => unary!(f64, |x| x as i64),
        O::I64TruncSatF64U => unary!(f64, |x| x as u64),
        _ => return None,
    })
}

fn other_conversion(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::I32WrapI64 => unary!(u64, |x| x as u32),
        O::I64ExtendI32S => unary!(i32, |x| i64::from(x)),
        O::I64ExtendI32U => unary!(u32, |x| u64::from(x)),
        O::F32ConvertI32S => unary!(i32, |x| x as f32),
        O::F32ConvertI32U => unary!(u32, |x| x as f32),
        O::F32ConvertI64S => unary!(i64, |x| x as f32),
        O::F32ConvertI64U => unary!(u64, |x| x as f32),
        O::F64ConvertI32S => unary!(i32, |x| x as f64),
        O::F64ConvertI32U => unary!(u32, |x| x as f64),
        O::F64ConvertI64S => unary!(i64, |x| x as f64),
        O::F64ConvertI64U => unary!(u64, |x| x as f64),
        O::F32DemoteF64 => unary!(f64, |x| x as f32),
        O::F64PromoteF32 => unary!(f32, |x| f64::from(x)),
        O::I32ReinterpretF32
        | O::I64ReinterpretF64
        | O::F32ReinterpretI32
        | O::F64ReinterpretI64 => Op::Nop,
        _ => return None,
    })
}
