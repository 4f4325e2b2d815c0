//! Operators on each number, and on numbers in pairs.

use super::attributes::{float, int, text};
use super::shapes::{broadcast, broadcast_strides, checked_len};
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
        "Abs" => |lowering, node| of_either(lowering, node, Unary::Abs, i64::checked_abs),
        "Neg" => |lowering, node| of_either(lowering, node, Unary::Neg, i64::checked_neg),
        "Sqrt" => |lowering, node| unary(lowering, node, Unary::Sqrt),
        "Reciprocal" => |lowering, node| unary(lowering, node, Unary::Reciprocal),
        "Exp" => |lowering, node| unary(lowering, node, Unary::Exp),
        "Sigmoid" => |lowering, node| unary(lowering, node, Unary::Sigmoid),
        "Tanh" => |lowering, node| unary(lowering, node, Unary::Tanh),
        "Erf" => |lowering, node| unary(lowering, node, Unary::Erf),
        "Swish" => |lowering, node| unary(lowering, node, Unary::Swish),
        "Selu" => |lowering, node| {
            let (alpha, gamma) =
                (float(node, "alpha", 1.673_263_2)?, float(node, "gamma", 1.050_701)?);
            unary(lowering, node, Unary::Selu(alpha, gamma))
        },
        "HardSwish" => hard_swish,
        "PRelu" => p_relu,
        "Softplus" => |lowering, node| unary(lowering, node, Unary::Softplus),
        "Mish" => |lowering, node| unary(lowering, node, Unary::Mish),
        "Log" => |lowering, node| unary(lowering, node, Unary::Log),
        "Floor" => |lowering, node| unary(lowering, node, Unary::Floor),
        "Ceil" => |lowering, node| unary(lowering, node, Unary::Ceil),
        "Round" => |lowering, node| unary(lowering, node, Unary::Round),
        "Gelu" => gelu,
        "Clip" => clip,
        "Pow" => pow,
        "Add" => |lowering, node| binary(lowering, node, Binary::Add),
        "Sub" => |lowering, node| binary(lowering, node, Binary::Sub),
        "Mul" => |lowering, node| binary(lowering, node, Binary::Mul),
        "Div" => |lowering, node| binary(lowering, node, Binary::Div),
        "Min" => |lowering, node| binary(lowering, node, Binary::Min),
        "Max" => |lowering, node| binary(lowering, node, Binary::Max),
        "Mod" => |lowering, node| match int(node, "fmod", 0)? {
            0 => binary(lowering, node, Binary::Mod),
            _ => Err("a remainder with the sign of what is divided is not supported".to_owned()),
        },
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

/// x times what a hard sigmoid of slope 1/6 lets through.
fn hard_swish(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    let gate = lowering.each(Unary::HardSigmoid(1.0 / 6.0, 0.5), &value)?;
    Ok(vec![lowering.paired(Binary::Mul, &value, &gate)?])
}

