//! Beacons: which one a league takes its seeds from, and how a round's value gets onto the chain.
//!
//! Anyone may bring a value, and nobody can bring a wrong one: the contracts see to that. What is on
//! the chain already is not brought again, so a process that was killed goes on where it was.

#[cfg(feature = "evm")]
mod drand;
mod offline;
#[cfg(feature = "evm")]
mod randao;

use std::sync::atomic::AtomicBool;

use alloy_primitives::Address;
use nets_chain::{Arena, BeaconKind, IBeacon};

pub(crate) use self::offline::SecretChain;

use crate::error::NodeError;
use crate::node::{ArenaNode, League};
use crate::play::Progress;

/// Brings the value that a round's seed is drawn from onto the chain, if it is not there; waits until
/// it can be known.
pub(crate) fn bring_value(
    node: &mut ArenaNode,
    league: &League,
    index: u64,
    stop: &AtomicBool,
    progress: &dyn Progress,
) -> Result<(), NodeError> {
    let address = league.terms.beacon;
    let kind = node.beacon_of(league);
    if kind == Some(BeaconKind::Offline) {
        return offline::reveal(node, league, index);
    }
    let known = Arena::view_of(&node.chain, address, &IBeacon::valueCall { index })?;
    if !known.is_zero() {
        return Ok(());
    }
    match kind {
        #[cfg(feature = "evm")]
        Some(BeaconKind::Drand) => drand::publish(node, address, index, stop, progress),
        #[cfg(feature = "evm")]
        Some(BeaconKind::Randao) => randao::record(node, league, index, stop, progress),
        _ => {
            let _ = (stop, progress);
            Err(NodeError::UnknownBeacon { league: league.name.clone(), address })
        }
    }
}

impl ArenaNode {
    /// Where a league takes its seeds from; none where its beacon is none that this arena names.
    pub fn beacon_of(&self, league: &League) -> Option<BeaconKind> {
        let address = Some(league.terms.beacon);
        let kinds = [BeaconKind::Offline, BeaconKind::Drand, BeaconKind::Randao];
        kinds.into_iter().find(|kind| self.beacon_at(*kind) == address)
    }

    /// Where a beacon is, if it is on the arena's chain.
    fn beacon_at(&self, kind: BeaconKind) -> Option<Address> {
        match kind {
            BeaconKind::Offline => Some(self.arena.deployment().beacon),
            kind => self.settings.beacons.address(kind),
        }
    }

    /// The address that a new league names as its beacon.
    pub(crate) fn beacon_for(&self, league: &str, kind: BeaconKind) -> Result<Address, NodeError> {
        let league = || league.to_owned();
        if kind != BeaconKind::Offline && self.chain.embedded().is_some() {
            return Err(NodeError::WorthlessBeacon { league: league(), beacon: kind.name() });
        }
        let missing = || NodeError::BeaconNotDeployed { league: league(), beacon: kind.name() };
        self.beacon_at(kind).ok_or_else(missing)
    }
}
