//! What a seat of sealed bids sees as numbers, and what can be wrong with them.

use std::sync::atomic::{AtomicU32, Ordering};

use nets_core::{Reader, RestoreError};

use super::Fault;

/// Not a function of anything; matters to [`Fault::TensorCountsCalls`] alone.
static CALLS: AtomicU32 = AtomicU32::new(0);

pub(super) fn shape(fault: Fault) -> Vec<u32> {
    match fault {
        Fault::TensorShapeEmpty => Vec::new(),
        Fault::TensorShapeHuge => vec![u32::MAX; 3],
        _ => vec![2, 2],
    }
}

pub(super) fn write(
    fault: Fault,
    serial: u64,
    observation: &[u8],
    tensor: &mut Vec<f32>,
) -> Result<(), RestoreError> {
    if fault == Fault::TensorPanicsOnShortObservation {
        assert!(observation.len() > 4, "too short");
    }
    if fault == Fault::TensorRefusesOwn && observation.first() == Some(&2) {
        return Err(RestoreError::Inconsistent("round 2".to_owned()));
    }
    let mut reader = Reader::new(observation);
    let mut values: [u8; 4] = reader.array("round, prize, card and coins")?;
    if fault == Fault::TensorLeftHalfWritten {
        tensor.push(0.0);
    }
    reader.raw("other's coins and points", 5)?;
    if fault != Fault::TensorReadsLeftOverBytes {
        reader.finish()?;
    }
    match fault {
        Fault::TensorClears => tensor.clear(),
        Fault::TensorCountsCalls => values[0] = CALLS.fetch_add(1, Ordering::Relaxed) as u8,
        Fault::TensorOfThisBuild => values[0] = serial as u8,
        _ => {}
    }
    let count = if fault == Fault::TensorValueMissing { 3 } else { 4 };
    tensor.extend(values[..count].iter().copied().map(f32::from));
    if fault == Fault::TensorNotFinite && values[0] == 1 {
        *tensor.last_mut().unwrap() = f32::NAN;
    }
    Ok(())
}
