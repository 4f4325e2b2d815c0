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
    code: b256!("0xfde92db7c9b9f19678f172f13174f6e02d0dceac8b70b94a9d32b41f042b8f66"),
    ram: b256!("0xe559c0f3a4fec5ba6bfcc3105b9e8a2f888c68769ff8f8f0d508f8723d905242"),
};
