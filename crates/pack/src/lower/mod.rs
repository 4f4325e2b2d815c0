//! From the operators of a file to a program: shapes become numbers, operators kernels.
//!
//! An operator is lowered in the file of its kind. What moves numbers without changing them is a
//! `movement`, applied at once where the numbers are known. What else can be computed beforehand is
//! left to `fold`, so that no operator needs to know of it.

mod arithmetic;
mod attention;
mod attributes;
mod choice;
mod convolution;
mod fold;
mod fuse;
mod known;
mod linear;
mod movement;
mod normal;
mod parts;
mod pooling;
mod recurrent;
mod reductions;
mod shapes;
mod trees;
mod unused;
mod value;

use std::collections::BTreeMap;

use thiserror::Error;

use crate::onnx::{Model, Node};
use crate::program::{Buffer, BufferId, Content, Element, Kernel, Output, Program};
use crate::tensor::Tensor;
use value::{Held, Layout, Value};

/// A network that no program can be made of.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LowerError {
    /// An operator that is not supported.
    #[error("{node}: operator {operator} is not supported")]
    Operator {
        /// The node that uses it.
        node: String,
        /// The operator.
        operator: String,
    },
    /// An operator of a set that is not supported.
    #[error("{node}: operators of {domain} are not supported, those of {known} are")]
    Domain {
        /// The node that uses it.
        node: String,
        /// The set.
        domain: String,
        /// Those that are.
        known: String,
    },
    /// A version of a set of operators in which some mean something else, or are not known.
    #[error("operators of {domain} in version {version}, expected version {least} to {most}")]
    Version {
        /// The set.
        domain: String,
        /// The version that the file was written for.
        version: i64,
        /// The first that is supported.
        least: i64,
        /// The last that is supported.
        most: i64,
    },
    /// A node that asks for something that is not supported, or makes no sense.
    #[error("{node}: {problem}")]
    Node {
        /// The node.
        node: String,
        /// What is wrong.
        problem: String,
    },
    /// An input of the network whose size is not known.
    #[error("input {name:?} of the network: {problem}")]
    Input {
        /// The input.
        name: String,
        /// What is wrong.
        problem: String,
    },
    /// An output that nothing makes.
    #[error("output {0:?} of the network is made by no node")]
    Output(String),
}

/// What is wrong with a node; the node's name is put before it.
type Problem = String;

/// A program in the making.
struct Lowering<'a> {
    model: &'a Model,
    values: BTreeMap<String, Value>,
    /// How often a name is read, by nodes or as an output.
    uses: BTreeMap<&'a str, usize>,
    buffers: Vec<Buffer>,
    kernels: Vec<Kernel>,
}

/// Makes a program of a network.
///
/// # Errors
/// At the first node that cannot be lowered, in the order of the file.
pub fn lower(model: &Model) -> Result<Program, LowerError> {
    let mut lowering = Lowering::new(model);
    let inputs = lowering.take_inputs()?;
    for node in &model.nodes {
        lowering.lower(node)?;
    }
    let outputs = lowering.give_outputs()?;
    let Lowering { buffers, kernels, .. } = lowering;
    let mut program = Program { buffers, inputs, kernels, outputs };
    fold::constants(&mut program);
    fuse::activations(&mut program);
    unused::kernels(&mut program);
    Ok(program)
}

impl<'a> Lowering<'a> {
    /// The version of the standard operators.
    fn version(&self) -> i64 {
        self.model.operator_sets.get("ai.onnx").copied().unwrap_or(1)
    }

    fn new(model: &'a Model) -> Self {
        let mut uses = BTreeMap::new();
        let read = model.nodes.iter().flat_map(|node| &node.inputs);
        for name in read.chain(model.outputs.iter().map(|output| &output.name)) {
            *uses.entry(name.as_str()).or_default() += 1;
        }
        let weights = model.weights.iter();
        let values = weights.map(|(name, tensor)| (name.clone(), Value::constant(tensor.clone())));
        Self { model, values: values.collect(), uses, buffers: Vec::new(), kernels: Vec::new() }
    }

    /// Makes a buffer for each input. A first dimension without a number is a batch, which is 1.
    fn take_inputs(&mut self) -> Result<Vec<Vec<usize>>, LowerError> {
        let mut shapes = Vec::new();
        for (number, port) in self.model.inputs.iter().enumerate() {
            let wrong = |problem: String| LowerError::Input { name: port.name.clone(), problem };
            let mut shape = Vec::new();
            for (index, size) in port.shape.iter().enumerate() {
                match size {
                    Some(0) => return Err(wrong(format!("dimension {index} is 0"))),
                    Some(size) => shape.push(*size),
                    None if index == 0 => shape.push(1),
                    None => {
                        let problem = format!(
                            "dimension {index} has no number; export the model with fixed sizes, all \
                             but the batch, which is the first and becomes 1"
                        );
                        return Err(wrong(problem));
                    }
                }
            }
            let len = shapes::checked_len(&shape).map_err(wrong)?;
            let buffer = self.buffer(len, Content::Input(number));
            let value = Value::plain(buffer, shape.clone());
            self.values.insert(port.name.clone(), value);
            shapes.push(shape);
        }
        Ok(shapes)
    }

