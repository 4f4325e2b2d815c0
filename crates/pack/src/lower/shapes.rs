//! Operators about shapes: what moves numbers, what counts them, what changes how they are counted.

use super::attributes::{axis, float, int, ints};
use super::movement::{Movement, Piece, Place};
use super::value::Value;
use super::{Lowering, Operator, Problem};
use crate::onnx::{Attribute, Node};
use crate::program::Unary;
use crate::tensor::{Elements, Tensor, strides};

pub(super) fn operator(name: &str) -> Option<Operator> {
    Some(match name {
        "Constant" => constant,
        "Identity" => identity,
        "Dropout" => dropout,
        "Cast" => cast,
        "Shape" => shape,
        "ConstantOfShape" => constant_of_shape,
        "Reshape" => reshape,
        "Flatten" => flatten,
        "Squeeze" => squeeze,
        "Unsqueeze" => unsqueeze,
        "Transpose" => transpose,
        "Slice" => slice,
        "Split" => split,
        "Concat" => concat,
        "Gather" => gather,
        "Expand" => expand,
        "Pad" => pad,
        _ => return None,
    })
}

fn constant(_: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let attributes = ["value", "value_float", "value_int", "value_floats", "value_ints"];
    let found = attributes.iter().find_map(|name| node.attributes.get(*name));
    let tensor = match found {
        Some(Attribute::Tensor(tensor)) => tensor.clone(),
        Some(Attribute::Float(number)) => Tensor::f32(vec![], vec![*number]),
        Some(Attribute::Int(number)) => Tensor::i64(vec![], vec![*number]),
        Some(Attribute::Floats(numbers)) => Tensor::f32(vec![numbers.len()], numbers.clone()),
        Some(Attribute::Ints(numbers)) => Tensor::i64(vec![numbers.len()], numbers.clone()),
        _ => return Err("its value is of no kind that is supported".to_owned()),
    };
    Ok(vec![Value::constant(tensor)])
}

fn identity(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    Ok(vec![lowering.input(node, 0)?])
}

/// Nothing is left out while a network plays.
fn dropout(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    if lowering.known_ints(node, 2)?.is_some_and(|is_trained| is_trained != [0]) {
        return Err("its training_mode is on; export the model for inference".to_owned());
    }
    identity(lowering, node)
}

/// Between numbers and whole numbers; of those that are not known yet both are kept as numbers.
fn cast(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    // Of 32, 16 and 64 bits, and of 16 with a longer exponent.
    const TO_FLOATS: [i64; 4] = [1, 10, 11, 16];
    const TO_BOOL: i64 = 9;
    const TO_WHOLE: [i64; 8] = [2, 3, 4, 5, 6, 7, 12, 13];
    let value = lowering.input(node, 0)?;
    let to = int(node, "to", 1)?;
    if !TO_FLOATS.contains(&to) && !TO_WHOLE.contains(&to) && to != TO_BOOL {
        return Err(format!("numbers of type {to} are not supported"));
    }
    let Some(tensor) = value.as_constant() else {
        return match to {
            to if TO_FLOATS.contains(&to) => Ok(vec![value]),
            TO_BOOL => {
                let is_zero = lowering.each(Unary::Not, &value)?;
                Ok(vec![lowering.each(Unary::Not, &is_zero)?])
            }
            _ => Ok(vec![lowering.each(Unary::Trunc, &value)?]),
        };
    };
    let to_bool = to == TO_BOOL;
    let elements = if TO_FLOATS.contains(&to) {
        Elements::F32(super::floats(tensor))
    } else {
        Elements::I64(match &tensor.elements {
            Elements::I64(numbers) => {
                let truth = |&number: &i64| if to_bool { i64::from(number != 0) } else { number };
                numbers.iter().map(truth).collect()
            }
            Elements::F32(numbers) => {
                let truth =
                    |&number: &f32| if to_bool { i64::from(number != 0.0) } else { number as i64 };
                numbers.iter().map(truth).collect()
            }
        })
    };
    Ok(vec![Value::constant(Tensor { shape: value.shape.clone(), elements })])
}

