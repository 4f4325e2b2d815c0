//! Fetching: what an arena's leagues need and its folder lacks, got from its sources.

use std::collections::BTreeSet;

use nets_chain::ChainAdapter;
use nets_core::{AgentId, Digest, MatchId, sha256};
use nets_league::MatchStatus;

use crate::disclosed::disclosed;
use crate::error::NodeError;
use crate::members::MemberLine;
use crate::node::ArenaNode;
use crate::play::{Progress, signed_result};
use crate::publication::keep_shown;
use crate::round::seeded_plans;
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

/// A data set that a league needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeededData {
    /// The league.
    pub league: String,
    /// The data set's SHA-256.
    pub hash: Digest,
    /// Whether it is here: nobody can have it before it is shown.
    pub is_here: bool,
}

/// A record that a signed league needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeededRecord {
    /// The league.
    pub league: String,
    /// The round.
    pub round: u32,
    /// The match, by its number in the round.
    pub index: u32,
    /// Its id.
    pub id: MatchId,
    /// Whether it is here, or the chain says all that it would.
    pub is_here: bool,
}

impl ArenaNode {
    /// Gets the data sets that leagues are played on and that do not come with nets; those that are
    /// not shown, or that no source has, are in the list, too.
    ///
    /// # Errors
    /// When rules are nowhere, or a data set here is damaged.
    pub fn fetch_data(&self) -> Result<Vec<NeededData>, NodeError> {
        let mut needed = Vec::new();
        for league in self.league_names() {
            let Some(&hash) = self.league(&league)?.blueprint.missing_data() else { continue };
            let is_here = match self.artifacts.data(&hash) {
                Ok(_) => true,
                Err(NodeError::MissingData { .. }) => false,
                Err(error) => return Err(error),
            };
            needed.push(NeededData { league, hash, is_here });
        }
        Ok(needed)
    }

    /// Shows a data set that leagues of the folder are played on; gives these.
    ///
    /// # Errors
    /// When no league is played on it, it does not fit their parameters, or it cannot be written.
    pub fn add_data(&self, csv: &[u8]) -> Result<Vec<String>, NodeError> {
        let hash = sha256(csv);
        let (mut leagues, mut wanted) = (Vec::new(), BTreeSet::new());
        for name in self.league_names() {
            let blueprint = self.league(&name)?.blueprint;
            match blueprint.missing_data() {
                Some(expected) if *expected == hash => {
                    blueprint.build_on(csv)?;
                    leagues.push(name);
                }
                other => wanted.extend(other.map(ToString::to_string)),
            }
        }
        if leagues.is_empty() {
            let wanted = wanted.into_iter().collect::<Vec<_>>().join(", ");
            return Err(NodeError::UnwantedData { hash, wanted });
        }
        self.artifacts.put_data(csv)?;
        Ok(leagues)
    }

    /// Gets the records of all matches of signed leagues whose rounds are seeded; those that no source
    /// has are in the list, too.
    ///
    /// # Errors
    /// When the chain cannot be read, or files cannot be written.
    pub fn fetch_records(&self, progress: &dyn Progress) -> Result<Vec<NeededRecord>, NodeError> {
        let mut needed = Vec::new();
        for name in self.league_names() {
            let league = self.league(&name)?;
            if !league.rules.is_signed() {
                continue;
            }
            for plan in seeded_plans(self, &league)? {
                let scorer = plan.scorer()?;
                let all = (0..scorer.schedule().match_count()).filter_map(|q| scorer.upcoming(q));
                for next in all.filter(|next| next.status == MatchStatus::Played) {
                    let is_here = match signed_result(&plan, &self.artifacts, &next, progress) {
                        Ok(_) => true,
                        Err(NodeError::MissingRecord { .. } | NodeError::FalseRecord { .. }) => {
                            false
                        }
                        Err(error) => return Err(error),
                    };
                    let (id, index) = (plan.spec(&next).0.id(), next.index);
                    let (league, round) = (name.clone(), plan.round);
                    needed.push(NeededRecord { league, round, index, id, is_here });
                }
            }
        }
        Ok(needed)
    }

    /// Gets the module of every member of the folder's leagues that is not here, and the leagues'
    /// rules; a module that no source gives is in the list.
    ///
    /// # Errors
    /// When rules are nowhere, an artifact here is damaged, or the chain cannot be read.
    pub fn fetch_modules(&self, progress: &dyn Progress) -> Result<Vec<NeededModule>, NodeError> {
        let mut needed = Vec::new();
        let mut seen = BTreeSet::new();
        let disclosed =
            disclosed(&self.chain.logs(0)?, self.arena.deployment().arena, &self.artifacts);
        for name in self.league_names() {
            // Its rules come with it.
            if self.league(&name)?.rules.is_signed() {
                continue;
            }
            let members = self.members(&name)?;
            let code: Vec<_> = members.iter().map(|line| line.code_hash).collect();
            keep_shown(&self.artifacts, &self.arena, &self.chain, &code, progress)?;
            for line in members {
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
