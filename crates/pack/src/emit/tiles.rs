//! Convolutions of three by three in tiles: four sums at once by sixteen products instead of thirty-six.
//!
//! F(2x2, 3x3) of Lavin and Gray, Fast Algorithms for Convolutional Neural Networks (2015), in whole
//! numbers. Each tile of four by four inputs and each three by three weights become sixteen numbers; what
//! products of these sum up to becomes four outputs. Weights are transformed without their halves, so
//! that sums come out four times as large and exact: where they overflow in between, they come back, as
//! all of it is modulo 2^32.
//!
//! Weights stand in the file as they are, and are transformed when the agent first decides.

use super::body::{Body, LANES, Local, at};
use super::linear::VECTORS;
use crate::program::{Arithmetic as _, Linear, TILED_CHANNELS, TILED_OUTPUTS, Unary};

/// Numbers of a tile, and as many matrices of weights.
pub(super) const PARTS: usize = 16;
/// Whole numbers of 16 bits in a vector.
const SHORTS: usize = TILED_CHANNELS;
/// Outputs of a block of weights.
const BLOCK: usize = TILED_OUTPUTS;
// Products read blocks as those of other layers.
const _: () = assert!(BLOCK == VECTORS * LANES);

/// A layer in tiles.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tiled {
    /// How many tiles, down and across.
    pub(super) tiles: [usize; 2],
    /// Places of the output, down and across.
    pub(super) places: [usize; 2],
    pub(super) channels: usize,
    pub(super) outputs: usize,
}

impl Tiled {
    pub(super) fn count(&self) -> usize {
        self.tiles[0] * self.tiles[1]
    }

    /// Bytes of one of the matrices of weights.
    pub(super) fn weight_bytes(&self) -> usize {
        self.channels * self.outputs * 2
    }

    /// Bytes of one part of all tiles.
    pub(super) fn input_bytes(&self) -> usize {
        self.count() * self.channels * 2
    }

    /// Bytes of one part of all sums.
    pub(super) fn sum_bytes(&self) -> usize {
        self.count() * self.outputs * 4
    }

    /// Bytes of the input of one place.
    fn cell(&self) -> usize {
        self.channels * 2
    }

    /// Bytes of a row of the input, which ends where the last tile does.
    fn row(&self) -> usize {
        (2 * self.tiles[1] + 2) * self.cell()
    }

    /// Parameters: the weights as the file has them, and where they come to.
    ///
    /// They come to blocks of sixteen outputs, of each pair of channels both weights of an output.
    pub(super) fn weights(&self) -> Body {
        let mut body = Body::new(2);
        let [source, target] = [0, 1].map(|number| body.parameter(number));
        let pairs = self.channels / 2;
        body.repeat(self.outputs / BLOCK, |body| {
            body.repeat(pairs, |body| {
                for half in 0..BLOCK / SHORTS {
                    let both = [0, 1].map(|channel| {
                        let offset = channel * self.outputs + half * SHORTS;
                        self.spread_weights(body, source, offset)
                    });
                    let [first, second] = both;
                    for (part, pair) in first.into_iter().zip(second).enumerate() {
                        let place = part * self.weight_bytes() + half * 2 * 16;
                        interleave(body, pair.into(), target, place);
                    }
                }
                body.advance(source, 2 * self.outputs as isize);
                body.advance(target, BLOCK as isize * 4);
            });
            body.advance(source, BLOCK as isize - (self.channels * self.outputs) as isize);
        });
        body
    }

    /// Nine weights of eight outputs as sixteen.
    fn spread_weights(&self, body: &mut Body, source: Local, offset: usize) -> Vec<Local> {
        let tap = |body: &mut Body, number: usize| {
            body.get(source).v128_load8x8_s(at(number * self.channels * self.outputs + offset));
            body.kept()
        };
        let columns = [0, 1, 2].map(|column| {
            let taps = [0, 1, 2].map(|row| tap(body, row * 3 + column));
            spread_three(body, taps)
        });
        turned(columns).into_iter().flat_map(|row| spread_three(body, row)).collect()
    }

    /// Parameters: the input with its borders, and where the parts of its tiles come to.
    pub(super) fn input(&self) -> Body {
        let mut body = Body::new(2);
        let [input, output] = [0, 1].map(|number| body.parameter(number));
        body.repeat(self.tiles[0], |body| {
            body.repeat(self.tiles[1], |body| {
                body.repeat(self.channels / SHORTS, |body| {
                    let columns = [0, 1, 2, 3].map(|column| {
                        let place = |row: usize| row * self.row() + column * self.cell();
                        let cells = [0, 1, 2, 3].map(|row| body.load(input, place(row)));
                        spread_four(body, cells)
                    });
                    for (row, parts) in turned(columns).into_iter().enumerate() {
                        for (column, part) in spread_four(body, parts).into_iter().enumerate() {
                            let place = (row * 4 + column) * self.input_bytes();
                            body.store(output, place, part, LANES);
                        }
                    }
                    body.advance(input, 16);
                    body.advance(output, 16);
                });
                // The channels of one place are passed, and a tile is two places wide.
                body.advance(input, self.cell() as isize);
            });
            let passed = 2 * self.tiles[1] * self.cell();
            body.advance(input, (2 * self.row()) as isize - passed as isize);
        });
        body
    }

