//! Ensembles of decision trees, as gradient boosting and random forests make them.

mod read;

use super::attributes::{floats_of, int, text};
use super::value::Value;
use super::{Lowering, Operator, Problem};
use crate::onnx::{Attribute, Node};
use crate::program::{Binary, Kernel, Tree, TreeNode, Unary};
use crate::tensor::Tensor;

pub(super) fn operator(name: &str) -> Option<Operator> {
    Some(match name {
        "ai.onnx.ml.TreeEnsembleRegressor" => regressor,
        "ai.onnx.ml.TreeEnsembleClassifier" => classifier,
        "ai.onnx.ml.TreeEnsemble" => ensemble,
        _ => return None,
    })
}

/// What is done to the sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Transform {
    None,
    Logistic,
    Softmax,
}

impl Transform {
    fn named(name: &str) -> Result<Self, Problem> {
        match name {
            "NONE" => Ok(Self::None),
            "LOGISTIC" => Ok(Self::Logistic),
            "SOFTMAX" => Ok(Self::Softmax),
            other => Err(format!("post_transform {other:?} is not supported")),
        }
    }
}

fn regressor(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let targets = usize::try_from(int(node, "n_targets", 1)?).unwrap_or_default();
    let mut trees = read::by_ids(node, "target", targets)?;
    match text(node, "aggregate_function", "SUM")? {
        "SUM" => {}
        "AVERAGE" => average(&mut trees),
        other => return Err(format!("aggregate_function {other:?} is not supported")),
    }
    let sums = lowering.tree_sums(node, trees, base_values(node, targets)?)?;
    let transform = Transform::named(text(node, "post_transform", "NONE")?)?;
    Ok(vec![lowering.transformed(&sums, transform)?])
}

fn ensemble(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let targets = usize::try_from(int(node, "n_targets", 1)?).unwrap_or_default();
    let mut trees = read::by_roots(node, targets)?;
    match int(node, "aggregate_function", 1)? {
        0 => average(&mut trees),
        1 => {}
        other => return Err(format!("aggregate_function {other} is not supported")),
    }
    let sums = lowering.tree_sums(node, trees, vec![0.0; targets])?;
    let names = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"];
    let transform = int(node, "post_transform", 0)?;
    let name = usize::try_from(transform).ok().and_then(|place| names.get(place));
    let name = name.ok_or_else(|| format!("post_transform {transform} is not supported"))?;
    Ok(vec![lowering.transformed(&sums, Transform::named(name)?)?])
}

/// The number of the greatest class, and a number for each.
fn classifier(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let classes = class_count(node)?;
    let transform = Transform::named(text(node, "post_transform", "NONE")?)?;
    let ids = super::attributes::ints(node, "class_ids")?.unwrap_or_default();
    // Where all leaves speak of one class of two, the other has what is left.
    let is_binary = classes <= 2 && ids.windows(2).all(|pair| pair[0] == pair[1]);
    let outputs = if is_binary { 1 } else { classes };
    let trees = read::by_ids(node, "class", if is_binary { classes } else { outputs })?;
    let trees = if is_binary { one_class(trees, ids.first().copied()) } else { trees };
    let base = match base_values(node, classes) {
        Ok(base) if is_binary => vec![base.last().copied().unwrap_or_default()],
        Ok(base) => base,
        Err(_) => base_values(node, outputs)?,
    };
    let sums = lowering.tree_sums(node, trees, base)?;
    let scores = if is_binary { lowering.both_classes(&sums, transform)? } else { sums };
    let scores = lowering.transformed(&scores, transform)?;
    let (input, rows) = (lowering.row_major(&scores)?, scores.shape[0]);
    let output = lowering.working(rows);
    let sizes = [rows, scores.shape[1], 1];
    lowering.kernels.push(Kernel::ArgMax { input, sizes, output });
    Ok(vec![Value::plain(output, vec![rows]), scores])
}

/// How many classes there are, which are to be numbered from 0 on.
fn class_count(node: &Node) -> Result<usize, Problem> {
    match node.attributes.get("classlabels_int64s") {
        Some(Attribute::Ints(labels)) => {
            if labels.iter().enumerate().any(|(place, &label)| label != place as i64) {
                return Err(format!("its classes are {labels:?}, expected 0, 1, 2 and so on"));
            }
            Ok(labels.len())
        }
        _ => Err("its classes have names, expected 0, 1, 2 and so on".to_owned()),
    }
}

/// Leaves with what they say of that class alone.
fn one_class(mut trees: Vec<Tree>, class: Option<i64>) -> Vec<Tree> {
    let class = class.and_then(|class| usize::try_from(class).ok()).unwrap_or_default();
    for node in trees.iter_mut().flat_map(|tree| &mut tree.nodes) {
        if let TreeNode::Leaf(values) = node {
            *values = vec![values.get(class).copied().unwrap_or_default()];
        }
    }
    trees
}

fn average(trees: &mut [Tree]) {
    let count = trees.len() as f32;
    for node in trees.iter_mut().flat_map(|tree| &mut tree.nodes) {
        if let TreeNode::Leaf(values) = node {
            values.iter_mut().for_each(|value| *value /= count);
        }
    }
}

/// What the sums begin with.
fn base_values(node: &Node, outputs: usize) -> Result<Vec<f32>, Problem> {
    let base = floats_of(node, "base_values")?.unwrap_or_else(|| vec![0.0; outputs]);
    if base.len() != outputs {
        return Err(format!("{} base values for {outputs} sums", base.len()));
    }
    Ok(base)
}

impl Lowering<'_> {
    fn tree_sums(
        &mut self,
        node: &Node,
        trees: Vec<Tree>,
        bias: Vec<f32>,
    ) -> Result<Value, Problem> {
        let value = self.input(node, 0)?;
        let &[rows, columns] = &value.shape[..] else {
            return Err(format!("its input has shape {:?}, expected two dimensions", value.shape));
        };
        let asked = trees.iter().flat_map(|tree| &tree.nodes).filter_map(|node| match node {
            TreeNode::Fork { feature, .. } => Some(*feature),
            TreeNode::Leaf(_) => None,
        });
        if let Some(feature) = asked.max().filter(|&feature| feature >= columns) {
            return Err(format!("it asks for number {feature} of rows of {columns}"));
        }
        let (input, outputs) = (self.row_major(&value)?, bias.len());
        let output = self.working(rows * outputs);
        self.kernels.push(Kernel::Trees { input, sizes: [rows, columns], trees, bias, output });
        Ok(Value::plain(output, vec![rows, outputs]))
    }

    fn transformed(&mut self, sums: &Value, transform: Transform) -> Result<Value, Problem> {
        match transform {
            Transform::None => Ok(sums.clone()),
            Transform::Logistic => self.each(Unary::Sigmoid, sums),
            Transform::Softmax => self.softmax_of(sums, sums.shape[1]),
        }
    }

    /// From what is said of one of two classes, `[rows, 1]`, to both.
    fn both_classes(&mut self, sums: &Value, transform: Transform) -> Result<Value, Problem> {
        let rows = sums.shape[0];
        let signs = Value::constant(Tensor::f32(vec![2], vec![-1.0, 1.0]));
        let spread = self.expanded(sums, vec![rows, 2])?;
        let both = self.paired(Binary::Mul, &spread, &signs)?;
        if transform != Transform::None {
            return Ok(both);
        }
        let rest = Value::constant(Tensor::f32(vec![2], vec![1.0, 0.0]));
        self.paired(Binary::Add, &both, &rest)
    }
}
