//! Operators that move numbers without changing them, as boxes that are copied.

use super::value::{Held, Layout, Value};
use super::{Lowering, Problem};
use crate::program::{BufferId, Content, Kernel, View};
use crate::tensor::{Elements, Tensor, strides};

/// A box of elements, and where they stand in what they come from and in what they go to.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// Of which input.
    pub(super) input: usize,
    pub(super) shape: Vec<usize>,
    pub(super) from: Place,
    pub(super) to: Place,
}

/// Where a box stands: its first element, and how far apart neighbours of each index are.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) offset: usize,
    pub(super) strides: Vec<usize>,
}

impl Place {
    pub(super) fn new(offset: usize, strides: Vec<usize>) -> Self {
        Self { offset, strides }
    }

    fn in_buffer(&self, buffer: BufferId) -> View {
        View { buffer, offset: self.offset, strides: self.strides.clone() }
    }
}

/// A tensor made of pieces of others; places without a piece are 0.
#[derive(Clone, Debug)]
pub(super) struct Movement {
    pub(super) shape: Vec<usize>,
    pub(super) pieces: Vec<Piece>,
}

impl Movement {
    /// One piece, which fills the result in row-major order.
    pub(super) fn whole(shape: Vec<usize>, from: Place) -> Self {
        let to = Place::new(0, strides(&shape));
        let piece = Piece { input: 0, shape: shape.clone(), from, to };
        Self { shape, pieces: vec![piece] }
    }
}

impl Lowering<'_> {
    /// Applies a movement: to the numbers themselves where all are known, else by copies.
    pub(super) fn moved(&mut self, inputs: &[Value], movement: Movement) -> Result<Value, Problem> {
        super::shapes::checked_len(&movement.shape)?;
        let known: Option<Vec<&Tensor>> = inputs.iter().map(Value::as_constant).collect();
        if let Some(tensors) = known {
            return Ok(Value::constant(applied(&tensors, &movement)?));
        }
        let mut sources = Vec::new();
        for input in inputs {
            sources.push(self.row_major(input)?);
        }
        let len = movement.shape.iter().product();
        let covered: usize =
            movement.pieces.iter().map(|p| p.shape.iter().product::<usize>()).sum();
        let content = if covered < len { Content::Kept } else { Content::Working };
        let target = self.buffer(len, content);
        for piece in movement.pieces {
            let (from, to) =
                (piece.from.in_buffer(sources[piece.input]), piece.to.in_buffer(target));
            self.kernels.push(Kernel::Copy { shape: piece.shape, from, to });
        }
        Ok(Value::plain(target, movement.shape))
    }

    /// The same numbers in the same order, with another shape.
    pub(super) fn reshaped(&mut self, value: &Value, shape: Vec<usize>) -> Result<Value, Problem> {
        let len: usize = shape.iter().product();
        if len != value.len() {
            return Err(format!("{:?} cannot become {shape:?}", value.shape));
        }
        if let Held::Constant(tensor) = &value.held {
            return Ok(Value::constant(Tensor { shape, elements: tensor.elements.clone() }));
        }
        // A picture of one channel, or of one cell, is the same in both orders.
        let single = matches!(value.shape[..], [_, 1, _, _] | [_, _, 1, 1]);
        let buffer = match value.held {
            Held::Buffer { buffer, layout: Layout::ChannelsLast } if single => buffer,
            _ => self.row_major(value)?,
        };
        Ok(Value::plain(buffer, shape))
    }
}

fn applied(tensors: &[&Tensor], movement: &Movement) -> Result<Tensor, Problem> {
    let len = movement.shape.iter().product();
    let whole: Option<Vec<&[i64]>> = tensors.iter().map(|tensor| tensor.as_i64()).collect();
    let elements = match whole {
        Some(sources) => Elements::I64(copied(&sources, movement, vec![0; len])),
        None => {
            let floats: Option<Vec<&[f32]>> =
                tensors.iter().map(|tensor| tensor.as_f32()).collect();
            let sources = floats.ok_or("it mixes numbers and whole numbers")?;
            Elements::F32(copied(&sources, movement, vec![0.0; len]))
        }
    };
    Ok(Tensor { shape: movement.shape.clone(), elements })
}

fn copied<T: Copy>(sources: &[&[T]], movement: &Movement, mut target: Vec<T>) -> Vec<T> {
    for Piece { input, shape, from, to } in &movement.pieces {
        for number in 0..shape.iter().product() {
            let (mut rest, mut source, mut goal) = (number, from.offset, to.offset);
            for axis in (0..shape.len()).rev() {
                let index = rest % shape[axis];
                rest /= shape[axis];
                source += index * from.strides[axis];
                goal += index * to.strides[axis];
            }
            target[goal] = sources[*input][source];
        }
    }
    target
}
