//! Two lanes of 64 bits: `i64x2`.

use wasmparser::Operator as O;

use super::super::super::op::Op;
use super::super::one;
use super::{all_true, bitmask, each, extended, extended_product, pairs, shift, test};

/// The operation for an `i64x2` instruction, or `None` for any other.
pub(super) fn lower(operator: &O<'_>) -> Option<Op> {
    comparison(operator).or_else(|| arithmetic(operator)).or_else(|| shape_change(operator))
}

fn comparison(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::I64x2Eq => test!(u64, |a, b| a == b),
        O::I64x2Ne => test!(u64, |a, b| a != b),
        O::I64x2LtS => test!(i64, |a, b| a < b),
        O::I64x2GtS => test!(i64, |a, b| a > b),
        O::I64x2LeS => test!(i64, |a, b| a <= b),
        O::I64x2GeS => test!(i64, |a, b| a >= b),
        _ => return None,
    })
}

fn arithmetic(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::I64x2Abs => each!(i64, |x| x.wrapping_abs()),
        O::I64x2Neg => each!(i64, |x| x.wrapping_neg()),
        O::I64x2Shl => shift!(u64, |x, count| x.wrapping_shl(count)),
        O::I64x2ShrS => shift!(i64, |x, count| x.wrapping_shr(count)),
        O::I64x2ShrU => shift!(u64, |x, count| x.wrapping_shr(count)),
        O::I64x2Add => pairs!(u64, |a, b| a.wrapping_add(b)),
        O::I64x2Sub => pairs!(u64, |a, b| a.wrapping_sub(b)),
        O::I64x2Mul => pairs!(u64, |a, b| a.wrapping_mul(b)),
        _ => return None,
    })
}

fn shape_change(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::I64x2AllTrue => one!(all_true::<u64>),
        O::I64x2Bitmask => one!(bitmask::<u64>),
        O::I64x2ExtendLowI32x4S => extended!(Low, i32 => i64),
        O::I64x2ExtendLowI32x4U => extended!(Low, u32 => u64),
        O::I64x2ExtendHighI32x4S => extended!(High, i32 => i64),
        O::I64x2ExtendHighI32x4U => extended!(High, u32 => u64),
        O::I64x2ExtMulLowI32x4S => extended_product!(Low, i32 => i64),
        O::I64x2ExtMulLowI32x4U => extended_product!(Low, u32 => u64),
        O::I64x2ExtMulHighI32x4S => extended_product!(High, i32 => i64),
        O::I64x2ExtMulHighI32x4U => extended_product!(High, u32 => u64),
        _ => return None,
    })
}
