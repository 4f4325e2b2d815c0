//! Verification: everything again, from what is on disk; no cache is believed, and nothing is written
//! but artifacts that were missing and that a source or the chain gave.
//!
//! The log is executed from its first block in memory. It says itself where the contracts are, and
//! they must be those of this build. Each round that became final is played again from its agents'
//! modules, and its assertion, records, payouts and slashings are compared with what comes out. In
//! the end the books must balance and every artifact be there and right.
//!
//! On a chain elsewhere the chain itself vouches for what happened on it: its logs and its state are
//! read instead, and everything that was played is played again all the same.
//!
//! The state's cache is heard against the log and never for it: it may know a block that was cut off.
//!
//! Three things rest on nothing in the folder: that the log is not cut after some block, which only
//! a head kept elsewhere proves; what leagues and agents are called here; and what an account's
//! owner was told outside of the chain.

mod artifacts;
#[cfg(feature = "evm")]
mod elsewhere;
mod found;
mod owed;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;

use alloy_primitives::U256;
use alloy_sol_types::SolEvent;
use nets_chain::{Arena, ChainAdapter, EmbeddedChain, Head, IArena, Log, LoggedBlocks};
use nets_core::{Digest, MatchId};
use nets_league::RoundResult;

use crate::artifacts::Artifacts;
use crate::error::NodeError;
use crate::folder::ArenaFolder;
use crate::members::{MemberLine, entries, members};
use crate::node::{EMBEDDED_CHAIN_ID, check_entry, read_league};
use crate::play::{PlayOptions, PlayedRound, Progress, Records, RoundPlan, Unknown, play_round};
use crate::publication::keep_shown;
use crate::report::standings;
use crate::round::{difference, plan_of};
use crate::settings::Settings;

#[cfg(feature = "evm")]
use elsewhere::verify_elsewhere;
pub use found::{VerifiedLeague, VerifyError, VerifyReport};
pub use owed::OwingRound;
use owed::Settled;

/// Computes again every match, verdict, standing, balance and payout of the arena in `folder`.
///
/// # Errors
/// [`VerifyError::Altered`] with the first difference; [`VerifyError::Unchecked`] when files cannot
/// be read, another process has the arena open, or `stop` was set.
pub fn verify(
    folder: impl Into<ArenaFolder>,
    threads: usize,
    stop: &AtomicBool,
    progress: &dyn Progress,
) -> Result<VerifyReport, VerifyError> {
    verify_with_head(folder, None, threads, stop, progress)
}

/// As [`verify`], and the log must hold the block with a hash that was kept elsewhere: then no
/// block up to that one was cut off or replaced.
///
/// # Errors
/// As [`verify`]; [`VerifyError::Altered`] also when that block is not there.
pub fn verify_with_head(
    folder: impl Into<ArenaFolder>,
    head: Option<Digest>,
    threads: usize,
    stop: &AtomicBool,
    progress: &dyn Progress,
) -> Result<VerifyReport, VerifyError> {
    let folder = folder.into();
    let settings = Settings::read(&folder)?;
    let options =
        PlayOptions { threads, stop, records: Records::Ignore, unknown: Unknown::Refused };
    if let Some(chain) = settings.chain.clone() {
        return verify_elsewhere(folder, settings, &chain, head, options, progress);
    }
    // Held to the end, so that nobody writes while this reads.
    let logged = EmbeddedChain::read(&folder.chain())?;
    EmbeddedChain::check_witness(&folder.chain(), &logged)?;
    if let Some(head) = head {
        check_head(&logged, &head)?;
    }
    if logged.chain_id != EMBEDDED_CHAIN_ID {
        let got = logged.chain_id;
        let reason = format!("the log is of chain {got}, expected {EMBEDDED_CHAIN_ID}");
        return Err(VerifyError::Altered(reason));
    }
    let arena = Arena::new(logged.deployment()?);
    let mut verifier = Verifier::new(folder, settings, arena, options, progress, logged.head())?;
    verifier.report.torn_bytes = logged.torn_bytes;
    let chain = EmbeddedChain::execute_all(&logged, |chain| verifier.block(chain))?;
    // The log says what created the contracts; here is whether they then were there.
    chain.deployment()?;
    verifier.check_coin(&chain)?;
    verifier.finish(&chain)
}

/// Says that this program cannot read the chain that the arena is on.
#[cfg(not(feature = "evm"))]
fn verify_elsewhere(
    _: ArenaFolder,
    _: Settings,
    chain: &crate::settings::ChainSettings,
    _: Option<Digest>,
    _: PlayOptions<'_>,
    _: &dyn Progress,
) -> Result<VerifyReport, VerifyError> {
    Err(NodeError::EmbeddedOnly { url: chain.url.clone(), action: "verified" }.into())
}

fn check_head(logged: &LoggedBlocks, head: &Digest) -> Result<(), VerifyError> {
    if logged.blocks.iter().any(|block| block.hash().0 == head.0) {
        return Ok(());
    }
    let Head { number, hash } = logged.head();
    Err(VerifyError::Altered(format!(
        "the log does not hold a block 0x{head}: it was cut or replaced; it ends with block \
         {number}, {hash}"
    )))
}

