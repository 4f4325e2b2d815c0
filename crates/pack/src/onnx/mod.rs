//! ONNX files as they are: operators in their order, with their weights.
//!
//! Nothing here knows what an operator does. What is read is bounded by the file's own size, and
//! weights in other files are read from the model's folder and nowhere else.

mod external;
mod messages;
mod read;
mod weights;

use std::collections::BTreeMap;

use thiserror::Error;

use crate::tensor::Tensor;

pub use read::{MODEL_BYTES_MAX, read_bytes, read_file};

/// A network as its file has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// The versions of the sets of operators that the file was written for; the standard ones are
    /// `ai.onnx`.
    pub operator_sets: BTreeMap<String, i64>,
    /// The operators, each after those that it needs.
    pub nodes: Vec<Node>,
    /// The weights by name.
    pub weights: BTreeMap<String, Tensor>,
    /// What the network is given, without what has weights.
    pub inputs: Vec<Port>,
    /// What the network gives.
    pub outputs: Vec<Port>,
}

/// One use of an operator.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The operator, as `Conv`; those that are not of the standard set have their domain before it, as
    /// `ai.onnx.ml.TreeEnsemble`.
    pub operator: String,
    /// What errors call the node: its name, or its place where it has none.
    pub name: String,
    /// What it is given, by name; an empty name is an input that is left out.
    pub inputs: Vec<String>,
    /// What it gives, by name; an empty name is an output that nobody wants.
    pub outputs: Vec<String>,
    /// Its attributes by name.
    pub attributes: BTreeMap<String, Attribute>,
}

/// What is written at a node itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Attribute {
    /// A number.
    Float(f32),
    /// A whole number.
    Int(i64),
    /// A word.
    Text(String),
    /// A tensor.
    Tensor(Tensor),
    /// Numbers.
    Floats(Vec<f32>),
    /// Whole numbers.
    Ints(Vec<i64>),
    /// Words.
    Texts(Vec<String>),
}

/// An input or output of the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// How many places each index has; none where the file does not say it, as of a batch.
    pub shape: Vec<Option<usize>>,
}

/// A file that is no network, or none that can be read.
#[derive(Debug, Error)]
pub enum OnnxError {
    /// The file, or one with weights, cannot be read.
    #[error("{file}: {source}")]
    File {
        /// The file.
        file: String,
        /// Why not.
        source: std::io::Error,
    },
    /// The file is larger than any network that fits an agent.
    #[error("{file} has {got} bytes, expected at most {max}: no larger network fits an agent")]
    TooLarge {
        /// The file.
        file: String,
        /// How large it is.
        got: u64,
        /// How large it may be.
        max: u64,
    },
    /// The bytes are no ONNX.
    #[error("no ONNX model: {0}; is the file complete?")]
    Encoding(#[from] prost::DecodeError),
    /// It has no graph.
    #[error("the file is a model without a graph")]
    NoGraph,
    /// A tensor that is not what it says.
    #[error("tensor {name:?}: {problem}")]
    Tensor {
        /// The tensor.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Weights in another file that is not to be read.
    #[error("tensor {name:?}: its data are in {location:?}, {problem}")]
    Elsewhere {
        /// The tensor.
        name: String,
        /// The file, as the model names it.
        location: String,
        /// Why it is not read.
        problem: &'static str,
    },
    /// An attribute of a kind that is not read.
    #[error("node {node}: attribute {name:?} is of kind {kind}, which is not supported")]
    Attribute {
        /// The node.
        node: String,
        /// The attribute.
        name: String,
        /// The number of its kind in ONNX.
        kind: i32,
    },
    /// Two weights of one name.
    #[error("there are two weights named {0:?}")]
    Twice(String),
    /// An input or output that is no tensor, or of a shape that there is not.
    #[error("{name:?} of the network: {problem}")]
    Port {
        /// The input or output.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
}
