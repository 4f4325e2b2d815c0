//! Playing a round: matches in parallel, scored in their order, kept as records.
//!
//! Threads decide nothing: results are scored in the order of matches, and a match that an earlier
//! one made a walkover is dropped even if it was played ahead. A record that this node made stands
//! for its match, so an interrupted round goes on where it was; any other is played over.

mod pool;
mod signed;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nets_core::{
    Digest, MatchId, MatchRecord, MatchSpec, Outcome, Score, SeatIdentity, Seed, System,
};
use nets_league::{
    Claim, Entry, MatchResult, MatchStatus, NextMatch, RoundResult, RoundScorer, Schedule,
};
use nets_runner::sandbox::{FastEngine, FastOptions};

use self::pool::{AgentPool, Finished, outcome_on_second_engine, play_chunk};
pub(crate) use self::signed::{SignedPlan, is_of_signed, result as signed_result};
use crate::artifacts::Artifacts;
use crate::error::NodeError;
use crate::node::League;
use crate::report::outcome_difference;
use crate::seals::Seals;

/// How many matches are handed to the threads at once, for each of them.
const CHUNK_PER_THREAD: usize = 32;

/// Who hears how far a round is.
pub trait Progress: Sync {
    /// `done` of `total` matches are scored.
    fn matches(&self, done: u32, total: u32);

    /// Something worth a line.
    fn note(&self, text: &str);
}

/// A round to be played: all that its result depends on.
#[derive(Clone, Debug)]
pub struct RoundPlan {
    /// The league.
    pub league: League,
    /// The System, on its data set if it has one.
    pub(crate) system: Arc<dyn System>,
    /// The round.
    pub round: u32,
    /// The round's seed.
    pub seed: Seed,
    /// Who plays.
    pub entries: Vec<Entry>,
    /// The SHA-256 of each entry's module; in a signed league what its key makes of it.
    pub code: Vec<Digest>,
    /// What owners claim, by member.
    pub claims: BTreeMap<u32, Claim>,
    /// What a round of a signed league has besides.
    pub(crate) signed: Option<SignedPlan>,
}

/// What records are good for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Records<'a> {
    /// One that this node made stands for its match; all other matches are played and recorded.
    Resume(&'a Seals),
    /// None stands for anything: all matches are played and recorded.
    Renew(&'a Seals),
    /// All matches are played, and none is recorded.
    Ignore,
}

/// How a round is played.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlayOptions<'a> {
    pub(crate) threads: usize,
    /// Set from outside to stop: no match is begun any more.
    pub(crate) stop: &'a AtomicBool,
    pub(crate) records: Records<'a>,
    /// What becomes of signed matches that no record is found of.
    pub(crate) unknown: Unknown,
}

/// What becomes of signed matches that no record is found of, which nobody can play again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// The round has no result.
    Refused,
    /// They are named, and the result says nothing of them: it is good for judging others' only.
    Named,
}

impl PlayOptions<'_> {
    /// Refuses to go on where somebody asked to stop.
    pub(crate) fn check_stop(&self) -> Result<(), NodeError> {
        check_stop(self.stop)
    }

    /// How many of `total` matches are handed to the threads at once.
    fn chunk(&self, total: u32) -> u32 {
        let chunk = self.threads.max(1).saturating_mul(CHUNK_PER_THREAD);
        u32::try_from(chunk).unwrap_or(u32::MAX).min(total)
    }
}

/// Refuses to go on where somebody asked to stop.
pub(crate) fn check_stop(stop: &AtomicBool) -> Result<(), NodeError> {
    if stop.load(Ordering::Relaxed) { Err(NodeError::Interrupted) } else { Ok(()) }
}

/// A round that was played.
#[derive(Clone, Debug)]
pub(crate) struct PlayedRound {
    pub(crate) result: RoundResult,
    pub(crate) schedule: Schedule,
    /// The spec of each match that was played.
    pub(crate) records: BTreeMap<u32, MatchRecord>,
    /// Why seats forfeited, by match, in words.
    pub(crate) faults: BTreeMap<u32, Vec<String>>,
    /// The matches of which no record was found: what the result says of them counts for nothing.
    pub(crate) unknown: BTreeSet<u32>,
}