/// A final round computed again.
struct FinalRound {
    plan: RoundPlan,
    result: RoundResult,
}

struct Verifier<'a> {
    folder: ArenaFolder,
    settings: Settings,
    artifacts: Artifacts,
    arena: Arena,
    options: PlayOptions<'a>,
    progress: &'a dyn Progress,
    /// The members when a round's entries froze, by league and round, of rounds not yet final.
    frozen: BTreeMap<(u64, u32), Vec<MemberLine>>,
    /// The modules of agents whose entries were frozen in some round.
    disclosed: BTreeSet<Digest>,
    finals: BTreeMap<(u64, u32), FinalRound>,
    /// The records found right.
    records: BTreeSet<MatchId>,
    settled: Settled,
    report: VerifyReport,
}

impl<'a> Verifier<'a> {
    fn new(
        folder: ArenaFolder,
        settings: Settings,
        arena: Arena,
        options: PlayOptions<'a>,
        progress: &'a dyn Progress,
        head: Head,
    ) -> Result<Self, NodeError> {
        Ok(Self {
            artifacts: Artifacts::with_settings(folder.clone(), &settings)?,
            arena,
            folder,
            settings,
            options,
            progress,
            frozen: BTreeMap::new(),
            disclosed: BTreeSet::new(),
            finals: BTreeMap::new(),
            records: BTreeSet::new(),
            settled: Settled::default(),
            report: VerifyReport {
                head,
                torn_bytes: 0,
                leagues: Vec::new(),
                rounds: 0,
                matches: 0,
                payouts: 0,
                slashings: 0,
                coin: None,
                owing: Vec::new(),
            },
        })
    }

    /// What is left once every event was looked at.
    fn finish(mut self, chain: &dyn ChainAdapter) -> Result<VerifyReport, VerifyError> {
        self.leagues(chain)?;
        self.check_artifacts(chain)?;
        self.report.owing = self.owing();
        Ok(self.report)
    }

    /// Looks at what the latest block did.
    fn block(&mut self, chain: &EmbeddedChain) -> Result<(), VerifyError> {
        let arena = self.arena.deployment().arena;
        let logs = chain.logs(chain.head()?.number)?;
        for log in logs.into_iter().filter(|log| log.address == arena) {
            self.event(chain, log)?;
        }
        Ok(())
    }

