//! Kernels whose window moves over a picture: rows, columns, channels.

use super::Scalar;
use crate::program::{Arithmetic as _, Linear, Reduction, Unary, Window};

/// The place of each tap's first channel in the input, in the order of taps, for the output at a row and
/// a column.
pub(super) fn taps(window: &Window, row: usize, column: usize) -> impl Iterator<Item = usize> + '_ {
    let rows =
        (0..window.size[0]).map(move |tap| row * window.stride[0] + tap * window.dilation[0]);
    rows.flat_map(move |input_row| {
        (0..window.size[1]).map(move |tap| {
            let input_column = column * window.stride[1] + tap * window.dilation[1];
            (input_row * window.input[1] + input_column) * window.channels
        })
    })
}

pub(super) fn conv(
    input: &[f32],
    window: &Window,
    groups: &[Linear],
    activation: Unary,
    output: &mut [f32],
) {
    let share = window.channels / groups.len();
    let mut written = 0;
    for row in 0..window.output[0] {
        for column in 0..window.output[1] {
            for (number, group) in groups.iter().enumerate() {
                for sum in 0..group.outputs {
                    let mut total = group.bias[sum];
                    let first_channel = number * share;
                    let places = taps(window, row, column)
                        .flat_map(|place| (0..share).map(move |c| place + first_channel + c));
                    for (tap, place) in places.enumerate() {
                        total += input[place] * group.weights[tap * group.outputs + sum];
                    }
                    output[written] = activation.of(&mut Scalar, total);
                    written += 1;
                }
            }
        }
    }
}

pub(super) fn pool(
    input: &[f32],
    window: &Window,
    before: [usize; 2],
    reduction: Reduction,
    counts_borders: bool,
    output: &mut [f32],
) {
    let mut written = output.iter_mut();
    for row in 0..window.output[0] {
        for column in 0..window.output[1] {
            let inside = inside(window, before, row, column);
            let divisor =
                if counts_borders { window.size[0] * window.size[1] } else { inside.len() };
            for channel in 0..window.channels {
                let numbers = inside.iter().map(|place| input[place * window.channels + channel]);
                let pooled = reduce(reduction, numbers, divisor);
                *written.next().expect("as many as the output has places") = pooled;
            }
        }
    }
}

/// The places of the window that are inside the input, as numbers of its cells.
fn inside(window: &Window, before: [usize; 2], row: usize, column: usize) -> Vec<usize> {
    let along = |index: usize, place: usize| {
        let from = place * window.stride[index];
        let taps = (0..window.size[index]).map(move |tap| from + tap * window.dilation[index]);
        let shifted = taps.filter_map(move |tap| tap.checked_sub(before[index]));
        shifted.filter(move |&tap| tap < window.input[index]).collect::<Vec<_>>()
    };
    let columns = along(1, column);
    let rows = along(0, row);
    rows.iter()
        .flat_map(|row| columns.iter().map(move |column| row * window.input[1] + column))
        .collect()
}

pub(super) fn reduce(
    reduction: Reduction,
    numbers: impl Iterator<Item = f32>,
    divisor: usize,
) -> f32 {
    match reduction {
        Reduction::Sum => numbers.fold(0.0, |sum, number| sum + number),
        Reduction::Mean => numbers.fold(0.0, |sum, number| sum + number) / divisor as f32,
        Reduction::Max => numbers.fold(f32::NEG_INFINITY, |most, number| Scalar.max(most, number)),
        Reduction::Min => numbers.fold(f32::INFINITY, |least, number| Scalar.min(least, number)),
    }
}