/// Of numbers below 0 the product with a slope, which each channel may have its own of.
fn p_relu(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let (value, slope) = (lowering.input(node, 0)?, lowering.input(node, 1)?);
    let above = lowering.each(Unary::Relu, &value)?;
    let below = lowering.each(Unary::Clip(f32::MIN, 0.0), &value)?;
    let below = lowering.paired(Binary::Mul, &below, &slope)?;
    Ok(vec![lowering.paired(Binary::Add, &above, &below)?])
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

/// A function of numbers, or at once of whole ones that are known, as sizes are.
fn of_either(
    lowering: &mut Lowering<'_>,
    node: &Node,
    function: Unary,
    of_whole: fn(i64) -> Option<i64>,
) -> Result<Vec<Value>, Problem> {
    let value = lowering.input(node, 0)?;
    let Some(numbers) = value.as_constant().and_then(Tensor::as_i64) else {
        return unary(lowering, node, function);
    };
    let numbers: Option<Vec<i64>> = numbers.iter().map(|&number| of_whole(number)).collect();
    let numbers = numbers.ok_or("its whole numbers overflow")?;
    Ok(vec![Value::constant(Tensor::i64(value.shape, numbers))])
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

/// Values that are brought to one shape.
pub(super) struct Together<const N: usize> {
    pub(super) shape: Vec<usize>,
    pub(super) layout: Layout,
    /// The shape in the order in which elements are written.
    pub(super) sizes: Vec<usize>,
    /// Where each value's elements are, in the same order.
    pub(super) views: [View; N],
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
        let Together { shape, layout, sizes, views: [left, right] } =
            self.together([left, right])?;
        let output = self.working(checked_len(&shape)?);
        self.kernels.push(Kernel::Binary { function, shape: sizes, left, right, output });
        Ok(Value::laid_out(output, shape, layout))
    }

    /// Brings values to one shape, and to the order of a picture where one of them is one.
    pub(super) fn together<const N: usize>(
        &mut self,
        values: [&Value; N],
    ) -> Result<Together<N>, Problem> {
        let mut shape = Vec::new();
        for value in values {
            shape = broadcast(&shape, &value.shape)?;
        }
        let is_picture = |value: &&Value| {
            value.shape == shape
                && matches!(value.held, Held::Buffer { layout: Layout::ChannelsLast, .. })
        };
        let layout =
            if values.iter().any(is_picture) { Layout::ChannelsLast } else { Layout::RowMajor };
        // Elements are written one after another, so a picture's box has its channels last as well.
        let order = |sizes: &[usize]| match (layout, sizes) {
            (Layout::ChannelsLast, &[batch, channels, rows, columns]) => {
                vec![batch, rows, columns, channels]
            }
            _ => sizes.to_vec(),
        };
        let mut views = Vec::new();
        for value in values {
            let view = self.operand(value, &shape, layout)?;
            views.push(View { strides: order(&view.strides), ..view });
        }
        let views = views.try_into().map_err(|_| "as many views as values".to_owned())?;
        Ok(Together { sizes: order(&shape), shape, layout, views })
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
    let Some(Whole { shape, numbers: [firsts, seconds] }) = all_whole([left, right])? else {
        return Ok(None);
    };
    let pairs = firsts.iter().zip(&seconds);
    let numbers: Option<Vec<i64>> =
        pairs.map(|(&first, &second)| function.of_whole(first, second)).collect();
    let numbers = numbers.ok_or("its whole numbers overflow")?;
    Ok(Some(Value::constant(Tensor::i64(shape, numbers))))
}

/// Whole numbers of several values, brought to one shape.
pub(super) struct Whole<const N: usize> {
    pub(super) shape: Vec<usize>,
    pub(super) numbers: [Vec<i64>; N],
}

/// Values brought to one shape, where all are whole numbers that are known beforehand.
pub(super) fn all_whole<const N: usize>(values: [&Value; N]) -> Result<Option<Whole<N>>, Problem> {
    let tensors = values.map(|value| value.as_constant().and_then(Tensor::as_i64));
    let mut shape = Vec::new();
    for (value, tensor) in values.iter().zip(&tensors) {
        if tensor.is_none() {
            return Ok(None);
        }
        shape = broadcast(&shape, &value.shape)?;
    }
    checked_len(&shape)?;
    let mut shapes = values.iter().map(|value| &value.shape);
    let numbers = tensors.map(|tensor| {
        let own = shapes.next().map_or(&[][..], Vec::as_slice);
        spread(tensor.unwrap_or_default(), &shape, &broadcast_strides(own, &shape))
    });
    Ok(Some(Whole { shape, numbers }))
}

/// Numbers in row-major order of a shape, of which neighbours stand so far apart.
fn spread(numbers: &[i64], shape: &[usize], strides: &[usize]) -> Vec<i64> {
    let place = |mut number: usize| {
        let mut place = 0;
        for axis in (0..shape.len()).rev() {
            place += number % shape[axis] * strides[axis];
            number /= shape[axis];
        }
        place
    };
    (0..shape.iter().product()).map(|number| numbers[place(number)]).collect()
}
