//! Kernels that make one number of several, or rows of rows.

use super::body::{Body, Local};
use crate::program::{Arithmetic as _, Reduction, Unary, Window};

/// Parameters: the input, the output.
pub(super) fn unary(function: Unary, len: usize) -> Body {
    let mut body = Body::new(2);
    let [input, output] = [0, 1].map(|number| body.parameter(number));
    body.fours(len, &[input, output], |body, lanes| {
        let number = body.load(input, 0);
        let result = function.of(body, number);
        body.store(output, 0, result, lanes);
    });
    body
}

/// Parameters: the left matrices, the right ones, the output.
pub(super) fn mat_mul(
    batch: usize,
    sizes: [usize; 3],
    left_stride: usize,
    right_stride: usize,
) -> Body {
    let [rows, taps, columns] = sizes;
    let mut body = Body::new(3);
    let [left, right, output] = [0, 1, 2].map(|number| body.parameter(number));
    body.repeat(batch, |body| {
        let row = body.copy(left);
        body.repeat(rows, |body| {
            let column = body.copy(right);
            body.fours(columns, &[column, output], |body, lanes| {
                let sum = body.number(0.0);
                let (across, down) = (body.copy(row), body.copy(column));
                body.repeat(taps, |body| {
                    let (one, other) = (body.load_splat(across, 0), body.load(down, 0));
                    let product = body.mul(one, other);
                    let added = body.add(sum, product);
                    assign(body, sum, added);
                    body.advance(across, 4);
                    body.advance(down, columns as isize * 4);
                });
                body.store(output, 0, sum, lanes);
            });
            body.advance(row, taps as isize * 4);
        });
        body.advance(left, left_stride as isize * 4);
        body.advance(right, right_stride as isize * 4);
    });
    body
}

/// Parameters: the input, the output.
pub(super) fn softmax([rows, len]: [usize; 2]) -> Body {
    let mut body = Body::new(2);
    let [input, output] = [0, 1].map(|number| body.parameter(number));
    body.repeat(rows, |body| {
        let most = folded(body, input, len, f32::NEG_INFINITY, |body, most, number| {
            body.max(most, number)
        });
        let written = body.copy(output);
        body.fours(len, &[input, written], |body, lanes| {
            let number = body.load(input, 0);
            let below = body.sub(number, most);
            let power = Unary::Exp.of(body, below);
            body.store(written, 0, power, lanes);
        });
        let sum = folded(body, output, len, 0.0, |body, sum, power| body.add(sum, power));
        body.fours(len, &[output], |body, lanes| {
            let power = body.load(output, 0);
            let share = body.div(power, sum);
            body.store(output, 0, share, lanes);
        });
    });
    body
}

/// Parameters: the input, the scale, the bias, the output.
pub(super) fn layer_norm([rows, len]: [usize; 2], epsilon: f32) -> Body {
    let mut body = Body::new(4);
    let [input, scale, bias, output] = [0, 1, 2, 3].map(|number| body.parameter(number));
    body.repeat(rows, |body| {
        let count = body.number(len as f32);
        let sum = folded(body, input, len, 0.0, |body, sum, number| body.add(sum, number));
        let mean = body.div(sum, count);
        let squares = folded(body, input, len, 0.0, |body, sum, number| {
            let off = body.sub(number, mean);
            let square = body.mul(off, off);
            body.add(sum, square)
        });
        let spread = body.div(squares, count);
        let least = body.number(epsilon);
        let spread = body.add(spread, least);
        let root = body.sqrt(spread);
        let (factors, addends) = (body.copy(scale), body.copy(bias));
        body.fours(len, &[input, factors, addends, output], |body, lanes| {
            let (number, factor) = (body.load(input, 0), body.load(factors, 0));
            let addend = body.load(addends, 0);
            let off = body.sub(number, mean);
            let normal = body.div(off, root);
            let scaled = body.mul(normal, factor);
            let result = body.add(scaled, addend);
            body.store(output, 0, result, lanes);
        });
    });
    body
}

/// Of a row, one after another, in each lane the same.
fn folded(
    body: &mut Body,
    row: Local,
    len: usize,
    first: f32,
    fold: impl Fn(&mut Body, Local, Local) -> Local,
) -> Local {
    let result = body.number(first);
    let pointer = body.copy(row);
    body.repeat(len, |body| {
        let number = body.load_splat(pointer, 0);
        let next = fold(body, result, number);
        assign(body, result, next);
        body.advance(pointer, 4);
    });
    result
}

fn assign(body: &mut Body, to: Local, from: Local) {
    body.get(from);
    body.set(to);
}

/// What a reduction begins with, and its next value.
fn begins_with(reduction: Reduction) -> f32 {
    match reduction {
        Reduction::Sum | Reduction::Mean => 0.0,
        Reduction::Max => f32::NEG_INFINITY,
        Reduction::Min => f32::INFINITY,
    }
}

fn folds(body: &mut Body, reduction: Reduction, so_far: Local, number: Local) {
    let next = match reduction {
        Reduction::Sum | Reduction::Mean => body.add(so_far, number),
        Reduction::Max => body.max(so_far, number),
        Reduction::Min => body.min(so_far, number),
    };
    assign(body, so_far, next);
}

