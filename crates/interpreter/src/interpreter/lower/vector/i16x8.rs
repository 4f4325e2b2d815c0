//! Eight lanes of 16 bits: `i16x8`.

use wasmparser::Operator as O;

use super::super::super::op::Op;
use super::super::{one, two};
use super::{
    all_true, bitmask, each, extended, extended_product, narrow, pairs, pairwise_sum, shift, test,
};

/// The operation for an `i16x8` instruction, or `None` for any other.
pub(super) fn lower(operator: &O<'_>) -> Option<Op> {
    comparison(operator).or_else(|| arithmetic(operator)).or_else(|| shape_change(operator))
}

fn comparison(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::I16x8Eq => test!(u16, |a, b| a == b),
        O::I16x8Ne => test!(u16, |a, b| a != b),
        O::I16x8LtS => test!(i16, |a, b| a < b),
        O::I16x8LtU => test!(u16, |a, b| a < b),
        O::I16x8GtS => test!(i16, |a, b| a > b),
        O::I16x8GtU => test!(u16, |a, b| a > b),
        O::I16x8LeS => test!(i16, |a, b| a <= b),
        O::I16x8LeU => test!(u16, |a, b| a <= b),
        O::I16x8GeS => test!(i16, |a, b| a >= b),
        O::I16x8GeU => test!(u16, |a, b| a >= b),
        _ => return None,
    })
}

fn arithmetic(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::I16x8Abs => each!(i16, |x| x.wrapping_abs()),
        O::I16x8Neg => each!(i16, |x| x.wrapping_neg()),
        O::I16x8Shl => shift!(u16, |x, count| x.wrapping_shl(count)),
        O::I16x8ShrS => shift!(i16, |x, count| x.wrapping_shr(count)),
        O::I16x8ShrU => shift!(u16, |x, count| x.wrapping_shr(count)),
        O::I16x8Add => pairs!(u16, |a, b| a.wrapping_add(b)),
        O::I16x8AddSatS => pairs!(i16, |a, b| a.saturating_add(b)),
        O::I16x8AddSatU => pairs!(u16, |a, b| a.saturating_add(b)),
        O::I16x8Sub => pairs!(u16, |a, b| a.wrapping_sub(b)),
        O::I16x8SubSatS => pairs!(i16, |a, b| a.saturating_sub(b)),
        O::I16x8SubSatU => pairs!(u16, |a, b| a.saturating_sub(b)),
        O::I16x8Mul => pairs!(u16, |a, b| a.wrapping_mul(b)),
        O::I16x8MinS => pairs!(i16, |a, b| a.min(b)),
        O::I16x8MinU => pairs!(u16, |a, b| a.min(b)),
        O::I16x8MaxS => pairs!(i16, |a, b| a.max(b)),
        O::I16x8MaxU => pairs!(u16, |a, b| a.max(b)),
        O::I16x8AvgrU => pairs!(u16, |a, b| (u32::from(a) + u32::from(b)).div_ceil(2) as u16),
        O::I16x8Q15MulrSatS => pairs!(i16, |a, b| fixed_point_product(a, b)),
        _ => return None,
    })
}

/// The product of two numbers of 15 fraction bits, rounded and saturated: only -1 times -1 needs
/// the latter.
fn fixed_point_product(a: i16, b: i16) -> i16 {
    let rounded = (i32::from(a) * i32::from(b) + 0x4000) >> 15;
    rounded.min(i16::MAX.into()) as i16
}

fn shape_change(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::I16x8AllTrue => one!(all_true::<u16>),
        O::I16x8Bitmask => one!(bitmask::<u16>),
        O::I16x8NarrowI32x4S => {
            two!(|a, b| { narrow(a, b, |x: i32| x.clamp(i16::MIN.into(), i16::MAX.into()) as i16) })
        }
        // Unsigned narrowing still reads its operands as signed.
        O::I16x8NarrowI32x4U => {
            two!(|a, b| narrow(a, b, |x: i32| x.clamp(0, u16::MAX.into()) as u16))
        }
        O::I16x8ExtendLowI8x16S => extended!(Low, i8 => i16),
        O::I16x8ExtendLowI8x16U => extended!(Low, u8 => u16),
        O::I16x8ExtendHighI8x16S => extended!(High, i8 => i16),
        O::I16x8ExtendHighI8x16U => extended!(High, u8 => u16),
        O::I16x8ExtMulLowI8x16S => extended_product!(Low, i8 => i16),
        O::I16x8ExtMulLowI8x16U => extended_product!(Low, u8 => u16),
        O::I16x8ExtMulHighI8x16S => extended_product!(High, i8 => i16),
        O::I16x8ExtMulHighI8x16U => extended_product!(High, u8 => u16),
        O::I16x8ExtAddPairwiseI8x16S => pairwise_sum!(i8 => i16),
        O::I16x8ExtAddPairwiseI8x16U => pairwise_sum!(u8 => u16),
        _ => return None,
    })
}
