//! Vector instructions that see 128 bits, or bytes to be moved, rather than numbers.

use wasmparser::Operator as O;

use super::super::super::op::Op;
use super::super::super::slot::{Slot, Value};
use super::super::{one, two};
use super::{build, lane};

/// The operation for a bitwise vector instruction, or `None` for any other.
pub(super) fn lower(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::V128Not => one!(|x: Slot| !x),
        O::V128And => two!(|a: Slot, b: Slot| a & b),
        O::V128AndNot => two!(|a: Slot, b: Slot| a & !b),
        O::V128Or => two!(|a: Slot, b: Slot| a | b),
        O::V128Xor => two!(|a: Slot, b: Slot| a ^ b),
        O::V128Bitselect => Op::Ternary(|a, b, mask| (a & mask) | (b & !mask)),
        O::V128AnyTrue => one!(|x: Slot| (x != 0).into_slot()),
        O::I8x16Swizzle => two!(|bytes, indices| {
            build(|i| match lane::<u8>(indices, i) {
                index @ 0..16 => lane::<u8>(bytes, index.into()),
                _ => 0,
            })
        }),
        _ => return None,
    })
}
