//! Vector loads and stores, and loads and stores of one lane.

use wasmparser::Operator as O;

use super::super::super::op::Op;
use super::super::super::slot::Value;
use super::super::memory::{load, offset, read, write};
use super::{Half, build, extend};

/// The operation for a vector memory instruction, or `None` for any other.
pub(super) fn lower(operator: &O<'_>) -> Option<Op> {
    whole(operator).or_else(|| load_lane(operator)).or_else(|| store_lane(operator))
}

fn whole(operator: &O<'_>) -> Option<Op> {
    Some(match operator {
        O::V128Load { memarg } => load!(memarg, u128, |x| x),
        O::V128Store { memarg } => Op::Store { offset: offset(memarg), store: write::<16> },
        O::V128Load8x8S { memarg } => {
            load!(memarg, u64, |x| extend::<i8, i16>(x.into(), Half::Low))
        }
        O::V128Load8x8U { memarg } => {
            load!(memarg, u64, |x| extend::<u8, u16>(x.into(), Half::Low))
        }
        O::V128Load16x4S { memarg } => {
            load!(memarg, u64, |x| extend::<i16, i32>(x.into(), Half::Low))
        }
        O::V128Load16x4U { memarg } => {
            load!(memarg, u64, |x| extend::<u16, u32>(x.into(), Half::Low))
        }
        O::V128Load32x2S { memarg } => {
            load!(memarg, u64, |x| extend::<i32, i64>(x.into(), Half::Low))
        }
        O::V128Load32x2U { memarg } => {
            load!(memarg, u64, |x| extend::<u32, u64>(x.into(), Half::Low))
        }
        O::V128Load8Splat { memarg } => load!(memarg, u8, |x| build(|_| x)),
        O::V128Load16Splat { memarg } => load!(memarg, u16, |x| build(|_| x)),
        O::V128Load32Splat { memarg } => load!(memarg, u32, |x| build(|_| x)),
        O::V128Load64Splat { memarg } => load!(memarg, u64, |x| build(|_| x)),
        O::V128Load32Zero { memarg } => load!(memarg, u32, |x| x),
        O::V128Load64Zero { memarg } => load!(memarg, u64, |x| x),
        _ => return None,
    })
}

fn load_lane(operator: &O<'_>) -> Option<Op> {
    let (memarg, &lane, bytes) = match operator {
        O::V128Load8Lane { memarg, lane } => (memarg, lane, 1),
        O::V128Load16Lane { memarg, lane } => (memarg, lane, 2),
        O::V128Load32Lane { memarg, lane } => (memarg, lane, 4),
        O::V128Load64Lane { memarg, lane } => (memarg, lane, 8),
        _ => return None,
    };
    Some(Op::LoadLane { offset: offset(memarg), lane, bytes })
}

fn store_lane(operator: &O<'_>) -> Option<Op> {
    let (memarg, &lane, bytes) = match operator {
        O::V128Store8Lane { memarg, lane } => (memarg, lane, 1),
        O::V128Store16Lane { memarg, lane } => (memarg, lane, 2),
        O::V128Store32Lane { memarg, lane } => (memarg, lane, 4),
        O::V128Store64Lane { memarg, lane } => (memarg, lane, 8),
        _ => return None,
    };
    Some(Op::StoreLane { offset: offset(memarg), lane, bytes })
}
