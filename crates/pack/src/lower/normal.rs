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
        _ => return None,
    })
}

/// With the means and variances of training: a factor and a summand for each channel.
fn batch_normalization(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    if int(node, "training_mode", 0)? != 0 {
        return Err("its training_mode is on; export the model for inference".to_owned());
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
    let factor: Vec<f32> = rows[0]
        .iter()
        .zip(&rows[3])
        .map(|(scale, variance)| scale / (variance + epsilon).sqrt())
        .collect();
    let summand = (0..channels).map(|c| rows[1][c] - rows[2][c] * factor[c]).collect();
    // A channel's number repeats over what comes after it.
    let mut shape = vec![1; value.shape.len()];
    shape[1] = channels;
    let [factor, summand] =
        [factor, summand].map(|row| Value::constant(Tensor::f32(shape.clone(), row)));
    let scaled = lowering.paired(Binary::Mul, &value, &factor)?;
    Ok(vec![lowering.paired(Binary::Add, &scaled, &summand)?])
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