fn shape(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    let rank = value.shape.len() as i64;
    let bound =
        |number: i64| (if number < 0 { number + rank } else { number }).clamp(0, rank) as usize;
    let (start, end) = (bound(int(node, "start", 0)?), bound(int(node, "end", rank)?));
    let sizes: Vec<i64> =
        value.shape.get(start..end).unwrap_or_default().iter().map(|&size| size as i64).collect();
    Ok(vec![Value::constant(Tensor::i64(vec![sizes.len()], sizes))])
}

fn constant_of_shape(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let shape = sizes(&lowering.known_ints(node, 0)?.ok_or("input 0 is missing")?)?;
    let len = checked_len(&shape)?;
    let tensor = match node.attributes.get("value") {
        Some(Attribute::Tensor(Tensor { elements: Elements::I64(numbers), .. }))
            if !numbers.is_empty() =>
        {
            Tensor::i64(shape, vec![numbers[0]; len])
        }
        Some(Attribute::Tensor(Tensor { elements: Elements::F32(numbers), .. }))
            if !numbers.is_empty() =>
        {
            Tensor::f32(shape, vec![numbers[0]; len])
        }
        _ => Tensor::f32(shape, vec![0.0; len]),
    };
    Ok(vec![Value::constant(tensor)])
}

/// As many numbers as an agent has bytes of memory.
const LEN_MAX: usize = 1 << 25;

/// How many numbers a shape has.
pub(super) fn checked_len(shape: &[usize]) -> Result<usize, Problem> {
    let len = shape.iter().try_fold(1usize, |len, &size| len.checked_mul(size));
    len.filter(|&len| len <= LEN_MAX).ok_or_else(|| {
        format!("a tensor of shape {shape:?}, larger than an agent: {LEN_MAX} numbers at most")
    })
}

/// Sizes, counts and distances, none of which is larger than an agent.
pub(super) fn sizes(numbers: &[i64]) -> Result<Vec<usize>, Problem> {
    let size = |&number: &i64| usize::try_from(number).ok().filter(|&size| size <= LEN_MAX);
    let sizes: Option<Vec<usize>> = numbers.iter().map(size).collect();
    sizes.ok_or_else(|| format!("{numbers:?}, expected numbers from 0 to {LEN_MAX}"))
}

fn reshape(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    let wanted = lowering.ints_of(node, "shape", 1)?.ok_or("its shape is missing")?;
    let keeps_zeros = int(node, "allowzero", 0)? != 0;
    let mut shape = Vec::new();
    let mut open = None;
    for (index, &size) in wanted.iter().enumerate() {
        match size {
            -1 if open.is_none() => {
                open = Some(index);
                shape.push(1);
            }
            0 if !keeps_zeros => {
                shape.push(*value.shape.get(index).ok_or("a 0 has no size to copy")?)
            }
            size => shape.extend(sizes(&[size])?),
        }
    }
    if let Some(index) = open {
        let known = checked_len(&shape)?;
        if known == 0 || value.len() % known != 0 {
            return Err(format!("{:?} cannot become {wanted:?}", value.shape));
        }
        shape[index] = value.len() / known;
    }
    Ok(vec![lowering.reshaped(&value, shape)?])
}

fn flatten(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    let rank = value.shape.len();
    let at = int(node, "axis", 1)?;
    // Here the end itself is an axis too.
    let at = if at == rank as i64 { rank } else { axis(at, rank)? };
    let rows = value.shape[..at].iter().product();
    let columns = value.shape[at..].iter().product();
    Ok(vec![lowering.reshaped(&value, vec![rows, columns])?])
}

