//! Planes: sets of cells as the zeros and ones of a tensor.
//!
//! No number is computed here: a value is 0 or 1, so a tensor is the same on every machine.

/// Appends a plane of `cells` values, the value of a cell being 1 where its bit in `set` is.
pub(crate) fn append(tensor: &mut Vec<f32>, set: u128, cells: u8) {
    tensor.extend((0..cells).map(|cell| if set >> cell & 1 == 1 { 1.0 } else { 0.0 }));
}
