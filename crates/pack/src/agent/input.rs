//! The network's input: the System's tensor, in the order in which the network was trained on it.

use nets_core::{Planes, System};

use super::PackError;
use crate::program::{Buffer, BufferId, Content, Element, Kernel, Program, View};
use crate::tensor::strides;

/// Makes the System's tensor the input of a program, which has its planes where `wished`, or where the
/// shape says.
pub(super) fn fit(
    program: &mut Program,
    system: &dyn System,
    wished: Option<Planes>,
) -> Result<(), PackError> {
    let tensor: Vec<usize> = system.tensor_shape().iter().map(|&size| size as usize).collect();
    let [shape] = &program.inputs[..] else {
        return Err(PackError::Input(format!(
            "there are {}, expected one, the System's tensor, beside what is remembered",
            program.inputs.len()
        )));
    };
    let own = system.descriptor().tensor_planes;
    if let (None, Some(planes)) = (own, wished) {
        return Err(PackError::Planes(format!(
            "the tensor of {} is a row of numbers, in which no planes are {planes}",
            system.id()
        )));
    }
    let orders: Vec<Order> = match own {
        None => vec![Order { planes: None, shape: tensor.clone() }],
        Some(own) => [Planes::First, Planes::Last].map(|to| order(&tensor, own, to)).into(),
    };
    let order = chosen(shape, &orders, own, wished)?;
    if let Some(planes) = order.planes.filter(|planes| Some(*planes) != own) {
        reorder(program, &tensor, planes);
    }
    program.inputs = vec![tensor];
    Ok(())
}

/// The System's tensor with its planes in one place or the other.
#[derive(Clone, Debug)]
struct Order {
    planes: Option<Planes>,
    shape: Vec<usize>,
}

fn order(tensor: &[usize], own: Planes, to: Planes) -> Order {
    let mut shape = tensor.to_vec();
    if own != to {
        turn(&mut shape, to);
    }
    Order { planes: Some(to), shape }
}

/// Brings what belongs to the planes to where they are to be, from the other end.
fn turn(sizes: &mut [usize], to: Planes) {
    match to {
        Planes::First => sizes.rotate_right(1),
        Planes::Last => sizes.rotate_left(1),
    }
}

/// The order that an input of this shape has.
fn chosen<'a>(
    shape: &[usize],
    orders: &'a [Order],
    own: Option<Planes>,
    wished: Option<Planes>,
) -> Result<&'a Order, PackError> {
    let got = without_ones(shape);
    let len: usize = orders[0].shape.iter().product();
    let asked = |order: &&Order| wished.is_none() || order.planes == wished;
    let possible: Vec<&Order> = orders.iter().filter(asked).collect();
    // A row of all numbers says nothing of their order: it is the System's, if no other is asked for.
    if got == without_ones(&[len]) {
        let is_own = |order: &&&Order| possible.len() == 1 || order.planes == own;
        return Ok(possible.iter().find(is_own).unwrap_or(&possible[0]));
    }
    let fits = |order: &&&Order| without_ones(&order.shape) == got;
    let mut fitting: Vec<&Order> = possible.iter().filter(fits).copied().collect();
    // One plane alone, or planes of one place, stand in the same order either way.
    fitting.dedup_by(|one, other| is_single(one) || is_single(other));
    match fitting[..] {
        [only] => Ok(only),
        [one, _, ..] => Err(PackError::Planes(format!(
            "its shape {shape:?} may have the planes first or last; the System has them {}",
            own.or(one.planes).map(|own| own.to_string()).unwrap_or_default()
        ))),
        [] => {
            let mut shapes: Vec<_> = possible.iter().map(|it| format!("{:?}", it.shape)).collect();
            shapes.dedup();
            Err(PackError::Input(format!(
                "it has the shape {shape:?}, expected {} or [{len}], behind a batch of 1 or without one",
                shapes.join(", ")
            )))
        }
    }
}

fn is_single(order: &Order) -> bool {
    let planes = match order.planes {
        Some(Planes::First) => order.shape.first(),
        _ => order.shape.last(),
    };
    let all: usize = order.shape.iter().product();
    planes.is_some_and(|&planes| planes == 1 || planes == all)
}

fn without_ones(shape: &[usize]) -> Vec<usize> {
    shape.iter().copied().filter(|&size| size != 1).collect()
}

/// Brings the System's planes to the other end before anything else is done.
fn reorder(program: &mut Program, tensor: &[usize], to: Planes) {
    let is_input = |buffer: &Buffer| buffer.content == Content::Input(0);
    let Some(place) = program.buffers.iter().position(is_input) else { return };
    program.buffers[place].content = Content::Working;
    let len = tensor.iter().product();
    let given = program.buffer(len, Element::F32, Content::Input(0));
    let (mut shape, mut from) = (tensor.to_vec(), strides(tensor));
    turn(&mut shape, to);
    turn(&mut from, to);
    let to = View { buffer: BufferId(place), offset: 0, strides: strides(&shape) };
    let from = View { buffer: given, offset: 0, strides: from };
    program.kernels.insert(0, Kernel::Copy { shape, from, to });
}
