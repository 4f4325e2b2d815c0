//! The steps that networks are made of.

use super::{Binary, BufferId, Unary, View};

/// Channels of a layer in tiles come in so many, which are transformed at once.
pub(crate) const TILED_CHANNELS: usize = 8;
/// Its outputs come in so many, which are a block of weights.
pub(crate) const TILED_OUTPUTS: usize = 16;

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

/// A decision tree. Every way through it is made equally long, so that it costs the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// The root first, each node before those that it leads to.
    pub nodes: Vec<TreeNode>,
    /// The most nodes on a way to a leaf, the leaf aside.
    pub depth: usize,
}

/// A place in a tree.
#[derive(Clone, Debug, PartialEq)]
pub enum TreeNode {
    /// Where the way forks.
    Fork {
        /// The number of the row that is asked.
        feature: usize,
        /// The way to `yes` is taken where that is less.
        less_than: f32,
        /// Which node comes then.
        yes: usize,
        /// Which node comes else, also where it is no number.
        no: usize,
    },
    /// Where it ends: what is added to each sum.
    Leaf(Vec<f32>),
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
    /// Of each pair the first where the condition is not 0, else the second; written in row-major order.
    Choose {
        /// The size of the box.
        shape: Vec<usize>,
        /// What decides.
        condition: View,
        /// What is taken where it is not 0.
        yes: View,
        /// What is taken where it is 0.
        no: View,
        /// Where it writes.
        output: BufferId,
    },
    /// Rows of a table by their numbers, which are cut to whole ones that the table has.
    Take {
        /// The table.
        table: BufferId,
        /// How many rows it has, of how many numbers.
        sizes: [usize; 2],
        /// Which rows.
        numbers: BufferId,
        /// Where it writes them.
        output: BufferId,
    },
    /// For each row: from the root of each tree to one of its leaves, and the sum of what these say, tree
    /// by tree, beginning with `bias`.
    Trees {
        /// What it reads.
        input: BufferId,
        /// How many rows, of how many numbers.
        sizes: [usize; 2],
        /// The trees.
        trees: Vec<Tree>,
        /// What the sums begin with.
        bias: Vec<f32>,
        /// Where it writes: as many numbers for each row as `bias` has.
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
    /// [`LEAST_GREATEST`](super::LEAST_GREATEST) at least.
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
        /// Down and across, how many tiles of two by two places cover the output, where sums are made for
        /// whole tiles. It makes no difference to them.
        tiles: Option<[usize; 2]>,
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

impl Kernel {
    /// The buffer that its result is in.
    pub fn output(&self) -> BufferId {
        match self {
            Self::Copy { to, .. } | Self::Quantize { to, .. } => to.buffer,
            Self::Unary { output, .. }
            | Self::Binary { output, .. }
            | Self::Choose { output, .. }
            | Self::Take { output, .. }
            | Self::Trees { output, .. }
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
            Self::Choose { condition, yes, no, .. } => {
                vec![condition.buffer, yes.buffer, no.buffer]
            }
            Self::Take { table, numbers, .. } => vec![*table, *numbers],
            Self::ConvInt8 { input, scale, .. } => vec![*input, *scale],
            Self::Unary { input, .. }
            | Self::Trees { input, .. }
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
