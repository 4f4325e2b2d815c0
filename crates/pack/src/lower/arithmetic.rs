//! Operators on each number, and on numbers in pairs.

use super::attributes::{float, text};
use super::shapes::{broadcast, broadcast_strides};
use super::value::{Held, Layout, Value};
use super::{Lowering, Operator, Problem};
use crate::onnx::Node;
use crate::program::{Binary, Kernel, Unary, View};
use crate::tensor::Tensor;

pub(super) fn operator(name: &str) -> Option<Operator> {
    Some(match name {
        "Relu" => |lowering, node| unary(lowering, node, Unary::Relu),
        "LeakyRelu" => {
            |lowering, node| unary(lowering, node, Unary::LeakyRelu(float(node, "alpha", 0.01)?))
        }
        "Elu" => |lowering, node| unary(lowering, node, Unary::Elu(float(node, "alpha", 1.0)?)),
        "HardSigmoid" => |lowering, node| {
            let (alpha, beta) = (float(node, "alpha", 0.2)?, float(node, "beta", 0.5)?);
            unary(lowering, node, Unary::HardSigmoid(alpha, beta))
        },
        "Abs" => |lowering, node| unary(lowering, node, Unary::Abs),
        "Neg" => |lowering, node| unary(lowering, node, Unary::Neg),
        "Sqrt" => |lowering, node| unary(lowering, node, Unary::Sqrt),
        "Reciprocal" => |lowering, node| unary(lowering, node, Unary::Reciprocal),
        "Exp" => |lowering, node| unary(lowering, node, Unary::Exp),
        "Sigmoid" => |lowering, node| unary(lowering, node, Unary::Sigmoid),
        "Tanh" => |lowering, node| unary(lowering, node, Unary::Tanh),
        "Erf" => |lowering, node| unary(lowering, node, Unary::Erf),
        "Swish" => |lowering, node| unary(lowering, node, Unary::Swish),
        "Gelu" => gelu,
        "Clip" => clip,
        "Pow" => pow,
        "Add" => |lowering, node| binary(lowering, node, Binary::Add),
        "Sub" => |lowering, node| binary(lowering, node, Binary::Sub),
        "Mul" => |lowering, node| binary(lowering, node, Binary::Mul),
        "Div" => |lowering, node| binary(lowering, node, Binary::Div),
        "Min" => |lowering, node| binary(lowering, node, Binary::Min),
        "Max" => |lowering, node| binary(lowering, node, Binary::Max),
        _ => return None,
    })
}

fn gelu(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let function = match text(node, "approximate", "none")? {
        "none" => Unary::Gelu,
        "tanh" => Unary::GeluTanh,
        other => return Err(format!("its approximation {other:?} is not supported")),
    };
    unary(lowering, node, function)
}

fn clip(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let least = lowering.known_number(node, 1)?;
    let most = lowering.known_number(node, 2)?;
    let least = least.unwrap_or(float(node, "min", f32::MIN)?);
    let most = most.unwrap_or(float(node, "max", f32::MAX)?);
    unary(lowering, node, Unary::Clip(least, most))
}

/// Powers as products and roots, which are those that networks are written with.
fn pow(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    let exponent = lowering.known_number(node, 1)?.ok_or("its exponent is missing")?;
    Ok(vec![match exponent {
        1.0 => value,
        2.0 => lowering.paired(Binary::Mul, &value, &value)?,
        3.0 => {
            let square = lowering.paired(Binary::Mul, &value, &value)?;
            lowering.paired(Binary::Mul, &square, &value)?
        }
        0.5 => lowering.each(Unary::Sqrt, &value)?,
        other => return Err(format!("a power of {other}; 1, 2, 3 and 0.5 are supported")),
    }])
}

fn unary(lowering: &mut Lowering<'_>, node: &Node, function: Unary) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    Ok(vec![lowering.each(function, &value)?])
}

fn binary(
    lowering: &mut Lowering<'_>,
    node: &Node,
    function: Binary,
) -> Result<Vec<Value>, Problem> {
    let mut result = lowering.input(node, 0)?;
    // Min and Max take any number of inputs.
    for number in 1..node.inputs.len() {
        let next = lowering.input(node, number)?;
        result = lowering.paired(function, &result, &next)?;
    }
    Ok(vec![result])
}

