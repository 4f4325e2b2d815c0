//! Weights of 8 bits, without any data to calibrate on.
//!
//! Each output's weights are brought to whole numbers from -127 to 127. What they meet is brought to whole
//! numbers of 16 bits when the network runs, each time by its greatest magnitude and as far as the sum
//! of all products still fits into 32 bits. So sums are exact, in any order, and weights are all that
//! loses precision.

use crate::program::{BufferId, Content, Element, Kernel, Linear, Program, Unary, View, Window};

const WEIGHT_MOST: f32 = 127.0;
/// Of all products of a network, the part that a layer has at least whose weights are brought to 8 bits.
const PART_MIN: usize = 100;

/// The same network with weights of 8 bits in all layers that cost much.
///
/// Layers with less than a hundredth of all products stay as they are: first and last ones among them, to
/// which precision matters most, while they cost next to nothing. So do groups of an odd number of
/// channels: two taps are multiplied at once.
pub fn int8(mut program: Program) -> Program {
    let kernels = std::mem::take(&mut program.kernels);
    let all: usize = kernels.iter().map(products).sum();
    for kernel in kernels {
        let is_small = products(&kernel) * PART_MIN < all;
        let whole = match kernel {
            small if is_small => small,
            Kernel::Dense { input, rows, linear, activation, output } => {
                let window = Window::over_rows(rows, linear.taps);
                let whole = Whole::of(&mut program, input, window, vec![linear]);
                whole.kernel(activation, output)
            }
            Kernel::Conv { input, window, groups, linear, activation, output }
                if groups == 1
                    || linear[0].taps % 2 == 0 && (window.channels / groups) % 2 == 0 =>
            {
                Whole::of(&mut program, input, window, linear).kernel(activation, output)
            }
            other => other,
        };
        program.kernels.push(whole);
    }
    program
}

/// How many numbers a layer multiplies with weights.
fn products(kernel: &Kernel) -> usize {
    match kernel {
        Kernel::Dense { rows, linear, .. } => rows * linear.weights.len(),
        Kernel::Conv { window, linear, .. } => {
            let weights: usize = linear.iter().map(|group| group.weights.len()).sum();
            window.output[0] * window.output[1] * weights
        }
        _ => 0,
    }
}

/// A kernel's whole input and weights.
struct Whole {
    input: BufferId,
    window: Window,
    scale: BufferId,
    linear: Vec<Linear>,
    scales: Vec<Vec<f32>>,
}

impl Whole {
    /// Adds the kernel that makes the input whole.
    fn of(program: &mut Program, input: BufferId, window: Window, linear: Vec<Linear>) -> Self {
        let channels = window.channels.next_multiple_of(2);
        let linear: Vec<Linear> =
            linear
                .into_iter()
                .map(|linear| {
                    if channels == window.channels {
                        linear
                    } else {
                        padded(linear, window.channels)
                    }
                })
                .collect();
        let taps = linear[0].taps;
        let (shape, source, to) = place(program, input, &window, channels);
        let scale = program.buffer(1, Element::F32, Content::Working);
        let whole = to.buffer;
        program.kernels.push(Kernel::Quantize {
            input: source,
            shape,
            to,
            most: most(taps),
            scale,
        });
        let (linear, scales) = linear.into_iter().map(rounded).unzip();
        Self { input: whole, window: Window { channels, ..window }, scale, linear, scales }
    }

    fn kernel(self, activation: Unary, output: BufferId) -> Kernel {
        let Self { input, window, scale, linear, scales } = self;
        Kernel::ConvInt8 { input, window, scale, linear, scales, activation, output }
    }
}

/// The greatest whole number of an input whose sums have so many taps: sums stay below 2^31.
fn most(taps: usize) -> f32 {
    let fits = i32::MAX as usize / (WEIGHT_MOST as usize * taps.max(1));
    fits.clamp(1, i16::MAX as usize) as f32
}

/// What is to be made whole, and where it comes to. Where the input is a copy within a border, that is
/// the copy's source, and the copy is left out.
fn place(
    program: &mut Program,
    input: BufferId,
    window: &Window,
    channels: usize,
) -> ([usize; 3], BufferId, View) {
    let [rows, columns] = window.input;
    let strides = vec![columns * channels, channels, 1];
    let whole = program.buffer(rows * columns * channels, Element::I16, Content::Kept);
    let bordered = program.kernels.pop_if(|kernel| is_border(kernel, input, window));
    if let Some(Kernel::Copy { shape, from, to }) = bordered {
        // The offset is that of a cell, whose size has changed.
        let offset = to.offset / window.channels * channels;
        return (
            [shape[0], shape[1], shape[2]],
            from.buffer,
            View { buffer: whole, offset, strides },
        );
    }
    ([rows, columns, window.channels], input, View { buffer: whole, offset: 0, strides })
}

/// Whether a kernel copies all of a picture into the middle of a window's input.
fn is_border(kernel: &Kernel, input: BufferId, window: &Window) -> bool {
    let Kernel::Copy { shape, from, to } = kernel else { return false };
    let row = window.input[1] * window.channels;
    to.buffer == input
        && shape.len() == 3
        && shape[2] == window.channels
        && to.strides == [row, window.channels, 1]
        && to.offset.is_multiple_of(window.channels)
        && from.offset == 0
        && from.strides == crate::tensor::strides(shape)
}

/// A tap of weight 0 after the channels of each cell.
fn padded(linear: Linear, channels: usize) -> Linear {
    let cell = channels * linear.outputs;
    let nothing = vec![0.0; linear.outputs];
    let cells = linear.weights.chunks_exact(cell);
    let weights = cells.flat_map(|cell| cell.iter().chain(&nothing).copied()).collect();
    Linear { taps: linear.taps / channels * (channels + 1), weights, ..linear }
}

/// Whole weights, and what 1 stands for in those of each output.
fn rounded(mut linear: Linear) -> (Linear, Vec<f32>) {
    let mut greatest = vec![0.0f32; linear.outputs];
    for row in linear.weights.chunks_exact(linear.outputs) {
        for (greatest, weight) in greatest.iter_mut().zip(row) {
            *greatest = greatest.max(weight.abs());
        }
    }
    let scales: Vec<f32> = greatest.iter().map(|greatest| greatest / WEIGHT_MOST).collect();
    for row in linear.weights.chunks_exact_mut(linear.outputs) {
        for (weight, scale) in row.iter_mut().zip(&scales) {
            let whole = if *scale > 0.0 { (*weight / scale).round_ties_even() } else { 0.0 };
            *weight = whole.clamp(-WEIGHT_MOST, WEIGHT_MOST);
        }
    }
    (linear, scales)
}
