//! Integer instructions: comparisons, bit counts and arithmetic of `i32` and `i64`.
//!
//! Signed and unsigned readings of the same bits are chosen by the type named in each line.
//! Shift and rotate counts are taken modulo the width, as WebAssembly demands.

use wasmparser::Operator as O;

use super::super::op::{Op, Trap};
use super::super::slot::Value;
use super::{binary, trapping_binary, unary};

/// The operation for an integer instruction, or `None` for any other.
pub(super) fn lower(operator: &O<'_>) -> Option<Op> {
    i32_comparison(operator)
        .or_else(|| i32_arithmetic(operator))
        .or_else(|| i64_comparison(operator))
        .or_else(|| i64_arithmetic(operator))
}

/// The trap of a division that has no result.
fn division_trap(divisor_is_zero: bool) -> Trap {
    if divisor_is_zero { Trap::DivisionByZero } else { Trap::IntegerOverflow }
}

fn i32_comparison(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::I32Eqz => unary!(u32, |x| x == 0),
        O::I32Eq => binary!(u32, |a, b| a == b),
        O::I32Ne => binary!(u32, |a, b| a != b),
        O::I32LtS => binary!(i32, |a, b| a < b),
        O::I32LtU => binary!(u32, |a, b| a < b),
        O::I32GtS => binary!(i32, |a, b| a > b),
        O::I32GtU => binary!(u32, |a, b| a > b),
        O::I32LeS => binary!(i32, |a, b| a <= b),
        O::I32LeU => binary!(u32, |a, b| a <= b),
        O::I32GeS => binary!(i32, |a, b| a >= b),
        O::I32GeU => binary!(u32, |a, b| a >= b),
        _ => return None,
    })
}

fn i32_arithmetic(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::I32Clz => unary!(u32, |x| x.leading_zeros()),
        O::I32Ctz => unary!(u32, |x| x.trailing_zeros()),
        O::I32Popcnt => unary!(u32, |x| x.count_ones()),
        O::I32Extend8S => unary!(i8, |x| i32::from(x)),
        O::I32Extend16S => unary!(i16, |x| i32::from(x)),
        O::I32Add => binary!(u32, |a, b| a.wrapping_add(b)),
        O::I32Sub => binary!(u32, |a, b| a.wrapping_sub(b)),
        O::I32Mul => binary!(u32, |a, b| a.wrapping_mul(b)),
        O::I32DivS => {
            trapping_binary!(i32, |a, b| a.checked_div(b).ok_or(division_trap(b == 0)))
        }
        O::I32DivU => {
            trapping_binary!(u32, |a, b| a.checked_div(b).ok_or(division_trap(b == 0)))
        }
        // The remainder of the least integer by -1 is 0, although the quotient overflows.
        O::I32RemS => trapping_binary!(i32, |a, b| {
            if b == 0 { Err(Trap::DivisionByZero) } else { Ok(a.wrapping_rem(b)) }
        }),
        O::I32RemU => {
            trapping_binary!(u32, |a, b| a.checked_rem(b).ok_or(Trap::DivisionByZero))
        }
        O::I32And => binary!(u32, |a, b| a & b),
        O::I32Or => binary!(u32, |a, b| a | b),
        O::I32Xor => binary!(u32, |a, b| a ^ b),
        O::I32Shl => binary!(u32, |a, b| a.wrapping_shl(b)),
        O::I32ShrS => binary!(i32, |a, b| a.wrapping_shr(b as u32)),
        O::I32ShrU => binary!(u32, |a, b| a.wrapping_shr(b)),
        O::I32Rotl => binary!(u32, |a, b| a.rotate_left(b % 32)),
        O::I32Rotr => binary!(u32, |a, b| a.rotate_right(b % 32)),
        _ => return None,
    })
}

fn i64_comparison(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::I64Eqz => unary!(u64, |x| x == 0),
        O::I64Eq => binary!(u64, |a, b| a == b),
        O::I64Ne => binary!(u64, |a, b| a != b),
        O::I64LtS => binary!(i64, |a, b| a < b),
        O::I64LtU => binary!(u64, |a, b| a < b),
        O::I64GtS => binary!(i64, |a, b| a > b),
        O::I64GtU => binary!(u64, |a, b| a > b),
        O::I64LeS => binary!(i64, |a, b| a <= b),
        O::I64LeU => binary!(u64, |a, b| a <= b),
        O::I64GeS => binary!(i64, |a, b| a >= b),
        O::I64GeU => binary!(u64, |a, b| a >= b),
        _ => return None,
    })
}

fn i64_arithmetic(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::I64Clz => unary!(u64, |x| u64::from(x.leading_zeros())),
        O::I64Ctz => unary!(u64, |x| u64::from(x.trailing_zeros())),
        O::I64Popcnt => unary!(u64, |x| u64::from(x.count_ones())),
        O::I64Extend8S => unary!(i8, |x| i64::from(x)),
        O::I64Extend16S => unary!(i16, |x| i64::from(x)),
        O::I64Extend32S => unary!(i32, |x| i64::from(x)),
        O::I64Add => binary!(u64, |a, b| a.wrapping_add(b)),
        O::I64Sub => binary!(u64, |a, b| a.wrapping_sub(b)),
        O::I64Mul => binary!(u64, |a, b| a.wrapping_mul(b)),
        O::I64DivS => {
            trapping_binary!(i64, |a, b| a.checked_div(b).ok_or(division_trap(b == 0)))
        }
        O::I64DivU => {
            trapping_binary!(u64, |a, b| a.checked_div(b).ok_or(division_trap(b == 0)))
        }
        // The remainder of the least integer by -1 is 0, although the quotient overflows.
        O::I64RemS => trapping_binary!(i64, |a, b| {
            if b == 0 { Err(Trap::DivisionByZero) } else { Ok(a.wrapping_rem(b)) }
        }),
        O::I64RemU => {
            trapping_binary!(u64, |a, b| a.checked_rem(b).ok_or(Trap::DivisionByZero))
        }
        O::I64And => binary!(u64, |a, b| a & b),
        O::I64Or => binary!(u64, |a, b| a | b),
        O::I64Xor => binary!(u64, |a, b| a ^ b),
        O::I64Shl => binary!(u64, |a, b| a.wrapping_shl(b as u32)),
        O::I64ShrS => binary!(i64, |a, b| a.wrapping_shr(b as u32)),
        O::I64ShrU => binary!(u64, |a, b| a.wrapping_shr(b as u32)),
        O::I64Rotl => binary!(u64, |a, b| a.rotate_left((b % 64) as u32)),
        O::I64Rotr => binary!(u64, |a, b| a.rotate_right((b % 64) as u32)),
        _ => return None,
    })
}
