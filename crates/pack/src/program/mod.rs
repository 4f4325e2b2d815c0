//! A network as a list of kernels over buffers: what is evaluated here and emitted as instructions.
//!
//! All shapes are numbers by now and everything that does not depend on the input is computed. A kernel
//! says in which order it adds, since sums of `f32` depend on it; the evaluator and the emitter both keep
//! to it.

mod functions;

pub use functions::{Arithmetic, Unary};

/// What the greatest magnitude among numbers is taken for at least where they become whole ones, so that
/// what is divided by it stays within `f32`.
pub const LEAST_GREATEST: f32 = 1e-30;

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

/// A function of two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// The sum.
    Add,
    /// The first without the second.
    Sub,
    /// The product.
    Mul,
    /// The first over the second.
    Div,
    /// The lesser.
    Min,
    /// The greater.
    Max,
}

impl Binary {
    /// The function of two values.
    pub fn of<A: Arithmetic>(self, a: &mut A, left: A::Value, right: A::Value) -> A::Value {
        match self {
            Self::Add => a.add(left, right),
            Self::Sub => a.sub(left, right),
            Self::Mul => a.mul(left, right),
            Self::Div => a.div(left, right),
            Self::Min => a.min(left, right),
            Self::Max => a.max(left, right),
        }
    }
}

/// How numbers along one index become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduction {
    /// Their sum, in ascending order.
    Sum,
    /// Their sum over their number.
    Mean,
    /// The greatest.
    Max,
    /// The least.
    Min,
}

/// Weights of a linear kernel: `outputs` sums over `taps` inputs, and a bias for each.
#[derive(Clone, Debug, PartialEq)]
pub struct Linear {
    /// Inputs of each sum.
    pub taps: usize,
    /// How many sums.
    pub outputs: usize,
    /// Weight of tap `t` in output `o` at `t * outputs + o`.
    pub weights: Vec<f32>,
    /// One for each output.
    pub bias: Vec<f32>,
}

/// Where a window moves over a picture whose channels stand together, rows outermost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Channels of the input.
    pub channels: usize,
    /// Height and width of the input, borders included.
    pub input: [usize; 2],
    /// Height and width of the output.
    pub output: [usize; 2],
    /// Height and width of the window.
    pub size: [usize; 2],
    /// By how much it moves.
    pub stride: [usize; 2],
    /// How far apart its taps are.
    pub dilation: [usize; 2],
}

impl Window {
    /// Over rows of numbers, one after another, as over a picture whose cells are the rows.
    pub fn over_rows(rows: usize, taps: usize) -> Self {
        Self {
            channels: taps,
            input: [1, rows],
            output: [1, rows],
            size: [1; 2],
            stride: [1; 2],
            dilation: [1; 2],
        }
    }
}

