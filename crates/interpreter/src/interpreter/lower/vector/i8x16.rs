//! Sixteen lanes of 8 bits: `i8x16`.

use wasmparser::Operator as O;

use super::super::super::op::Op;
use super::super::{one, two};
use super::{all_true, bitmask, each, narrow, pairs, shift, test};

/// The operation for an `i8x16` instruction, or `None` for any other.
pub(super) fn lower(operator: &O<'_>) -> Option<Op> {
    comparison(operator).or_else(|| arithmetic(operator)).or_else(|| shape_change(operator))
}

fn comparison(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::I8x16Eq => test!(u8, |a, b| a == b),
        O::I8x16Ne => test!(u8, |a, b| a != b),
        O::I8x16LtS => test!(i8, |a, b| a < b),
        O::I8x16LtU => test!(u8, |a, b| a < b),
        O::I8x16GtS => test!(i8, |a, b| a > b),
        O::I8x16GtU => test!(u8, |a, b| a > b),
        O::I8x16LeS => test!(i8, |a, b| a <= b),
        O::I8x16LeU => test!(u8, |a, b| a <= b),
        O::I8x16GeS => test!(i8, |a, b| a >= b),
        O::I8x16GeU => test!(u8, |a, b| a >= b),
        _ => return None,
    })
}

fn arithmetic(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::I8x16Abs => each!(i8, |x| x.wrapping_abs()),
        O::I8x16Neg => each!(i8, |x| x.wrapping_neg()),
        O::I8x16Shl => shift!(u8, |x, count| x.wrapping_shl(count)),
        O::I8x16ShrS => shift!(i8, |x, count| x.wrapping_shr(count)),
        O::I8x16ShrU => shift!(u8, |x, count| x.wrapping_shr(count)),
        O::I8x16Add => pairs!(u8, |a, b| a.wrapping_add(b)),
        O::I8x16AddSatS => pairs!(i8, |a, b| a.saturating_add(b)),
        O::I8x16AddSatU => pairs!(u8, |a, b| a.saturating_add(b)),
        O::I8x16Sub => pairs!(u8, |a, b| a.wrapping_sub(b)),
        O::I8x16SubSatS => pairs!(i8, |a, b| a.saturating_sub(b)),
        O::I8x16SubSatU => pairs!(u8, |a, b| a.saturating_sub(b)),
        O::I8x16MinS => pairs!(i8, |a, b| a.min(b)),
        O::I8x16MinU => pairs!(u8, |a, b| a.min(b)),
        O::I8x16MaxS => pairs!(i8, |a, b| a.max(b)),
        O::I8x16MaxU => pairs!(u8, |a, b| a.max(b)),
        O::I8x16AvgrU => pairs!(u8, |a, b| (u32::from(a) + u32::from(b)).div_ceil(2) as u8),
        O::I8x16Popcnt => each!(u32, |x| ones_of_bytes(x)),
        _ => return None,
    })
}

/// How many bits of each byte are set, in its place.
fn ones_of_bytes(x: u32) -> u32 {
    let of_two = x - (x >> 1 & 0x5555_5555);
    let of_four = (of_two & 0x3333_3333) + (of_two >> 2 & 0x3333_3333);
    (of_four + (of_four >> 4)) & 0x0f0f_0f0f
}

fn shape_change(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::I8x16AllTrue => one!(all_true::<u8>),
        O::I8x16Bitmask => one!(bitmask::<u8>),
        O::I8x16NarrowI16x8S => {
            two!(|a, b| { narrow(a, b, |x: i16| x.clamp(i8::MIN.into(), i8::MAX.into()) as i8) })
        }
        // Unsigned narrowing still reads its operands as signed.
        O::I8x16NarrowI16x8U => {
            two!(|a, b| narrow(a, b, |x: i16| x.clamp(0, u8::MAX.into()) as u8))
        }
        _ => return None,
    })
}
