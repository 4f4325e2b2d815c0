//! Puts a function of each sum into the kernel that makes the sums, so that they are not written and
//! read once more.

use std::collections::BTreeMap;

use crate::program::{BufferId, Kernel, Program, Unary};

pub(super) fn activations(program: &mut Program) {
    let mut readers: BTreeMap<BufferId, usize> = BTreeMap::new();
    let read = program.kernels.iter().flat_map(Kernel::inputs);
    for buffer in read.chain(program.outputs.iter().map(|output| output.buffer)) {
        *readers.entry(buffer).or_default() += 1;
    }
    let mut fused: Vec<Kernel> = Vec::new();
    for kernel in std::mem::take(&mut program.kernels) {
        if let Kernel::Unary { function, input, output } = kernel
            && readers[&input] == 1
            && let Some(place) = fused.last_mut().and_then(|last| sums(last, input))
        {
            *place.0 = function;
            *place.1 = output;
        } else {
            fused.push(kernel);
        }
    }
    program.kernels = fused;
}

/// The activation and output of a kernel that makes the sums in `buffer` and does nothing to them yet.
fn sums(kernel: &mut Kernel, buffer: BufferId) -> Option<(&mut Unary, &mut BufferId)> {
    match kernel {
        Kernel::Dense { activation, output, .. } | Kernel::Conv { activation, output, .. }
            if *output == buffer && *activation == Unary::Identity =>
        {
            Some((activation, output))
        }
        _ => None,
    }
}
