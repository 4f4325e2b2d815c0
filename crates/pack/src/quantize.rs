//! Weights of 8 bits, without any data to calibrate on.
//!
//! Each output's weights are brought to whole numbers from -127 to 127. What they meet is brought to whole
//! numbers of 16 bits when the network runs, each time by its greatest magnitude and as far as the sum
//! of all products still fits into 32 bits. So sums are exact, in any order, and weights are all that
//! loses precision.

use crate::program::{
    BufferId, Content, Element, Kernel, Linear, Program, TILED_CHANNELS, TILED_OUTPUTS, Unary,
    View, Window,
};

const WEIGHT_MOST: f32 = 127.0;
/// Of all products of a network, the part that a layer has at least whose weights are brought to 8 bits.
const PART_MIN: usize = 100;
/// Sixteen weights of two bytes for each of nine.
const TILED_WEIGHT_BYTES: usize = 32;
/// The room for such weights in an agent's memory of 32 MiB.
const TILED_BYTES_MAX: usize = 12 << 20;

/// The same network with weights of 8 bits in all layers that cost much.
///
/// Layers with less than a hundredth of all products stay as they are: first and last ones among them, to
/// which precision matters most, while they cost next to nothing. So do groups of an odd number of
/// channels: two taps are multiplied at once.
pub fn int8(mut program: Program) -> Program {
    let mut room = TILED_BYTES_MAX;
    let kernels = std::mem::take(&mut program.kernels);
    let all: usize = kernels.iter().map(products).sum();
    for kernel in kernels {
        let is_small = products(&kernel) * PART_MIN < all;
        let whole = match kernel {
            small if is_small => small,
            Kernel::Dense { input, rows, linear, activation, output } => {
                let window = Window::over_rows(rows, linear.taps);
                let whole = Whole::of(&mut program, input, window, vec![linear], None);
                whole.kernel(activation, output)
            }
            Kernel::Conv { input, window, groups, linear, activation, output }
                if groups == 1
                    || linear[0].taps % 2 == 0 && (window.channels / groups) % 2 == 0 =>
            {
                let tiles = tiles(&window, &linear, &mut room);
                Whole::of(&mut program, input, window, linear, tiles).kernel(activation, output)
            }
            other => other,
        };
        program.kernels.push(whole);
    }
    program
}

/// The tiles of a window of three by three, if it is one and there is room for its weights as tiles need
/// them.
fn tiles(window: &Window, linear: &[Linear], room: &mut usize) -> Option<[usize; 2]> {
    let [Linear { outputs, .. }] = linear else { return None };
    let bytes = window.channels * outputs * TILED_WEIGHT_BYTES;
    let fits = window.size == [3; 2]
        && window.stride == [1; 2]
        && window.dilation == [1; 2]
        && window.channels.is_multiple_of(TILED_CHANNELS)
        && outputs.is_multiple_of(TILED_OUTPUTS)
        && bytes <= *room;
    fits.then(|| {
        *room -= bytes;
        window.output.map(|places| places.div_ceil(2))
    })
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
    tiles: Option<[usize; 2]>,
}

impl Whole {
    /// Adds the kernel that makes the input whole.
    fn of(
        program: &mut Program,
        input: BufferId,
        window: Window,
        linear: Vec<Linear>,
        tiles: Option<[usize; 2]>,
    ) -> Self {
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
        // Tiles reach as far as the last of them does.
        let reach = tiles.map_or(window.input, |tiles| tiles.map(|count| 2 * count + 2));
        let (shape, source, to) = place(program, input, &window, reach, channels);
        let window = Window { input: reach, ..window };
        let scale = program.buffer(1, Element::F32, Content::Working);
        let whole = to.buffer;
        program.kernels.push(Kernel::Quantize {
            input: source,
            shape,
            to,
            most: most(taps, tiles.is_some()),
            scale,
        });
        let (linear, scales) = linear.into_iter().map(rounded).unzip();
        Self { input: whole, window: Window { channels, ..window }, scale, linear, scales, tiles }
    }

    fn kernel(self, activation: Unary, output: BufferId) -> Kernel {
        let Self { input, window, scale, linear, scales, tiles } = self;
        Kernel::ConvInt8 { input, window, scale, linear, scales, tiles, activation, output }
    }
}

/// The greatest whole number of an input whose sums have so many taps: sums stay below 2^31. Tiles make
/// four times the sums, of four inputs at once.
fn most(taps: usize, is_tiled: bool) -> f32 {
    let times = if is_tiled { 4 } else { 1 };
    let fits = i32::MAX as usize / (times * WEIGHT_MOST as usize * taps.max(1));
    fits.clamp(1, i16::MAX as usize / times) as f32
}

/// What is to be made whole, and where it comes to. Where the input is a copy within a border, that is
/// the copy's source, and the copy is left out.
fn place(
    program: &mut Program,
    input: BufferId,
    window: &Window,
    reach: [usize; 2],
    channels: usize,
) -> ([usize; 3], BufferId, View) {
    let [rows, columns] = window.input;
    let strides = vec![reach[1] * channels, channels, 1];
    let whole = program.buffer(reach[0] * reach[1] * channels, Element::I16, Content::Kept);
    let bordered = program.kernels.pop_if(|kernel| is_border(kernel, input, window));
    if let Some(Kernel::Copy { shape, from, to }) = bordered {
        // The offset is that of a cell, whose size has changed.
        let cell = to.offset / window.channels;
        let offset = (cell / columns * reach[1] + cell % columns) * channels;
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