    fn event(&mut self, chain: &dyn ChainAdapter, log: Log) -> Result<(), VerifyError> {
        let Some(&kind) = log.topics.first() else { return Ok(()) };
        let topics = log.topics;
        let undecodable = |e: alloy_sol_types::Error| VerifyError::Altered(e.to_string());
        match kind {
            IArena::RoundOpened::SIGNATURE_HASH => {
                let event = IArena::RoundOpened::decode_raw_log(topics, &log.data);
                let event = event.map_err(undecodable)?;
                // Where code may be demanded first, who plays is settled later.
                if event.beaconIndex != 0 {
                    self.freeze(chain, event.league, event.round)?;
                }
            }
            IArena::PublicationClosed::SIGNATURE_HASH => {
                let event = IArena::PublicationClosed::decode_raw_log(topics, &log.data);
                let event = event.map_err(undecodable)?;
                self.freeze(chain, event.league, event.round)?;
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
                let event = event.map_err(undecodable)?;
                let terms = IArena::termsOfCall { league: event.league };
                let is_signed = self.arena.view(chain, &terms)?.clockBlocks != 0;
                self.slashing(&event, is_signed)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Keeps the members as they are now, the entries of the round being settled.
    fn freeze(
        &mut self,
        chain: &dyn ChainAdapter,
        league: u64,
        round: u32,
    ) -> Result<(), VerifyError> {
        let count = self.arena.view(chain, &IArena::roundOfCall { league, round })?.memberCount;
        let frozen = members(&self.arena, chain, &self.artifacts, league, count)?;
        self.disclosed.extend(entries(&frozen, round).1);
        self.frozen.insert((league, round), frozen);
        Ok(())
    }

    /// A round with all its result depends on, by the members that were frozen for it.
    fn plan(
        &self,
        chain: &dyn ChainAdapter,
        league: u64,
        number: u32,
        frozen: &[MemberLine],
    ) -> Result<RoundPlan, VerifyError> {
        let name = self.name(league);
        let league = read_league(&self.arena, chain, &self.artifacts, &name, league)?;
        let round = IArena::roundOfCall { league: league.id, round: number };
        let round = self.arena.view(chain, &round)?;
        let plan = plan_of(&self.arena, chain, &self.artifacts, &league, (number, &round), frozen)?;
        keep_shown(&self.artifacts, &self.arena, chain, &plan.code, self.progress)?;
        Ok(plan)
    }

    /// What a league is called here, or its number.
    fn name(&self, league: u64) -> String {
        self.local_name(league).unwrap_or_else(|| format!("league {league}"))
    }

    /// Whether a league is one that this folder must account for: on a chain that others use too,
    /// they may have made leagues of theirs with the same contract.
    fn is_ours(&self, league: u64) -> bool {
        self.settings.chain.is_none() || self.local_name(league).is_some()
    }

    fn local_name(&self, league: u64) -> Option<String> {
        let mut names = self.settings.leagues.iter();
        names.find(|(_, entry)| entry.number == league).map(|(name, _)| name.clone())
    }

    fn play(&self, plan: &RoundPlan) -> Result<PlayedRound, VerifyError> {
        self.progress.note(&format!("{}, round {}", plan.league.name, plan.round));
        let played = play_round(&self.artifacts, None, plan, self.options, self.progress);
        played.map_err(of_record)
    }

    fn final_round(
        &mut self,
        chain: &dyn ChainAdapter,
        league: u64,
        number: u32,
        assertion: u32,
    ) -> Result<(), VerifyError> {
        let frozen = self.frozen.remove(&(league, number)).unwrap_or_default();
        let plan = self.plan(chain, league, number, &frozen)?;
        let played = self.play(&plan)?;
        let posted = IArena::assertionOfCall { league, round: number, assertion };
        check_assertion(&plan, &self.arena.view(chain, &posted)?, &played)?;
        for record in played.records.values() {
            self.check_record(&plan, record)?;
        }
        self.report.rounds += 1;
        self.report.matches += played.records.len() as u32;
        self.finals.insert((league, number), FinalRound { plan, result: played.result });
        Ok(())
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
        let standings = standings(&round.plan, &round.result);
        let due = standings.get(event.rank as usize).map(|line| (line.member, line.payout));
        if due != Some((event.member, event.amount)) {
            return altered(&format!("due was {due:?} (member, amount)"));
        }
        self.settled.payout(event);
        self.report.payouts += 1;
        Ok(())
    }

    /// In a signed league nothing is claimed, and the contract has seen two signatures.
    fn slashing(&mut self, event: &IArena::Slashed, is_signed: bool) -> Result<(), VerifyError> {
        let round = self.finals.get(&(event.league, event.round));
        let mut leaves = round.iter().flat_map(|round| round.result.entries());
        let is_liar = leaves.any(|leaf| leaf.member == event.member && leaf.is_disqualified());
        if !is_signed && !is_liar {
            return Err(VerifyError::Altered(format!(
                "league {}, round {}: member {} was slashed, but no claim of it is false",
                event.league, event.round, event.member
            )));
        }
        self.settled.slashing(event);
        self.report.slashings += 1;
        Ok(())
    }

    /// All coin ever given out is still there: in accounts and in the contracts.
    fn check_coin(&mut self, chain: &EmbeddedChain) -> Result<(), VerifyError> {
        let (granted, held) = (chain.granted(), chain.coin());
        if held != U256::from(granted) {
            return Err(VerifyError::Altered(format!(
                "{granted} coin was given out, but accounts hold {held}"
            )));
        }
        self.report.coin = Some(granted);
        Ok(())
    }

    /// Each league's rules must be there, and each name stand for what it was given to.
    fn leagues(&mut self, chain: &dyn ChainAdapter) -> Result<(), VerifyError> {
        for (name, entry) in &self.settings.leagues {
            check_entry(&self.folder, &self.arena, chain, name, entry)?;
        }
        for number in 0..self.arena.view(chain, &IArena::leagueCountCall {})? {
            if !self.is_ours(number) {
                continue;
            }
            let name = self.name(number);
            let league = read_league(&self.arena, chain, &self.artifacts, &name, number)?;
            let state = self.arena.view(chain, &IArena::leagueOfCall { league: number })?;
            self.report.leagues.push(VerifiedLeague {
                number,
                name: self.local_name(number),
                system: league.rules.system.to_string(),
                is_signed: league.rules.is_signed(),
                parameters: league.blueprint.parameters().iter().collect(),
                data: league.blueprint.parameters().data().copied(),
                matches_per_round: league.terms.matchesPerRound,
                required_stake: league.required_stake(),
                entry_price: league.terms.entryPrice,
                members: state.memberCount,
                rounds: state.nextRound,
            });
        }
        Ok(())
    }
}

/// What a signed match came to, nothing but its record says.
fn of_record(error: NodeError) -> VerifyError {
    match error {
        NodeError::FalseRecord { .. } | NodeError::MissingRecord { .. } => {
            VerifyError::Altered(error.to_string())
        }
        error => error.into(),
    }
}

fn check_assertion(
    plan: &RoundPlan,
    posted: &IArena::Assertion,
    played: &PlayedRound,
) -> Result<(), VerifyError> {
    match difference(posted, &played.result.assertion()) {
        None => Ok(()),
        Some(difference) => Err(VerifyError::Altered(format!(
            "{}, round {}: {difference}",
            plan.league.name, plan.round
        ))),
    }
}
