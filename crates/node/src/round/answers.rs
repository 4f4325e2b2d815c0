//! Answers to demands: who asserted a round gives what others demand of it, while it stands.
//!
//! Anyone may answer, and an answer cannot be wrong: it hashes to what was demanded.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use nets_chain::demands::IDemands::{self, Demand};
use nets_chain::{Call, ChainAdapter, ChainError};
use nets_core::{MerkleTree, sha256};

use crate::demands::{LEVELS, open_demands};
use crate::error::NodeError;
use crate::node::{ArenaNode, OPERATOR};
use crate::play::{PlayedRound, Progress, RoundPlan};
use crate::seals::{Retraced, retrace};

/// The subjects of demands, as the contract numbers them; those below are trees of the round.
const MATCHES: u8 = 1;
const RANKS: u8 = 2;
const TRACE: u8 = 3;
const TRACE_ROOT: u8 = 4;
const STATE: u8 = 5;

/// An assertion that is to be defended, with all that it commits to.
pub(super) struct Defended<'a> {
    pub(super) plan: &'a RoundPlan,
    pub(super) played: &'a PlayedRound,
    pub(super) assertion: u32,
    /// The block it was posted in.
    pub(super) posted_at: u64,
}

impl Defended<'_> {
    /// Answers every demand against the assertion that waits for an answer.
    pub(super) fn answer_all(
        &self,
        node: &mut ArenaNode,
        progress: &dyn Progress,
    ) -> Result<(), NodeError> {
        let operator = node.account(OPERATOR)?;
        for (id, demand) in self.due(node)? {
            let Some(answer) = self.answer(node, id, &demand) else { continue };
            match node.chain.call(Address::new(operator.address().0), &answer) {
                Ok(_) => node.chain.send(&[(&operator, answer)])?,
                // Somebody else was first, or it is over; the events will say.
                Err(ChainError::Reverted { .. }) => continue,
                Err(error) => return Err(error.into()),
            };
            progress.note(&format!(
                "{}, round {}: answered a demand of {}",
                self.plan.league.name, self.plan.round, demand.demander
            ));
        }
        Ok(())
    }

    /// The demands against the assertion that wait for an answer, by their ids.
    fn due(&self, node: &ArenaNode) -> Result<BTreeMap<B256, Demand>, NodeError> {
        let ours = (self.plan.league.id, self.plan.round, self.assertion);
        let mut open = open_demands(node, self.posted_at)?;
        open.retain(|_, demand| {
            let of = (demand.league, demand.round, demand.assertion);
            of == ours && demand.answerer.is_zero()
        });
        Ok(open)
    }

    /// The call that answers a demand; none where it is not about this round.
    fn answer(&self, node: &ArenaNode, id: B256, demand: &Demand) -> Option<Call> {
        let preimage = |preimage: Vec<u8>| {
            let (given, preimage) = (demand.clone(), preimage.into());
            node.arena.demands_call(&IDemands::answerPreimageCall { id, given, preimage })
        };
        match demand.subject {
            TRACE_ROOT => {
                let trace = self.retraced(demand.matchIndex)?.trace;
                let (leaf_count, tree_root) = (trace.leaf_count().to_le_bytes(), trace.tree_root());
                let head = [&trace.match_id().0[..], &leaf_count, &tree_root.0].concat();
                Some(preimage(head))
            }
            STATE => {
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
            MATCHES => result.matches().iter().map(|leaf| leaf.encode()).collect(),
            RANKS => result.ranks().iter().map(|leaf| leaf.encode()).collect(),
            TRACE => {
                let trace = self.retraced(demand.matchIndex)?.trace;
                let steps = trace.steps().map(|leaf| leaf.encode());
                steps.chain([trace.end().encode()]).collect()
            }
            _ => result.entries().iter().map(|leaf| leaf.encode()).collect(),
        })
    }

    fn retraced(&self, q: u32) -> Option<Retraced> {
        retrace(self.plan.league.system.as_ref(), self.played.records.get(&q)?)
    }
}
