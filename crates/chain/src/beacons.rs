//! Beacons: where a league may take its seeds from, what that is worth, and the contracts of those
//! that an arena does not come with.

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolConstructor;
use serde::{Deserialize, Serialize};

use crate::adapter::{ChainAdapter, ChainError};
use crate::arena::{Arena, ArenaError};
use crate::bindings::{DrandBeacon, RandaoBeacon, SharedBeacon};
use crate::embedded::EmbeddedChain;
use crate::transaction::Call;

/// How many of drand's rounds the clock of a chain may lag: thirty seconds, more than the time
/// between the blocks of a chain with a block every twelve.
const DRAND_MARGIN_ROUNDS: u64 = 10;

/// How many blocks ahead a RANDAO mix is taken for unknown: four epochs, since the proposers of an
/// epoch and of the next are known, and may be few.
const RANDAO_LOOKAHEAD_BLOCKS: u64 = 128;

/// A source of seeds, as leagues.toml names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BeaconKind {
    /// The operator's chain of secrets, which every arena is deployed with.
    #[default]
    Offline,
    /// Another chain of secrets of the operator's, each mixed with shares of whoever wants.
    OfflineShared,
    /// The public randomness of drand's quicknet.
    Drand,
    /// The RANDAO mix of a future block of an L1.
    Randao,
}

impl BeaconKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Offline, Self::OfflineShared, Self::Drand, Self::Randao];

    /// How settings and tables name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::OfflineShared => "offline-shared",
            Self::Drand => "drand",
            Self::Randao => "randao",
        }
    }

    /// Who can know or choose a seed, in one sentence without its end.
    pub fn worth(self) -> &'static str {
        match self {
            Self::Offline => {
                "the operator knows all seeds in advance and may stop, nobody can choose one: fair \
                 only if the operator enters no agent"
            }
            Self::OfflineShared => {
                "with an honest share nobody can know or choose a seed, but whoever shows its share \
                 last can choose between two, for its bond, and the operator may stop; without \
                 shares as offline; who makes the blocks can leave shares out"
            }
            Self::Drand => {
                "nobody can choose a seed, and only a threshold of drand's nodes could know one \
                 early, as long as the chain's clock lags less than half a minute"
            }
            Self::Randao => {
                "on an L1 whoever proposes the last blocks before a seed can choose between two \
                 seeds with each block it leaves out; on an L2 the sequencer chooses"
            }
        }
    }
}

/// A beacon to be created apart from an arena's deployment, with what it is created with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BeaconPlan {
    /// As [`BeaconKind::OfflineShared`].
    OfflineShared {
        /// The last link of the operator's chain of secrets.
        tip: B256,
        /// How many blocks there are to show shares in, and at least to commit in.
        window_blocks: u64,
        /// What stands behind a share.
        bond: u128,
    },
    /// As [`BeaconKind::Drand`].
    Drand,
    /// As [`BeaconKind::Randao`].
    Randao,
}

impl BeaconPlan {
    /// What it is the plan of.
    pub fn kind(&self) -> BeaconKind {
        match self {
            Self::OfflineShared { .. } => BeaconKind::OfflineShared,
            Self::Drand => BeaconKind::Drand,
            Self::Randao => BeaconKind::Randao,
        }
    }

    /// The plan that a beacon on a chain was created by, as far as its code depends on it; none for
    /// the kind that an arena is deployed with.
    ///
    /// # Errors
    /// When the chain cannot be read, or no beacon of that kind is there.
    pub fn of(
        kind: BeaconKind,
        chain: &dyn ChainAdapter,
        address: Address,
    ) -> Result<Option<Self>, ArenaError> {
        Ok(Some(match kind {
            BeaconKind::Offline => return Ok(None),
            BeaconKind::OfflineShared => {
                let window = SharedBeacon::windowBlocksCall {};
                let bond = Arena::view_of(chain, address, &SharedBeacon::bondCall {})?;
                Self::OfflineShared {
                    tip: B256::ZERO,
                    window_blocks: Arena::view_of(chain, address, &window)?,
                    bond: u128::try_from(bond).unwrap_or(u128::MAX),
                }
            }
            BeaconKind::Drand => Self::Drand,
            BeaconKind::Randao => Self::Randao,
        }))
    }

    /// What creates its contract.
    pub fn creation(&self) -> Call {
        let (code, arguments) = match *self {
            Self::OfflineShared { tip, window_blocks, bond } => {
                let arguments = SharedBeacon::constructorCall {
                    tip,
                    windowBlocks_: window_blocks,
                    bond_: U256::from(bond),
                };
                (&SharedBeacon::BYTECODE, arguments.abi_encode())
            }
            Self::Drand => {
                let margin = DrandBeacon::constructorCall { margin_: DRAND_MARGIN_ROUNDS };
                (&DrandBeacon::BYTECODE, margin.abi_encode())
            }
            Self::Randao => {
                let lookahead =
                    RandaoBeacon::constructorCall { lookahead_: RANDAO_LOOKAHEAD_BLOCKS };
                (&RandaoBeacon::BYTECODE, lookahead.abi_encode())
            }
        };
        Call { to: None, value: 0, data: [code.as_ref(), &arguments].concat().into() }
    }

    /// The code that its contract has if it is of this build.
    ///
    /// # Errors
    /// When the contract cannot be created: a fault of this program.
    pub fn expected_code(&self) -> Result<Bytes, ChainError> {
        let creation = self.creation();
        let created = EmbeddedChain::in_memory(0).call_in_turn(&[(Address::ZERO, creation)])?;
        match created.into_iter().next() {
            Some(Ok(code)) => Ok(code),
            _ => {
                let name = self.kind().name();
                let reason = format!("the beacon {name} of this build cannot be created");
                Err(ChainError::Deployment { reason })
            }
        }
    }
}
