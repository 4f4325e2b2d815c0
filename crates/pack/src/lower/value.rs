//! What a name of the file stands for while a program is made.

use crate::program::{BufferId, View};
use crate::tensor::{Tensor, strides};

/// In which order the numbers of a value stand in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// The last index runs fastest.
    RowMajor,
    /// Of a batch of one picture: rows, columns, channels, though the shape says 1, channels, rows,
    /// columns. Windows move over this order.
    ChannelsLast,
}

impl Layout {
    /// Where the elements of a shape stand in a buffer of this layout.
    pub(super) fn view(self, buffer: BufferId, shape: &[usize]) -> View {
        let strides = match self {
            Self::RowMajor => strides(shape),
            Self::ChannelsLast => vec![shape.iter().product(), 1, shape[3] * shape[1], shape[1]],
        };
        View { buffer, offset: 0, strides }
    }
}

/// Numbers that are known, or where they will be.
#[derive(Clone, Debug)]
pub(super) enum Held {
    Constant(Tensor),
    Buffer { buffer: BufferId, layout: Layout },
}

/// A tensor of the network.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) shape: Vec<usize>,
    pub(super) held: Held,
}

impl Value {
    pub(super) fn constant(tensor: Tensor) -> Self {
        Self { shape: tensor.shape.clone(), held: Held::Constant(tensor) }
    }

    pub(super) fn plain(buffer: BufferId, shape: Vec<usize>) -> Self {
        Self::laid_out(buffer, shape, Layout::RowMajor)
    }

    pub(super) fn laid_out(buffer: BufferId, shape: Vec<usize>, layout: Layout) -> Self {
        Self { shape, held: Held::Buffer { buffer, layout } }
    }

    pub(super) fn len(&self) -> usize {
        self.shape.iter().product()
    }

    pub(super) fn as_constant(&self) -> Option<&Tensor> {
        match &self.held {
            Held::Constant(tensor) => Some(tensor),
            Held::Buffer { .. } => None,
        }
    }
}
