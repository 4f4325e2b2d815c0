//! Operators that make one number of many along some dimensions, or weigh them against each other.

use super::attributes::{axis, int};
use super::movement::{Movement, Place};
use super::value::Value;
use super::{Lowering, Operator, Problem};
use crate::onnx::Node;
use crate::program::{Binary, Kernel, Reduction, Unary};
use crate::tensor::strides;

pub(super) fn operator(name: &str) -> Option<Operator> {
    Some(match name {
        "ReduceMean" => |lowering, node| reduce(lowering, node, Reduction::Mean),
        "ReduceSum" => |lowering, node| reduce(lowering, node, Reduction::Sum),
        "ReduceMax" => |lowering, node| reduce(lowering, node, Reduction::Max),
        "ReduceMin" => |lowering, node| reduce(lowering, node, Reduction::Min),
        "ArgMax" => arg_max,
        "Softmax" => |lowering, node| along(lowering, node, Lowering::softmax_of),
        "LogSoftmax" => |lowering, node| along(lowering, node, Lowering::log_softmax_of),
        _ => return None,
    })
}

/// The shape without some dimensions, or with 1 in their place.
fn reduced(shape: &[usize], axes: &[usize], keeps: bool) -> Vec<usize> {
    let kept = shape.iter().enumerate().filter(|(index, _)| keeps || !axes.contains(index));
    kept.map(|(index, &size)| if axes.contains(&index) { 1 } else { size }).collect()
}

fn reduce(
    lowering: &mut Lowering<'_>,
    node: &Node,
    reduction: Reduction,
) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    let rank = value.shape.len();
    let given = lowering.ints_of(node, "axes", 1)?.filter(|axes| !axes.is_empty());
    if given.is_none() && int(node, "noop_with_empty_axes", 0)? != 0 {
        return Ok(vec![value]);
    }
    let mut axes: Vec<usize> = match given {
        None => (0..rank).collect(),
        Some(axes) => axes.into_iter().map(|at| axis(at, rank)).collect::<Result<_, _>>()?,
    };
    axes.sort_unstable();
    let shape = reduced(&value.shape, &axes, int(node, "keepdims", 1)? != 0);
    let (value, sizes) = lowering.gathered(&value, &axes)?;
    let input = lowering.row_major(&value)?;
    let output = lowering.working(sizes[0] * sizes[2]);
    lowering.kernels.push(Kernel::Reduce { reduction, input, sizes, output });
    Ok(vec![Value::plain(output, shape)])
}

fn arg_max(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    if int(node, "select_last_index", 0)? != 0 {
        return Err("of several greatest only the first is supported".to_owned());
    }
    let at = axis(int(node, "axis", 0)?, value.shape.len())?;
    let shape = reduced(&value.shape, &[at], int(node, "keepdims", 1)? != 0);
    let (value, sizes) = lowering.gathered(&value, &[at])?;
    let input = lowering.row_major(&value)?;
    let output = lowering.working(sizes[0] * sizes[2]);
    lowering.kernels.push(Kernel::ArgMax { input, sizes, output });
    Ok(vec![Value::plain(output, shape)])
}

/// What `weigh` makes of the numbers along a dimension, which it finds last and is told the size of.
fn along<'a>(
    lowering: &mut Lowering<'a>,
    node: &Node,
    weigh: fn(&mut Lowering<'a>, &Value, usize) -> Result<Value, Problem>,
) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    let rank = value.shape.len();
    // Before version 13 all dimensions from the axis on were one.
    let is_old = lowering.version() < 13;
    let at = axis(int(node, "axis", if is_old { 1 } else { -1 })?, rank)?;
    let last: usize = if is_old { value.shape[at..].iter().product() } else { value.shape[at] };
    if is_old || at + 1 == rank {
        return Ok(vec![weigh(lowering, &value, last)?]);
    }
    let mut order: Vec<usize> = (0..rank).collect();
    order.swap(at, rank - 1);
    let turned = lowering.transposed(&value, &order)?;
    let result = weigh(lowering, &turned, last)?;
    Ok(vec![lowering.transposed(&result, &order)?])
}

impl Lowering<'_> {
    /// e to the power of each of `last` numbers over the sum of all of them.
    pub(super) fn softmax_of(&mut self, value: &Value, last: usize) -> Result<Value, Problem> {
        if last == 0 {
            return Err("a dimension is 0".to_owned());
        }
        let input = self.row_major(value)?;
        let output = self.working(value.len());
        self.kernels.push(Kernel::Softmax { input, sizes: [value.len() / last, last], output });
        Ok(Value::plain(output, value.shape.clone()))
    }

    /// Each of `last` numbers without the greatest and without the logarithm of the sum of all powers.
    fn log_softmax_of(&mut self, value: &Value, last: usize) -> Result<Value, Problem> {
        if last == 0 {
            return Err("a dimension is 0".to_owned());
        }
        let rows = value.len() / last;
        let flat = self.row_major(value)?;
        let flat = Value::plain(flat, vec![rows, last]);
        let most = self.of_rows(Reduction::Max, &flat)?;
        let below = self.paired(Binary::Sub, &flat, &most)?;
        let powers = self.each(Unary::Exp, &below)?;
        let sum = self.of_rows(Reduction::Sum, &powers)?;
        let log = self.each(Unary::Log, &sum)?;
        let result = self.paired(Binary::Sub, &below, &log)?;
        self.reshaped(&result, value.shape.clone())
    }

    /// One number of each row, `[rows, 1]`.
    fn of_rows(&mut self, reduction: Reduction, value: &Value) -> Result<Value, Problem> {
        let input = self.row_major(value)?;
        let output = self.working(value.shape[0]);
        let sizes = [value.shape[0], value.shape[1], 1];
        self.kernels.push(Kernel::Reduce { reduction, input, sizes, output });
        Ok(Value::plain(output, vec![value.shape[0], 1]))
    }

    /// The value with its dimensions in another order.
    pub(super) fn transposed(&mut self, value: &Value, order: &[usize]) -> Result<Value, Problem> {
        let own = strides(&value.shape);
        let shape = order.iter().map(|&index| value.shape[index]).collect();
        let from = Place::new(0, order.iter().map(|&index| own[index]).collect());
        self.moved(std::slice::from_ref(value), Movement::whole(shape, from))
    }

    /// The value as a box of three whose middle index runs over the dimensions given in ascending order:
    /// as it is where they stand together, else with them moved to the end.
    fn gathered(&mut self, value: &Value, axes: &[usize]) -> Result<(Value, [usize; 3]), Problem> {
        let product = |sizes: &[usize]| sizes.iter().product::<usize>();
        let count = product(&axes.iter().map(|&index| value.shape[index]).collect::<Vec<_>>());
        if count == 0 {
            return Err(format!("nothing is left of {:?}", value.shape));
        }
        let (Some(&first), Some(&last)) = (axes.first(), axes.last()) else {
            return Ok((value.clone(), [value.len(), 1, 1]));
        };
        if last - first + 1 == axes.len() {
            let sizes = [product(&value.shape[..first]), count, product(&value.shape[last + 1..])];
            return Ok((value.clone(), sizes));
        }
        let kept = (0..value.shape.len()).filter(|index| !axes.contains(index));
        let order: Vec<usize> = kept.chain(axes.iter().copied()).collect();
        Ok((self.transposed(value, &order)?, [value.len() / count, count, 1]))
    }
}
