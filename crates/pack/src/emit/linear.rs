//! Sums of products: dense layers and convolutions.
//!
//! Weights stand in blocks of up to sixteen outputs, so that one number of the input meets four vectors
//! of weights. A convolution takes two neighbouring places at once, so that a vector of weights that was
//! read serves twice. Neither changes in which order a sum is added.

use super::body::{Body, LANES, Local, at};
use crate::program::{Linear, Unary, Window};

/// Vectors of a full block.
pub(super) const VECTORS: usize = 4;
/// Places that are computed at once.
const PLACES: usize = 2;
/// Units of an innermost loop's turn.
const UNROLLED: usize = 4;

/// What sums are computed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precision {
    /// `f32`, a tap at a time.
    F32,
    /// Inputs of 16 bits by weights of 8 into 32, two taps at a time.
    Int8,
    /// The same by weights of 16, and sums that stay whole.
    Int16,
}

impl Precision {
    /// Taps of a unit: four bytes of the input.
    fn taps(self) -> usize {
        match self {
            Self::F32 => 1,
            Self::Int8 | Self::Int16 => 2,
        }
    }

    /// Bytes of one tap of the input.
    pub(super) fn input_bytes(self) -> usize {
        4 / self.taps()
    }

    /// Bytes of a unit's weights for four outputs.
    fn weight_bytes(self) -> usize {
        match self {
            Self::F32 | Self::Int16 => 16,
            Self::Int8 => 8,
        }
    }

    /// Vectors before the weights of a block, for each vector of outputs.
    fn headers(self) -> usize {
        match self {
            Self::Int16 => 0,
            Self::F32 => 1,
            Self::Int8 => 2,
        }
    }
}

/// How many vectors each block of so many outputs has.
fn blocks(outputs: usize) -> impl Iterator<Item = usize> {
    let vectors = outputs.div_ceil(LANES);
    (0..vectors.div_ceil(VECTORS)).map(move |block| (vectors - block * VECTORS).min(VECTORS))
}

/// Weights as [`sums`] reads them: of each block the bias, then for each tap the weights.
pub(super) fn packed_f32(linear: &Linear) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut first = 0;
    for vectors in blocks(linear.outputs) {
        let outputs = first..first + vectors * LANES;
        let or_zero = |number: Option<&f32>| number.copied().unwrap_or(0.0).to_le_bytes();
        bytes.extend(outputs.clone().flat_map(|output| or_zero(linear.bias.get(output))));
        for row in linear.weights.chunks_exact(linear.outputs) {
            bytes.extend(outputs.clone().flat_map(|output| or_zero(row.get(output))));
        }
        first += vectors * LANES;
    }
    bytes
}

/// The same for whole weights: of each block the scales, the bias, then for each pair of taps, of each
/// output, both weights.
pub(super) fn packed_int8(linear: &Linear, scales: &[f32]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut first = 0;
    for vectors in blocks(linear.outputs) {
        let outputs = first..first + vectors * LANES;
        let or_zero = |number: Option<&f32>| number.copied().unwrap_or(0.0);
        bytes.extend(outputs.clone().flat_map(|output| or_zero(scales.get(output)).to_le_bytes()));
        bytes.extend(
            outputs.clone().flat_map(|output| or_zero(linear.bias.get(output)).to_le_bytes()),
        );
        for pair in linear.weights.chunks_exact(2 * linear.outputs) {
            let (even, odd) = pair.split_at(linear.outputs);
            for output in outputs.clone() {
                bytes.extend([even, odd].map(|row| or_zero(row.get(output)) as i8 as u8));
            }
        }
        first += vectors * LANES;
    }
    bytes
}

/// What the sums of one shape have in common.
#[derive(Debug)]
pub(super) struct Sums<'a> {
    pub(super) precision: Precision,
    pub(super) window: &'a Window,
    pub(super) groups: usize,
    /// Of each group.
    pub(super) outputs: usize,
    pub(super) activation: Unary,
}

