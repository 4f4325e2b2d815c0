//! Leaves out what nobody reads, such as the places of a sequence of which only the last is wanted.

use std::collections::BTreeSet;

use crate::program::{BufferId, Kernel, Program};

pub(super) fn kernels(program: &mut Program) {
    let mut wanted: BTreeSet<BufferId> =
        program.outputs.iter().map(|output| output.buffer).collect();
    let mut kept: Vec<Kernel> = Vec::new();
    for kernel in std::mem::take(&mut program.kernels).into_iter().rev() {
        if kernel.outputs().iter().any(|buffer| wanted.contains(buffer)) {
            wanted.extend(kernel.inputs());
            kept.push(kernel);
        }
    }
    kept.reverse();
    program.kernels = kept;
}
