//! Verification: everything again, from what is on disk, trusting none of it.
//!
//! The log is executed from its first block in memory. Each round that became final is played
//! again from its agents' modules, and its assertion, records, payouts and slashings are compared
//! with what comes out. At the end the books must balance and the caches agree.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use alloy_primitives::U256;
use alloy_sol_types::SolEvent;
use nets_chain::{Arena, ChainAdapter, ChainError, EmbeddedChain, IArena, Log};
use nets_core::{MatchId, MatchRecord, sha256};
use thiserror::Error;

use crate::artifacts::Artifacts;
use crate::error::NodeError;
use crate::folder::{ArenaFolder, is_part};
use crate::members::{MemberLine, entries, members};
use crate::node::read_league;
use crate::play::{PlayOptions, PlayedRound, Progress, RoundPlan, play_round};
use crate::round::{claims, standings};
use crate::settings::Settings;

/// What was verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Blocks executed again.
    pub blocks: u64,
    /// Final rounds computed again.
    pub rounds: u32,
    /// Matches played again.
    pub matches: u32,
    /// Payouts compared.
    pub payouts: u32,
    /// Slashings compared.
    pub slashings: u32,
    /// The coin that was ever given out, all of it accounted for.
    pub coin: u128,
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
        use nets_chain::{ArenaError, LogError};
        let is_altered = match &error {
            NodeError::MissingArtifact { .. } | NodeError::DamagedArtifact { .. } => true,
            NodeError::Arena(ArenaError::Chain(ChainError::Log(log))) => {
                !matches!(log, LogError::Io { .. })
            }
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

/// Computes again every match, verdict, standing, balance and payout of the arena in `root`.
///
/// # Errors
/// [`VerifyError::Altered`] with the first difference; [`VerifyError::Unchecked`] when files cannot
/// be read, another process has the arena open, or `stop` was set.
pub fn verify(
    root: &Path,
    threads: usize,
    stop: &AtomicBool,
    progress: &dyn Progress,
) -> Result<VerifyReport, VerifyError> {
    let folder = ArenaFolder::new(root);
    let (settings, deployment) = Settings::read(&folder)?;
    // Held open to the end, so that nobody writes while this reads.
    let stored = EmbeddedChain::open(&folder.chain(), settings.chain_id)?;
    let mut verifier = Verifier {
        artifacts: Artifacts::new(folder.clone()),
        arena: Arena::new(deployment),
        names: settings.leagues.iter().map(|(name, id)| (*id, name.clone())).collect(),
        options: PlayOptions { threads, stop, use_records: false },
        progress,
        frozen: BTreeMap::new(),
        finals: BTreeMap::new(),
        records: BTreeSet::new(),
        report: VerifyReport::default(),
    };
    let chain = EmbeddedChain::replay(&folder.chain(), |chain| verifier.block(chain))?;
    verifier.check_coin(&chain)?;
    check_state(&stored, &chain)?;
    check_artifacts(&folder, &verifier.records)?;
    verifier.report.blocks = chain.head()?.number;
    Ok(verifier.report)
}

/// A final round computed again.
struct FinalRound {
    plan: RoundPlan,
    played: PlayedRound,
}

struct Verifier<'a> {
    artifacts: Artifacts,
    arena: Arena,
    names: BTreeMap<u64, String>,
    options: PlayOptions<'a>,
    progress: &'a dyn Progress,
    /// The members when a round's entries froze, by league and round.
    frozen: BTreeMap<(u64, u32), Vec<MemberLine>>,
    finals: BTreeMap<(u64, u32), FinalRound>,
    records: BTreeSet<MatchId>,
    report: VerifyReport,
}

