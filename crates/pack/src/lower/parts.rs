//! Operators that take parts of tensors, or put tensors together as parts of a larger one.

use super::attributes::{axis, float, int, text};
use super::movement::{Movement, Piece, Place};
use super::shapes::{checked_len, sizes};
use super::value::Value;
use super::{Lowering, Operator, Problem};
use crate::onnx::Node;
use crate::tensor::strides;

pub(super) fn operator(name: &str) -> Option<Operator> {
    Some(match name {
        "Slice" => slice,
        "Split" => split,
        "Concat" => concat,
        "Gather" => gather,
        "Pad" => pad,
        _ => return None,
    })
}

fn slice(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    let rank = value.shape.len();
    let starts = lowering.ints_of(node, "starts", 1)?.ok_or("its starts are missing")?;
    let ends = lowering.ints_of(node, "ends", 2)?.ok_or("its ends are missing")?;
    let axes = lowering.ints_of(node, "axes", 3)?;
    let axes = axes.unwrap_or_else(|| (0..starts.len() as i64).collect());
    let steps = lowering.known_ints(node, 4)?.unwrap_or_else(|| vec![1; starts.len()]);
    if [ends.len(), axes.len(), steps.len()] != [starts.len(); 3] {
        return Err("its starts, ends, axes and steps are not equally many".to_owned());
    }
    let (mut shape, mut from) = (value.shape.clone(), Place::new(0, strides(&value.shape)));
    let mut backwards = Vec::new();
    for number in 0..starts.len() {
        let (at, step) = (axis(axes[number], rank)?, steps[number]);
        if step == 0 {
            return Err("a step of 0 leads nowhere".to_owned());
        }
        if step < 0 {
            backwards.push((at, reversed(value.shape[at], starts[number], ends[number], step)));
            continue;
        }
        let size = value.shape[at] as i64;
        let bound =
            |edge: i64| (if edge < 0 { edge.saturating_add(size) } else { edge }).clamp(0, size);
        let (start, end) = (bound(starts[number]), bound(ends[number]));
        shape[at] = (end - start).max(0).unsigned_abs().div_ceil(step.unsigned_abs()) as usize;
        from.offset += start as usize * from.strides[at];
        from.strides[at] *= step.min(size.max(1)) as usize;
    }
    let mut result = lowering.moved(&[value], Movement::whole(shape, from))?;
    for (at, places) in backwards {
        let count = [places.len()];
        result = lowering.picked(&result, at, &places, &count)?;
    }
    Ok(vec![result])
}

/// The places of a dimension from a start down to before an end.
fn reversed(size: usize, start: i64, end: i64, step: i64) -> Vec<usize> {
    let size = size as i64;
    let counted = |edge: i64| if edge < 0 { edge.saturating_add(size) } else { edge };
    // A place before the first is an end here, and no start.
    let (start, end) = (counted(start).min(size - 1), counted(end).max(-1));
    let apart = usize::try_from(step.unsigned_abs()).unwrap_or(usize::MAX);
    (end + 1..=start).rev().step_by(apart).map(|place| place as usize).collect()
}

fn split(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    let at = axis(int(node, "axis", 0)?, value.shape.len())?;
    let (size, count) = (value.shape[at], node.outputs.len());
    let wanted = int(node, "num_outputs", count as i64)?;
    if wanted != count as i64 {
        return Err(format!("num_outputs is {wanted}, but there are {count} outputs"));
    }
    let parts = match lowering.ints_of(node, "split", 1)? {
        Some(parts) => sizes(&parts)?,
        // Equal parts, of which the last is smaller where it does not come out even.
        None => {
            let part = size.div_ceil(count);
            (0..count).map(|number| part.min(size.saturating_sub(number * part))).collect()
        }
    };
    if parts.iter().sum::<usize>() != size || parts.len() != count {
        return Err(format!("{size} are split into {parts:?} for {count} outputs"));
    }
    let strides = strides(&value.shape);
    let mut outputs = Vec::new();
    let mut first = 0;
    for part in parts {
        let mut shape = value.shape.clone();
        shape[at] = part;
        let from = Place::new(first * strides[at], strides.clone());
        outputs.push(lowering.moved(std::slice::from_ref(&value), Movement::whole(shape, from))?);
        first += part;
    }
    Ok(outputs)
}

