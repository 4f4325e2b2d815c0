//! The leaves of a trace in their order, read from the root of their tree.
//!
//! Each inner node is read once: what is not reached yet waits on a stack, which has at most one node
//! for each height. Where leaves are missing there must be nothing.

use alloc::vec;
use alloc::vec::Vec;

use nets_core::{Digest, EMPTY_NODE, Tag, path_length};

use crate::hashes::{Hashes, read};
use crate::judging::Halt;
use crate::verdict::False;

/// The bytes of an inner node: tag, left, right.
const NODE_BYTES: usize = 1 + 32 + 32;

/// No leaf of a trace is longer, in bytes: eight signed actions take fewer.
const LEAF_BYTES_MAX: u64 = 1_024;

/// The leaves that are still to be read.
#[derive(Debug)]
pub(crate) struct Leaves {
    /// Roots of subtrees with their heights, the next one last.
    waiting: Vec<(Digest, usize)>,
}

impl Leaves {
    /// The leaves of the tree with this root.
    pub(crate) fn new(root: Digest, count: u32) -> Self {
        Self { waiting: vec![(root, path_length(count))] }
    }

    /// The bytes of the next leaf.
    pub(crate) fn next<H: Hashes>(&mut self, hashes: &mut H) -> Result<Vec<u8>, Halt<H::Unknown>> {
        loop {
            let (digest, height) = self.waiting.pop().ok_or(False::Tree)?;
            if digest == EMPTY_NODE {
                return Err(False::Tree.into());
            }
            if height == 0 {
                let leaf = read(hashes, &digest, LEAF_BYTES_MAX).map_err(Halt::Unknown)?;
                return Ok(leaf.or(False::Leaf)?);
            }
            let node = read(hashes, &digest, NODE_BYTES as u64).map_err(Halt::Unknown)?;
            let [left, right] = children(&node.or(False::Tree)?).ok_or(False::Tree)?;
            self.waiting.push((right, height - 1));
            self.waiting.push((left, height - 1));
        }
    }

    /// Whether nothing follows the leaves that were read.
    pub(crate) fn are_read(&self) -> bool {
        self.waiting.iter().all(|(digest, _)| *digest == EMPTY_NODE)
    }
}

fn children(node: &[u8]) -> Option<[Digest; 2]> {
    let (&tag, rest) = node.split_first()?;
    let (left, right) = rest.split_first_chunk()?;
    (tag == Tag::Node as u8).then_some([Digest(*left), Digest(right.try_into().ok()?)])
}