    fn give_outputs(&mut self) -> Result<Vec<Output>, LowerError> {
        let mut outputs = Vec::new();
        for port in &self.model.outputs {
            let missing = || LowerError::Output(port.name.clone());
            let value = self.values.get(&port.name).cloned().ok_or_else(missing)?;
            let shape = value.shape.clone();
            let buffer = self.row_major(&value).map_err(|problem| LowerError::Node {
                node: format!("output {:?}", port.name),
                problem,
            })?;
            outputs.push(Output { name: port.name.clone(), shape, buffer });
        }
        Ok(outputs)
    }

    fn lower(&mut self, node: &Node) -> Result<(), LowerError> {
        known::version(self.model, node)?;
        let Some(operator) = operator(&node.operator) else {
            let (node, operator) = (node.name.clone(), node.operator.clone());
            return Err(LowerError::Operator { node, operator });
        };
        let at = |problem| LowerError::Node { node: node.name.clone(), problem };
        known::attributes(node).map_err(at)?;
        let results = operator(self, node).map_err(at)?;
        for result in &results {
            shapes::checked_len(&result.shape).map_err(at)?;
        }
        for (name, value) in node.outputs.iter().zip(results) {
            if !name.is_empty() {
                self.values.insert(name.clone(), value);
            }
        }
        let missing = node.outputs.iter().find(|name| {
            !name.is_empty()
                && !self.values.contains_key(*name)
                && self.uses.contains_key(name.as_str())
        });
        match missing {
            None => Ok(()),
            Some(name) => Err(at(format!("its output {name:?} is not supported"))),
        }
    }

    fn buffer(&mut self, len: usize, content: Content) -> BufferId {
        self.buffers.push(Buffer { element: Element::F32, len, content });
        BufferId(self.buffers.len() - 1)
    }

    fn working(&mut self, len: usize) -> BufferId {
        self.buffer(len, Content::Working)
    }

    /// A value in memory in row-major order, moved there if it is not.
    fn row_major(&mut self, value: &Value) -> Result<BufferId, Problem> {
        match &value.held {
            Held::Constant(tensor) => {
                let numbers = floats(tensor);
                Ok(self.buffer(numbers.len(), Content::Constant(numbers)))
            }
            Held::Buffer { buffer, layout: Layout::RowMajor } => Ok(*buffer),
            Held::Buffer { buffer, layout: Layout::ChannelsLast } => {
                Ok(self.reordered(*buffer, &value.shape, Layout::ChannelsLast, Layout::RowMajor))
            }
        }
    }

    /// A picture in memory with its channels together, moved there if it is not.
    fn channels_last(&mut self, value: &Value) -> Result<BufferId, Problem> {
        if let Held::Buffer { buffer, layout: Layout::ChannelsLast } = value.held {
            return Ok(buffer);
        }
        let buffer = self.row_major(value)?;
        Ok(self.reordered(buffer, &value.shape, Layout::RowMajor, Layout::ChannelsLast))
    }

    fn reordered(
        &mut self,
        source: BufferId,
        shape: &[usize],
        from: Layout,
        to: Layout,
    ) -> BufferId {
        let target = self.working(shape.iter().product());
        let (from, to) = (from.view(source, shape), to.view(target, shape));
        self.kernels.push(Kernel::Copy { shape: shape.to_vec(), from, to });
        target
    }
}

/// Numbers for the network, also of what was written as whole ones.
fn floats(tensor: &Tensor) -> Vec<f32> {
    match (tensor.as_f32(), tensor.as_i64()) {
        (Some(numbers), _) => numbers.to_vec(),
        (None, Some(numbers)) => numbers.iter().map(|&number| number as f32).collect(),
        (None, None) => Vec::new(),
    }
}

type Operator = for<'a> fn(&mut Lowering<'a>, &Node) -> Result<Vec<Value>, Problem>;

fn operator(name: &str) -> Option<Operator> {
    shapes::operator(name)
        .or_else(|| parts::operator(name))
        .or_else(|| arithmetic::operator(name))
        .or_else(|| linear::operator(name))
        .or_else(|| convolution::operator(name))
        .or_else(|| pooling::operator(name))
        .or_else(|| reductions::operator(name))
        .or_else(|| normal::operator(name))
        .or_else(|| recurrent::operator(name))
        .or_else(|| attention::operator(name))
        .or_else(|| choice::operator(name))
        .or_else(|| trees::operator(name))
}
