//! The reference evaluator: a program as plain Rust, number by number.
//!
//! It is the oracle of the tests and of `nets pack --check`: whatever the emitted module answers must
//! come out here to the bit.

mod integers;
mod kernels;
mod lookup;
mod scalar;
mod windows;

pub use scalar::Scalar;

use crate::program::{BufferId, Content, Program};
use crate::tensor::Tensor;

/// The buffers' numbers.
#[derive(Clone, Debug)]
pub(crate) struct Memory(Vec<Vec<f32>>);

impl Memory {
    fn new(program: &Program) -> Self {
        let buffers = program.buffers.iter().map(|buffer| match &buffer.content {
            Content::Working | Content::Kept | Content::Input(_) => vec![0.0; buffer.len],
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

/// A program with its memory, to be run as often as one likes.
#[derive(Clone, Debug)]
pub struct Evaluator<'a> {
    program: &'a Program,
    memory: Memory,
}

impl<'a> Evaluator<'a> {
    /// A program that has not run yet, and remembers nothing.
    pub fn new(program: &'a Program) -> Self {
        Self { program, memory: Memory::new(program) }
    }

    /// Runs the program on its inputs, in row-major order each, with what it remembers of earlier runs.
    ///
    /// # Panics
    /// When there are other inputs than the program has, or they have other sizes.
    pub fn run(&mut self, inputs: &[&[f32]]) -> Vec<Tensor> {
        let sizes = self.program.inputs.iter().map(|shape| shape.iter().product::<usize>());
        assert!(sizes.eq(inputs.iter().map(|input| input.len())), "inputs of the program's shapes");
        for (place, buffer) in self.program.buffers.iter().enumerate() {
            if let Content::Input(number) = buffer.content {
                self.memory.put(BufferId(place), inputs[number].to_vec());
            }
        }
        for kernel in &self.program.kernels {
            kernels::run(kernel, &mut self.memory);
        }
        let outputs = self.program.outputs.iter();
        let read = |buffer| self.memory.read(buffer).to_vec();
        outputs.map(|output| Tensor::f32(output.shape.clone(), read(output.buffer))).collect()
    }
}

/// Runs a program once on its inputs, in row-major order each.
///
/// # Panics
/// When there are other inputs than the program has, or they have other sizes.
pub fn evaluate(program: &Program, inputs: &[&[f32]]) -> Vec<Tensor> {
    Evaluator::new(program).run(inputs)
}
