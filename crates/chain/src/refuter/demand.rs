//! What has to be demanded of an asserter, as calls of the demands contract.
//!
//! Invariant: whatever the refuter finds hidden can be demanded, since the way to it is disclosed.

use alloy_sol_types::SolCall;
use nets_core::Digest;

use super::{AssertedTree, Hidden, Refuter, Search};
use crate::bindings::ICourt;
use crate::bindings::demands::ICourt as Shown;
use crate::bindings::demands::IDemands;

/// A demand that leads on: what is to be demanded and the call that opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What is hidden.
    pub hidden: Hidden,
    /// What an answer has to hash to.
    pub node: Digest,
    /// The data of the call.
    pub data: Vec<u8>,
}

impl Refuter<'_> {
    /// The demand for something hidden.
    pub(super) fn wanted(&self, hidden: Hidden) -> Search<Wanted> {
        let (tree, height, position) = match hidden {
            Hidden::Children { tree, height, position } => (tree, height, position),
            Hidden::Leaf { tree, index } => (tree, 0, index),
            Hidden::Trace(q) => return self.wanted_trace(q),
        };
        let target = shown_target(self.target);
        if let AssertedTree::Trace(q) = tree {
            let opened = self.open(q, &self.match_leaf(q)?)?;
            let node = opened.leaves.node_proof(height, position)?;
            let (hash, trace) = (Digest(node.node.0), opened.trace());
            let call = IDemands::demandTraceNodeCall {
                target,
                matchProof: shown_proof(opened.match_proof),
                trace: Shown::Trace {
                    matchId: trace.matchId,
                    leafCount: trace.leafCount,
                    treeRoot: trace.treeRoot,
                },
                node: shown_node(node),
            };
            return Ok(Wanted { hidden, node: hash, data: call.abi_encode() });
        }
        let node = match tree {
            AssertedTree::Matches => self.matches.node_proof(height, position)?,
            AssertedTree::Ranks => self.ranks.node_proof(height, position)?,
            _ => self.entries.node_proof(height, position)?,
        };
        let hash = Digest(node.node.0);
        let call = IDemands::demandNodeCall { target, tree: tree.number(), node: shown_node(node) };
        Ok(Wanted { hidden, node: hash, data: call.abi_encode() })
    }

    fn wanted_trace(&self, q: u32) -> Search<Wanted> {
        let call = IDemands::demandTraceRootCall {
            target: shown_target(self.target),
            matchProof: shown_proof(self.matches.proof(q)?),
        };
        let node = self.match_leaf(q)?.trace_root;
        Ok(Wanted { hidden: Hidden::Trace(q), node, data: call.abi_encode() })
    }
}

// The two contracts' interfaces have the same structs under one name each.

fn shown_target(target: &ICourt::Target) -> Shown::Target {
    let ICourt::Target { arena, league, round, assertion } = *target;
    Shown::Target { arena, league, round, assertion }
}

fn shown_proof(proof: ICourt::Proof) -> Shown::Proof {
    let ICourt::Proof { index, leaf, path } = proof;
    Shown::Proof { index, leaf, path }
}

fn shown_node(node: ICourt::NodeProof) -> Shown::NodeProof {
    let ICourt::NodeProof { height, position, node, path } = node;
    Shown::NodeProof { height, position, node, path }
}
