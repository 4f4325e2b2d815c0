//! Sums of whole numbers. They are exact, so that their order does not matter.

use super::Scalar;
use super::kernels::{indices, place};
use super::windows::taps;
use crate::program::{Arithmetic as _, LEAST_GREATEST, Linear, Unary, View, Window};

/// Writes whole numbers and says what 1 stands for.
pub(super) fn quantize(
    input: &[f32],
    shape: [usize; 3],
    to: &View,
    most: f32,
    output: &mut [f32],
) -> f32 {
    let greatest =
        input.iter().fold(LEAST_GREATEST, |greatest, number| Scalar.max(greatest, number.abs()));
    let factor = most / greatest;
    for (number, index) in input.iter().zip(indices(&shape)) {
        let whole = (number * factor).round_ties_even() as i32;
        output[place(to, &index)] = whole.clamp(i16::MIN.into(), i16::MAX.into()) as f32;
    }
    greatest / most
}

/// What [`conv`] multiplies with.
pub(super) struct Groups<'a> {
    pub(super) linear: &'a [Linear],
    pub(super) scales: &'a [Vec<f32>],
    pub(super) unit: f32,
}

pub(super) fn conv(
    input: &[f32],
    window: &Window,
    groups: &Groups<'_>,
    activation: Unary,
    output: &mut [f32],
) {
    let share = window.channels / groups.linear.len();
    let mut written = output.iter_mut();
    for row in 0..window.output[0] {
        for column in 0..window.output[1] {
            for (number, (group, scales)) in groups.linear.iter().zip(groups.scales).enumerate() {
                for (sum, (scale, bias)) in scales.iter().zip(&group.bias).enumerate() {
                    let places = taps(window, row, column)
                        .flat_map(|place| (0..share).map(move |c| place + number * share + c));
                    let total = places.enumerate().fold(0, |total, (tap, place)| {
                        let weight = group.weights[tap * group.outputs + sum];
                        total + input[place] as i32 * weight as i32
                    });
                    let scaled = total as f32 * (groups.unit * scale) + bias;
                    let place = written.next().expect("as many as the output has places");
                    *place = activation.of(&mut Scalar, scaled);
                }
            }
        }
    }
}
