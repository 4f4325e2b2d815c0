//! Moving single values in and out of vectors: splat, extract lane, replace lane.
//!
//! Float lanes are moved as bits, so that a NaN keeps its payload.

use wasmparser::Operator as O;

use super::super::super::op::Op;
use super::super::super::slot::{Slot, Value};
use super::super::one;
use super::{build, lane};

/// The operation for a lane-moving instruction, or `None` for any other.
pub(super) fn lower(operator: &O<'_>) -> Option<Op> {
    splat_or_extract(operator).or_else(|| replace(operator))
}

/// The vector with `value` in every lane of type `T`.
fn splat<T: Value>(value: Slot) -> Slot {
    build(|_| T::from_slot(value))
}

/// Lane `index` of type `T`, widened to `U`.
fn extract_lane<T: Value, U: Value + From<T>>(vector: Slot, index: u32) -> Slot {
    U::from(lane::<T>(vector, index)).into_slot()
}

/// `vector` with lane `index` of type `T` replaced by `value`.
fn replace_lane<T: Value>(vector: Slot, value: Slot, index: u32) -> Slot {
    build(|i| if i == index { T::from_slot(value) } else { lane(vector, i) })
}

fn splat_or_extract(operator: &O<'_>) -> Option<Op> {
    let (&lane, extract): (_, fn(Slot, u32) -> Slot) = match operator {
        O::I8x16Splat => return Some(one!(splat::<u8>)),
        O::I16x8Splat => return Some(one!(splat::<u16>)),
        O::I32x4Splat | O::F32x4Splat => return Some(one!(splat::<u32>)),
        O::I64x2Splat | O::F64x2Splat => return Some(one!(splat::<u64>)),
        O::I8x16ExtractLaneS { lane } => (lane, extract_lane::<i8, i32>),
        O::I8x16ExtractLaneU { lane } => (lane, extract_lane::<u8, u32>),
        O::I16x8ExtractLaneS { lane } => (lane, extract_lane::<i16, i32>),
        O::I16x8ExtractLaneU { lane } => (lane, extract_lane::<u16, u32>),
        O::I32x4ExtractLane { lane } | O::F32x4ExtractLane { lane } => {
            (lane, extract_lane::<u32, u32>)
        }
        O::I64x2ExtractLane { lane } | O::F64x2ExtractLane { lane } => {
            (lane, extract_lane::<u64, u64>)
        }
        _ => return None,
    };
    Some(Op::ExtractLane { lane: lane.into(), extract })
}

fn replace(operator: &O<'_>) -> Option<Op> {
    let (&lane, replace): (_, fn(Slot, Slot, u32) -> Slot) = match operator {
        O::I8x16ReplaceLane { lane } => (lane, replace_lane::<u8>),
        O::I16x8ReplaceLane { lane } => (lane, replace_lane::<u16>),
        O::I32x4ReplaceLane { lane } | O::F32x4ReplaceLane { lane } => (lane, replace_lane::<u32>),
        O::I64x2ReplaceLane { lane } | O::F64x2ReplaceLane { lane } => (lane, replace_lane::<u64>),
        _ => return None,
    };
    Some(Op::ReplaceLane { lane: lane.into(), replace })
}
