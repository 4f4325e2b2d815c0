//! Scalar loads and stores, and the checked access to bytes that all memory instructions use.
//!
//! Values are little-endian. An address is the sum of two 32-bit numbers, so it never wraps in
//! 64 bits; an access that does not lie wholly inside the memory traps and touches nothing.

use wasmparser::{MemArg, Operator as O};

use super::super::op::{Op, Trap};
use super::super::slot::Value;

/// The operation for a scalar load or store, or `None` for any other instruction.
pub(super) fn lower(operator: &O<'_>) -> Option<Op> {
    load_operation(operator).or_else(|| store_operation(operator))
}

/// The `N` bytes at `address`, zero-extended.
pub(super) fn read<const N: usize>(memory: &[u8], address: u64) -> Result<u128, Trap> {
    let start = usize::try_from(address).map_err(|_| Trap::MemoryOutOfBounds)?;
    let source = memory.get(start..).and_then(|tail| tail.get(..N));
    let mut bytes = [0; 16];
    bytes[..N].copy_from_slice(source.ok_or(Trap::MemoryOutOfBounds)?);
    Ok(u128::from_le_bytes(bytes))
}

/// Writes the low `N` bytes of `value` at `address`.
pub(super) fn write<const N: usize>(
    memory: &mut [u8],
    address: u64,
    value: u128,
) -> Result<(), Trap> {
    let start = usize::try_from(address).map_err(|_| Trap::MemoryOutOfBounds)?;
    let target = memory.get_mut(start..).and_then(|tail| tail.get_mut(..N));
    target.ok_or(Trap::MemoryOutOfBounds)?.copy_from_slice(&value.to_le_bytes()[..N]);
    Ok(())
}

/// The immediate offset; admitted memories are 32-bit, so the parser has checked that it fits.
pub(super) fn offset(immediate: &MemArg) -> u32 {
    immediate.offset as u32
}

/// A load of the bytes of a `$t`, turned into the result by the expression.
macro_rules! load {
    ($immediate:expr, $t:ty, |$x:ident| $result:expr) => {
        Op::Load {
            offset: offset($immediate),
            load: |memory, address, slot| {
                const BYTES: usize = size_of::<$t>();
                let raw = read::<BYTES>(memory, address)?;
                let $x = <$t as Value>::from_slot(raw);
                *slot = Value::into_slot($result);
                Ok(())
            },
        }
    };
}
pub(super) use load;

fn load_operation(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::I32Load { memarg } | O::F32Load { memarg } => load!(memarg, u32, |x| x),
        O::I64Load { memarg } | O::F64Load { memarg } => load!(memarg, u64, |x| x),
        O::I32Load8S { memarg } => load!(memarg, i8, |x| i32::from(x)),
        O::I32Load8U { memarg } => load!(memarg, u8, |x| u32::from(x)),
        O::I32Load16S { memarg } => load!(memarg, i16, |x| i32::from(x)),
        O::I32Load16U { memarg } => load!(memarg, u16, |x| u32::from(x)),
        O::I64Load8S { memarg } => load!(memarg, i8, |x| i64::from(x)),
        O::I64Load8U { memarg } => load!(memarg, u8, |x| u64::from(x)),
        O::I64Load16S { memarg } => load!(memarg, i16, |x| i64::from(x)),
        O::I64Load16U { memarg } => load!(memarg, u16, |x| u64::from(x)),
        O::I64Load32S { memarg } => load!(memarg, i32, |x| i64::from(x)),
        O::I64Load32U { memarg } => load!(memarg, u32, |x| u64::from(x)),
        _ => return None,
    })
}

fn store_operation(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::I32Store8 { memarg } | O::I64Store8 { memarg } => {
            Op::Store { offset: offset(memarg), store: write::<1> }
        }
        O::I32Store16 { memarg } | O::I64Store16 { memarg } => {
            Op::Store { offset: offset(memarg), store: write::<2> }
        }
        O::I32Store { memarg } | O::F32Store { memarg } | O::I64Store32 { memarg } => {
            Op::Store { offset: offset(memarg), store: write::<4> }
        }
        O::I64Store { memarg } | O::F64Store { memarg } => {
            Op::Store { offset: offset(memarg), store: write::<8> }
        }
        _ => return None,
    })
}
