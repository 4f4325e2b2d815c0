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
    code: b256!("0x0000000000000000000000000000000000000000000000000000000000000000"),
    ram: b256!("0x0000000000000000000000000000000000000000000000000000000000000000"),
};
