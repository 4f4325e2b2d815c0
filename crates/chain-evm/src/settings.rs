//! Settings: which chain, what counts as final there, and what may be paid.

use std::time::Duration;

use crate::endpoint::Endpoint;

/// When a block counts as final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finality {
    /// When the node says that the chain's validators have finalised it.
    Finalized,
    /// When so many blocks follow it: for chains without finality, and for local ones.
    Depth(u64),
}

/// How an EVM chain is reached and used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvmSettings {
    /// Where its node answers.
    pub endpoint: Endpoint,
    /// The number of the chain; a node of another chain is refused.
    pub chain_id: u64,
    /// When a block counts as final.
    pub finality: Finality,
    /// The most that a transaction may pay for a unit of gas, in wei.
    pub fee_max: u128,
    /// How often the node is asked while something is waited for.
    pub poll: Duration,
    /// How long one answer of the node may take.
    pub timeout: Duration,
    /// After how many blocks without it a transaction is sent again with higher fees.
    pub stuck_blocks: u64,
}

impl EvmSettings {
    /// What `fee_max` is where nothing else is asked for: 200 gwei.
    pub const FEE_MAX: u128 = 200_000_000_000;

    /// The settings of a public chain: finalised blocks only.
    pub fn new(endpoint: Endpoint, chain_id: u64) -> Self {
        Self {
            endpoint,
            chain_id,
            finality: Finality::Finalized,
            fee_max: Self::FEE_MAX,
            poll: Duration::from_secs(3),
            timeout: Duration::from_secs(30),
            stuck_blocks: 6,
        }
    }
}
