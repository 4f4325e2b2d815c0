//! What the contracts know of the image, the program that says in a trial what a seat did.

use alloy_primitives::{B256, b256};

/// Where a program begins, and the roots of its code and of the memory that it begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageRoots {
    /// The address of its first instruction.
    pub entry: u32,
    /// The root of the tree over its code.
    pub code: B256,
    /// The root of the tree over its first memory.
    pub ram: B256,
}

/// The image of this version, `image/nets.image`. Another one makes other contracts, and so an arena
/// of another version; it changes nothing of one that is there.
pub const IMAGE: ImageRoots = ImageRoots {
    entry: 0,
    code: b256!("0x47c518df188acf96e8b5c1c213df8a21c0b9fbf10bb3dc87f320535532b8d1cf"),
    ram: b256!("0x09989b107e0ad9b98ff09d554f77dbc7f31d87c9a6d3effd06c19cb2db013b99"),
};
