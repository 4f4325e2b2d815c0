//! Operators about shapes: what counts numbers, what changes how they are counted or ordered.

use super::attributes::{axis, int, ints};
use super::movement::{Movement, Place};
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
        "Expand" => expand,
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

fn expand(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    let wanted = sizes(&lowering.known_ints(node, 1)?.ok_or("its shape is missing")?)?;
    Ok(vec![lowering.expanded(&value, wanted)?])
}

impl Lowering<'_> {
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
