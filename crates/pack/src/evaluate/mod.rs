//! The reference evaluator: a program as plain Rust, number by number.
//!
//! It is the oracle of the tests and of `nets pack --check`: whatever the emitted module answers must
//! come out here to the bit.

mod integers;
mod kernels;
mod scalar;
mod windows;

pub use scalar::Scalar;

use crate::program::{BufferId, Content, Program};
use crate::tensor::Tensor;

/// The memory of one run.
#[derive(Debug)]
pub(crate) struct Memory(Vec<Vec<f32>>);

impl Memory {
    fn new(program: &Program, inputs: &[&[f32]]) -> Self {
        let buffers = program.buffers.iter().map(|buffer| match &buffer.content {
            Content::Working | Content::Zeros => vec![0.0; buffer.len],
            Content::Input(number) => inputs[*number].to_vec(),
            Content::Constant(numbers) => numbers.clone(),
        });
        Self(buffers.collect())
    }

    pub(crate) fn read(&self, buffer: BufferId) -> &[f32] {
        &self.0[buffer.0]
    }

    /// A buffer to write, apart from the others, which are to be read meanwhile; it has to be put back.
    pub(crate) fn take(&mut self, buffer: BufferId) -> Vec<f32> {
        std::mem::take(&mut self.0[buffer.0])
    }

    pub(crate) fn put(&mut self, buffer: BufferId, numbers: Vec<f32>) {
        self.0[buffer.0] = numbers;
    }
}

/// Runs a program on its inputs, in row-major order each.
///
/// # Panics
/// When there are other inputs than the program has, or they have other sizes.
pub fn evaluate(program: &Program, inputs: &[&[f32]]) -> Vec<Tensor> {
    let sizes = program.inputs.iter().map(|shape| shape.iter().product::<usize>());
    assert!(sizes.eq(inputs.iter().map(|input| input.len())), "inputs of the program's shapes");
    let mut memory = Memory::new(program, inputs);
    for kernel in &program.kernels {
        kernels::run(kernel, &mut memory);
    }
    let outputs = program.outputs.iter();
    outputs
        .map(|output| Tensor::f32(output.shape.clone(), memory.read(output.buffer).to_vec()))
        .collect()
}
