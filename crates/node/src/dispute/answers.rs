//! Answers: what was demanded of an assertion, from all that it commits to.
//!
//! Anyone may answer, and an answer cannot be wrong: it hashes to what was demanded.

use alloy_primitives::B256;
use nets_chain::demands::IDemands::{self, Demand};
use nets_chain::{Arena, AssertedTree, Call};
use nets_core::{MerkleTree, sha256};

use super::docket::demanded_tree;
use super::told::Told;
use super::{LEVELS, subject};

/// The call that answers a demand; none where what is told has nothing of the kind.
pub(crate) fn answer(told: &dyn Told, arena: &Arena, id: B256, demand: &Demand) -> Option<Call> {
    if let Some(tree) = demanded_tree(demand) {
        return answer_in_tree(told, arena, id, demand, tree);
    }
    let trace = told.trace(demand.matchIndex)?;
    let preimage = match demand.subject {
        subject::TRACE_ROOT => trace.head(),
        _ => trace.states.into_iter().nth(usize::try_from(demand.position).ok()?)?,
    };
    let (given, preimage) = (demand.clone(), preimage.into());
    Some(arena.demands_call(&IDemands::answerPreimageCall { id, given, preimage }))
}

fn answer_in_tree(
    told: &dyn Told,
    arena: &Arena,
    id: B256,
    demand: &Demand,
    tree: AssertedTree,
) -> Option<Call> {
    let leaves = match tree {
        AssertedTree::Trace(q) => told.trace(q)?.leaves,
        tree => told.leaves(tree)?,
    };
    let position = u32::try_from(demand.position).ok()?;
    if demand.height <= LEVELS {
        let first = (position as usize) << demand.height;
        let shown = leaves.get(first..)?.iter().take(1 << demand.height);
        let encode = |leaf: &Vec<u8>| [&(leaf.len() as u16).to_le_bytes(), &leaf[..]].concat();
        let leaves = shown.flat_map(encode).collect::<Vec<_>>().into();
        let call = IDemands::answerLeavesCall { id, given: demand.clone(), leaves };
        return Some(arena.demands_call(&call));
    }
    let height = usize::from(demand.height - LEVELS);
    let covered = leaves.len().div_ceil(1 << height) as u32;
    let tree = MerkleTree::new(leaves.iter().map(|leaf| sha256(leaf)).collect());
    let shown = (position << LEVELS..covered).take(1 << LEVELS);
    let nodes = shown.map(|position| B256::new(tree.node(height, position).0)).collect();
    let call = IDemands::answerNodesCall { id, given: demand.clone(), nodes };
    Some(arena.demands_call(&call))
}
