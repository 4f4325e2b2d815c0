//! Kernels that go where numbers of the network lead: to rows of a table, to leaves of trees. What they
//! read depends on these numbers, what they cost does not.

use super::body::{Body, LANES, Local, at};
use crate::program::{Arithmetic as _, Tree, TreeNode};

/// A node of a tree in memory: which byte of the row is asked, what it is compared with, the addresses of
/// both nodes that can come next. A leaf leads to itself, and what it says stands behind it.
const NODE_BYTES: usize = 16;
const LEAST_AT: usize = 4;
const YES_AT: usize = 8;
const NO_AT: usize = 12;
/// A tree in memory: the address of its root, and how many steps lead to a leaf.
const ROOT_BYTES: usize = 8;
const STEPS_AT: usize = 4;

/// Parameters: the table, the numbers, the output.
pub(super) fn take([rows, len]: [usize; 2], count: usize) -> Body {
    let mut body = Body::new(3);
    let [table, numbers, output] = [0, 1, 2].map(|number| body.parameter(number));
    body.repeat(count, |body| {
        let (number, row) = (body.word(), body.word());
        body.get(numbers).f32_load(at(0)).i32_trunc_sat_f32_u();
        body.set(number);
        body.get(number).i32_const(rows as i32 - 1);
        body.get(number).i32_const(rows as i32).i32_lt_u().select();
        body.op().i32_const(len as i32 * 4).i32_mul();
        body.get(table).i32_add();
        body.set(row);
        copy(body, row, output, len);
        body.advance(numbers, 4);
    });
    body
}

/// Copies a row, and moves both pointers behind it.
fn copy(body: &mut Body, from: Local, to: Local, len: usize) {
    body.fours(len, &[from, to], |body, lanes| {
        let row = body.load(from, 0);
        body.store(to, 0, row, lanes);
    });
}

/// Trees as they stand in memory from `base` on, and where the table of their roots is.
pub(super) fn packed_trees(trees: &[Tree], base: usize) -> (Vec<u8>, usize) {
    let mut bytes = Vec::new();
    let mut roots = Vec::new();
    for tree in trees {
        let mut address = base + bytes.len();
        let addresses: Vec<usize> = tree
            .nodes
            .iter()
            .map(|node| {
                let own = address;
                address += room(node);
                own
            })
            .collect();
        for (node, &own) in tree.nodes.iter().zip(&addresses) {
            packed(&mut bytes, node, own, &addresses);
        }
        roots.push([addresses.first().copied().unwrap_or(base), tree.depth.max(1)]);
    }
    let table = base + bytes.len();
    bytes.extend(roots.as_flattened().iter().flat_map(|&word| (word as u32).to_le_bytes()));
    (bytes, table)
}

fn room(node: &TreeNode) -> usize {
    match node {
        TreeNode::Fork { .. } => NODE_BYTES,
        TreeNode::Leaf(values) => NODE_BYTES + values.len().next_multiple_of(LANES) * 4,
    }
}

fn packed(bytes: &mut Vec<u8>, node: &TreeNode, own: usize, addresses: &[usize]) {
    let word = |number: usize| (number as u32).to_le_bytes();
    match node {
        TreeNode::Fork { feature, less_than, yes, no } => {
            bytes.extend(word(feature * 4));
            bytes.extend(less_than.to_le_bytes());
            bytes.extend([word(addresses[*yes]), word(addresses[*no])].as_flattened());
        }
        TreeNode::Leaf(values) => {
            bytes.extend([word(0), word(0), word(own), word(own)].as_flattened());
            let places = values.len().next_multiple_of(LANES);
            let padded = values.iter().copied().chain(std::iter::repeat(0.0)).take(places);
            bytes.extend(padded.flat_map(f32::to_le_bytes));
        }
    }
}

/// Parameters: the input, the table of roots, what sums begin with, the output.
pub(super) fn trees([rows, columns]: [usize; 2], count: usize, outputs: usize) -> Body {
    let mut body = Body::new(4);
    let [input, roots, bias, output] = [0, 1, 2, 3].map(|number| body.parameter(number));
    body.repeat(rows, |body| {
        let (from, to, root) = (body.copy(bias), body.copy(output), body.copy(roots));
        copy(body, from, to, outputs);
        body.repeat(count, |body| {
            let leaf = leaf(body, root, input);
            let to = body.copy(output);
            body.fours(outputs, &[leaf, to], |body, lanes| {
                let (sum, said) = (body.load(to, 0), body.load(leaf, NODE_BYTES));
                let sum = body.add(sum, said);
                body.store(to, 0, sum, lanes);
            });
            body.advance(root, ROOT_BYTES as isize);
        });
        body.advance(input, columns as isize * 4);
        body.advance(output, outputs as isize * 4);
    });
    body
}

/// The address of the leaf that a row is led to.
fn leaf(body: &mut Body, root: Local, row: Local) -> Local {
    let node = body.word();
    body.get(root).i32_load(at(0));
    body.set(node);
    body.get(root).i32_load(at(STEPS_AT));
    body.repeat_word(|body| {
        body.get(node).i32_load(at(YES_AT));
        body.get(node).i32_load(at(NO_AT));
        body.get(node).i32_load(at(0));
        body.get(row).i32_add().f32_load(at(0));
        body.get(node).f32_load(at(LEAST_AT)).f32_lt().select();
        body.set(node);
    });
    node
}
