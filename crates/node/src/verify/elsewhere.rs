//! Verification of an arena on a chain elsewhere.
//!
//! The contracts must have this build's code; then the chain vouches for what they did, and a node of
//! it for what is on the chain. What was played is played again. Members as they were when a round's
//! entries were settled are asked for in the state of that block, which only some nodes keep for long.

use alloy_primitives::{B256, U256};
use alloy_sol_types::SolEvent;
use nets_chain::{Arena, ChainAdapter, ChainError, Head, IArena, Log};
use nets_core::Digest;

use super::{Verifier, VerifyError, VerifyReport};
use crate::evm::read_elsewhere;
use crate::folder::ArenaFolder;
use crate::play::{PlayOptions, Progress};
use crate::settings::{ChainSettings, Settings};

/// The events that are about a round; the first indexed field of each is its league.
const ABOUT_ROUNDS: [B256; 5] = [
    IArena::RoundOpened::SIGNATURE_HASH,
    IArena::PublicationClosed::SIGNATURE_HASH,
    IArena::RoundFinal::SIGNATURE_HASH,
    IArena::PayoutClaimed::SIGNATURE_HASH,
    IArena::Slashed::SIGNATURE_HASH,
];

pub(super) fn verify_elsewhere(
    folder: ArenaFolder,
    settings: Settings,
    chain: &ChainSettings,
    head: Option<Digest>,
    options: PlayOptions<'_>,
    progress: &dyn Progress,
) -> Result<VerifyReport, VerifyError> {
    let (deployment, chain) = read_elsewhere(&folder, chain, &settings.beacons)?;
    if let Some(head) = head {
        let is_there = chain.holds(&B256::new(head.0));
        if !is_there.map_err(ChainError::from)? {
            let Head { number, hash } = chain.head()?;
            return Err(VerifyError::Altered(format!(
                "the chain does not hold a final block 0x{head}; its last final one is block \
                 {number}, {hash}"
            )));
        }
    }
    let arena = deployment.arena;
    let (contracts, last) = (Arena::new(deployment), chain.head()?);
    let mut verifier = Verifier::new(folder, settings, contracts, options, progress, last)?;
    for log in chain.logs(0)?.into_iter().filter(|log| log.address == arena) {
        if !verifier.is_about_ours(&log) {
            continue;
        }
        match log.topics.first() {
            Some(
                &IArena::RoundOpened::SIGNATURE_HASH | &IArena::PublicationClosed::SIGNATURE_HASH,
            ) => {
                let then = chain.as_of(log.block).map_err(ChainError::from)?;
                verifier.event(&then, log)?;
            }
            _ => verifier.event(&chain, log)?,
        }
    }
    verifier.finish(&chain)
}

impl Verifier<'_> {
    /// Whether an event is about a round of a league of this folder.
    fn is_about_ours(&self, log: &Log) -> bool {
        let [kind, league, ..] = log.topics.as_slice() else { return false };
        let league = u64::try_from(U256::from_be_bytes(league.0));
        ABOUT_ROUNDS.contains(kind) && league.is_ok_and(|league| self.is_ours(league))
    }
}
