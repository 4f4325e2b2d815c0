//! Kernels that go where numbers of the network lead.

use super::kernels::{indices, place};
use super::{Memory, Scalar};
use crate::program::{Arithmetic as _, Tree, TreeNode, View};

/// `views` are the condition, what is taken where it is not 0, and what is taken else.
pub(super) fn choose(memory: &Memory, shape: &[usize], views: [&View; 3], output: &mut [f32]) {
    let numbers = views.map(|view| memory.read(view.buffer));
    for (written, index) in output.iter_mut().zip(indices(shape)) {
        let at = |which: usize| numbers[which][place(views[which], &index)];
        *written = Scalar.choose(at(0), at(1), at(2));
    }
}

pub(super) fn take(table: &[f32], [rows, len]: [usize; 2], numbers: &[f32], output: &mut [f32]) {
    for (written, number) in output.chunks_exact_mut(len).zip(numbers) {
        // Saturates: what is less than none is the first.
        let row = (*number as u32 as usize).min(rows - 1);
        written.copy_from_slice(&table[row * len..][..len]);
    }
}

pub(super) fn trees(
    input: &[f32],
    columns: usize,
    trees: &[Tree],
    bias: &[f32],
    output: &mut [f32],
) {
    let rows = input.chunks_exact(columns);
    for (written, row) in output.chunks_exact_mut(bias.len()).zip(rows) {
        written.copy_from_slice(bias);
        for tree in trees {
            for (sum, said) in written.iter_mut().zip(leaf(tree, row)) {
                *sum += said;
            }
        }
    }
}

/// What the leaf says that a row is led to.
fn leaf<'a>(tree: &'a Tree, row: &[f32]) -> &'a [f32] {
    let mut place = 0;
    loop {
        match &tree.nodes[place] {
            TreeNode::Leaf(values) => return values,
            TreeNode::Fork { feature, less_than, yes, no } => {
                place = if row[*feature] < *less_than { *yes } else { *no };
            }
        }
    }
}
