//! Beacons: which one a league takes its seeds from, and how a round's value gets onto the chain.
//!
//! Anyone may bring a value, and nobody can bring a wrong one: the contracts see to that. What is on
//! the chain already is not brought again, so a process that was killed goes on where it was.

#[cfg(feature = "evm")]
mod drand;
mod offline;
#[cfg(feature = "evm")]
mod randao;
mod shared;

use std::sync::atomic::AtomicBool;

use alloy_primitives::Address;
use nets_chain::{Arena, BeaconKind, BeaconPlan, ChainAdapter, ChainError, IBeacon, SharedBeacon};

pub(crate) use self::offline::SecretChain;
pub use self::shared::ShareStep;

use crate::error::NodeError;
use crate::folder::ArenaFolder;
use crate::league_settings::LeagueSettings;
use crate::node::{ArenaNode, League, OPERATOR};
use crate::play::Progress;
use crate::settings::BeaconSettings;

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
        Some(BeaconKind::OfflineShared) => shared::bring(node, league, index, stop, progress),
        #[cfg(feature = "evm")]
        Some(BeaconKind::Drand) => drand::publish(node, address, index, stop, progress),
        #[cfg(feature = "evm")]
        Some(BeaconKind::Randao) => randao::record(node, league, index, stop, progress),
        _ => Err(NodeError::UnknownBeacon { league: league.name.clone(), address }),
    }
}

impl ArenaNode {
    /// Where a league takes its seeds from; none where its beacon is none that this arena names.
    pub fn beacon_of(&self, league: &League) -> Option<BeaconKind> {
        let address = Some(league.terms.beacon);
        let kinds = BeaconKind::ALL;
        kinds.into_iter().find(|kind| self.beacon_at(*kind) == address)
    }

    /// Where a beacon is, if it is on the arena's chain.
    fn beacon_at(&self, kind: BeaconKind) -> Option<Address> {
        match kind {
            BeaconKind::Offline => Some(self.arena.deployment().beacon),
            kind => self.settings.beacons.address(kind),
        }
    }

    /// The address that a new league names as its beacon. On an embedded chain, where contracts cost
    /// nothing, the beacon is put there if it is missing.
    pub(crate) fn beacon_for(&mut self, league: &LeagueSettings) -> Result<Address, NodeError> {
        let (kind, name) = (league.beacon, || league.name.clone());
        let is_public = matches!(kind, BeaconKind::Drand | BeaconKind::Randao);
        if is_public && self.chain.embedded().is_some() {
            return Err(NodeError::WorthlessBeacon { league: name(), beacon: kind.name() });
        }
        let address = match self.beacon_at(kind) {
            Some(address) => address,
            None if self.chain.embedded().is_some() => self.deploy_shared()?,
            None => {
                return Err(NodeError::BeaconNotDeployed { league: name(), beacon: kind.name() });
            }
        };
        if kind == BeaconKind::OfflineShared {
            let window = SharedBeacon::windowBlocksCall {};
            let window = Arena::view_of(&self.chain, address, &window)?;
            let least = WINDOWS_TO_VOID_MIN.saturating_mul(window + 1);
            if u64::from(league.void_blocks) < least {
                let reason = format!(
                    "void-blocks is {}, expected at least {least} with seeds from {}: each needs up \
                     to three windows of {window} blocks",
                    league.void_blocks,
                    kind.name()
                );
                return Err(NodeError::Round { league: name(), reason });
            }
        }
        Ok(address)
    }

    fn deploy_shared(&mut self) -> Result<Address, NodeError> {
        let plan = shared_plan(&self.folder, &self.settings.beacons, SHARED_EMBEDDED)?;
        let operator = self.keys.account(OPERATOR)?;
        let receipts = self.chain.send(&[(&operator, plan.creation())])?;
        let refused = || ChainError::Deployment { reason: "the beacon was not created".to_owned() };
        let address = receipts.first().and_then(|receipt| receipt.created).ok_or_else(refused)?;
        self.settings.beacons.set_address(plan.kind(), address);
        self.settings.write(&self.folder)?;
        Ok(address)
    }
}

/// How long a round on shared seeds must be able to wait, in windows of the beacon: one until the
/// secret before its own, one to commit, one to show, and as much for blocks to be final.
const WINDOWS_TO_VOID_MIN: u64 = 6;

/// The window in blocks and the bond of shares, where the settings name none.
#[derive(Clone, Copy)]
pub(crate) struct SharedTerms {
    window_blocks: u64,
    bond: u128,
}

/// On an embedded chain every share makes a block.
pub(crate) const SHARED_EMBEDDED: SharedTerms = SharedTerms { window_blocks: 8, bond: 10 };

/// An hour of an L1, several times what finality takes; a thousandth of an ether.
#[cfg(feature = "evm")]
pub(crate) const SHARED_ELSEWHERE: SharedTerms =
    SharedTerms { window_blocks: 300, bond: 1_000_000_000_000_000 };

/// The shared beacon that an arena is to have.
pub(crate) fn shared_plan(
    folder: &ArenaFolder,
    settings: &BeaconSettings,
    otherwise: SharedTerms,
) -> Result<BeaconPlan, NodeError> {
    Ok(BeaconPlan::OfflineShared {
        tip: shared::tip(folder)?,
        window_blocks: settings.shared_window_blocks.unwrap_or(otherwise.window_blocks),
        bond: settings.shared_bond.map_or(otherwise.bond, u128::from),
    })
}
