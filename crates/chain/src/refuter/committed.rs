//! A tree that an asserter committed to, beside the one that is right.
//!
//! Where a node is the right one, so is all under it, and nothing of it has to be disclosed.

use std::collections::BTreeSet;

use alloy_primitives::B256;
use nets_core::{Digest, EMPTY_NODE, MerkleTree, path_length, sha256};

use super::{AssertedTree, Disclosed, Hidden, Search, Stop};
use crate::bindings::ICourt;

/// The tree that is right.
pub(super) struct Original {
    leaves: Vec<Vec<u8>>,
    tree: MerkleTree,
}

impl Original {
    pub(super) fn new(leaves: Vec<Vec<u8>>) -> Self {
        let tree = MerkleTree::new(leaves.iter().map(|leaf| sha256(leaf)).collect());
        Self { leaves, tree }
    }
}

/// The tree that was committed to.
pub(super) struct Committed<'a> {
    tree: AssertedTree,
    root: Digest,
    count: u32,
    original: Original,
    disclosed: &'a dyn Disclosed,
}

impl<'a> Committed<'a> {
    pub(super) fn new(
        tree: AssertedTree,
        root: Digest,
        count: u32,
        original: Original,
        disclosed: &'a dyn Disclosed,
    ) -> Self {
        Self { tree, root, count, original, disclosed }
    }

    /// The same tree beside another one that is right.
    pub(super) fn beside(&self, original: Original) -> Self {
        let Self { tree, root, count, disclosed, .. } = *self;
        Self { tree, root, count, original, disclosed }
    }

    /// How many leaves it is said to have.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    fn top(&self) -> usize {
        path_length(self.count)
    }

    /// The node at `height` and `position`.
    fn node(&self, height: usize, position: u32) -> Search<Digest> {
        let mut node = self.root;
        for level in (height..self.top()).rev() {
            let below = position >> (level - height);
            node = self.child(level + 1, below >> 1, node, below)?;
        }
        Ok(node)
    }

    /// The child at `below` of a node at `height` and `position`.
    fn child(&self, height: usize, position: u32, node: Digest, below: u32) -> Search<Digest> {
        if node == EMPTY_NODE {
            return Ok(EMPTY_NODE);
        }
        if node == self.original.tree.node(height, position) {
            return Ok(self.original.tree.node(height - 1, below));
        }
        let hidden = Hidden::Children { tree: self.tree, height: height as u8, position };
        let known = self.disclosed.node(self.tree, height as u8 - 1, below);
        known.ok_or_else(|| Stop::hidden(hidden))
    }

    /// The first leaf at `from` or after it that is another than the right one: within the tree's
    /// height, so also beyond its count.
    pub(super) fn difference(&self, from: u32) -> Search<Option<u32>> {
        self.compare(self.top(), 0, self.root, from)
    }

    fn compare(
        &self,
        height: usize,
        position: u32,
        node: Digest,
        from: u32,
    ) -> Search<Option<u32>> {
        let is_before = (u64::from(position) + 1) << height <= u64::from(from);
        if is_before || node == self.original.tree.node(height, position) {
            return Ok(None);
        }
        if height == 0 {
            return Ok(Some(position));
        }
        for below in [position * 2, position * 2 + 1] {
            let child = self.child(height, position, node, below)?;
            if let Some(found) = self.compare(height - 1, below, child, from)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Calls `check` for each leaf that is another than the right one, before it looks for the next.
    pub(super) fn for_each_difference(
        &self,
        mut check: impl FnMut(u32) -> Search<()>,
    ) -> Search<BTreeSet<u32>> {
        let (mut found, mut from) = (BTreeSet::new(), 0);
        while let Some(index) = self.difference(from)? {
            check(index)?;
            found.insert(index);
            match index.checked_add(1) {
                Some(next) => from = next,
                None => break,
            }
        }
        Ok(found)
    }

    /// Whether it is the right one in all.
    pub(super) fn is_right(&self) -> bool {
        self.root == self.original.tree.node(self.top(), 0)
    }

    /// Whether the place of a leaf is right: filled within the count, empty beyond it.
    pub(super) fn is_in_shape(&self, index: u32) -> Search<bool> {
        Ok((self.node(0, index)? == EMPTY_NODE) != (index < self.count))
    }

    /// The bytes of a leaf within the count that is in shape.
    pub(super) fn leaf(&self, index: u32) -> Search<Vec<u8>> {
        if self.node(0, index)? == self.original.tree.node(0, index)
            && let Some(leaf) = self.original.leaves.get(index as usize)
        {
            return Ok(leaf.clone());
        }
        let hidden = Hidden::Leaf { tree: self.tree, index };
        self.disclosed.leaf(self.tree, index).ok_or_else(|| Stop::hidden(hidden))
    }

    /// The right bytes of a leaf.
    pub(super) fn original_leaf(&self, index: u32) -> Option<&[u8]> {
        self.original.leaves.get(index as usize).map(Vec::as_slice)
    }

    /// The siblings of a node up to the root, lowest first.
    fn path(&self, height: usize, position: u32) -> Search<Vec<B256>> {
        let sibling = |level: usize| self.node(level, (position >> (level - height)) ^ 1);
        let sibling = |level| sibling(level).map(|node| B256::new(node.0));
        (height..self.top()).map(sibling).collect()
    }

    /// A leaf with its path, as the court takes it.
    pub(super) fn proof(&self, index: u32) -> Search<ICourt::Proof> {
        Ok(ICourt::Proof { index, leaf: self.leaf(index)?.into(), path: self.path(0, index)? })
    }

    /// A node with its path, as the court takes it.
    pub(super) fn node_proof(&self, height: u8, position: u32) -> Search<ICourt::NodeProof> {
        let node = B256::new(self.node(usize::from(height), position)?.0);
        let path = self.path(usize::from(height), position)?;
        Ok(ICourt::NodeProof { height, position: u64::from(position), node, path })
    }
}
