//! Four lanes of 32 bits: `i32x4`, without its conversions from floats.

use wasmparser::Operator as O;

use super::super::super::op::Op;
use super::super::super::slot::Slot;
use super::super::{one, two};
use super::{
    all_true, bitmask, build, each, extended, extended_product, lane, pairs, pairwise_sum, shift,
    test,
};

/// The operation for an `i32x4` instruction, or `None` for any other.
pub(super) fn lower(operator: &O<'_>) -> Option<Op> {
    comparison(operator).or_else(|| arithmetic(operator)).or_else(|| shape_change(operator))
}

fn comparison(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::I32x4Eq => test!(u32, |a, b| a == b),
        O::I32x4Ne => test!(u32, |a, b| a != b),
        O::I32x4LtS => test!(i32, |a, b| a < b),
        O::I32x4LtU => test!(u32, |a, b| a < b),
        O::I32x4GtS => test!(i32, |a, b| a > b),
        O::I32x4GtU => test!(u32, |a, b| a > b),
        O::I32x4LeS => test!(i32, |a, b| a <= b),
        O::I32x4LeU => test!(u32, |a, b| a <= b),
        O::I32x4GeS => test!(i32, |a, b| a >= b),
        O::I32x4GeU => test!(u32, |a, b| a >= b),
        _ => return None,
    })
}

fn arithmetic(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::I32x4Abs => each!(i32, |x| x.wrapping_abs()),
        O::I32x4Neg => each!(i32, |x| x.wrapping_neg()),
        O::I32x4Shl => shift!(u32, |x, count| x.wrapping_shl(count)),
        O::I32x4ShrS => shift!(i32, |x, count| x.wrapping_shr(count)),
        O::I32x4ShrU => shift!(u32, |x, count| x.wrapping_shr(count)),
        O::I32x4Add => pairs!(u32, |a, b| a.wrapping_add(b)),
        O::I32x4Sub => pairs!(u32, |a, b| a.wrapping_sub(b)),
        O::I32x4Mul => pairs!(u32, |a, b| a.wrapping_mul(b)),
        O::I32x4MinS => pairs!(i32, |a, b| a.min(b)),
        O::I32x4MinU => pairs!(u32, |a, b| a.min(b)),
        O::I32x4MaxS => pairs!(i32, |a, b| a.max(b)),
        O::I32x4MaxU => pairs!(u32, |a, b| a.max(b)),
        O::I32x4DotI16x8S => two!(dot_product),
        _ => return None,
    })
}

/// Sums of two neighbouring products of 16-bit lanes; one pair of four -2^15 wraps.
fn dot_product(a: Slot, b: Slot) -> Slot {
    let product = |i| i32::from(lane::<i16>(a, i)) * i32::from(lane::<i16>(b, i));
    build(|i| product(2 * i).wrapping_add(product(2 * i + 1)))
}

fn shape_change(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::I32x4AllTrue => one!(all_true::<u32>),
        O::I32x4Bitmask => one!(bitmask::<u32>),
        O::I32x4ExtendLowI16x8S => extended!(Low, i16 => i32),
        O::I32x4ExtendLowI16x8U => extended!(Low, u16 => u32),
        O::I32x4ExtendHighI16x8S => extended!(High, i16 => i32),
        O::I32x4ExtendHighI16x8U => extended!(High, u16 => u32),
        O::I32x4ExtMulLowI16x8S => extended_product!(Low, i16 => i32),
        O::I32x4ExtMulLowI16x8U => extended_product!(Low, u16 => u32),
        O::I32x4ExtMulHighI16x8S => extended_product!(High, i16 => i32),
        O::I32x4ExtMulHighI16x8U => extended_product!(High, u16 => u32),
        O::I32x4ExtAddPairwiseI16x8S => pairwise_sum!(i16 => i32),
        O::I32x4ExtAddPairwiseI16x8U => pairwise_sum!(u16 => u32),
        _ => return None,
    })
}
