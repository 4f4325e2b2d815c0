//! Networks as a file would have them, written in a line or two.

use std::collections::BTreeMap;

use nets_pack::Tensor;
use nets_pack::evaluate::evaluate;
use nets_pack::lower::{LowerError, lower};
use nets_pack::onnx::{Attribute, Model, Node, Port};
use nets_pack::quantize::int8;

use crate::modules::assert_emitted;

/// A network with one input `x` and one output `y`, to which nodes and weights are added.
pub(crate) struct Network(Model);

impl Network {
    pub(crate) fn of(shape: &[usize]) -> Self {
        Self(Model {
            operator_sets: BTreeMap::from([("ai.onnx".to_owned(), 20)]),
            nodes: Vec::new(),
            weights: BTreeMap::new(),
            inputs: vec![port("x", shape)],
            outputs: vec![port("y", &[])],
        })
    }

    /// One more input.
    pub(crate) fn also_given(mut self, input: Port) -> Self {
        self.0.inputs.push(input);
        self
    }

    /// Other outputs than `y`.
    pub(crate) fn outputs(mut self, names: &[&str]) -> Self {
        self.0.outputs = names.iter().map(|name| port(name, &[])).collect();
        self
    }

    pub(crate) fn model(&self) -> &Model {
        &self.0
    }

    pub(crate) fn operator_set(mut self, version: i64) -> Self {
        self.0.operator_sets = BTreeMap::from([("ai.onnx".to_owned(), version)]);
        self
    }

    pub(crate) fn operators_of(mut self, domain: &str, version: i64) -> Self {
        self.0.operator_sets.insert(domain.to_owned(), version);
        self
    }

    pub(crate) fn weights(mut self, name: &str, shape: &[usize], numbers: &[f32]) -> Self {
        let tensor = Tensor::f32(shape.to_vec(), numbers.to_vec());
        self.0.weights.insert(name.to_owned(), tensor);
        self
    }

    pub(crate) fn ints(mut self, name: &str, numbers: &[i64]) -> Self {
        let tensor = Tensor::i64(vec![numbers.len()], numbers.to_vec());
        self.0.weights.insert(name.to_owned(), tensor);
        self
    }

    /// `operator inputs… -> outputs…`.
    pub(crate) fn node(self, line: &str) -> Self {
        self.node_with(line, &[])
    }

    pub(crate) fn node_with(mut self, line: &str, attributes: &[(&str, Attribute)]) -> Self {
        let (left, right) = line.split_once("->").unwrap();
        let mut words = left.split_whitespace();
        let operator = words.next().unwrap().to_owned();
        let inputs = names(words);
        self.0.nodes.push(Node {
            name: format!("{operator} number {}", self.0.nodes.len()),
            operator,
            inputs,
            outputs: names(right.split_whitespace()),
            attributes: attributes
                .iter()
                .map(|(name, it)| ((*name).to_owned(), it.clone()))
                .collect(),
        });
        self
    }

    /// What the network makes of its input, which is the same for the evaluator and both engines.
    pub(crate) fn run(&self, input: &[f32]) -> Tensor {
        let program = lower(&self.0).unwrap();
        assert_emitted(&program, input);
        assert_emitted(&int8(program.clone()), input);
        evaluate(&program, &[input]).swap_remove(0)
    }

    pub(crate) fn refused(&self) -> LowerError {
        lower(&self.0).unwrap_err()
    }
}

/// An input or output of a known shape.
pub(crate) fn port(name: &str, shape: &[usize]) -> Port {
    let shape = shape.iter().map(|&size| Some(size)).collect();
    Port { name: name.to_owned(), shape }
}

/// A dash is one that is left out.
fn names<'a>(words: impl Iterator<Item = &'a str>) -> Vec<String> {
    words.map(|word| if word == "-" { String::new() } else { word.to_owned() }).collect()
}

/// Whether numbers are those expected, as far as `f32` goes.
pub(crate) fn assert_near(got: &[f32], expected: &[f32]) {
    assert_eq!(got.len(), expected.len(), "{got:?} {expected:?}");
    for (place, (got, expected)) in got.iter().zip(expected).enumerate() {
        let off = (got - expected).abs();
        assert!(
            off <= 1e-6 + 1e-5 * expected.abs(),
            "number {place} is {got}, expected {expected}"
        );
    }
}

pub(crate) fn int(number: i64) -> Attribute {
    Attribute::Int(number)
}

pub(crate) fn ints(numbers: &[i64]) -> Attribute {
    Attribute::Ints(numbers.to_vec())
}
