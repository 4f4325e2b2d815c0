//! Dockets: what stands demanded of each assertion, and what was disclosed of it.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolEventInterface;
use nets_chain::demands::IDemands::{Demand, IDemandsEvents};
use nets_chain::{AssertedTree, ChainAdapter, DisclosedNode, Disclosures, Following};
use nets_core::Digest;

use super::{LEVELS, subject};
use crate::error::NodeError;
use crate::node::ArenaNode;

/// An assertion: league, round and number.
pub(crate) type AssertionKey = (u64, u32, u32);

/// What is known of one assertion.
#[derive(Debug, Default)]
pub(crate) struct Docket {
    /// The demands that are not over, by their ids.
    pub(crate) open: BTreeMap<B256, Demand>,
    /// What was answered.
    pub(crate) disclosed: Disclosures,
}

/// The dockets of all assertions in the arena of which anything was demanded.
#[derive(Debug)]
pub(crate) struct Dockets {
    dockets: BTreeMap<AssertionKey, Docket>,
    /// Whose the open demands are.
    keys: BTreeMap<B256, AssertionKey>,
    /// The seats on trial.
    trials: Following,
    empty: Docket,
}

impl Dockets {
    /// Those of an arena in which nothing was demanded yet.
    pub(crate) fn new(arena: Address) -> Self {
        Self {
            dockets: BTreeMap::new(),
            keys: BTreeMap::new(),
            trials: Following::new(arena),
            empty: Docket::default(),
        }
    }

    /// What the events from block `first` on say.
    pub(crate) fn read(node: &ArenaNode, first: u64) -> Result<Self, NodeError> {
        let deployment = node.arena.deployment();
        let mut dockets = Self::new(deployment.arena);
        for log in node.chain.logs(first)? {
            if log.address != deployment.demands {
                continue;
            }
            match IDemandsEvents::decode_raw_log(&log.topics, &log.data) {
                Ok(event) => dockets.follow(deployment.arena, log.block, event),
                Err(_) => dockets.trials.note(&log),
            }
        }
        Ok(dockets)
    }

    /// The docket of an assertion.
    pub(crate) fn of(&self, key: AssertionKey) -> &Docket {
        self.dockets.get(&key).unwrap_or(&self.empty)
    }

    /// The open trials.
    pub(crate) fn trials(&self) -> &Following {
        &self.trials
    }

    /// The dockets of a round's assertions.
    pub(crate) fn of_round(&self, league: u64, round: u32) -> impl Iterator<Item = &Docket> {
        self.dockets.range((league, round, 0)..=(league, round, u32::MAX)).map(|(_, docket)| docket)
    }

    /// All demands that are not over.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Demand> {
        self.dockets.values().flat_map(|docket| docket.open.values())
    }

    /// What an event makes of the demands; the contract keeps a digest of the same.
    fn follow(&mut self, arena: Address, block: u64, event: IDemandsEvents) {
        match event {
            IDemandsEvents::Demanded(event) if event.arena == arena => {
                let of = &event.demand;
                let key = (of.league, of.round, of.assertion);
                self.keys.insert(event.id, key);
                self.dockets.entry(key).or_default().open.insert(event.id, event.demand);
            }
            // The contract serves every arena that names it.
            IDemandsEvents::Demanded(_) => {}
            IDemandsEvents::NodesAnswered(event) => {
                let Some((demand, disclosed)) = self.demand(&event.id) else { return };
                if let Some(under) = demanded_node(demand) {
                    let nodes: Vec<_> = event.nodes.iter().map(|node| Digest(node.0)).collect();
                    disclosed.nodes_under(&under, LEVELS, &nodes);
                }
                demand.answerer = event.answerer;
                demand.answererLeft = event.answererLeft;
                demand.bonds = demand.bonds.saturating_sub(1);
                demand.movedAt = block;
            }
            IDemandsEvents::Picked(event) => {
                let Some((demand, _)) = self.demand(&event.id) else { return };
                demand.answerer = Address::ZERO;
                demand.demanderLeft = event.demanderLeft;
                demand.height = demand.height.saturating_sub(LEVELS);
                demand.position = event.position;
                demand.node = event.node;
                demand.movedAt = block;
            }
            IDemandsEvents::LeavesAnswered(event) => {
                let Some((demand, disclosed)) = self.demand(&event.id) else { return };
                if let Some(under) = demanded_node(demand) {
                    disclosed.leaves_under(&under, split_leaves(&event.leaves));
                }
                self.end(&event.id);
            }
            IDemandsEvents::PreimageAnswered(event) => {
                let Some((demand, disclosed)) = self.demand(&event.id) else { return };
                if demand.subject == subject::TRACE_ROOT {
                    disclosed.head(demand.matchIndex, &Digest(demand.node.0), &event.preimage);
                }
                self.end(&event.id);
            }
            IDemandsEvents::Closed(event) => self.end(&event.id),
            IDemandsEvents::Expired(event) => self.end(&event.id),
        }
    }

    fn demand(&mut self, id: &B256) -> Option<(&mut Demand, &mut Disclosures)> {
        let docket = self.dockets.get_mut(self.keys.get(id)?)?;
        Some((docket.open.get_mut(id)?, &mut docket.disclosed))
    }

    fn end(&mut self, id: &B256) {
        if let Some(key) = self.keys.remove(id)
            && let Some(docket) = self.dockets.get_mut(&key)
        {
            docket.open.remove(id);
        }
    }
}

/// The tree that a demand is about; none where it is about what is under a single hash.
pub(super) fn demanded_tree(demand: &Demand) -> Option<AssertedTree> {
    match demand.subject {
        subject::ENTRIES => Some(AssertedTree::Entries),
        subject::MATCHES => Some(AssertedTree::Matches),
        subject::RANKS => Some(AssertedTree::Ranks),
        subject::TRACE => Some(AssertedTree::Trace(demand.matchIndex)),
        _ => None,
    }
}

fn demanded_node(demand: &Demand) -> Option<DisclosedNode> {
    Some(DisclosedNode {
        tree: demanded_tree(demand)?,
        height: demand.height,
        position: u32::try_from(demand.position).ok()?,
        node: Digest(demand.node.0),
    })
}

/// The leaves of an answer: for each `length u16 ‖ bytes`, little-endian.
pub(crate) fn split_leaves(mut rest: &[u8]) -> Vec<Vec<u8>> {
    let mut leaves = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk::<2>()
        && let Some((leaf, after)) = after.split_at_checked(u16::from_le_bytes(*length).into())
    {
        leaves.push(leaf.to_vec());
        rest = after;
    }
    leaves
}
