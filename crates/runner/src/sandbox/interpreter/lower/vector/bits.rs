//! Vector instructions that see 128 bits, or bytes to be moved, rather than numbers.

use wasmparser::Operator as O;

use super::super::super::op::Op;
use super::super::super::slot::Value;
use super::{build, lane};

/// The operation for a bitwise vector instruction, or `None` for any other.
pub(super) fn lower(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::V128Not => Op::Unary(|x| !x),
        O::V128And => Op::Binary(|a, b| a & b),
        O::V128AndNot => Op::Binary(|a, b| a & !b),
        O::V128Or => Op::Binary(|a, b| a | b),
        O::V128Xor => Op::Binary(|a, b| a ^ b),
        O::V128Bitselect => Op::Ternary(|a, b, mask| (a & mask) | (b & !mask)),
        O::V128AnyTrue => Op::Unary(|x| (x != 0).into_slot()),
        O::I8x16Swizzle => Op::Binary(|bytes, indices| {
            build(|i| match lane::<u8>(indices, i) {
                index @ 0..16 => lane::<u8>(bytes, index.into()),
                _ => 0,
            })
        }),
        _ => return None,
    })
}