impl RoundPlan {
    pub(crate) fn spec(&self, next: &NextMatch) -> (MatchSpec, Vec<SeatIdentity>) {
        let entries = next.pairing.seats.into_iter().flatten().map(|entry| entry as usize);
        let identity = |entry: usize| SeatIdentity {
            owner: self.entries[entry].owner,
            code_hash: self.code[entry],
        };
        let seats: Vec<_> = entries.map(identity).collect();
        let spec = MatchSpec {
            rules: self.league.rules.clone(),
            seed: RoundScorer::match_seed(&self.seed, &next.pairing),
            agents: seats.iter().map(SeatIdentity::agent_id).collect(),
        };
        (spec, seats)
    }

    /// Its scorer, before any match is scored.
    pub(crate) fn scorer(&self) -> Result<RoundScorer, NodeError> {
        let terms = &self.league.terms;
        let count = self.entries.len() as u32;
        let schedule = Schedule::new(terms.seats, terms.matchesPerRound, count, &self.seed)?;
        let (entries, claims) = (self.entries.clone(), self.claims.clone());
        let system = self.system.clone();
        let forfeit_scores = |forfeits| system.forfeit_scores(forfeits);
        Ok(RoundScorer::new(schedule, terms.seats, entries, claims, forfeit_scores))
    }

    /// What is put down for a match that is to be passed over.
    fn no_result(&self) -> MatchResult {
        let scores = vec![0; usize::from(self.league.terms.seats)];
        MatchResult { scores, trace_root: Digest::default(), step_count: 0 }
    }
}

/// The engine that plays.
pub(crate) fn fast_engine(options: &FastOptions) -> Result<FastEngine, NodeError> {
    // A cache that cannot be had costs time, not results.
    FastEngine::new(options)
        .or_else(|_| FastEngine::new(&FastOptions { cache: None, ..options.clone() }))
        .map_err(|error| NodeError::Engine(error.to_string()))
}

/// What came of scoring a round.
enum Scored {
    Round(Box<PlayedRound>),
    /// The record of this match is not what its agents do.
    WrongRecord(MatchId),
}

/// Plays all matches of a round that are to be played.
pub(crate) fn play_round(
    artifacts: &Artifacts,
    cache: Option<PathBuf>,
    plan: &RoundPlan,
    options: PlayOptions<'_>,
    progress: &dyn Progress,
) -> Result<PlayedRound, NodeError> {
    let engine = fast_engine(&FastOptions { cache, ..FastOptions::default() })?;
    let second = engine.second_opinion();
    let mut pool = AgentPool::new([&engine, &second], plan, artifacts, options, progress);
    loop {
        match score_round(&pool)? {
            Scored::Round(played) => return Ok(*played),
            Scored::WrongRecord(id) => {
                progress.note(&format!(
                    "the record of match {id} is not what its agents play: no record is believed, \
                     the round is played again"
                ));
                if let Records::Resume(seals) = pool.options.records {
                    pool.options.records = Records::Renew(seals);
                }
            }
        }
    }
}

/// The scores of one entry where nothing is claimed, in the order of its matches: only they are
/// played.
pub(crate) fn play_entry(
    artifacts: &Artifacts,
    cache: Option<PathBuf>,
    plan: &RoundPlan,
    entry: u32,
    options: PlayOptions<'_>,
    progress: &dyn Progress,
) -> Result<Vec<Score>, NodeError> {
    let engine = fast_engine(&FastOptions { cache, ..FastOptions::default() })?;
    let second = engine.second_opinion();
    let unclaimed = RoundPlan { claims: BTreeMap::new(), ..plan.clone() };
    let plan = &unclaimed;
    let pool = AgentPool::new([&engine, &second], plan, artifacts, options, progress);
    let mut scorer = plan.scorer()?;
    let matches: Vec<_> = scorer.schedule().matches_of(entry).collect();
    let due = matches.iter().filter_map(|&index| scorer.upcoming(index));
    let due: Vec<_> = due.filter(|next| next.status == MatchStatus::Played).collect();
    let finished = play_chunk(&pool, &due)?;
    let mut scores = Vec::new();
    while let Some(next) = scorer.next_match() {
        let played = finished.get(&next.index).map(|done| match_result(&done.record.outcome));
        let is_played = next.status == MatchStatus::Played;
        // Where nothing is claimed no match depends on another, so those of others may be anything.
        scorer.score(is_played.then(|| played.unwrap_or_else(|| plan.no_result())))?;
        let seat = next.pairing.seats.iter().position(|&seat| seat == Some(entry));
        let line = seat.zip(scorer.leaves().last()).and_then(|(seat, leaf)| leaf.seats.get(seat));
        scores.extend(line.map(|line| line.score));
    }
    Ok(scores)
}

