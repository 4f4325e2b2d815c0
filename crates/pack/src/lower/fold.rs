//! Computes what does not depend on the network's input, once and for all.

use std::collections::BTreeMap;

use crate::evaluate::evaluate;
use crate::program::{BufferId, Content, Kernel, Output, Program};

/// Replaces kernels that read nothing but constants by what they write.
///
/// A buffer that several kernels write is left to run: what it holds depends on their order.
pub(super) fn constants(program: &mut Program) {
    let mut writers: BTreeMap<BufferId, usize> = BTreeMap::new();
    for kernel in &program.kernels {
        *writers.entry(kernel.output()).or_default() += 1;
    }
    let mut kept = Vec::new();
    for kernel in std::mem::take(&mut program.kernels) {
        let known =
            |buffer: &BufferId| matches!(program.buffers[buffer.0].content, Content::Constant(_));
        let inputs = kernel.inputs();
        if writers[&kernel.output()] == 1 && inputs.iter().all(known) {
            let output = kernel.output();
            let numbers = computed(program, kernel);
            program.buffers[output.0].content = Content::Constant(numbers);
        } else {
            kept.push(kernel);
        }
    }
    program.kernels = kept;
}

fn computed(program: &Program, kernel: Kernel) -> Vec<f32> {
    let buffer = kernel.output();
    let len = program.buffers[buffer.0].len;
    // Inputs are not read, as all that is read is known.
    let sizes: Vec<usize> = program.inputs.iter().map(|shape| shape.iter().product()).collect();
    let zeros: Vec<Vec<f32>> = sizes.iter().map(|&len| vec![0.0; len]).collect();
    let inputs: Vec<&[f32]> = zeros.iter().map(Vec::as_slice).collect();
    let alone = Program {
        buffers: program.buffers.clone(),
        inputs: program.inputs.clone(),
        kernels: vec![kernel],
        outputs: vec![Output { name: String::new(), shape: vec![len], buffer }],
    };
    evaluate(&alone, &inputs).swap_remove(0).as_f32().unwrap_or_default().to_vec()
}
