//! A network as a list of kernels over buffers: what is evaluated here and emitted as instructions.
//!
//! All shapes are numbers by now and everything that does not depend on the input is computed. A kernel
//! says in which order it adds, since sums of `f32` depend on it; the evaluator and the emitter both keep
//! to it.

mod arithmetic;
mod functions;
mod kernel;

pub use arithmetic::{Arithmetic, Binary};
pub use functions::Unary;
pub use kernel::{Kernel, Linear, Reduction, Tree, TreeNode, Window};
pub(crate) use kernel::{TILED_CHANNELS, TILED_OUTPUTS};

/// What the greatest magnitude among numbers is taken for at least where they become whole ones, so that
/// what is divided by it stays within `f32`.
pub const LEAST_GREATEST: f32 = 1e-30;

/// The bits of an `f32` behind its exponent.
pub(crate) const FRACTION_BITS: u32 = (1 << 23) - 1;

/// A run of numbers in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BufferId(pub(crate) usize);

/// What a buffer holds before the first kernel.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// What kernels write before they read it.
    Working,
    /// Zeros at first; what kernels write stays from one run to the next. A border around what is
    /// written, or what a network remembers.
    Kept,
    /// The network's input of this number.
    Input(usize),
    /// Numbers that never change.
    Constant(Vec<f32>),
}

/// As what a buffer's numbers stand in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// As they are.
    F32,
    /// Whole ones in 16 bits.
    I16,
}

/// A buffer of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Buffer {
    /// As what they stand in memory.
    pub element: Element,
    /// How many numbers it has.
    pub len: usize,
    /// What it holds at first.
    pub content: Content,
}

/// Where elements of a box stand in a buffer: element `[i, j, …]` at `offset + i * strides[0] + …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The buffer.
    pub buffer: BufferId,
    /// Where element 0 is.
    pub offset: usize,
    /// How far apart neighbours of each index are; 0 where all are the same.
    pub strides: Vec<usize>,
}

/// What the network gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Where it is, in row-major order.
    pub buffer: BufferId,
}

/// A network, ready to run.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// The buffers by number.
    pub buffers: Vec<Buffer>,
    /// The shape of each input.
    pub inputs: Vec<Vec<usize>>,
    /// What is done, in order.
    pub kernels: Vec<Kernel>,
    /// What comes out.
    pub outputs: Vec<Output>,
}

impl Program {
    /// Adds a buffer.
    pub(crate) fn buffer(&mut self, len: usize, element: Element, content: Content) -> BufferId {
        self.buffers.push(Buffer { element, len, content });
        BufferId(self.buffers.len() - 1)
    }
}
