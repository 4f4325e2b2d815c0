//! Copies and functions of two boxes: nested loops over views.

use super::body::{Body, Local};
use crate::program::{Arithmetic as _, Binary, View};
use crate::tensor::strides;

/// Indices whose elements stand one behind the other everywhere, as one; those of one place, away.
#[derive(Debug)]
struct Nest {
    shape: Vec<usize>,
    /// For each view how far apart neighbours of each index are.
    strides: Vec<Vec<usize>>,
}

impl Nest {
    fn of(shape: &[usize], views: &[&[usize]]) -> Self {
        let mut nest = Self { shape: Vec::new(), strides: vec![Vec::new(); views.len()] };
        for (index, &size) in shape.iter().enumerate() {
            if size == 1 {
                continue;
            }
            let one_run = !nest.shape.is_empty()
                && views.iter().zip(&nest.strides).all(|(view, merged)| {
                    merged.last().is_some_and(|&last| last == view[index] * size)
                });
            if one_run {
                if let Some(last) = nest.shape.last_mut() {
                    *last *= size;
                }
            } else {
                nest.shape.push(size);
            }
            for (view, merged) in views.iter().zip(&mut nest.strides) {
                if one_run {
                    merged.pop();
                }
                merged.push(view[index]);
            }
        }
        if nest.shape.is_empty() {
            nest.shape.push(1);
            nest.strides.iter_mut().for_each(|strides| strides.push(0));
        }
        nest
    }

    /// Writes the loops from index `depth` on. `one` gets pointers into each view and for how many
    /// elements, of which it may do several at once where neighbours stand together or are the same.
    fn emit(
        &self,
        body: &mut Body,
        depth: usize,
        pointers: &[Local],
        one: &dyn Fn(&mut Body, &[Local], &Run),
    ) {
        let last = depth + 1 == self.shape.len();
        let pointers: Vec<Local> = pointers.iter().map(|&pointer| body.copy(pointer)).collect();
        if last {
            let strides = self.strides.iter().map(|strides| strides[depth]).collect();
            one(body, &pointers, &Run { len: self.shape[depth], strides });
            return;
        }
        body.repeat(self.shape[depth], |body| {
            self.emit(body, depth + 1, &pointers, one);
            for (&pointer, strides) in pointers.iter().zip(&self.strides) {
                body.advance(pointer, strides[depth] as isize * 4);
            }
        });
    }
}

/// The innermost loop.
#[derive(Debug)]
struct Run {
    len: usize,
    strides: Vec<usize>,
}

impl Run {
    /// Writes the loop: fours where all that is read stands together or is the same, and what is
    /// written, the last, stands together; otherwise one by one.
    fn emit(
        &self,
        body: &mut Body,
        pointers: &[Local],
        compute: &dyn Fn(&mut Body, &[Local]) -> Local,
    ) {
        let (target, sources) = pointers.split_last().expect("a view that is written");
        let (written, read) = self.strides.split_last().expect("a view that is written");
        let turn = |body: &mut Body, lanes: usize| {
            let inputs: Vec<Local> = sources
                .iter()
                .zip(read)
                .map(|(&source, &stride)| {
                    if stride == 1 && lanes > 1 {
                        body.load(source, 0)
                    } else {
                        body.load_splat(source, 0)
                    }
                })
                .collect();
            let result = compute(body, &inputs);
            body.store(*target, 0, result, lanes);
        };
        if *written == 1 && read.iter().all(|&stride| stride <= 1) {
            let moving: Vec<Local> = pointers
                .iter()
                .zip(&self.strides)
                .filter(|(_, stride)| **stride == 1)
                .map(|(&p, _)| p)
                .collect();
            body.fours(self.len, &moving, turn);
            return;
        }
        body.repeat(self.len, |body| {
            turn(body, 1);
            for (&pointer, &stride) in pointers.iter().zip(&self.strides) {
                body.advance(pointer, stride as isize * 4);
            }
        });
    }
}

/// Parameters: the first element read, the first written.
pub(super) fn copy(shape: &[usize], from: &View, to: &View) -> Body {
    let mut body = Body::new(2);
    let pointers = [body.parameter(0), body.parameter(1)];
    let nest = Nest::of(shape, &[&from.strides, &to.strides]);
    nest.emit(&mut body, 0, &pointers, &|body, pointers, run| {
        run.emit(body, pointers, &|_, inputs| inputs[0]);
    });
    body
}

/// Parameters: the first element of the condition, of what is taken where it is so, of what is taken
/// else, the output.
pub(super) fn choose(shape: &[usize], views: [&View; 3]) -> Body {
    let mut body = Body::new(4);
    let pointers = [0, 1, 2, 3].map(|number| body.parameter(number));
    let [condition, yes, no] = views.map(|view| &view.strides[..]);
    let nest = Nest::of(shape, &[condition, yes, no, &strides(shape)]);
    nest.emit(&mut body, 0, &pointers, &|body, pointers, run| {
        run.emit(body, pointers, &|body, inputs| body.choose(inputs[0], inputs[1], inputs[2]));
    });
    body
}

/// Parameters: the first element of the left, of the right, the output.
pub(super) fn binary(function: Binary, shape: &[usize], left: &View, right: &View) -> Body {
    let mut body = Body::new(3);
    let pointers = [body.parameter(0), body.parameter(1), body.parameter(2)];
    let nest = Nest::of(shape, &[&left.strides, &right.strides, &strides(shape)]);
    nest.emit(&mut body, 0, &pointers, &|body, pointers, run| {
        run.emit(body, pointers, &|body, inputs| function.of(body, inputs[0], inputs[1]));
    });
    body
}
