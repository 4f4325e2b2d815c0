//! Vector instructions that see 128 bits, or bytes to be moved, rather than numbers.

use wasmparser::Operator as O;

use super::super::super::op::Plain;
use super::super::super::slot::Value;
use super::{build, lane};

/// The operation for a bitwise vector instruction, or `None` for any other.
pub(super) fn lower(operator: &O<'_>) -> Option<Plain> {
    Some(match operator {
        O::V128Not => Plain::Unary(|x| !x),
        O::V128And => Plain::Binary(|a, b| a & b),
        O::V128AndNot => Plain::Binary(|a, b| a & !b),
        O::V128Or => Plain::Binary(|a, b| a | b),
        O::V128Xor => Plain::Binary(|a, b| a ^ b),
        O::V128Bitselect => Plain::Ternary(|a, b, mask| (a & mask) | (b & !mask)),
        O::V128AnyTrue => Plain::Unary(|x| (x != 0).into_slot()),
        O::I8x16Swizzle => Plain::Binary(|bytes, indices| {
            build(|i| match lane::<u8>(indices, i) {
                index @ 0..16 => lane::<u8>(bytes, index.into()),
                _ => 0,
            })
        }),
        _ => return None,
    })
}