fn score_round(pool: &AgentPool<'_>) -> Result<Scored, NodeError> {
    let mut scorer = pool.plan.scorer()?;
    let total = scorer.schedule().match_count();
    pool.progress.matches(0, total);
    let (mut scored, mut unknown) = (BTreeMap::new(), BTreeSet::new());
    while let Some(first) = scorer.next_match() {
        let chunk = first.index..total.min(first.index.saturating_add(pool.options.chunk(total)));
        let due = chunk.clone().filter_map(|index| scorer.upcoming(index));
        let due = due.filter(|next| next.status == MatchStatus::Played).collect::<Vec<_>>();
        let mut finished = match pool.plan.signed {
            None => play_chunk(pool, &due)?,
            Some(_) => {
                signed::collect(pool.plan, pool.artifacts, &due, pool.options, pool.progress)?
            }
        };
        for index in chunk {
            let Some(next) = scorer.next_match() else { break };
            if next.status != MatchStatus::Played {
                scorer.score(None)?;
                continue;
            }
            let done = finished.remove(&index);
            let mut result = done.as_ref().map(|done| match_result(&done.record.outcome));
            // Where nothing may be unknown, the scorer refuses to go on without a result.
            if result.is_none() && pool.options.unknown == Unknown::Named {
                unknown.insert(index);
                result = Some(pool.plan.no_result());
            }
            scorer.score(result)?;
            if let Some(done) = done {
                scored.insert(index, done);
                if let Some(id) = wrong_record(pool, &scorer, &next, &scored)? {
                    return Ok(Scored::WrongRecord(id));
                }
            }
        }
        pool.progress.matches(scorer.leaves().len() as u32, total);
    }
    let schedule = *scorer.schedule();
    let (mut records, mut faults) = (BTreeMap::new(), BTreeMap::new());
    for (index, done) in scored {
        if !done.faults.is_empty() {
            faults.insert(index, done.faults);
        }
        records.insert(index, done.record);
    }
    let result = scorer.finish()?;
    Ok(Scored::Round(Box::new(PlayedRound { result, schedule, records, faults, unknown })))
}

fn match_result(outcome: &Outcome) -> MatchResult {
    MatchResult {
        scores: outcome.scores.clone(),
        trace_root: outcome.trace_root,
        step_count: outcome.step_count,
    }
}

/// Before anybody is disqualified, and so slashed, a second engine must agree on the matches that
/// contradict the claim. Gives a match of them that was not played now and of which it does not:
/// then its record is in doubt, and nobody.
fn wrong_record(
    pool: &AgentPool<'_>,
    scorer: &RoundScorer,
    next: &NextMatch,
    scored: &BTreeMap<u32, Finished>,
) -> Result<Option<MatchId>, NodeError> {
    for entry in next.pairing.seats.into_iter().flatten() {
        if scorer.disqualified_at(entry) != next.index {
            continue;
        }
        let claim = pool.plan.claims.get(&pool.plan.entries[entry as usize].member);
        let contradicting = match claim {
            Some(Claim::Total(_)) => scorer.schedule().matches_of(entry).collect(),
            _ => vec![next.index],
        };
        for done in contradicting.iter().filter_map(|index| scored.get(index)) {
            let second = outcome_on_second_engine(pool, &done.record)?;
            if second == done.record.outcome {
                continue;
            }
            let (id, agents) = (done.record.spec.id(), done.record.spec.agents.clone());
            if done.is_stored {
                return Ok(Some(id));
            }
            let difference = outcome_difference(&done.record.outcome, &second);
            let difference = difference.map(|sides| sides.join(" and ")).unwrap_or_default();
            return Err(NodeError::EnginesDisagree { id, difference, agents });
        }
    }
    Ok(None)
}
