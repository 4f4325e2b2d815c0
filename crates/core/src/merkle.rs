//! The one Merkle tree of nets: a perfect binary tree, filled up with empty leaves.
//!
//! Position is the path: a proof has exactly `ceil(log2(count))` siblings and the bits of the index
//! say on which side each stands, so no leaf can pass for another, for an inner node, or for one
//! beyond the count. Leaves and nodes are hashed under different tags, nothing is duplicated, and
//! what commits to a root commits to the count beside it. SPEC.md section 5.

use alloc::vec::Vec;
use core::ops::Range;
use core::{array, iter};

use thiserror::Error;

use crate::hash::{Digest, Tag, hash_pair, hash_two_pairs};

/// What stands where a subtree has no leaf.
pub const EMPTY_NODE: Digest = Digest([0; 32]);

/// A path that cannot belong to its index and count.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PathError {
    /// The index is not below the count.
    #[error("index {index} is not below the leaf count {count}")]
    Index {
        /// The index.
        index: u32,
        /// The count.
        count: u32,
    },
    /// Too few or too many siblings.
    #[error("a tree of {count} leaves has paths of {expected} siblings, got {got}")]
    Length {
        /// The count.
        count: u32,
        /// How many siblings a path has.
        expected: usize,
        /// How many were given.
        got: usize,
    },
}

/// How many siblings a path has in a tree of `count` leaves: `ceil(log2(count))`.
pub fn path_length(count: u32) -> usize {
    count.saturating_sub(1).checked_ilog2().map_or(0, |log| log as usize + 1)
}

/// The node above two: [`EMPTY_NODE`] where both are.
pub fn parent(left: &Digest, right: &Digest) -> Digest {
    if *left == EMPTY_NODE && *right == EMPTY_NODE {
        return EMPTY_NODE;
    }
    hash_pair(Tag::Node, [left, right])
}

/// The [`parent`] of each of two pairs, side by side.
fn two_parents(children: [[&Digest; 2]; 2]) -> [Digest; 2] {
    // Rare, as nothing hashes to the empty node: it takes leaves that are empty themselves.
    match children.contains(&[&EMPTY_NODE; 2]) {
        true => children.map(|[left, right]| parent(left, right)),
        false => hash_two_pairs(Tag::Node, children),
    }
}

/// The root that `leaf` at `index` of `count` leads to over `siblings`, lowest first.
///
/// # Errors
/// When the index is not below the count, or the path's length is not that of the count.
pub fn path_root(
    leaf: Digest,
    index: u32,
    count: u32,
    siblings: &[Digest],
) -> Result<Digest, PathError> {
    if index >= count {
        return Err(PathError::Index { index, count });
    }
    let expected = path_length(count);
    if siblings.len() != expected {
        return Err(PathError::Length { count, expected, got: siblings.len() });
    }
    let climb = |(node, index): (Digest, u32), sibling: &Digest| {
        let node = if index & 1 == 0 { parent(&node, sibling) } else { parent(sibling, &node) };
        (node, index >> 1)
    };
    Ok(siblings.iter().fold((leaf, index), climb).0)
}

/// A tree with all its levels, for making proofs.
#[derive(Clone, Debug)]
pub struct MerkleTree {
    /// The levels one behind the other, the leaves first, the root last; each ends with its last
    /// non-empty node.
    nodes: Vec<Digest>,
    count: usize,
}

/// Where the levels of a tree of `count` leaves are among its nodes, the leaves first.
fn levels(count: usize) -> impl Iterator<Item = Range<usize>> {
    let above = |below: &Range<usize>| {
        let has_parents = below.len() > 1;
        has_parents.then(|| below.end..below.end + below.len().div_ceil(2))
    };
    iter::successors(Some(0..count), above)
}

impl MerkleTree {
    /// The tree over these leaf hashes.
    pub fn new(leaves: Vec<Digest>) -> Self {
        let (count, mut nodes) = (leaves.len(), leaves);
        nodes.reserve_exact(levels(count).skip(1).map(|level| level.len()).sum());
        for level in levels(count).filter(|level| level.len() > 1) {
            for start in level.clone().step_by(4) {
                let node = |at| nodes[..level.end].get(at).unwrap_or(&EMPTY_NODE);
                let [a, b, c, d] = array::from_fn(|i| node(start + i));
                match level.end - start {
                    1 | 2 => nodes.push(parent(a, b)),
                    _ => nodes.extend(two_parents([[a, b], [c, d]])),
                }
            }
        }
        Self { nodes, count }
    }