/// Parameters: the input, the output.
pub(super) fn reduce(reduction: Reduction, [outer, middle, inner]: [usize; 3]) -> Body {
    along_middle([outer, middle, inner], |body, pointer| {
        let result = body.number(begins_with(reduction));
        body.repeat(middle, |body| {
            let number = body.load(pointer, 0);
            folds(body, reduction, result, number);
            body.advance(pointer, inner as isize * 4);
        });
        if reduction != Reduction::Mean {
            return result;
        }
        let count = body.number(middle as f32);
        body.div(result, count)
    })
}

/// Parameters: the input, the output.
pub(super) fn arg_max([outer, middle, inner]: [usize; 3]) -> Body {
    along_middle([outer, middle, inner], |body, pointer| {
        let (best, place) = (body.load(pointer, 0), body.number(0.0));
        let (now, one) = (body.number(0.0), body.number(1.0));
        body.repeat(middle - 1, |body| {
            body.advance(pointer, inner as isize * 4);
            let next = body.add(now, one);
            assign(body, now, next);
            let number = body.load(pointer, 0);
            body.get(best);
            body.get(number).f32x4_lt();
            let is_better = body.kept();
            for (kept, new) in [(best, number), (place, now)] {
                body.get(new);
                body.get(kept);
                body.get(is_better).v128_bitselect();
                body.set(kept);
            }
        });
        place
    })
}

/// For each outer place and four inner ones: what `one` makes of them, given where the first middle ones
/// stand.
fn along_middle(
    [outer, middle, inner]: [usize; 3],
    one: impl Fn(&mut Body, Local) -> Local,
) -> Body {
    let mut body = Body::new(2);
    let [input, output] = [0, 1].map(|number| body.parameter(number));
    body.repeat(outer, |body| {
        body.fours(inner, &[input, output], |body, lanes| {
            let pointer = body.copy(input);
            let result = one(body, pointer);
            body.store(output, 0, result, lanes);
        });
        body.advance(input, ((middle - 1) * inner) as isize * 4);
    });
    body
}

/// Parameters: the input, the output.
pub(super) fn pool(
    window: &Window,
    before: [usize; 2],
    reduction: Reduction,
    counts_borders: bool,
) -> Body {
    let mut body = Body::new(2);
    let [input, output] = [0, 1].map(|number| body.parameter(number));
    let place = Place { window, before, reduction, counts_borders };
    // The first row and column under the window, which may be less than none.
    let (row, column) = (body.word(), body.word());
    begin(&mut body, row, before[0]);
    body.repeat(window.output[0], |body| {
        begin(body, column, before[1]);
        body.repeat(window.output[1], |body| {
            let channel = body.copy(input);
            body.fours(window.channels, &[channel, output], |body, lanes| {
                let pooled = place.pooled(body, channel, row, column);
                body.store(output, 0, pooled, lanes);
            });
            body.advance(column, window.stride[1] as isize);
        });
        body.advance(row, window.stride[0] as isize);
    });
    body
}

fn begin(body: &mut Body, index: Local, before: usize) {
    body.op().i32_const(-(before as i32));
    body.set(index);
}

/// What a place of a pool needs.
struct Place<'a> {
    window: &'a Window,
    before: [usize; 2],
    reduction: Reduction,
    counts_borders: bool,
}

impl Place<'_> {
    /// Four channels under the window whose first row and column are these.
    fn pooled(&self, body: &mut Body, channel: Local, row: Local, column: Local) -> Local {
        let window = self.window;
        let result = body.number(begins_with(self.reduction));
        let count = body.word();
        body.op().i32_const(0);
        body.set(count);
        let at_row = body.copy(row);
        body.repeat(window.size[0], |body| {
            let at_column = body.copy(column);
            body.repeat(window.size[1], |body| {
                let take = |body: &mut Body| {
                    let cell = self.cell(body, channel, at_row, at_column);
                    let number = body.load(cell, 0);
                    folds(body, self.reduction, result, number);
                    body.advance(count, 1);
                };
                if self.is_always_inside() {
                    take(body);
                } else {
                    self.is_inside(body, at_row, at_column);
                    body.if_so(take);
                }
                body.advance(at_column, window.dilation[1] as isize);
            });
            body.advance(at_row, window.dilation[0] as isize);
        });
        if self.reduction != Reduction::Mean {
            return result;
        }
        let divisor = if self.counts_borders {
            body.number((window.size[0] * window.size[1]) as f32)
        } else {
            body.get(count).f32_convert_i32_s().f32x4_splat();
            body.kept()
        };
        body.div(result, divisor)
    }

    /// Leaves on the stack whether a cell is inside; places before the first are no small numbers.
    fn is_inside(&self, body: &mut Body, row: Local, column: Local) {
        let [rows, columns] = self.window.input.map(|size| size as i32);
        body.get(row).i32_const(rows).i32_lt_u();
        body.get(column).i32_const(columns).i32_lt_u().i32_and();
    }

    fn is_always_inside(&self) -> bool {
        let window = self.window;
        (0..2).all(|index| {
            let last = (window.output[index] - 1) * window.stride[index];
            self.before[index] == 0
                && last + (window.size[index] - 1) * window.dilation[index] < window.input[index]
        })
    }

    /// The address of a channel's number in a cell.
    fn cell(&self, body: &mut Body, channel: Local, row: Local, column: Local) -> Local {
        let cell = body.word();
        body.get(row).i32_const(self.window.input[1] as i32).i32_mul();
        body.get(column).i32_add().i32_const(self.window.channels as i32 * 4).i32_mul();
        body.get(channel).i32_add();
        body.set(cell);
        cell
    }
}
