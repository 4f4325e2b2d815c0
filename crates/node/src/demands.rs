//! Demands for what asserters hide, as they stand.
//!
//! What demands there are is read from the chain's events every time, so nothing of them is kept.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolEventInterface;
use nets_chain::ChainAdapter;
use nets_chain::demands::IDemands::{Demand, IDemandsEvents};

use crate::error::NodeError;
use crate::node::ArenaNode;

/// How many levels of a tree one answer covers.
pub(crate) const LEVELS: u8 = 5;

/// The demands against assertions in the arena that were opened from block `first` on and are not
/// over, by their ids.
pub(crate) fn open_demands(
    node: &ArenaNode,
    first: u64,
) -> Result<BTreeMap<B256, Demand>, NodeError> {
    let deployment = node.arena.deployment();
    let mut open = BTreeMap::new();
    for log in node.chain.logs(first)? {
        if log.address == deployment.demands
            && let Ok(event) = IDemandsEvents::decode_raw_log(&log.topics, &log.data)
        {
            follow(&mut open, deployment.arena, log.block, event);
        }
    }
    Ok(open)
}

/// What an event makes of the demands; the contract keeps a digest of the same.
fn follow(open: &mut BTreeMap<B256, Demand>, arena: Address, block: u64, event: IDemandsEvents) {
    match event {
        IDemandsEvents::Demanded(event) if event.arena == arena => {
            open.insert(event.id, event.demand);
        }
        // The contract serves every arena that names it.
        IDemandsEvents::Demanded(_) => {}
        IDemandsEvents::NodesAnswered(event) => {
            if let Some(demand) = open.get_mut(&event.id) {
                demand.answerer = event.answerer;
                demand.answererLeft = event.answererLeft;
                demand.bonds = demand.bonds.saturating_sub(1);
                demand.movedAt = block;
            }
        }
        IDemandsEvents::Picked(event) => {
            if let Some(demand) = open.get_mut(&event.id) {
                demand.answerer = Address::ZERO;
                demand.demanderLeft = event.demanderLeft;
                demand.height = demand.height.saturating_sub(LEVELS);
                demand.position = event.position;
                demand.node = event.node;
                demand.movedAt = block;
            }
        }
        IDemandsEvents::LeavesAnswered(event) => drop(open.remove(&event.id)),
        IDemandsEvents::PreimageAnswered(event) => drop(open.remove(&event.id)),
        IDemandsEvents::Closed(event) => drop(open.remove(&event.id)),
        IDemandsEvents::Expired(event) => drop(open.remove(&event.id)),
    }
}
