//! Float instructions: comparisons and arithmetic of `f32` and `f64`.
//!
//! Lines that name a float type produce canonical NaNs, because `slot.rs` lets no other out.
//! `abs`, `neg` and `copysign` change one bit of whatever is there, NaN or not, so they name an
//! integer type.

use wasmparser::Operator as O;

use super::super::float::Float;
use super::super::op::Op;
use super::super::slot::Value;
use super::{binary, unary};

/// The operation for a float instruction, or `None` for any other.
pub(super) fn lower(operator: &O<'_>) -> Option<Op> {
    f32_operation(operator).or_else(|| f64_operation(operator))
}

const F32_MAGNITUDE: u32 = 0x7fff_ffff;
const F32_SIGN: u32 = 0x8000_0000;

const F64_MAGNITUDE: u64 = 0x7fff_ffff_ffff_ffff;
const F64_SIGN: u64 = 0x8000_0000_0000_0000;

fn f32_operation(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::F32Eq => binary!(f32, |a, b| a == b),
        O::F32Ne => binary!(f32, |a, b| a != b),
        O::F32Lt => binary!(f32, |a, b| a < b),
        O::F32Gt => binary!(f32, |a, b| a > b),
        O::F32Le => binary!(f32, |a, b| a <= b),
        O::F32Ge => binary!(f32, |a, b| a >= b),
        O::F32Add => binary!(f32, |a, b| a + b),
        O::F32Sub => binary!(f32, |a, b| a - b),
        O::F32Mul => binary!(f32, |a, b| a * b),
        O::F32Div => binary!(f32, |a, b| a / b),
        O::F32Min => binary!(f32, |a, b| a.lesser(b)),
        O::F32Max => binary!(f32, |a, b| a.greater(b)),
        O::F32Sqrt => unary!(f32, |x| x.square_root()),
        O::F32Ceil => unary!(f32, |x| x.round_up()),
        O::F32Floor => unary!(f32, |x| x.round_down()),
        O::F32Trunc => unary!(f32, |x| x.round_to_zero()),
        O::F32Nearest => unary!(f32, |x| x.round_to_even()),
        O::F32Abs => unary!(u32, |x| x & F32_MAGNITUDE),
        O::F32Neg => unary!(u32, |x| x ^ F32_SIGN),
        O::F32Copysign => {
            binary!(u32, |a, b| (a & F32_MAGNITUDE) | (b & F32_SIGN))
        }
        _ => return None,
    })
}

fn f64_operation(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::F64Eq => binary!(f64, |a, b| a == b),
        O::F64Ne => binary!(f64, |a, b| a != b),
        O::F64Lt => binary!(f64, |a, b| a < b),
        O::F64Gt => binary!(f64, |a, b| a > b),
        O::F64Le => binary!(f64, |a, b| a <= b),
        O::F64Ge => binary!(f64, |a, b| a >= b),
        O::F64Add => binary!(f64, |a, b| a + b),
        O::F64Sub => binary!(f64, |a, b| a - b),
        O::F64Mul => binary!(f64, |a, b| a * b),
        O::F64Div => binary!(f64, |a, b| a / b),
        O::F64Min => binary!(f64, |a, b| a.lesser(b)),
        O::F64Max => binary!(f64, |a, b| a.greater(b)),
        O::F64Sqrt => unary!(f64, |x| x.square_root()),
        O::F64Ceil => unary!(f64, |x| x.round_up()),
        O::F64Floor => unary!(f64, |x| x.round_down()),
        O::F64Trunc => unary!(f64, |x| x.round_to_zero()),
        O::F64Nearest => unary!(f64, |x| x.round_to_even()),
        O::F64Abs => unary!(u64, |x| x & F64_MAGNITUDE),
        O::F64Neg => unary!(u64, |x| x ^ F64_SIGN),
        O::F64Copysign => {
            binary!(u64, |a, b| (a & F64_MAGNITUDE) | (b & F64_SIGN))
        }
        _ => return None,
    })
}