    /// Parameters: the parts of all sums, the scales and then the biases of all outputs, where outputs
    /// come to, what 1 stands for in the input.
    pub(super) fn output(&self, activation: Unary) -> Body {
        let mut body = Body::new(4);
        let [sums, header, output, scale] = [0, 1, 2, 3].map(|number| body.parameter(number));
        let unit = body.load_splat(scale, 0);
        let pointers = Finish { sums, header, output, unit, activation };
        let row = (self.places[1] * self.outputs * 4) as isize;
        let whole = self.places.map(|places| places / 2);
        let left = self.places.map(|places| places % 2);
        let across = |body: &mut Body, down: usize| {
            body.repeat(whole[1], |body| self.finished(body, &pointers, [down, 2]));
            body.repeat(left[1], |body| self.finished(body, &pointers, [down, 1]));
            body.advance(output, row * (down as isize - 1));
        };
        body.repeat(whole[0], |body| across(body, 2));
        body.repeat(left[0], |body| across(body, 1));
        body
    }

    /// The outputs of a tile, of which so many down and across are inside; the pointers pass it.
    fn finished(&self, body: &mut Body, pointers: &Finish, inside: [usize; 2]) {
        let Finish { sums, header, output, unit, activation } = *pointers;
        let factors = body.copy(header);
        body.repeat(self.outputs / LANES, |body| {
            let columns = [0, 1, 2, 3].map(|column| {
                let place = |row: usize| (row * 4 + column) * self.sum_bytes();
                let parts = [0, 1, 2, 3].map(|row| body.load(sums, place(row)));
                joined(body, parts)
            });
            let scale = body.load(factors, 0);
            let factor = body.mul(unit, scale);
            let bias = body.load(factors, self.outputs * 4);
            for (down, parts) in turned(columns).into_iter().enumerate().take(inside[0]) {
                let pair = joined(body, parts);
                for (right, &sum) in pair.iter().enumerate().take(inside[1]) {
                    body.get(sum).i32_const(2).i32x4_shr_s().f32x4_convert_i32x4_s();
                    let number = body.kept();
                    let scaled = body.mul(number, factor);
                    let moved = body.add(scaled, bias);
                    let result = activation.of(body, moved);
                    let place = (down * self.places[1] + right) * self.outputs * 4;
                    body.store(output, place, result, LANES);
                }
            }
            for pointer in [sums, output, factors] {
                body.advance(pointer, 16);
            }
        });
        // The outputs of one place are passed.
        body.advance(output, ((inside[1] - 1) * self.outputs * 4) as isize);
    }
}

/// What finishing a tile reads and writes.
#[derive(Clone, Copy)]
struct Finish {
    sums: Local,
    header: Local,
    output: Local,
    unit: Local,
    activation: Unary,
}

/// Weights as they are in the file: of each tap, of each channel, those of all outputs.
pub(super) fn plain_weights(linear: &Linear) -> Vec<u8> {
    linear.weights.iter().map(|&weight| weight as i8 as u8).collect()
}

/// Scales and biases as [`Tiled::output`] reads them.
pub(super) fn header(linear: &Linear, scales: &[f32]) -> Vec<u8> {
    scales.iter().chain(&linear.bias).flat_map(|number| number.to_le_bytes()).collect()
}

/// Rows of columns.
fn turned<const ROWS: usize, const COLUMNS: usize>(
    columns: [[Local; ROWS]; COLUMNS],
) -> [[Local; COLUMNS]; ROWS] {
    std::array::from_fn(|row| columns.map(|column| column[row]))
}

fn add(body: &mut Body, left: Local, right: Local) -> Local {
    body.of_two(left, right, |op| _ = op.i16x8_add())
}

fn sub(body: &mut Body, left: Local, right: Local) -> Local {
    body.of_two(left, right, |op| _ = op.i16x8_sub())
}

/// Three weights as four, each twice what halves would make it: 2a, a + b + c, a - b + c, 2c.
fn spread_three(body: &mut Body, [a, b, c]: [Local; 3]) -> [Local; 4] {
    let ends = add(body, a, c);
    [add(body, a, a), add(body, ends, b), sub(body, ends, b), add(body, c, c)]
}

/// Four inputs as four: a - c, b + c, c - b, b - d.
fn spread_four(body: &mut Body, [a, b, c, d]: [Local; 4]) -> [Local; 4] {
    [sub(body, a, c), add(body, b, c), sub(body, c, b), sub(body, b, d)]
}

/// Four sums as two: a + b + c, b - c - d.
fn joined(body: &mut Body, [a, b, c, d]: [Local; 4]) -> [Local; 2] {
    let add = |body: &mut Body, left, right| body.of_two(left, right, |op| _ = op.i32x4_add());
    let sub = |body: &mut Body, left, right| body.of_two(left, right, |op| _ = op.i32x4_sub());
    let (first, second) = (add(body, a, b), sub(body, b, c));
    [add(body, first, c), sub(body, second, d)]
}

/// Writes eight numbers of each of two vectors in turns.
fn interleave(body: &mut Body, pair: [Local; 2], target: Local, place: usize) {
    for half in 0..2u8 {
        let lanes = [0, 1, 2, 3].map(|number: u8| {
            let byte = half * 8 + number * 2;
            [byte, byte + 1, byte + 16, byte + 17]
        });
        let lanes: [u8; 16] = lanes.concat().try_into().expect("sixteen bytes");
        body.get(pair[0]);
        body.get(pair[1]).i8x16_shuffle(lanes);
        let mixed = body.kept();
        body.store(target, place + usize::from(half) * 16, mixed, LANES);
    }
}
