//! Operators that ask, and take one thing or the other. What is true is 1, what is false 0.

use super::arithmetic::{Together, all_whole};
use super::attributes::int;
use super::movement::{Movement, Piece, Place};
use super::shapes::checked_len;
use super::value::Value;
use super::{Lowering, Operator, Problem};
use crate::onnx::Node;
use crate::program::{Binary, Kernel, Unary};
use crate::tensor::{Tensor, strides};

pub(super) fn operator(name: &str) -> Option<Operator> {
    Some(match name {
        "Where" => choose,
        "Less" => |lowering, node| compared(lowering, node, Binary::Less, false),
        "LessOrEqual" => |lowering, node| compared(lowering, node, Binary::LessOrEqual, false),
        "Greater" => |lowering, node| compared(lowering, node, Binary::Less, true),
        "GreaterOrEqual" => |lowering, node| compared(lowering, node, Binary::LessOrEqual, true),
        "Equal" => |lowering, node| compared(lowering, node, Binary::Equal, false),
        "And" => |lowering, node| compared(lowering, node, Binary::Min, false),
        "Or" => |lowering, node| compared(lowering, node, Binary::Max, false),
        "Not" => |lowering, node| asked(lowering, node, Unary::Not),
        "IsNaN" => |lowering, node| asked(lowering, node, Unary::IsNan),
        "Trilu" => triangle,
        _ => return None,
    })
}

fn asked(lowering: &mut Lowering<'_>, node: &Node, function: Unary) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    if let (Unary::Not, Some(tensor)) = (function, value.as_constant())
        && let Some(numbers) = tensor.as_i64()
    {
        let not = numbers.iter().map(|&number| i64::from(number == 0)).collect();
        return Ok(vec![Value::constant(Tensor::i64(value.shape, not))]);
    }
    Ok(vec![lowering.each(function, &value)?])
}

fn compared(
    lowering: &mut Lowering<'_>,
    node: &Node,
    function: Binary,
    is_turned: bool,
) -> Result<Vec<Value>, Problem> {
    let (left, right) = (lowering.input(node, 0)?, lowering.input(node, 1)?);
    let (left, right) = if is_turned { (right, left) } else { (left, right) };
    Ok(vec![lowering.paired(function, &left, &right)?])
}

fn choose(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let [condition, yes, no] = [0, 1, 2].map(|number| lowering.input(node, number));
    Ok(vec![lowering.chosen(&condition?, &yes?, &no?)?])
}

/// The numbers on one side of a diagonal, and 0 on the other.
fn triangle(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    let is_upper = int(node, "upper", 1)? != 0;
    let shift = lowering.known_ints(node, 1)?.and_then(|it| it.first().copied()).unwrap_or(0);
    let [batch @ .., rows, columns] = &value.shape[..] else {
        return Err(format!("its input has shape {:?}, expected matrices", value.shape));
    };
    let own = strides(&value.shape);
    let mut pieces = Vec::new();
    for row in 0..*rows {
        let edge = row as i64 + shift + i64::from(!is_upper);
        let edge = edge.clamp(0, *columns as i64) as usize;
        let (first, len) = if is_upper { (edge, columns - edge) } else { (0, edge) };
        let shape = [batch, &[len]].concat();
        let apart = [&own[..batch.len()], &own[own.len() - 1..]].concat();
        let place = Place::new(row * columns + first, apart);
        pieces.push(Piece { input: 0, shape, from: place.clone(), to: place });
    }
    let shape = value.shape.clone();
    Ok(vec![lowering.moved(&[value], Movement { shape, pieces })?])
}

/// Rows of a value by numbers that are not known beforehand.
pub(super) fn taken(
    lowering: &mut Lowering<'_>,
    value: &Value,
    axis: usize,
    numbers: &Value,
) -> Result<Vec<Value>, Problem> {
    let [rows, rest @ ..] = &value.shape[..] else { return Err("there is nothing to take".into()) };
    if axis != 0 || *rows == 0 {
        return Err("what is taken by computed numbers must be whole rows (axis 0)".to_owned());
    }
    let sizes = [*rows, rest.iter().product()];
    let shape = [&numbers.shape[..], rest].concat();
    let (table, numbers) = (lowering.row_major(value)?, lowering.row_major(numbers)?);
    let output = lowering.working(checked_len(&shape)?);
    lowering.kernels.push(Kernel::Take { table, sizes, numbers, output });
    Ok(vec![Value::plain(output, shape)])
}

impl Lowering<'_> {
    /// Of each pair the first where the condition is not 0, else the second.
    pub(super) fn chosen(
        &mut self,
        condition: &Value,
        yes: &Value,
        no: &Value,
    ) -> Result<Value, Problem> {
        if let Some((shape, [conditions, firsts, seconds])) = all_whole([condition, yes, no])? {
            let pairs = conditions.iter().zip(firsts.into_iter().zip(seconds));
            let taken = pairs.map(|(&it, (yes, no))| if it != 0 { yes } else { no }).collect();
            return Ok(Value::constant(Tensor::i64(shape, taken)));
        }
        let Together { shape, layout, sizes, views } = self.together([condition, yes, no])?;
        let [condition, yes, no] = views;
        let output = self.working(checked_len(&shape)?);
        self.kernels.push(Kernel::Choose { shape: sizes, condition, yes, no, output });
        Ok(Value::laid_out(output, shape, layout))
    }
}
