//! What an assertion commits to, whoever tells it.

use nets_chain::AssertedTree;
use nets_core::{Digest, MatchId, MerkleTree, Trace, sha256, trace_root};
use nets_league::RoundResult;

use super::Case;
use crate::seals::Retraced;

/// A round as somebody tells it, with everything under the roots.
pub(crate) trait Told {
    /// The leaves of one of the round's trees.
    fn leaves(&self, tree: AssertedTree) -> Option<Vec<Vec<u8>>>;

    /// The trace of a match.
    fn trace(&self, match_index: u32) -> Option<ToldTrace>;
}

/// The trace of a match as somebody tells it.
#[derive(Clone, Debug)]
pub(crate) struct ToldTrace {
    pub(crate) match_id: MatchId,
    /// Its leaves, the end included.
    pub(crate) leaves: Vec<Vec<u8>>,
    /// The bytes of the state that each leaf has the hash of.
    pub(crate) states: Vec<Vec<u8>>,
}

impl ToldTrace {
    /// A trace with its states.
    pub(crate) fn new(trace: &Trace, states: Vec<Vec<u8>>) -> Self {
        let steps = trace.steps().map(|leaf| leaf.encode());
        let leaves = steps.chain([trace.end().encode()]).collect();
        Self { match_id: trace.match_id(), leaves, states }
    }

    /// The bytes that its root is the hash of: match id, leaf count and tree root.
    pub(crate) fn head(&self) -> Vec<u8> {
        let leaf_count = (self.leaves.len() as u32).to_le_bytes();
        [&self.match_id.0[..], &leaf_count, &self.tree_root().0].concat()
    }

    /// Its root.
    pub(crate) fn root(&self) -> Digest {
        trace_root(&self.match_id, self.leaves.len() as u32, &self.tree_root())
    }

    /// The root of the tree over its leaves.
    pub(crate) fn tree_root(&self) -> Digest {
        MerkleTree::new(self.leaves.iter().map(|leaf| sha256(leaf)).collect()).root()
    }
}

/// The leaves of one of a result's trees.
pub(crate) fn leaves_of(result: &RoundResult, tree: AssertedTree) -> Option<Vec<Vec<u8>>> {
    Some(match tree {
        AssertedTree::Entries => result.entries().iter().map(|leaf| leaf.encode()).collect(),
        AssertedTree::Matches => result.matches().iter().map(|leaf| leaf.encode()).collect(),
        AssertedTree::Ranks => result.ranks().iter().map(|leaf| leaf.encode()).collect(),
        AssertedTree::Trace(_) => return None,
    })
}

impl Told for Case<'_> {
    fn leaves(&self, tree: AssertedTree) -> Option<Vec<Vec<u8>>> {
        leaves_of(&self.played.result, tree)
    }

    fn trace(&self, match_index: u32) -> Option<ToldTrace> {
        let Retraced { trace, states } = self.retraced(match_index)?;
        Some(ToldTrace::new(&trace, states))
    }
}
