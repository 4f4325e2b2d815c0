//! What nodes say of themselves, and what they are given, with errors that name it.

use super::value::Value;
use super::{Lowering, Problem};
use crate::onnx::{Attribute, Node};
use crate::tensor::Tensor;

impl Lowering<'_> {
    /// Input `number` of a node, which it must have.
    pub(super) fn input(&self, node: &Node, number: usize) -> Result<Value, Problem> {
        self.optional(node, number)?.ok_or_else(|| format!("input {number} is missing"))
    }

    /// Input `number` of a node, where it has one.
    pub(super) fn optional(&self, node: &Node, number: usize) -> Result<Option<Value>, Problem> {
        match node.inputs.get(number).filter(|name| !name.is_empty()) {
            None => Ok(None),
            Some(name) => match self.values.get(name) {
                Some(value) => Ok(Some(value.clone())),
                None => Err(format!("its input {name:?} is made by no node before it")),
            },
        }
    }

    /// Input `number` where it is known beforehand.
    pub(super) fn known(&self, node: &Node, number: usize) -> Result<Option<Tensor>, Problem> {
        let Some(value) = self.optional(node, number)? else { return Ok(None) };
        match value.as_constant() {
            Some(tensor) => Ok(Some(tensor.clone())),
            None => Err(format!(
                "input {number} depends on what the network is given; it must be a constant"
            )),
        }
    }

    /// Input `number` as whole numbers that are known beforehand.
    pub(super) fn known_ints(
        &self,
        node: &Node,
        number: usize,
    ) -> Result<Option<Vec<i64>>, Problem> {
        let Some(tensor) = self.known(node, number)? else { return Ok(None) };
        match tensor.as_i64() {
            Some(numbers) => Ok(Some(numbers.to_vec())),
            None => Err(format!("input {number} has numbers, expected whole ones")),
        }
    }

    /// Input `number` as one number that is known beforehand.
    pub(super) fn known_number(&self, node: &Node, number: usize) -> Result<Option<f32>, Problem> {
        let Some(tensor) = self.known(node, number)? else { return Ok(None) };
        match super::floats(&tensor)[..] {
            [only] => Ok(Some(only)),
            ref several => {
                Err(format!("input {number} has {} numbers, expected one", several.len()))
            }
        }
    }

    /// Whole numbers that older versions have as an attribute and newer ones as an input.
    pub(super) fn ints_of(
        &self,
        node: &Node,
        attribute: &str,
        number: usize,
    ) -> Result<Option<Vec<i64>>, Problem> {
        match node.attributes.get(attribute) {
            Some(Attribute::Ints(numbers)) => Ok(Some(numbers.clone())),
            Some(Attribute::Int(number)) => Ok(Some(vec![*number])),
            Some(other) => Err(unexpected(attribute, other, "whole numbers")),
            None => self.known_ints(node, number),
        }
    }
}

fn unexpected(name: &str, got: &Attribute, expected: &str) -> Problem {
    format!("attribute {name:?} is {got:?}, expected {expected}")
}

pub(super) fn int(node: &Node, name: &str, otherwise: i64) -> Result<i64, Problem> {
    match node.attributes.get(name) {
        None => Ok(otherwise),
        Some(Attribute::Int(number)) => Ok(*number),
        Some(other) => Err(unexpected(name, other, "a whole number")),
    }
}

pub(super) fn float(node: &Node, name: &str, otherwise: f32) -> Result<f32, Problem> {
    match node.attributes.get(name) {
        None => Ok(otherwise),
        Some(Attribute::Float(number)) => Ok(*number),
        Some(other) => Err(unexpected(name, other, "a number")),
    }
}

pub(super) fn ints(node: &Node, name: &str) -> Result<Option<Vec<i64>>, Problem> {
    match node.attributes.get(name) {
        None => Ok(None),
        Some(Attribute::Ints(numbers)) => Ok(Some(numbers.clone())),
        Some(other) => Err(unexpected(name, other, "whole numbers")),
    }
}

pub(super) fn text<'a>(node: &'a Node, name: &str, otherwise: &'a str) -> Result<&'a str, Problem> {
    match node.attributes.get(name) {
        None => Ok(otherwise),
        Some(Attribute::Text(text)) => Ok(text),
        Some(other) => Err(unexpected(name, other, "a word")),
    }
}

pub(super) fn texts(node: &Node, name: &str) -> Result<Option<Vec<String>>, Problem> {
    match node.attributes.get(name) {
        None => Ok(None),
        Some(Attribute::Texts(texts)) => Ok(Some(texts.clone())),
        Some(other) => Err(unexpected(name, other, "words")),
    }
}

/// Numbers, as such or as a tensor.
pub(super) fn floats_of(node: &Node, name: &str) -> Result<Option<Vec<f32>>, Problem> {
    match node.attributes.get(name) {
        None => Ok(None),
        Some(Attribute::Floats(numbers)) => Ok(Some(numbers.clone())),
        Some(Attribute::Tensor(tensor)) => Ok(Some(super::floats(tensor))),
        Some(other) => Err(unexpected(name, other, "numbers")),
    }
}

/// Whole numbers, as such or as a tensor.
pub(super) fn ints_like(node: &Node, name: &str) -> Result<Option<Vec<i64>>, Problem> {
    match node.attributes.get(name) {
        Some(Attribute::Tensor(tensor)) => Ok(tensor.as_i64().map(<[i64]>::to_vec)),
        _ => ints(node, name),
    }
}

/// An index of a shape, of which ONNX also counts from the end with negative numbers.
pub(super) fn axis(number: i64, dimensions: usize) -> Result<usize, Problem> {
    let counted = if number < 0 { number + dimensions as i64 } else { number };
    usize::try_from(counted)
        .ok()
        .filter(|&axis| axis < dimensions)
        .ok_or_else(|| format!("axis {number} of a tensor with {dimensions} dimensions"))
}
