//! Beacons: where a league may take its seeds from, what that is worth, and the contracts of those
//! that an arena does not come with.

use alloy_primitives::{Address, Bytes};
use alloy_sol_types::SolConstructor;
use serde::{Deserialize, Serialize};

use crate::adapter::{ChainAdapter, ChainError};
use crate::bindings::{DrandBeacon, RandaoBeacon};
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
    /// The public randomness of drand's quicknet.
    Drand,
    /// The RANDAO mix of a future block of an L1.
    Randao,
}

impl BeaconKind {
    /// How settings and tables name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Offline => "offline",
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

    /// What creates its contract; none for the one that an arena is deployed with.
    pub fn creation(self) -> Option<Call> {
        let (code, arguments) = match self {
            Self::Offline => return None,
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
        Some(Call { to: None, value: 0, data: [code.as_ref(), &arguments].concat().into() })
    }

    /// The code that its contract has if it is of this build; none for the one that an arena is
    /// deployed with.
    ///
    /// # Errors
    /// When the contract cannot be created: a fault of this program.
    pub fn expected_code(self) -> Result<Option<Bytes>, ChainError> {
        let Some(creation) = self.creation() else { return Ok(None) };
        let created = EmbeddedChain::in_memory(0).call_in_turn(&[(Address::ZERO, creation)])?;
        match created.into_iter().next() {
            Some(Ok(code)) => Ok(Some(code)),
            _ => {
                let reason = format!("the beacon {} of this build cannot be created", self.name());
                Err(ChainError::Deployment { reason })
            }
        }
    }
}
