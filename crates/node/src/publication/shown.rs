//! What an arena's events say of code: what was demanded, of whom and by whom, and what was shown.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::Address;
use alloy_sol_types::{SolEvent, SolEventInterface};
use nets_chain::IArena::IArenaEvents;
use nets_chain::{Arena, ChainAdapter, IArena};
use nets_core::{Digest, sha256};

use crate::artifacts::Artifacts;
use crate::error::NodeError;
use crate::play::Progress;

/// What was said of the code of a league's members.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Who has a bond in a demand, by round and member.
    demanders: BTreeMap<(u32, u32), Address>,
    /// The code that was shown, of agents of any league.
    shown: BTreeSet<Digest>,
}

impl Said {
    /// Reads what was said from the chain's beginning on.
    pub(super) fn read(
        arena: &Arena,
        chain: &dyn ChainAdapter,
        league: u64,
    ) -> Result<Self, NodeError> {
        let mut said = Self::default();
        let contract = arena.deployment().arena;
        for log in chain.logs(0)?.into_iter().filter(|log| log.address == contract) {
            match IArenaEvents::decode_raw_log(&log.topics, &log.data) {
                Ok(IArenaEvents::CodeDemanded(event)) if event.league == league => {
                    said.demanders.insert((event.round, event.member), event.demander);
                }
                Ok(IArenaEvents::Readmitted(event)) if event.league == league => {
                    said.demanders.remove(&(event.round, event.member));
                }
                Ok(IArenaEvents::CodeBondReturned(event)) if event.league == league => {
                    said.demanders.remove(&(event.round, event.member));
                }
                Ok(IArenaEvents::CodeShown(event)) => {
                    said.shown.insert(Digest(event.codeHash.0));
                }
                _ => {}
            }
        }
        Ok(said)
    }

    /// Who has a bond in a demand for a member's code in a round.
    pub(super) fn demander(&self, round: u32, member: u32) -> Option<Address> {
        self.demanders.get(&(round, member)).copied()
    }

    /// The demands in which somebody has a bond, by round and member.
    pub(super) fn demands(&self) -> impl Iterator<Item = ((u32, u32), Address)> {
        self.demanders.iter().map(|(demand, demander)| (*demand, *demander))
    }

    /// Whether the code was shown.
    pub(super) fn is_shown(&self, code: &Digest) -> bool {
        self.shown.contains(code)
    }
}

/// Keeps those of the modules in the folder that it lacks and that were shown on the chain.
pub(crate) fn keep_shown(
    artifacts: &Artifacts,
    arena: &Arena,
    chain: &dyn ChainAdapter,
    modules: &[Digest],
    progress: &dyn Progress,
) -> Result<(), NodeError> {
    let is_missing = |code: &&Digest| !artifacts.module_path(code).exists();
    let missing: BTreeSet<_> = modules.iter().filter(is_missing).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let contract = arena.deployment().arena;
    for log in chain.logs(0)?.into_iter().filter(|log| log.address == contract) {
        let Ok(event) = IArena::CodeShown::decode_raw_log(log.topics, &log.data) else { continue };
        // A node of a chain elsewhere vouches for its events, but not so that a wrong one is kept.
        let code = sha256(&event.code);
        if missing.contains(&code) && code.0 == event.codeHash.0 {
            artifacts.put_module(&event.code)?;
            progress.note(&format!("module {} was shown on the chain", code.short()));
        }
    }
    Ok(())
}