fn squeeze(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    let rank = value.shape.len();
    let removed: Vec<usize> = match lowering.ints_of(node, "axes", 1)? {
        None => (0..rank).filter(|&index| value.shape[index] == 1).collect(),
        Some(axes) => axes.into_iter().map(|at| axis(at, rank)).collect::<Result<_, _>>()?,
    };
    if let Some(&wrong) = removed.iter().find(|&&index| value.shape[index] != 1) {
        return Err(format!("dimension {wrong} of {:?} is not 1", value.shape));
    }
    let kept = (0..rank).filter(|index| !removed.contains(index));
    let shape = kept.map(|index| value.shape[index]).collect();
    Ok(vec![lowering.reshaped(&value, shape)?])
}

fn unsqueeze(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    let axes = lowering.ints_of(node, "axes", 1)?.ok_or("its axes are missing")?;
    let rank = value.shape.len() + axes.len();
    let added: Vec<usize> = axes.into_iter().map(|at| axis(at, rank)).collect::<Result<_, _>>()?;
    let mut sizes = value.shape.iter();
    let shape: Option<Vec<usize>> = (0..rank)
        .map(|index| if added.contains(&index) { Some(1) } else { sizes.next().copied() })
        .collect();
    let shape = shape.ok_or("an axis is named twice")?;
    Ok(vec![lowering.reshaped(&value, shape)?])
}

fn transpose(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    let rank = value.shape.len();
    let order: Vec<usize> = match ints(node, "perm")? {
        None => (0..rank).rev().collect(),
        Some(perm) => perm.into_iter().map(|at| axis(at, rank)).collect::<Result<_, _>>()?,
    };
    let mut sorted = order.clone();
    sorted.sort_unstable();
    if sorted != (0..rank).collect::<Vec<_>>() {
        return Err(format!("{order:?} is no order of {rank} dimensions"));
    }
    let strides = strides(&value.shape);
    let shape = order.iter().map(|&index| value.shape[index]).collect();
    let from = Place::new(0, order.iter().map(|&index| strides[index]).collect());
    Ok(vec![lowering.moved(&[value], Movement::whole(shape, from))?])
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

fn expand(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    let wanted = sizes(&lowering.known_ints(node, 1)?.ok_or("its shape is missing")?)?;
    Ok(vec![lowering.expanded(&value, wanted)?])
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

    /// A value repeated to a larger shape.
    pub(super) fn expanded(&mut self, value: &Value, wanted: Vec<usize>) -> Result<Value, Problem> {
        let shape = broadcast(&value.shape, &wanted)?;
        checked_len(&shape)?;
        let from = Place::new(0, broadcast_strides(&value.shape, &shape));
        self.moved(std::slice::from_ref(value), Movement::whole(shape, from))
    }
}

/// The shape of two that are brought together: from the end on, sizes are equal or one of them is 1.
pub(super) fn broadcast(left: &[usize], right: &[usize]) -> Result<Vec<usize>, Problem> {
    let rank = left.len().max(right.len());
    let size = |shape: &[usize], index: usize| {
        (index + shape.len()).checked_sub(rank).map_or(1, |index| shape[index])
    };
    let sizes = (0..rank).map(|index| match (size(left, index), size(right, index)) {
        (same, other) if same == other => Some(same),
        (1, other) => Some(other),
        (other, 1) => Some(other),
        _ => None,
    });
    sizes.collect::<Option<_>>().ok_or_else(|| format!("{left:?} does not fit {right:?}"))
}

/// Strides of a shape as part of a larger one, in which its dimensions of 1 and missing ones repeat.
pub(super) fn broadcast_strides(shape: &[usize], into: &[usize]) -> Vec<usize> {
    let own = strides(shape);
    let missing = into.len() - shape.len();
    let repeated = |index: usize| index < missing || shape[index - missing] == 1;
    (0..into.len()).map(|index| if repeated(index) { 0 } else { own[index - missing] }).collect()
}

fn pad(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    if super::attributes::text(node, "mode", "constant")? != "constant" {
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
