//! Batches: members that came with a sponsor, whose registrations are artifacts.
//!
//! The contract has of a batch its root, its count and who is enrolled; who its members are its
//! leaves say, which anybody may give and which hash to the root. Reading order: here (what there
//! is), [`sponsoring`] (what a sponsor and its owners do), [`enrolling`] (members that need a record
//! of their own), [`watching`] (what is done about batches of others).

mod enrolling;
mod sponsoring;
mod watching;

use std::collections::BTreeMap;

use nets_chain::{Arena, BatchDomain, ChainAdapter, IArena};
use nets_core::{Address, Digest};
use nets_league::RegistrationBatch;

pub use self::sponsoring::{BatchLine, BatchTerm, MadeBatch, SignedRegistration};
pub(crate) use self::watching::judge_batches;
use crate::artifacts::Artifacts;
use crate::error::NodeError;

/// How far a batch is; the ABI knows only its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchStatus {
    /// Paid for, and open to be found wrong.
    Proposed,
    /// Its leaves are members.
    Accepted,
    /// It was wrong, or hid something.
    Cancelled,
    /// Its sponsor took it back.
    Withdrawn,
}

impl BatchStatus {
    /// What the contract calls by this number; there is none of number 0.
    pub(crate) fn of(batch: &IArena::Batch) -> Self {
        match batch.status {
            2 => Self::Accepted,
            3 => Self::Cancelled,
            4 => Self::Withdrawn,
            _ => Self::Proposed,
        }
    }

    /// The name of what the contract calls by this number.
    pub(crate) fn name_of(number: u8) -> &'static str {
        match number {
            1 => Self::Proposed.name(),
            2 => Self::Accepted.name(),
            3 => Self::Cancelled.name(),
            4 => Self::Withdrawn.name(),
            _ => "not proposed",
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Accepted => "accepted",
            Self::Cancelled => "cancelled",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// All batches of a league by their numbers.
pub(crate) fn all_batches(
    arena: &Arena,
    chain: &dyn ChainAdapter,
    league: u64,
) -> Result<Vec<IArena::Batch>, NodeError> {
    let count = arena.view(chain, &IArena::batchCountCall { league })?;
    let batch = |batch| Ok(arena.view(chain, &IArena::batchOfCall { league, batch })?);
    (0..count).map(batch).collect()
}

/// The accepted batches of a league by the number of their first member, each with its own number.
pub(crate) fn accepted(
    arena: &Arena,
    chain: &dyn ChainAdapter,
    league: u64,
) -> Result<BTreeMap<u32, (u32, IArena::Batch)>, NodeError> {
    let batches = (0..).zip(all_batches(arena, chain, league)?);
    let accepted = batches.filter(|(_, it)| BatchStatus::of(it) == BatchStatus::Accepted);
    Ok(accepted.map(|(number, batch)| (batch.first, (number, batch))).collect())
}

/// The batch that a member came with, if it did.
pub(crate) fn batch_with(
    accepted: &BTreeMap<u32, (u32, IArena::Batch)>,
    member: u32,
) -> Option<&(u32, IArena::Batch)> {
    let (first, batch) = accepted.range(..=member).next_back()?;
    (member - first < batch.1.count).then_some(batch)
}

/// The registrations of a batch, from the folder or a source.
pub(crate) fn registrations(
    artifacts: &Artifacts,
    batch: &IArena::Batch,
) -> Result<RegistrationBatch, NodeError> {
    artifacts.batch(&Digest(batch.root.0), batch.count)
}

/// What the owners of a batch signed it for.
pub(crate) fn domain(
    arena: &Arena,
    chain: &dyn ChainAdapter,
    league: u64,
    sponsor: &Address,
    nonce: u64,
) -> BatchDomain {
    let sponsor = alloy_primitives::Address::new(sponsor.0);
    let (chain_id, arena) = (chain.chain_id(), arena.deployment().arena);
    BatchDomain { chain_id, arena, league, sponsor, nonce }
}