    /// The root; [`EMPTY_NODE`] where there is no leaf.
    pub fn root(&self) -> Digest {
        self.nodes.last().copied().unwrap_or(EMPTY_NODE)
    }

    /// How many leaves there are.
    pub fn count(&self) -> u32 {
        self.count as u32
    }

    /// The node `height` levels above the leaves, at `position` of its level: also beyond the leaves
    /// and above the root, as in a tree of more leaves of which the further ones are empty.
    pub fn node(&self, height: usize, position: u32) -> Digest {
        match levels(self.count).nth(height) {
            Some(level) => self.nodes[level].get(position as usize).copied().unwrap_or(EMPTY_NODE),
            None if position == 0 => parent(&self.node(height - 1, 0), &EMPTY_NODE),
            None => EMPTY_NODE,
        }
    }

    /// The siblings from leaf `index` up, lowest first.
    ///
    /// # Errors
    /// When there is no such leaf.
    pub fn path(&self, index: u32) -> Result<Vec<Digest>, PathError> {
        let count = self.count();
        if index >= count {
            return Err(PathError::Index { index, count });
        }
        let sibling = |(height, level): (usize, Range<usize>)| {
            let position = (index as usize >> height) ^ 1;
            self.nodes[level].get(position).copied().unwrap_or(EMPTY_NODE)
        };
        let levels = levels(self.count).filter(|level| level.len() > 1);
        Ok(levels.enumerate().map(sibling).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::sha256;

    fn leaves(count: u32) -> Vec<Digest> {
        (0..count).map(|i| sha256(&i.to_le_bytes())).collect()
    }

    #[test]
    fn nodes_are_those_of_every_larger_tree_that_ends_in_empty_leaves() {
        for count in 1..=17 {
            let (tree, mut more) = (MerkleTree::new(leaves(count)), leaves(count));
            more.resize(64, EMPTY_NODE);
            let larger = MerkleTree::new(more);
            for height in 0..=6 {
                for position in 0..64 >> height {
                    assert_eq!(tree.node(height, position), larger.node(height, position));
                }
            }
        }
    }

    #[test]
    fn every_leaf_of_trees_of_every_size_is_proven() {
        for count in 1..=70 {
            let tree = MerkleTree::new(leaves(count));
            for (index, leaf) in (0..).zip(leaves(count)) {
                let path = tree.path(index).unwrap();
                assert_eq!(path_root(leaf, index, count, &path), Ok(tree.root()));
            }
        }
    }

    #[test]
    fn no_leaf_is_proven_at_another_index_or_with_another_leaf() {
        let tree = MerkleTree::new(leaves(13));
        for index in 0..13 {
            let path = tree.path(index).unwrap();
            for other in 0..13 {
                let leaf = leaves(13)[other as usize];
                let proven = path_root(leaf, index, 13, &path) == Ok(tree.root());
                assert_eq!(proven, other == index);
                let leaf = leaves(13)[index as usize];
                let proven = path_root(leaf, other, 13, &path) == Ok(tree.root());
                assert_eq!(proven, other == index);
            }
        }
    }

    #[test]
    fn an_index_beyond_the_count_and_a_path_of_wrong_length_are_refused() {
        let tree = MerkleTree::new(leaves(5));
        let path = tree.path(4).unwrap();
        let leaf = leaves(5)[4];
        assert_eq!(path_root(leaf, 5, 5, &path), Err(PathError::Index { index: 5, count: 5 }));
        assert!(path_root(leaf, 4, 5, &path[1..]).is_err());
        assert!(path_root(leaf, 4, 9, &path).is_err());
    }

    #[test]
    fn a_repeated_last_leaf_makes_another_root() {
        let mut repeated = leaves(3);
        repeated.push(repeated[2]);
        assert_ne!(MerkleTree::new(leaves(3)).root(), MerkleTree::new(repeated).root());
    }

    #[test]
    fn the_empty_tree_has_the_empty_root() {
        assert_eq!(MerkleTree::new(Vec::new()).root(), EMPTY_NODE);
        assert!(MerkleTree::new(Vec::new()).path(0).is_err());
    }

    #[test]
    fn path_length_is_the_logarithm_rounded_up() {
        let lengths = [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (512, 9), (513, 10)];
        for (count, length) in lengths {
            assert_eq!(path_length(count), length, "count {count}");
        }
        assert_eq!(path_length(u32::MAX), 32);
    }
}
