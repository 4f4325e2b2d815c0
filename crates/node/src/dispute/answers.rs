//! Answers: what was demanded of a right assertion, from the round as it was played.
//!
//! Anyone may answer, and an answer cannot be wrong: it hashes to what was demanded.

use alloy_primitives::B256;
use nets_chain::Call;
use nets_chain::demands::IDemands::{self, Demand};
use nets_core::{MerkleTree, sha256};

use super::{Case, LEVELS, subject};
use crate::node::ArenaNode;

impl Case<'_> {
    /// The call that answers a demand; none where it is not about this round.
    pub(super) fn answer(&self, node: &ArenaNode, id: B256, demand: &Demand) -> Option<Call> {
        let preimage = |preimage: Vec<u8>| {
            let (given, preimage) = (demand.clone(), preimage.into());
            node.arena.demands_call(&IDemands::answerPreimageCall { id, given, preimage })
        };
        match demand.subject {
            subject::TRACE_ROOT => {
                let trace = self.retraced(demand.matchIndex)?.trace;
                let (leaf_count, tree_root) = (trace.leaf_count().to_le_bytes(), trace.tree_root());
                let head = [&trace.match_id().0[..], &leaf_count, &tree_root.0].concat();
                Some(preimage(head))
            }
            subject::STATE => {
                let mut states = self.retraced(demand.matchIndex)?.states.into_iter();
                let state = states.nth(usize::try_from(demand.position).ok()?)?;
                Some(preimage(state))
            }
            _ => self.answer_in_tree(node, id, demand),
        }
    }

    fn answer_in_tree(&self, node: &ArenaNode, id: B256, demand: &Demand) -> Option<Call> {
        let leaves = self.leaves(demand)?;
        let position = u32::try_from(demand.position).ok()?;
        if demand.height <= LEVELS {
            let first = (position as usize) << demand.height;
            let shown = leaves.get(first..)?.iter().take(1 << demand.height);
            let encode = |leaf: &Vec<u8>| [&(leaf.len() as u16).to_le_bytes(), &leaf[..]].concat();
            let leaves = shown.flat_map(encode).collect::<Vec<_>>().into();
            let call = IDemands::answerLeavesCall { id, given: demand.clone(), leaves };
            return Some(node.arena.demands_call(&call));
        }
        let height = usize::from(demand.height - LEVELS);
        let covered = leaves.len().div_ceil(1 << height) as u32;
        let tree = MerkleTree::new(leaves.iter().map(|leaf| sha256(leaf)).collect());
        let shown = (position << LEVELS..covered).take(1 << LEVELS);
        let nodes = shown.map(|position| B256::new(tree.node(height, position).0)).collect();
        let call = IDemands::answerNodesCall { id, given: demand.clone(), nodes };
        Some(node.arena.demands_call(&call))
    }

    /// The leaves of the tree that a demand is about.
    fn leaves(&self, demand: &Demand) -> Option<Vec<Vec<u8>>> {
        let result = &self.played.result;
        Some(match demand.subject {
            subject::MATCHES => result.matches().iter().map(|leaf| leaf.encode()).collect(),
            subject::RANKS => result.ranks().iter().map(|leaf| leaf.encode()).collect(),
            subject::TRACE => {
                let trace = self.retraced(demand.matchIndex)?.trace;
                let steps = trace.steps().map(|leaf| leaf.encode());
                steps.chain([trace.end().encode()]).collect()
            }
            _ => result.entries().iter().map(|leaf| leaf.encode()).collect(),
        })
    }
}
