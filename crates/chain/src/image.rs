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
    code: b256!("0xdeed66ee352f12aa0991d09ed57d30c1ac128791b238a120d06e4279d229dcdf"),
    ram: b256!("0x14c133be4acec25cb12317cd8673accb192b928d93dea02f717ff73959df1d57"),
};
