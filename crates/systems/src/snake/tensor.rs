//! A state of Snake as numbers for a neural network: five features of each cell.
//!
//! Rows, columns and features are numbered as in Jumanji's Snake-v1, so that a network that learnt
//! there reads the same board here. Invariant: every number is from 0 to 1.

use alloc::vec;
use alloc::vec::Vec;

use super::state::Moment;

/// How many numbers each cell has.
pub(super) const FEATURES: u32 = 5;

const BODY: usize = 0;
const HEAD: usize = 1;
const TAIL: usize = 2;
const APPLE: usize = 3;
const ORDER: usize = 4;

/// Appends the features of every cell.
pub(super) fn write(moment: &Moment, tensor: &mut Vec<f32>) {
    let mut cells = vec![[0.0; FEATURES as usize]; usize::from(moment.dimensions.cells())];
    let length = moment.eaten + 1;
    for (place, cell) in (1..=length).zip(moment.body_from_tail()) {
        if let Some(features) = cells.get_mut(usize::from(cell)) {
            features[BODY] = 1.0;
            features[HEAD] = f32::from(place == length);
            features[TAIL] = f32::from(place == 1);
            features[ORDER] = share(place, length);
        }
    }
    if let Some(apple) = moment.apple {
        cells[usize::from(apple)][APPLE] = 1.0;
    }
    tensor.extend_from_slice(cells.as_flattened());
}

#[allow(clippy::float_arithmetic, reason = "IEEE 754 rounds a quotient in one way only")]
fn share(place: u16, length: u16) -> f32 {
    f32::from(place) / f32::from(length)
}
