//! The network's input: the System's tensor, in the order in which the network was trained on it.

use crate::program::{BufferId, Content, Element, Kernel, Program, View};
use crate::tensor::strides;

/// In which order a network has the System's tensor of planes, rows and columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InputLayout {
    /// As the System documents it.
    #[default]
    PlanesFirst,
    /// Rows, columns, planes.
    PlanesLast,
}

/// Makes the System's tensor the input of a program.
pub(super) fn fit(
    program: &mut Program,
    tensor: &[u32],
    layout: InputLayout,
) -> Result<(), String> {
    let tensor: Vec<usize> = tensor.iter().map(|&size| size as usize).collect();
    let [shape] = &program.inputs[..] else {
        return Err(format!(
            "there are {}, expected one, the System's tensor, beside what is remembered",
            program.inputs.len()
        ));
    };
    let expected = match layout {
        InputLayout::PlanesFirst => tensor.clone(),
        InputLayout::PlanesLast => {
            let [planes, rest @ ..] = &tensor[..] else {
                return Err("the System's tensor has no planes".into());
            };
            [rest, &[*planes]].concat()
        }
    };
    let len: usize = tensor.iter().product();
    let got = without_ones(shape);
    // A row of all numbers says nothing of their order, which the layout then says alone.
    if got != without_ones(&expected) && got != without_ones(&[len]) {
        return Err(format!(
            "it has the shape {shape:?}, expected {expected:?} or [{len}] without the batch; the order of \
             planes, rows and columns is that of the input layout"
        ));
    }
    if layout == InputLayout::PlanesLast {
        reorder(program, &tensor);
    }
    program.inputs = vec![tensor];
    Ok(())
}

fn without_ones(shape: &[usize]) -> Vec<usize> {
    shape.iter().copied().filter(|&size| size != 1).collect()
}

/// Brings the System's planes last before anything else is done.
fn reorder(program: &mut Program, planes_first: &[usize]) {
    let is_input = |buffer: &crate::program::Buffer| buffer.content == Content::Input(0);
    let Some(place) = program.buffers.iter().position(is_input) else { return };
    program.buffers[place].content = Content::Working;
    let len = planes_first.iter().product();
    let given = program.buffer(len, Element::F32, Content::Input(0));
    let mut shape = planes_first.to_vec();
    shape.rotate_left(1);
    let mut from = strides(planes_first);
    from.rotate_left(1);
    let to = View { buffer: BufferId(place), offset: 0, strides: strides(&shape) };
    let from = View { buffer: given, offset: 0, strides: from };
    program.kernels.insert(0, Kernel::Copy { shape, from, to });
}
