//! A moment of the arena as numbers for a neural network: nine features of each cell.
//!
//! The first five are numbered as Snake's, of one's own snake, so that a network knows its way.
//! Invariant: every number is from 0 to 1.

use alloc::vec;
use alloc::vec::Vec;

use nets_core::Seat;

use super::state::Moment;
use crate::cells::Cell;

/// How many numbers each cell has.
pub(super) const FEATURES: u32 = 9;

const APPLE: usize = 3;
/// Body, head, tail and order of one's own snake.
const OWN: [usize; 4] = [0, 1, 2, 4];
/// The same of the others.
const OTHERS: [usize; 4] = [5, 6, 7, 8];

/// Appends the features of every cell as a seat sees them.
pub(super) fn write(moment: &Moment, seat: Seat, tensor: &mut Vec<f32>) {
    let mut cells = vec![[0.0; FEATURES as usize]; usize::from(moment.dimensions.cells())];
    for (other, snake) in moment.living() {
        let [body, head, tail, order] = if other == seat { OWN } else { OTHERS };
        for (place, &cell) in (1..).zip(&snake.body) {
            let features = &mut cells[usize::from(cell)];
            features[body] = 1.0;
            features[head] = f32::from(place == snake.length);
            features[tail] = f32::from(place == 1);
            features[order] = share(place, snake.length);
        }
    }
    for (cell, features) in cells.iter_mut().enumerate() {
        features[APPLE] = f32::from(moment.apples.contains(cell as Cell));
    }
    tensor.extend_from_slice(cells.as_flattened());
}

#[allow(clippy::float_arithmetic, reason = "IEEE 754 rounds a quotient in one way only")]
fn share(place: u16, length: u16) -> f32 {
    f32::from(place) / f32::from(length)
}