fn concat(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let inputs: Vec<Value> = (0..node.inputs.len())
        .map(|number| lowering.input(node, number))
        .collect::<Result<_, _>>()?;
    let first = inputs.first().ok_or("it has no inputs")?;
    let at = axis(int(node, "axis", 0)?, first.shape.len())?;
    let mut shape = first.shape.clone();
    shape[at] = 0;
    for input in &inputs {
        let mut others = input.shape.clone();
        shape[at] += others.get(at).copied().unwrap_or_default();
        if others.len() == shape.len() {
            others[at] = shape[at];
        }
        if others != shape {
            return Err(format!("{:?} beside {:?}", input.shape, first.shape));
        }
    }
    let goal = strides(&shape);
    let mut pieces = Vec::new();
    let mut placed = 0;
    for (number, input) in inputs.iter().enumerate() {
        let from = Place::new(0, strides(&input.shape));
        let to = Place::new(placed * goal[at], goal.clone());
        pieces.push(Piece { input: number, shape: input.shape.clone(), from, to });
        placed += input.shape[at];
    }
    Ok(vec![lowering.moved(&inputs, Movement { shape, pieces })?])
}

/// Parts along an axis by their numbers.
fn gather(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    let at = axis(int(node, "axis", 0)?, value.shape.len())?;
    let indices = lowering.input(node, 1)?;
    let Some(indices) = indices.as_constant() else {
        return super::choice::taken(lowering, &value, at, &indices);
    };
    let numbers = indices.as_i64().ok_or("its indices are no whole numbers")?;
    let size = value.shape[at];
    let place = |&index: &i64| {
        axis(index, size).map_err(|_| format!("index {index} of a dimension of {size}"))
    };
    let places = numbers.iter().map(place).collect::<Result<Vec<_>, _>>()?;
    Ok(vec![lowering.picked(&value, at, &places, &indices.shape)?])
}

fn pad(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    if text(node, "mode", "constant")? != "constant" {
        return Err("only padding with a constant is supported".to_owned());
    }
    let added = lowering.known_number(node, 2)?.unwrap_or(float(node, "value", 0.0)?);
    if added != 0.0 {
        return Err("only padding with 0 is supported".to_owned());
    }
    let rank = value.shape.len();
    let pads = sizes(&lowering.ints_of(node, "pads", 1)?.ok_or("its pads are missing")?)?;
    let axes: Vec<usize> = match lowering.known_ints(node, 3)? {
        None => (0..rank).collect(),
        Some(axes) => axes.into_iter().map(|at| axis(at, rank)).collect::<Result<_, _>>()?,
    };
    if pads.len() != 2 * axes.len() {
        return Err(format!("{} pads for {} dimensions", pads.len(), axes.len()));
    }
    let mut shape = value.shape.clone();
    let mut first = vec![0; rank];
    for (number, &index) in axes.iter().enumerate() {
        shape[index] += pads[number] + pads[axes.len() + number];
        first[index] = pads[number];
    }
    checked_len(&shape)?;
    let goal = strides(&shape);
    let offset = first.iter().zip(&goal).map(|(index, stride)| index * stride).sum();
    let from = Place::new(0, strides(&value.shape));
    let to = Place::new(offset, goal);
    let piece = Piece { input: 0, shape: value.shape.clone(), from, to };
    Ok(vec![lowering.moved(&[value], Movement { shape, pieces: vec![piece] })?])
}

impl Lowering<'_> {
    /// These places of a dimension, which become dimensions of their own shape.
    fn picked(
        &mut self,
        value: &Value,
        at: usize,
        places: &[usize],
        own: &[usize],
    ) -> Result<Value, Problem> {
        let (before, after) = (&value.shape[..at], &value.shape[at + 1..]);
        let shape = [before, own, after].concat();
        let piece_shape = [before, after].concat();
        let source = strides(&value.shape);
        // The places as one dimension between the others.
        let goal = strides(&[before, &[places.len()], after].concat());
        let without = |strides: &[usize]| [&strides[..at], &strides[at + 1..]].concat();
        let mut pieces = Vec::new();
        for (number, &place) in places.iter().enumerate() {
            let from = Place::new(place * source[at], without(&source));
            let to = Place::new(number * goal[at], without(&goal));
            pieces.push(Piece { input: 0, shape: piece_shape.clone(), from, to });
        }
        self.moved(std::slice::from_ref(value), Movement { shape, pieces })
    }
}
