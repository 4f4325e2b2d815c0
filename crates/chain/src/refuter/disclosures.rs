//! What was disclosed of one assertion, from answers to demands.
//!
//! Invariant: nothing is kept that does not hash to what the asserter committed to; who brings an
//! answer says what it has to hash to, and the contract has checked the way there.

use std::collections::BTreeMap;

use nets_core::{Digest, EMPTY_NODE, MatchId, MerkleTree, sha256, trace_root};

use super::{AssertedTree, Disclosed, TraceHead};

/// The bytes of match id, leaf count and tree root.
const HEAD_BYTES: usize = 68;

/// Nodes, leaves and trace heads that were disclosed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disclosures {
    nodes: BTreeMap<(AssertedTree, u8, u32), Digest>,
    leaves: BTreeMap<(AssertedTree, u32), Vec<u8>>,
    heads: BTreeMap<u32, TraceHead>,
}

/// A node under which something was disclosed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DisclosedNode {
    /// The tree.
    pub tree: AssertedTree,
    /// How far above the leaves it is.
    pub height: u8,
    /// Its position in its level.
    pub position: u32,
    /// The node.
    pub node: Digest,
}

impl Disclosures {
    /// Takes the nodes `levels` below one, those that have leaves under them; gives whether they
    /// hash to it.
    pub fn nodes_under(&mut self, under: &DisclosedNode, levels: u8, nodes: &[Digest]) -> bool {
        let Some(height) = under.height.checked_sub(levels) else { return false };
        let Some(tree) = filled(nodes.to_vec(), levels) else { return false };
        if tree.root() != under.node {
            return false;
        }
        for level in 0..=levels {
            for below in 0..1u32 << (levels - level) {
                let first = under.position << (levels - level);
                let node = tree.node(usize::from(level), below);
                self.nodes.insert((under.tree, height + level, first + below), node);
            }
        }
        true
    }

    /// Takes all leaves under a node; gives whether they hash to it.
    pub fn leaves_under(&mut self, under: &DisclosedNode, leaves: Vec<Vec<u8>>) -> bool {
        let hashes: Vec<_> = leaves.iter().map(|leaf| sha256(leaf)).collect();
        if !self.nodes_under(under, under.height, &hashes) {
            return false;
        }
        let first = under.position << under.height;
        let placed = (first..).zip(leaves);
        self.leaves.extend(placed.map(|(index, leaf)| ((under.tree, index), leaf)));
        true
    }

    /// The leaves of a tree that were disclosed.
    pub fn leaves_of(&self, tree: AssertedTree) -> impl Iterator<Item = &[u8]> {
        self.leaves.range((tree, 0)..=(tree, u32::MAX)).map(|(_, leaf)| &leaf[..])
    }

    /// Takes the bytes under the trace root of a match; gives whether they hash to it.
    pub fn head(&mut self, match_index: u32, root: &Digest, bytes: &[u8]) -> bool {
        let Some(head) = read_head(bytes) else { return false };
        if trace_root(&head.match_id, head.leaf_count, &head.tree_root) != *root {
            return false;
        }
        self.heads.insert(match_index, head);
        true
    }
}

impl Disclosed for Disclosures {
    fn node(&self, tree: AssertedTree, height: u8, position: u32) -> Option<Digest> {
        self.nodes.get(&(tree, height, position)).copied()
    }

    fn leaf(&self, tree: AssertedTree, index: u32) -> Option<Vec<u8>> {
        self.leaves.get(&(tree, index)).cloned()
    }

    fn trace(&self, match_index: u32) -> Option<TraceHead> {
        self.heads.get(&match_index).copied()
    }
}

/// The tree of that height over these nodes, the rest being empty; none where they are too many.
fn filled(mut nodes: Vec<Digest>, height: u8) -> Option<MerkleTree> {
    let width = 1usize.checked_shl(u32::from(height))?;
    if nodes.is_empty() || nodes.len() > width {
        return None;
    }
    nodes.resize(width, EMPTY_NODE);
    Some(MerkleTree::new(nodes))
}

fn read_head(bytes: &[u8]) -> Option<TraceHead> {
    if bytes.len() != HEAD_BYTES {
        return None;
    }
    let (id, rest) = bytes.split_first_chunk::<32>()?;
    let (count, rest) = rest.split_first_chunk::<4>()?;
    let (root, _) = rest.split_first_chunk::<32>()?;
    Some(TraceHead {
        match_id: MatchId(*id),
        leaf_count: u32::from_le_bytes(*count),
        tree_root: Digest(*root),
    })
}
