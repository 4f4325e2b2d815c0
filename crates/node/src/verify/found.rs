//! What a verification finds.

use nets_chain::{ArenaError, ChainError, Head, LogError};
use nets_core::Digest;
use thiserror::Error;

use super::owed::OwingRound;
use crate::error::NodeError;

/// What was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyReport {
    /// The last block executed again. Whoever keeps its hash elsewhere can show later that the log
    /// was not cut or replaced.
    pub head: Head,
    /// How many bytes at the log's end are of a block that was never acknowledged.
    pub torn_bytes: u64,
    /// What each league is, by its number.
    pub leagues: Vec<VerifiedLeague>,
    /// Final rounds computed again.
    pub rounds: u32,
    /// Matches played again.
    pub matches: u32,
    /// Payouts compared.
    pub payouts: u32,
    /// Slashings compared.
    pub slashings: u32,
    /// The coin that was ever given out, all of it accounted for; none on a chain elsewhere, whose
    /// coin is not the arena's.
    pub coin: Option<u128>,
    /// Final rounds that are not settled yet.
    pub owing: Vec<OwingRound>,
}

/// A league as the chain has it, beside its name here, which nothing proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedLeague {
    /// Its number in the contract.
    pub number: u64,
    /// What it is called in this folder, if it has a name.
    pub name: Option<String>,
    /// What is played.
    pub system: String,
    /// Whether its agents are keys that sign their actions, and not modules.
    pub is_signed: bool,
    /// The System's parameters by name.
    pub parameters: Vec<(&'static str, u64)>,
    /// The SHA-256 of the data set that it is played on, if it is.
    pub data: Option<Digest>,
    /// How many matches each agent plays in a round.
    pub matches_per_round: u16,
    /// The stake that every member must have.
    pub required_stake: u128,
    /// What an agent pays for each round it enters.
    pub entry_price: u128,
    /// How many agents ever entered.
    pub members: u32,
    /// How many rounds were ever opened.
    pub rounds: u32,
}

/// The first thing found wrong, or the reason why nothing could be found.
#[derive(Debug, Error)]
pub enum VerifyError {
    /// What is on disk is not what happened.
    #[error("{0}")]
    Altered(String),
    /// It could not be checked.
    #[error(transparent)]
    Unchecked(NodeError),
}

impl From<NodeError> for VerifyError {
    fn from(error: NodeError) -> Self {
        let is_altered = match &error {
            NodeError::MissingArtifact { .. }
            | NodeError::DamagedArtifact { .. }
            | NodeError::LeagueEntry { .. } => true,
            NodeError::Arena(ArenaError::Chain(error)) => match error {
                ChainError::Log(log) => !matches!(log, LogError::Io { .. }),
                ChainError::Deployment { .. } => true,
                _ => false,
            },
            _ => false,
        };
        if is_altered { Self::Altered(error.to_string()) } else { Self::Unchecked(error) }
    }
}

impl From<ChainError> for VerifyError {
    fn from(error: ChainError) -> Self {
        NodeError::from(error).into()
    }
}

impl From<ArenaError> for VerifyError {
    fn from(error: ArenaError) -> Self {
        NodeError::from(error).into()
    }
}
