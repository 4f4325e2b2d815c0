//! Fetching: what an arena's leagues need and its folder lacks, got from its sources.

use std::collections::BTreeSet;

use nets_chain::ChainAdapter;
use nets_core::{AgentId, Digest};

use crate::disclosed::disclosed;
use crate::error::NodeError;
use crate::members::MemberLine;
use crate::node::ArenaNode;
use crate::play::Progress;
use crate::sources::SourceFailure;

/// A module that a league needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeededModule {
    /// The league.
    pub league: String,
    /// The member whose agent it is.
    pub member: u32,
    /// The agent.
    pub agent: AgentId,
    /// The module's SHA-256.
    pub hash: Digest,
    /// Where it is.
    pub state: ModuleState,
}

/// Where a module is that a league needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModuleState {
    /// It was in the folder already.
    Here,
    /// It came just now.
    Fetched,
    /// No source gave it, and its agent was never an entry: its owner need not show it yet.
    Early,
    /// No source gave it.
    Missing(Vec<SourceFailure>),
}

impl ArenaNode {
    /// Gets the module of every member of the folder's leagues that is not here, and the leagues'
    /// rules; a module that no source gives is in the list.
    ///
    /// # Errors
    /// When rules are nowhere, an artifact here is damaged, or the chain cannot be read.
    pub fn fetch_modules(&self, progress: &dyn Progress) -> Result<Vec<NeededModule>, NodeError> {
        let mut needed = Vec::new();
        let mut seen = BTreeSet::new();
        let disclosed = disclosed(&self.chain.logs(0)?, self.arena.deployment().arena);
        for name in self.league_names() {
            // Its rules come with it.
            if self.league(&name)?.rules.is_signed() {
                continue;
            }
            for line in self.members(&name)? {
                if seen.insert(line.code_hash) {
                    needed.push(self.fetch_module(&name, &line, &disclosed, progress)?);
                }
            }
        }
        Ok(needed)
    }

    fn fetch_module(
        &self,
        league: &str,
        line: &MemberLine,
        disclosed: &BTreeSet<Digest>,
        progress: &dyn Progress,
    ) -> Result<NeededModule, NodeError> {
        let MemberLine { member, agent, code_hash: hash, .. } = *line;
        let is_early = !disclosed.contains(&hash);
        let state = match self.artifacts.module(&hash) {
            Ok(_) => ModuleState::Here,
            Err(NodeError::MissingArtifact { .. }) => {
                match self.artifacts.obtain_module(&hash, progress) {
                    Ok(_) => ModuleState::Fetched,
                    Err(NodeError::NoSource { .. } | NodeError::MissingArtifact { .. })
                        if is_early =>
                    {
                        ModuleState::Early
                    }
                    Err(NodeError::NoSource { failures, .. }) => ModuleState::Missing(failures),
                    Err(NodeError::MissingArtifact { .. }) => ModuleState::Missing(Vec::new()),
                    Err(error) => return Err(error),
                }
            }
            Err(error) => return Err(error),
        };
        Ok(NeededModule { league: league.to_owned(), member, agent, hash, state })
    }
}
