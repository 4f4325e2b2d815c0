//! One kernel after another.

use super::windows::{self, reduce};
use super::{Memory, Scalar};
use super::{integers, lookup};
use crate::program::{Arithmetic as _, Kernel, Linear, Reduction, Unary, View};

pub(super) fn run(kernel: &Kernel, memory: &mut Memory) {
    let target = kernel.output();
    let mut output = memory.take(target);
    match kernel {
        Kernel::Copy { shape, from, to } => {
            let input = memory.read(from.buffer);
            for index in indices(shape) {
                output[place(to, &index)] = input[place(from, &index)];
            }
        }
        Kernel::Unary { function, input, .. } => {
            for (written, &number) in output.iter_mut().zip(memory.read(*input)) {
                *written = function.of(&mut Scalar, number);
            }
        }
        Kernel::Binary { function, shape, left, right, .. } => {
            let (firsts, seconds) = (memory.read(left.buffer), memory.read(right.buffer));
            for (written, index) in output.iter_mut().zip(indices(shape)) {
                let (first, second) = (firsts[place(left, &index)], seconds[place(right, &index)]);
                *written = function.of(&mut Scalar, first, second);
            }
        }
        Kernel::Choose { shape, condition, yes, no, .. } => {
            lookup::choose(memory, shape, [condition, yes, no], &mut output);
        }
        Kernel::Take { table, sizes, numbers, .. } => {
            lookup::take(memory.read(*table), *sizes, memory.read(*numbers), &mut output);
        }
        Kernel::Trees { input, sizes, trees, bias, .. } => {
            lookup::trees(memory.read(*input), sizes[1], trees, bias, &mut output);
        }
        Kernel::Dense { input, rows, linear, activation, .. } => {
            dense(memory.read(*input), *rows, linear, *activation, &mut output);
        }
        Kernel::Conv { input, window, linear, activation, .. } => {
            windows::conv(memory.read(*input), window, linear, *activation, &mut output);
        }
        Kernel::Quantize { input, shape, to, most, scale } => {
            let unit = integers::quantize(memory.read(*input), *shape, to, *most, &mut output);
            memory.put(*scale, vec![unit]);
        }
        Kernel::ConvInt8 { input, window, scale, linear, scales, activation, .. } => {
            let groups = integers::Groups { linear, scales, unit: memory.read(*scale)[0] };
            integers::conv(memory.read(*input), window, &groups, *activation, &mut output);
        }
        Kernel::Pool { input, window, before, reduction, counts_borders, .. } => {
            let input = memory.read(*input);
            windows::pool(input, window, *before, *reduction, *counts_borders, &mut output);
        }
        Kernel::MatMul { batch, sizes, left, left_stride, right, right_stride, .. } => {
            let strides = [*left_stride, *right_stride];
            let sides = [memory.read(*left), memory.read(*right)];
            products(sides, *batch, strides, *sizes, &mut output);
        }
        Kernel::Softmax { input, sizes, .. } => softmax(memory.read(*input), sizes[1], &mut output),
        Kernel::LayerNorm { input, sizes, epsilon, scale, bias, .. } => {
            layer_norm(memory.read(*input), sizes[1], *epsilon, (scale, bias), &mut output);
        }
        Kernel::Reduce { reduction, input, sizes, .. } => {
            along_middle(memory.read(*input), *sizes, &mut output, |numbers| {
                reduce(*reduction, numbers.iter().copied(), numbers.len())
            });
        }
        Kernel::ArgMax { input, sizes, .. } => {
            along_middle(memory.read(*input), *sizes, &mut output, greatest);
        }
    }
    memory.put(target, output);
}

/// All indices of a box, the last running fastest.
pub(super) fn indices(shape: &[usize]) -> impl Iterator<Item = Vec<usize>> {
    let shape = shape.to_vec();
    (0..shape.iter().product()).map(move |mut number| {
        let mut index = vec![0; shape.len()];
        for axis in (0..shape.len()).rev() {
            index[axis] = number % shape[axis];
            number /= shape[axis];
        }
        index
    })
}

pub(super) fn place(view: &View, index: &[usize]) -> usize {
    view.offset
        + index.iter().zip(&view.strides).map(|(index, stride)| index * stride).sum::<usize>()
}

fn dense(input: &[f32], rows: usize, linear: &Linear, activation: Unary, output: &mut [f32]) {
    for row in 0..rows {
        let taps = &input[row * linear.taps..][..linear.taps];
        for sum in 0..linear.outputs {
            let mut total = linear.bias[sum];
            for (tap, number) in taps.iter().enumerate() {
                total += number * linear.weights[tap * linear.outputs + sum];
            }
            output[row * linear.outputs + sum] = activation.of(&mut Scalar, total);
        }
    }
}

fn products(
    [lefts, rights]: [&[f32]; 2],
    batch: usize,
    strides: [usize; 2],
    sizes: [usize; 3],
    output: &mut [f32],
) {
    let size = sizes[0] * sizes[2];
    for number in 0..batch {
        let (left, right) = (&lefts[number * strides[0]..], &rights[number * strides[1]..]);
        product(left, right, sizes, &mut output[number * size..][..size]);
    }
}

fn product(left: &[f32], right: &[f32], [rows, taps, columns]: [usize; 3], output: &mut [f32]) {
    for row in 0..rows {
        for column in 0..columns {
            let products =
                (0..taps).map(|tap| left[row * taps + tap] * right[tap * columns + column]);
            output[row * columns + column] = products.fold(0.0, |sum, product| sum + product);
        }
    }
}

fn softmax(input: &[f32], len: usize, output: &mut [f32]) {
    for (row, written) in input.chunks_exact(len).zip(output.chunks_exact_mut(len)) {
        let most = reduce(Reduction::Max, row.iter().copied(), len);
        for (power, number) in written.iter_mut().zip(row) {
            *power = Unary::Exp.of(&mut Scalar, number - most);
        }
        let sum = reduce(Reduction::Sum, written.iter().copied(), len);
        for power in written {
            *power = Scalar.div(*power, sum);
        }
    }
}

fn layer_norm(
    input: &[f32],
    len: usize,
    epsilon: f32,
    (scale, bias): (&[f32], &[f32]),
    output: &mut [f32],
) {
    for (row, written) in input.chunks_exact(len).zip(output.chunks_exact_mut(len)) {
        let mean = reduce(Reduction::Mean, row.iter().copied(), len);
        let squares = row.iter().map(|number| (number - mean) * (number - mean));
        let root = (reduce(Reduction::Mean, squares, len) + epsilon).sqrt();
        for (place, number) in row.iter().enumerate() {
            written[place] = (number - mean) / root * scale[place] + bias[place];
        }
    }
}

/// Where the greatest stands, the first of several.
fn greatest(numbers: &[f32]) -> f32 {
    let mut best = 0;
    for place in 1..numbers.len() {
        if numbers[best] < numbers[place] {
            best = place;
        }
    }
    best as f32
}

/// Makes one number of those along the middle index of a box of three.
fn along_middle(
    input: &[f32],
    [outer, middle, inner]: [usize; 3],
    output: &mut [f32],
    mut one: impl FnMut(&[f32]) -> f32,
) {
    for first in 0..outer {
        for last in 0..inner {
            let numbers: Vec<f32> =
                (0..middle).map(|at| input[(first * middle + at) * inner + last]).collect();
            output[first * inner + last] = one(&numbers);
        }
    }
}
