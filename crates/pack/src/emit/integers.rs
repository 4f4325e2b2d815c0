//! From `f32` to whole numbers of 16 bits.

use super::body::{Body, LANES, Local, at};
use crate::program::{Arithmetic as _, LEAST_GREATEST};

/// Parameters: the input, the output, where the scale comes to.
///
/// `rows` rows of `len` numbers, which stand together in the input and `stride` numbers apart in the
/// output; they are brought to at most `most`.
pub(super) fn quantize(shape: [usize; 3], strides: [usize; 2], most: f32) -> Body {
    let mut body = Body::new(3);
    let [input, output, scale] = [0, 1, 2].map(|number| body.parameter(number));
    let greatest = greatest(&mut body, input, shape.iter().product());
    let most = body.number(most);
    let unit = body.div(greatest, most);
    body.store(scale, 0, unit, 1);
    let factor = body.div(most, greatest);
    body.repeat(shape[0], |body| {
        let target = body.copy(output);
        body.repeat(shape[1], |body| {
            let written = body.copy(target);
            body.fours(shape[2], &[input], |body, lanes| {
                narrowed(body, input, factor, written, lanes);
                body.advance(written, lanes as isize * 2);
            });
            body.advance(target, strides[1] as isize * 2);
        });
        body.advance(output, strides[0] as isize * 2);
    });
    body
}

/// The greatest magnitude of so many numbers, in each lane.
fn greatest(body: &mut Body, input: Local, len: usize) -> Local {
    let most = body.number(LEAST_GREATEST);
    let pointer = body.copy(input);
    body.fours(len, &[pointer], |body, lanes| {
        if lanes == LANES {
            larger(body, most, |body| body.load(pointer, 0));
        } else {
            for lane in 0..lanes {
                larger(body, most, |body| body.load_splat(pointer, lane * 4));
            }
        }
    });
    for halves in [[2, 3, 0, 1], [1, 0, 3, 2]] {
        larger(body, most, |body| {
            let lanes = halves.map(|lane: u8| [0, 1, 2, 3].map(|byte| lane * 4 + byte)).concat();
            let lanes = lanes.try_into().expect("sixteen bytes of four lanes");
            body.get(most);
            body.get(most).i8x16_shuffle(lanes);
            body.kept()
        });
    }
    most
}

fn larger(body: &mut Body, most: Local, number: impl FnOnce(&mut Body) -> Local) {
    let number = number(body);
    let size = body.abs(number);
    let larger = body.max(most, size);
    body.get(larger);
    body.set(most);
}

/// Up to four numbers as whole ones; the address of the input stays.
fn narrowed(body: &mut Body, input: Local, factor: Local, target: Local, lanes: usize) {
    let numbers = body.load(input, 0);
    let scaled = body.mul(numbers, factor);
    let whole = body.nearest(scaled);
    body.get(whole).i32x4_trunc_sat_f32x4_s();
    let words = body.kept();
    body.get(words);
    body.get(words).i16x8_narrow_i32x4_s();
    let short = body.kept();
    let mut lane = 0;
    if lanes == LANES {
        body.get(target);
        body.get(short).v128_store64_lane(at(0), 0);
        return;
    }
    while lane < lanes {
        body.get(target);
        body.get(short).v128_store16_lane(at(lane * 2), lane as u8);
        lane += 1;
    }
}
