//! Tensors: numbers in a box of a known shape.

/// What a tensor holds: numbers for the network, or whole ones that say where and how many.
#[derive(Clone, Debug, PartialEq)]
pub enum Elements {
    /// What networks compute with.
    F32(Vec<f32>),
    /// Indices, sizes and truth values.
    I64(Vec<i64>),
}

/// Numbers in row-major order: the last index runs fastest.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// How many places each index has; none for a single number.
    pub shape: Vec<usize>,
    /// As many as the product of the shape.
    pub elements: Elements,
}

impl Tensor {
    /// Numbers of this shape, which must be as many as it has places.
    pub fn f32(shape: Vec<usize>, elements: Vec<f32>) -> Self {
        debug_assert_eq!(shape.iter().product::<usize>(), elements.len());
        Self { shape, elements: Elements::F32(elements) }
    }

    /// Whole numbers of this shape, which must be as many as it has places.
    pub fn i64(shape: Vec<usize>, elements: Vec<i64>) -> Self {
        debug_assert_eq!(shape.iter().product::<usize>(), elements.len());
        Self { shape, elements: Elements::I64(elements) }
    }

    /// How many numbers there are.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The numbers, where they are for the network.
    pub fn as_f32(&self) -> Option<&[f32]> {
        match &self.elements {
            Elements::F32(elements) => Some(elements),
            Elements::I64(_) => None,
        }
    }

    /// The numbers, where they are whole.
    pub fn as_i64(&self) -> Option<&[i64]> {
        match &self.elements {
            Elements::F32(_) => None,
            Elements::I64(elements) => Some(elements),
        }
    }
}

/// How far apart neighbours of each index stand in row-major order.
pub(crate) fn strides(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; shape.len()];
    for index in (1..shape.len()).rev() {
        strides[index - 1] = strides[index] * shape[index];
    }
    strides
}