impl Verifier<'_> {
    /// Looks at what the latest block did.
    fn block(&mut self, chain: &EmbeddedChain) -> Result<(), VerifyError> {
        let arena = self.arena.deployment().arena;
        let logs = chain.logs(chain.head()?.number)?;
        for log in logs.into_iter().filter(|log| log.address == arena) {
            self.event(chain, log)?;
        }
        Ok(())
    }

    fn event(&mut self, chain: &EmbeddedChain, log: Log) -> Result<(), VerifyError> {
        let Some(&kind) = log.topics.first() else { return Ok(()) };
        let topics = log.topics;
        let undecodable = |e: alloy_sol_types::Error| VerifyError::Altered(e.to_string());
        match kind {
            IArena::RoundOpened::SIGNATURE_HASH => {
                let event = IArena::RoundOpened::decode_raw_log(topics, &log.data);
                let event = event.map_err(undecodable)?;
                let frozen = members(&self.arena, chain, event.league, event.memberCount)?;
                self.frozen.insert((event.league, event.round), frozen);
            }
            IArena::RoundFinal::SIGNATURE_HASH => {
                let event = IArena::RoundFinal::decode_raw_log(topics, &log.data);
                let event = event.map_err(undecodable)?;
                self.final_round(chain, event.league, event.round, event.assertion)?;
            }
            IArena::PayoutClaimed::SIGNATURE_HASH => {
                let event = IArena::PayoutClaimed::decode_raw_log(topics, &log.data);
                self.payout(&event.map_err(undecodable)?)?;
            }
            IArena::Slashed::SIGNATURE_HASH => {
                let event = IArena::Slashed::decode_raw_log(topics, &log.data);
                self.slashing(&event.map_err(undecodable)?)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn final_round(
        &mut self,
        chain: &EmbeddedChain,
        league: u64,
        number: u32,
        assertion: u32,
    ) -> Result<(), VerifyError> {
        let name = self.names.get(&league).cloned().unwrap_or_else(|| format!("league {league}"));
        let read = read_league(&self.arena, chain, &self.artifacts, &name, league)?;
        let round = IArena::roundOfCall { league, round: number };
        let round = self.arena.view(chain, &round).map_err(NodeError::from)?;
        let frozen = self.frozen.remove(&(league, number)).unwrap_or_default();
        let (entries, code) = entries(&frozen, number);
        let plan = RoundPlan {
            claims: claims(&self.arena, chain, &read, number, &round)?,
            league: read,
            round: number,
            seed: nets_core::Seed(round.seed.0),
            entries,
            code,
        };
        self.progress.note(&format!("{name}, round {number}"));
        let played = play_round(&self.artifacts, None, &plan, self.options, self.progress)?;
        let posted = IArena::assertionOfCall { league, round: number, assertion };
        let posted = self.arena.view(chain, &posted).map_err(NodeError::from)?;
        check_assertion(&name, number, &posted, &played)?;
        for record in played.records.values() {
            self.check_record(&name, number, record)?;
        }
        self.report.rounds += 1;
        self.report.matches += played.records.len() as u32;
        self.finals.insert((league, number), FinalRound { plan, played });
        Ok(())
    }

    fn check_record(
        &mut self,
        league: &str,
        round: u32,
        record: &MatchRecord,
    ) -> Result<(), VerifyError> {
        let id = record.spec.id();
        let path = self.artifacts.record_path(&id);
        let place = format!("{league}, round {round}, record {}", path.display());
        let stored = fs::read(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => VerifyError::Altered(format!("{place} is missing")),
            _ => VerifyError::Unchecked(NodeError::io("read", &path, error)),
        })?;
        self.records.insert(id);
        if stored == record.encode() {
            return Ok(());
        }
        let reason = match MatchRecord::decode(&stored) {
            Err(error) => error.to_string(),
            Ok(stored) => format!("it says {:?}, played {:?}", stored.outcome, record.outcome),
        };
        Err(VerifyError::Altered(format!("{place}: {reason}")))
    }

    fn payout(&mut self, event: &IArena::PayoutClaimed) -> Result<(), VerifyError> {
        let altered = |reason: &str| {
            let IArena::PayoutClaimed { league, round, rank, member, amount, .. } = event;
            let place = format!("league {league}, round {round}, rank {rank}");
            Err(VerifyError::Altered(format!(
                "{place}: member {member} was paid {amount}, {reason}"
            )))
        };
        let Some(round) = self.finals.get(&(event.league, event.round)) else {
            return altered("but the round is not final");
        };
        let standings = standings(&round.plan, &round.played.result);
        let due = standings.get(event.rank as usize).map(|line| (line.member, line.payout));
        if due != Some((event.member, event.amount)) {
            return altered(&format!("due was {due:?} (member, amount)"));
        }
        self.report.payouts += 1;
        Ok(())
    }

    fn slashing(&mut self, event: &IArena::Slashed) -> Result<(), VerifyError> {
        let round = self.finals.get(&(event.league, event.round));
        let mut leaves = round.iter().flat_map(|round| round.played.result.entries());
        if !leaves.any(|leaf| leaf.member == event.member && leaf.is_disqualified()) {
            return Err(VerifyError::Altered(format!(
                "league {}, round {}: member {} was slashed, but no claim of it is false",
                event.league, event.round, event.member
            )));
        }
        self.report.slashings += 1;
        Ok(())
    }

    /// All coin ever given out is still there: in accounts and in the contracts.
    fn check_coin(&mut self, chain: &EmbeddedChain) -> Result<(), VerifyError> {
        let (granted, held) = (chain.granted(), chain.dump()?.coin());
        if held != U256::from(granted) {
            return Err(VerifyError::Altered(format!(
                "{granted} coin was given out, but accounts hold {held}"
            )));
        }
        self.report.coin = granted;
        Ok(())
    }
}

fn check_assertion(
    league: &str,
    round: u32,
    posted: &IArena::Assertion,
    played: &PlayedRound,
) -> Result<(), VerifyError> {
    let computed = played.result.assertion();
    let pairs = [
        ("entries", posted.entriesRoot, computed.entries_root),
        ("matches", posted.matchesRoot, computed.matches_root),
        ("ranks", posted.ranksRoot, computed.ranks_root),
    ];
    if posted.entryCount != computed.entry_count {
        return Err(VerifyError::Altered(format!(
            "{league}, round {round}: {} entries were asserted, {} computed",
            posted.entryCount, computed.entry_count
        )));
    }
    match pairs.iter().find(|(_, posted, computed)| posted.0 != computed.0) {
        None => Ok(()),
        Some((tree, posted, computed)) => Err(VerifyError::Altered(format!(
            "{league}, round {round}: {tree} root asserted {posted}, computed 0x{computed}"
        ))),
    }
}

fn check_state(stored: &EmbeddedChain, replayed: &EmbeddedChain) -> Result<(), VerifyError> {
    match stored.dump()?.first_difference(&replayed.dump()?) {
        None => Ok(()),
        Some(place) => Err(VerifyError::Altered(format!(
            "the chain's state file differs from its log at {place}; delete chain/state.redb to have \
             it made again"
        ))),
    }
}

/// Every artifact must be what its name says, whether or not a round refers to it.
fn check_artifacts(folder: &ArenaFolder, seen: &BTreeSet<MatchId>) -> Result<(), VerifyError> {
    for (path, name) in files(&folder.modules())? {
        let bytes = fs::read(&path).map_err(|e| NodeError::io("read", &path, e))?;
        let got = sha256(&bytes);
        if name != format!("{got}.wasm") {
            let reason = format!("{} is damaged: its SHA-256 is {got}", path.display());
            return Err(VerifyError::Altered(reason));
        }
    }
    for (path, name) in files(&folder.records())? {
        let is_seen = name.strip_suffix(".match").and_then(|id| id.parse().ok());
        if is_seen.is_some_and(|id| seen.contains(&id)) {
            continue;
        }
        let bytes = fs::read(&path).map_err(|e| NodeError::io("read", &path, e))?;
        let record = MatchRecord::decode(&bytes)
            .map_err(|error| VerifyError::Altered(format!("{}: {error}", path.display())))?;
        if name != format!("{}.match", record.spec.id()) {
            let reason = format!("{} holds match {}", path.display(), record.spec.id());
            return Err(VerifyError::Altered(reason));
        }
    }
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<(PathBuf, String)>, NodeError> {
    let entries = fs::read_dir(folder).map_err(|e| NodeError::io("read", folder, e))?;
    let files = entries
        .flatten()
        .map(|entry| (entry.path(), entry.file_name().to_string_lossy().into_owned()));
    // What a killed process left half written was never an artifact.
    let mut files: Vec<_> = files.filter(|(_, name)| !is_part(name)).collect();
    files.sort();
    Ok(files)
}
