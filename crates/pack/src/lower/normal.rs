//! Operators that bring numbers to a common scale.

use super::attributes::{axis, float, int};
use super::value::Value;
use super::{Lowering, Operator, Problem, floats};
use crate::onnx::Node;
use crate::program::{Binary, Kernel};
use crate::tensor::Tensor;

pub(super) fn operator(name: &str) -> Option<Operator> {
    Some(match name {
        "BatchNormalization" => batch_normalization,
        "LayerNormalization" => layer_normalization,
        "InstanceNormalization" => instance_normalization,
        "GroupNormalization" => group_normalization,
        _ => return None,
    })
}

/// With the means and variances of training: a factor and a summand for each channel.
fn batch_normalization(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    if int(node, "training_mode", 0)? != 0 {
        return Err("its training_mode is on; export the model for inference".to_owned());
    }
    // Before version 14 more outputs than one said so.
    if lowering.version() < 14 && node.outputs.iter().skip(1).any(|name| !name.is_empty()) {
        return Err("it gives means and variances; export the model for inference".to_owned());
    }
    let epsilon = float(node, "epsilon", 1e-5)?;
    let channels = *value.shape.get(1).ok_or("its input has no channels")?;
    let mut rows = Vec::new();
    for number in 1..5 {
        let row = floats(&lowering.known(node, number)?.ok_or("an input is missing")?);
        if row.len() != channels {
            return Err(format!("{} numbers in input {number} for {channels} channels", row.len()));
        }
        rows.push(row);
    }
    let factor = rows[0]
        .iter()
        .zip(&rows[3])
        .map(|(scale, variance)| scale / (variance + epsilon).sqrt())
        .collect::<Vec<f32>>();
    let summand = (0..channels).map(|c| rows[1][c] - rows[2][c] * factor[c]).collect();
    Ok(vec![lowering.by_channel(&value, factor, summand)?])
}

/// Each channel of each picture by its own mean and spread.
fn instance_normalization(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let channels = lowering.input(node, 0)?.shape.get(1).copied().unwrap_or_default();
    grouped(lowering, node, channels, channels)
}

/// The same for groups of channels together.
fn group_normalization(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let channels = lowering.input(node, 0)?.shape.get(1).copied().unwrap_or_default();
    let groups = usize::try_from(int(node, "num_groups", 0)?).unwrap_or_default();
    // Until version 21 there was one factor for each group.
    let factors = if lowering.version() < 21 { groups } else { channels };
    grouped(lowering, node, groups, factors)
}

fn grouped(
    lowering: &mut Lowering<'_>,
    node: &Node,
    groups: usize,
    factors: usize,
) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    let channels = *value.shape.get(1).ok_or("its input has no channels")?;
    if groups == 0 || channels % groups != 0 || value.len() == 0 {
        return Err(format!("{groups} groups of {channels} channels"));
    }
    let mut rows = Vec::new();
    for number in 1..3 {
        let row = floats(&lowering.known(node, number)?.ok_or("an input is missing")?);
        if row.len() != factors {
            return Err(format!("{} numbers in input {number}, expected {factors}", row.len()));
        }
        let each = channels / factors;
        rows.push(row.iter().flat_map(|&number| vec![number; each]).collect::<Vec<f32>>());
    }
    let [factor, summand] = rows.try_into().map_err(|_| "an input is missing".to_owned())?;
    let len = value.len() / (value.shape[0] * groups);
    let input = lowering.row_major(&value)?;
    let output = lowering.working(value.len());
    lowering.kernels.push(Kernel::LayerNorm {
        input,
        sizes: [value.len() / len, len],
        epsilon: float(node, "epsilon", 1e-5)?,
        scale: vec![1.0; len],
        bias: vec![0.0; len],
        output,
    });
    let normal = Value::plain(output, value.shape);
    Ok(vec![lowering.by_channel(&normal, factor, summand)?])
}

impl Lowering<'_> {
    /// Each channel times its factor, plus its summand.
    fn by_channel(
        &mut self,
        value: &Value,
        factor: Vec<f32>,
        summand: Vec<f32>,
    ) -> Result<Value, Problem> {
        // A channel's number repeats over what comes after it.
        let mut shape = vec![1; value.shape.len()];
        shape[1] = factor.len();
        let [factor, summand] =
            [factor, summand].map(|row| Value::constant(Tensor::f32(shape.clone(), row)));
        let scaled = self.paired(Binary::Mul, value, &factor)?;
        self.paired(Binary::Add, &scaled, &summand)
    }
}

fn layer_normalization(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    let at = axis(int(node, "axis", -1)?, value.shape.len())?;
    let len: usize = value.shape[at..].iter().product();
    let scale = floats(&lowering.known(node, 1)?.ok_or("its scale is missing")?);
    let bias = lowering.known(node, 2)?.map_or_else(|| vec![0.0; len], |tensor| floats(&tensor));
    if [scale.len(), bias.len()] != [len; 2] || len == 0 {
        return Err(format!("{} scales and {} biases for {len} numbers", scale.len(), bias.len()));
    }
    let epsilon = float(node, "epsilon", 1e-5)?;
    let input = lowering.row_major(&value)?;
    let output = lowering.working(value.len());
    let sizes = [value.len() / len, len];
    lowering.kernels.push(Kernel::LayerNorm { input, sizes, epsilon, scale, bias, output });
    Ok(vec![Value::plain(output, value.shape)])
}