impl Lowering<'_> {
    /// A function of each number of a value, which stays laid out as it is.
    pub(super) fn each(&mut self, function: Unary, value: &Value) -> Result<Value, Problem> {
        let (input, layout) = match value.held {
            Held::Buffer { buffer, layout } => (buffer, layout),
            Held::Constant(_) => (self.row_major(value)?, Layout::RowMajor),
        };
        let output = self.working(value.len());
        self.kernels.push(Kernel::Unary { function, input, output });
        Ok(Value::laid_out(output, value.shape.clone(), layout))
    }

    /// A function of the numbers of two values in pairs, brought to one shape.
    pub(super) fn paired(
        &mut self,
        function: Binary,
        left: &Value,
        right: &Value,
    ) -> Result<Value, Problem> {
        if let Some(whole) = whole_numbers(function, left, right)? {
            return Ok(whole);
        }
        let shape = broadcast(&left.shape, &right.shape)?;
        let len = shape.iter().product();
        let is_picture = |value: &Value| {
            value.shape == shape
                && matches!(value.held, Held::Buffer { layout: Layout::ChannelsLast, .. })
        };
        let layout = if is_picture(left) || is_picture(right) {
            Layout::ChannelsLast
        } else {
            Layout::RowMajor
        };
        let (left, right) =
            (self.operand(left, &shape, layout)?, self.operand(right, &shape, layout)?);
        let output = self.working(len);
        // Elements are written one after another, so a picture's box has its channels last as well.
        let order = |sizes: &[usize]| match (layout, sizes) {
            (Layout::ChannelsLast, &[batch, channels, rows, columns]) => {
                vec![batch, rows, columns, channels]
            }
            _ => sizes.to_vec(),
        };
        let ordered = |view: View| View { strides: order(&view.strides), ..view };
        self.kernels.push(Kernel::Binary {
            function,
            shape: order(&shape),
            left: ordered(left),
            right: ordered(right),
            output,
        });
        Ok(Value::laid_out(output, shape, layout))
    }

    /// Where the elements of a value are that is brought to a shape; the view's strides are in the order
    /// of the shape.
    fn operand(&mut self, value: &Value, shape: &[usize], layout: Layout) -> Result<View, Problem> {
        if value.shape == shape && layout == Layout::ChannelsLast {
            let buffer = self.channels_last(value)?;
            return Ok(layout.view(buffer, shape));
        }
        let buffer = self.row_major(value)?;
        Ok(View { buffer, offset: 0, strides: broadcast_strides(&value.shape, shape) })
    }
}

/// Sizes and indices, which are all known beforehand.
fn whole_numbers(function: Binary, left: &Value, right: &Value) -> Result<Option<Value>, Problem> {
    let (Some(left), Some(right)) = (left.as_constant(), right.as_constant()) else {
        return Ok(None);
    };
    let (Some(firsts), Some(seconds)) = (left.as_i64(), right.as_i64()) else { return Ok(None) };
    let shape = broadcast(&left.shape, &right.shape)?;
    let (left, right) =
        (broadcast_strides(&left.shape, &shape), broadcast_strides(&right.shape, &shape));
    let place = |strides: &[usize], mut number: usize| {
        let mut place = 0;
        for axis in (0..shape.len()).rev() {
            place += number % shape[axis] * strides[axis];
            number /= shape[axis];
        }
        place
    };
    let one = |number: usize| {
        let (first, second) = (firsts[place(&left, number)], seconds[place(&right, number)]);
        match function {
            Binary::Add => first.checked_add(second),
            Binary::Sub => first.checked_sub(second),
            Binary::Mul => first.checked_mul(second),
            Binary::Div => first.checked_div(second),
            Binary::Min => Some(first.min(second)),
            Binary::Max => Some(first.max(second)),
        }
    };
    let numbers: Option<Vec<i64>> = (0..shape.iter().product()).map(one).collect();
    let numbers = numbers.ok_or("its whole numbers overflow")?;
    Ok(Some(Value::constant(Tensor::i64(shape, numbers))))
}