/// One step of a network.
#[derive(Clone, Debug, PartialEq)]
pub enum Kernel {
    /// Copies a box of elements.
    Copy {
        /// The size of the box.
        shape: Vec<usize>,
        /// Where they are.
        from: View,
        /// Where they come to.
        to: View,
    },
    /// A function of each number.
    Unary {
        /// The function.
        function: Unary,
        /// What it reads.
        input: BufferId,
        /// Where it writes.
        output: BufferId,
    },
    /// A function of numbers of two boxes, written in row-major order.
    Binary {
        /// The function.
        function: Binary,
        /// The size of the box.
        shape: Vec<usize>,
        /// The first.
        left: View,
        /// The second.
        right: View,
        /// Where it writes.
        output: BufferId,
    },
    /// For each of `rows` rows of `taps` numbers: sums over the taps in ascending order, beginning with
    /// the bias.
    Dense {
        /// What it reads.
        input: BufferId,
        /// How many rows.
        rows: usize,
        /// Its weights.
        linear: Linear,
        /// A function of each sum.
        activation: Unary,
        /// Where it writes: `outputs` numbers for each row.
        output: BufferId,
    },
    /// The same for the window at each place: taps are its rows, their columns, their channels. Channels
    /// may be in groups, each with its own share of the outputs.
    Conv {
        /// What it reads: rows, columns, channels.
        input: BufferId,
        /// Where the window moves.
        window: Window,
        /// How many groups.
        groups: usize,
        /// The weights of each group.
        linear: Vec<Linear>,
        /// A function of each sum.
        activation: Unary,
        /// Where it writes: rows, columns, channels.
        output: BufferId,
    },
    /// Brings numbers to whole ones of at most `most`: each over the greatest magnitude among them, times
    /// `most`, rounded to the nearest, of two the even one. The greatest magnitude is taken as
    /// [`LEAST_GREATEST`] at least.
    Quantize {
        /// What it reads, in row-major order.
        input: BufferId,
        /// The box that is read.
        shape: [usize; 3],
        /// Where its elements come to.
        to: View,
        /// The greatest whole number.
        most: f32,
        /// Where it writes what 1 stands for.
        scale: BufferId,
    },
    /// As [`Kernel::Conv`], with whole inputs and weights and exact sums; each sum times its scale and
    /// the input's, plus the bias.
    ConvInt8 {
        /// What it reads: rows, columns, channels.
        input: BufferId,
        /// Where the window moves.
        window: Window,
        /// What 1 stands for in the input.
        scale: BufferId,
        /// The weights of each group, whole numbers from -127 to 127, and the biases.
        linear: Vec<Linear>,
        /// What 1 stands for in the weights of each output, group by group.
        scales: Vec<Vec<f32>>,
        /// A function of each sum.
        activation: Unary,
        /// Where it writes: rows, columns, channels.
        output: BufferId,
    },
    /// Of each channel the greatest or the mean in a window; the mean over `divisor` numbers, or over as
    /// many as each place has.
    Pool {
        /// What it reads: rows, columns, channels.
        input: BufferId,
        /// Where the window moves, over the input without borders.
        window: Window,
        /// Where its first place begins before the input's first row and column.
        before: [usize; 2],
        /// `Max` or `Mean`.
        reduction: Reduction,
        /// Whether places outside the input count in a mean, as zeros.
        counts_borders: bool,
        /// Where it writes.
        output: BufferId,
    },
    /// Sums of products over the last index of `left` and the last but one of `right`, in ascending order
    /// from 0.
    MatMul {
        /// How many pairs of matrices.
        batch: usize,
        /// Rows of each left one, its columns, columns of each right one.
        sizes: [usize; 3],
        /// The left ones.
        left: BufferId,
        /// How far apart they are; 0 where there is one for all.
        left_stride: usize,
        /// The right ones.
        right: BufferId,
        /// How far apart they are; 0 where there is one for all.
        right_stride: usize,
        /// Where it writes.
        output: BufferId,
    },
    /// Along the last index of a box of two: e to each power less the greatest, over their sum.
    Softmax {
        /// What it reads.
        input: BufferId,
        /// How many rows, of how many numbers.
        sizes: [usize; 2],
        /// Where it writes.
        output: BufferId,
    },
    /// Along the last index of a box of two: less the mean, over the root of the mean square and
    /// `epsilon`, times `scale`, plus `bias`.
    LayerNorm {
        /// What it reads.
        input: BufferId,
        /// How many rows, of how many numbers.
        sizes: [usize; 2],
        /// What is added to the mean square.
        epsilon: f32,
        /// One for each place of a row.
        scale: Vec<f32>,
        /// One for each place of a row.
        bias: Vec<f32>,
        /// Where it writes.
        output: BufferId,
    },
    /// Along the middle index of a box of three.
    Reduce {
        /// How.
        reduction: Reduction,
        /// What it reads.
        input: BufferId,
        /// The box.
        sizes: [usize; 3],
        /// Where it writes: the box without its middle index.
        output: BufferId,
    },
    /// Along the middle index of a box of three: where the greatest stands, the first of several, as a
    /// number.
    ArgMax {
        /// What it reads.
        input: BufferId,
        /// The box.
        sizes: [usize; 3],
        /// Where it writes: the box without its middle index.
        output: BufferId,
    },
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

impl Kernel {
    /// The buffer that its result is in.
    pub fn output(&self) -> BufferId {
        match self {
            Self::Copy { to, .. } | Self::Quantize { to, .. } => to.buffer,
            Self::Unary { output, .. }
            | Self::Binary { output, .. }
            | Self::Dense { output, .. }
            | Self::Conv { output, .. }
            | Self::ConvInt8 { output, .. }
            | Self::Pool { output, .. }
            | Self::MatMul { output, .. }
            | Self::Softmax { output, .. }
            | Self::LayerNorm { output, .. }
            | Self::Reduce { output, .. }
            | Self::ArgMax { output, .. } => *output,
        }
    }

    /// All buffers that it writes.
    pub fn outputs(&self) -> Vec<BufferId> {
        match self {
            Self::Quantize { to, scale, .. } => vec![to.buffer, *scale],
            other => vec![other.output()],
        }
    }

    /// The buffers that it reads.
    pub fn inputs(&self) -> Vec<BufferId> {
        match self {
            Self::Copy { from, .. } => vec![from.buffer],
            Self::Binary { left, right, .. } => vec![left.buffer, right.buffer],
            Self::MatMul { left, right, .. } => vec![*left, *right],
            Self::ConvInt8 { input, scale, .. } => vec![*input, *scale],
            Self::Unary { input, .. }
            | Self::Dense { input, .. }
            | Self::Conv { input, .. }
            | Self::Quantize { input, .. }
            | Self::Pool { input, .. }
            | Self::Softmax { input, .. }
            | Self::LayerNorm { input, .. }
            | Self::Reduce { input, .. }
            | Self::ArgMax { input, .. } => vec![*input],
        }
    }
}
