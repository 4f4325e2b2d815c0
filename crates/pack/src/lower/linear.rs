//! Products of matrices.

use super::attributes::{float, int};
use super::value::Value;
use super::{Lowering, Operator, Problem, floats};
use crate::onnx::Node;
use crate::program::{Binary, Kernel, Linear, Unary};
use crate::tensor::Tensor;

pub(super) fn operator(name: &str) -> Option<Operator> {
    Some(match name {
        "Gemm" => gemm,
        "MatMul" => mat_mul,
        _ => return None,
    })
}

/// Masks may be infinite, weights may not.
pub(super) fn finite(linear: &Linear) -> Result<(), Problem> {
    let mut numbers = linear.weights.iter().chain(&linear.bias);
    match numbers.find(|number| !number.is_finite()) {
        None => Ok(()),
        Some(number) => Err(format!("a weight is {number}; was the network trained to its end?")),
    }
}

/// A matrix, turned round where it is to be.
fn turned(tensor: &Tensor, turn: bool) -> Result<(usize, usize, Vec<f32>), Problem> {
    let &[rows, columns] = &tensor.shape[..] else {
        return Err(format!("weights of shape {:?}, expected two dimensions", tensor.shape));
    };
    let numbers = floats(tensor);
    if !turn {
        return Ok((rows, columns, numbers));
    }
    let turned = (0..columns).flat_map(|column| (0..rows).map(move |row| row * columns + column));
    Ok((columns, rows, turned.map(|place| numbers[place]).collect()))
}

/// alpha A B + beta C, with A and B turned round where the node says so.
fn gemm(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let mut input = lowering.input(node, 0)?;
    if int(node, "transA", 0)? != 0 && input.shape.len() == 2 {
        input = lowering.transposed(&input, &[1, 0])?;
    }
    let (alpha, beta) = (float(node, "alpha", 1.0)?, float(node, "beta", 1.0)?);
    let weights = lowering.known(node, 1)?.ok_or("its weights are missing")?;
    let (taps, outputs, mut numbers) = turned(&weights, int(node, "transB", 0)? != 0)?;
    let &[rows, columns] = &input.shape[..] else {
        return Err(format!("its input has shape {:?}, expected two dimensions", input.shape));
    };
    if columns != taps {
        return Err(format!("rows of {columns} numbers by weights for {taps}"));
    }
    if alpha != 1.0 {
        numbers.iter_mut().for_each(|number| *number *= alpha);
    }
    let added = lowering.optional(node, 2)?;
    let (bias, rest) = match added {
        None => (vec![0.0; outputs], None),
        Some(value) => match value.as_constant().and_then(|tensor| row_of(tensor, outputs)) {
            Some(bias) => (bias.into_iter().map(|number| number * beta).collect(), None),
            None => (vec![0.0; outputs], Some(value)),
        },
    };
    let linear = Linear { taps, outputs, weights: numbers, bias };
    let product = lowering.dense(&input, rows, linear, vec![rows, outputs])?;
    let Some(rest) = rest else { return Ok(vec![product]) };
    let scale = Value::constant(Tensor::f32(vec![], vec![beta]));
    let scaled = if beta == 1.0 { rest } else { lowering.paired(Binary::Mul, &rest, &scale)? };
    Ok(vec![lowering.paired(Binary::Add, &product, &scaled)?])
}

/// A tensor that is the same for each row, as one row.
fn row_of(tensor: &Tensor, outputs: usize) -> Option<Vec<f32>> {
    let numbers = floats(tensor);
    match tensor.len() {
        1 => Some(vec![numbers[0]; outputs]),
        len if len == outputs && tensor.shape.last() == Some(&outputs) => Some(numbers),
        _ => None,
    }
}

fn mat_mul(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let (left, right) = (lowering.input(node, 0)?, lowering.input(node, 1)?);
    Ok(vec![lowering.product(&left, &right)?])
}

impl Lowering<'_> {
    /// Matrices times matrices, of both in pairs or of one with all of the other.
    pub(super) fn product(&mut self, left: &Value, right: &Value) -> Result<Value, Problem> {
        let mismatch = || format!("{:?} times {:?}", left.shape, right.shape);
        // A single row or column is a matrix with one.
        let left_shape = if left.shape.len() == 1 {
            [&[1], &left.shape[..]].concat()
        } else {
            left.shape.clone()
        };
        let right_shape = if right.shape.len() == 1 {
            [&right.shape[..], &[1]].concat()
        } else {
            right.shape.clone()
        };
        let [left_batch @ .., rows, taps] = &left_shape[..] else { return Err(mismatch()) };
        let [right_batch @ .., taps_right, columns] = &right_shape[..] else {
            return Err(mismatch());
        };
        if taps != taps_right {
            return Err(mismatch());
        }
        let batch = super::shapes::broadcast(left_batch, right_batch)?;
        let mut shape = batch.clone();
        if left.shape.len() > 1 {
            shape.push(*rows);
        }
        if right.shape.len() > 1 {
            shape.push(*columns);
        }
        if let (Some(weights), []) = (right.as_constant(), right_batch) {
            let linear = Linear {
                taps: *taps,
                outputs: *columns,
                weights: floats(weights),
                bias: vec![0.0; *columns],
            };
            let all_rows = left.len() / taps;
            return self.dense(left, all_rows, linear, shape);
        }
        let count: usize = batch.iter().product();
        let stride = |own: &[usize], size: usize| match own.iter().product::<usize>() {
            1 => Ok(0),
            len if len == count => Ok(size),
            _ => Err(mismatch()),
        };
        let (left_stride, right_stride) =
            (stride(left_batch, rows * taps)?, stride(right_batch, taps * columns)?);
        let (left, right) = (self.row_major(left)?, self.row_major(right)?);
        let output = self.working(super::shapes::checked_len(&[count, *rows, *columns])?);
        let sizes = [*rows, *taps, *columns];
        self.kernels.push(Kernel::MatMul {
            batch: count,
            sizes,
            left,
            left_stride,
            right,
            right_stride,
            output,
        });
        Ok(Value::plain(output, shape))
    }

    pub(super) fn dense(
        &mut self,
        input: &Value,
        rows: usize,
        linear: Linear,
        shape: Vec<usize>,
    ) -> Result<Value, Problem> {
        finite(&linear)?;
        let input = self.row_major(input)?;
        let output = self.working(super::shapes::checked_len(&[rows, linear.outputs])?);
        let activation = Unary::Identity;
        self.kernels.push(Kernel::Dense { input, rows, linear, activation, output });
        Ok(Value::plain(output, shape))
    }
}