impl Sums<'_> {
    /// Parameters: the input, the weights, the output; for whole numbers also the input's scale.
    pub(super) fn emit(&self) -> Body {
        let is_scaled = self.precision == Precision::Int8;
        let mut body = Body::new(if is_scaled { 4 } else { 3 });
        let [input, weights, output] = [0, 1, 2].map(|number| body.parameter(number));
        let scale = is_scaled.then(|| {
            let parameter = body.parameter(3);
            body.load_splat(parameter, 0)
        });
        body.repeat(self.groups, |body| {
            let target = body.copy(output);
            let full = self.outputs / (VECTORS * LANES);
            body.repeat(full, |body| {
                self.block(body, VECTORS, VECTORS * LANES, [input, weights, target], scale)
            });
            let rest = self.outputs % (VECTORS * LANES);
            if rest > 0 {
                self.block(body, rest.div_ceil(LANES), rest, [input, weights, target], scale);
            }
            body.advance(input, self.share_bytes());
            body.advance(output, self.outputs as isize * 4);
        });
        body
    }

    /// Bytes of a group's channels at one place.
    fn share_bytes(&self) -> isize {
        (self.window.channels / self.groups * self.precision.input_bytes()) as isize
    }

    /// Bytes from one place of the input to the next, to the right or downwards.
    fn cell_bytes(&self) -> usize {
        self.window.channels * self.precision.input_bytes()
    }

    fn row_bytes(&self) -> usize {
        self.window.input[1] * self.cell_bytes()
    }

    /// All places of a block of outputs; its weights and its first output are passed by then.
    fn block(
        &self,
        body: &mut Body,
        vectors: usize,
        outputs: usize,
        pointers: [Local; 3],
        scale: Option<Local>,
    ) {
        let [input, weights, output] = pointers;
        let [rows, columns] = self.window.output;
        let cell = self.groups * self.outputs * 4;
        let (source, target) = (body.copy(input), body.copy(output));
        let past = body.word();
        body.repeat(rows, |body| {
            let from = body.copy(source);
            let places = |body: &mut Body, places: usize| {
                let block = Block { places, vectors, outputs, weights, scale };
                self.places(body, &block, from, target, past);
                body.advance(from, (places * self.window.stride[1] * self.cell_bytes()) as isize);
                body.advance(target, (places * cell) as isize);
            };
            body.repeat(columns / PLACES, |body| places(body, PLACES));
            if !columns.is_multiple_of(PLACES) {
                places(body, columns % PLACES);
            }
            body.advance(source, (self.window.stride[0] * self.row_bytes()) as isize);
        });
        // Every place has read all weights of the block: they end where the next block begins.
        body.get(past);
        body.set(weights);
        body.advance(output, outputs as isize * 4);
    }

    /// Neighbouring places: their sums, and what becomes of them. Sets `past` to the end of the weights.
    fn places(&self, body: &mut Body, block: &Block, from: Local, target: Local, past: Local) {
        let sums = self.begun(body, block);
        let pointer = body.copy(from);
        body.get(block.weights)
            .i32_const((self.precision.headers() * block.vectors * 16) as i32)
            .i32_add();
        body.set(past);
        let share = self.window.channels / self.groups;
        let [rows, columns] = self.window.size;
        let is_one_run = self.groups == 1 && self.window.dilation[1] == 1;
        let step = |taps: usize| (taps * self.precision.input_bytes()) as isize;
        let down = (self.window.dilation[0] * self.row_bytes()) as isize;
        body.repeat(rows, |body| {
            if is_one_run {
                self.run(body, block, columns * share, pointer, past, &sums);
                body.advance(pointer, down - step(columns * share));
            } else {
                let right = (self.window.dilation[1] * self.cell_bytes()) as isize;
                body.repeat(columns, |body| {
                    self.run(body, block, share, pointer, past, &sums);
                    body.advance(pointer, right - step(share));
                });
                body.advance(pointer, down - columns as isize * right);
            }
        });
        self.finished(body, block, &sums, target);
    }

    /// The sums before the first tap, for each place and vector.
    fn begun(&self, body: &mut Body, block: &Block) -> Vec<Vec<Local>> {
        let one = |body: &mut Body, vector: usize| match self.precision {
            Precision::F32 => body.load(block.weights, vector * 16),
            Precision::Int8 | Precision::Int16 => {
                body.op().v128_const(0);
                body.kept()
            }
        };
        let place = |body: &mut Body| (0..block.vectors).map(|vector| one(body, vector)).collect();
        (0..block.places).map(|_| place(body)).collect()
    }

    /// Adds taps that stand together; both pointers pass them.
    fn run(
        &self,
        body: &mut Body,
        block: &Block,
        taps: usize,
        input: Local,
        weights: Local,
        sums: &[Vec<Local>],
    ) {
        let units = taps / self.precision.taps();
        let bytes = self.precision.weight_bytes() * block.vectors;
        let apart = self.window.stride[1] * self.cell_bytes();
        let turn = |body: &mut Body, units: usize| {
            for unit in 0..units {
                let numbers: Vec<Local> = (0..block.places)
                    .map(|place| body.load_splat(input, unit * 4 + place * apart))
                    .collect();
                for vector in 0..block.vectors {
                    let place = unit * bytes + vector * self.precision.weight_bytes();
                    self.meet(body, weights, place, &numbers, sums, vector);
                }
            }
            body.advance(input, units as isize * 4);
            body.advance(weights, (units * bytes) as isize);
        };
        body.repeat(units / UNROLLED, |body| turn(body, UNROLLED));
        if !units.is_multiple_of(UNROLLED) {
            turn(body, units % UNROLLED);
        }
    }

    /// One vector of weights and a number of each place.
    fn meet(
        &self,
        body: &mut Body,
        weights: Local,
        bytes: usize,
        numbers: &[Local],
        sums: &[Vec<Local>],
        vector: usize,
    ) {
        let weight = match self.precision {
            Precision::F32 | Precision::Int16 => body.load(weights, bytes),
            Precision::Int8 => {
                body.get(weights).v128_load8x8_s(at(bytes));
                body.kept()
            }
        };
        for (&number, sums) in numbers.iter().zip(sums) {
            body.get(sums[vector]);
            body.get(number);
            body.get(weight);
            match self.precision {
                Precision::F32 => body.op().f32x4_mul().f32x4_add(),
                Precision::Int8 | Precision::Int16 => body.op().i32x4_dot_i16x8_s().i32x4_add(),
            };
            body.set(sums[vector]);
        }
    }

    /// Scales whole sums, applies the function and writes.
    fn finished(&self, body: &mut Body, block: &Block, sums: &[Vec<Local>], target: Local) {
        let cell = self.groups * self.outputs * 4;
        for vector in 0..block.vectors {
            let scaling = block.scale.map(|scale| {
                body.get(scale);
                body.get(block.weights).v128_load(at(vector * 16)).f32x4_mul();
                (body.kept(), body.load(block.weights, (block.vectors + vector) * 16))
            });
            for (place, sums) in sums.iter().enumerate() {
                let mut sum = sums[vector];
                if let Some((factor, bias)) = scaling {
                    body.get(sum).f32x4_convert_i32x4_s();
                    body.get(factor).f32x4_mul();
                    body.get(bias).f32x4_add();
                    sum = body.kept();
                }
                let result = self.activation.of(body, sum);
                let lanes = (block.outputs - vector * LANES).min(LANES);
                body.store(target, place * cell + vector * 16, result, lanes);
            }
        }
    }
}

/// Places and outputs that are computed together.
#[derive(Debug)]
struct Block {
    places: usize,
    vectors: usize,
    outputs: usize,
    /// Where the block begins.
    weights: Local,
    /// The scale of the input, where it is of whole numbers.
    scale: Option<Local>,
}
