//! Playing a round: matches in parallel, scored in their order, kept as records.
//!
//! Threads decide nothing: results are scored in the order of matches, and a match that an earlier
//! one made a walkover is dropped even if it was played ahead. A record that this node made stands
//! for its match, so an interrupted round goes on where it was; any other is played over.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use nets_core::{
    Digest, MatchId, MatchRecord, MatchSpec, Outcome, Score, SeatIdentity, Seed, System,
};
use nets_league::{
    Claim, Entry, MatchResult, MatchStatus, NextMatch, RoundResult, RoundScorer, Schedule,
};
use nets_runner::sandbox::{Engine, FastEngine, FastOptions, MATCH_THREAD_STACK_BYTES};
use nets_runner::{PlayedMatch, SeatAgent, play};

use crate::artifacts::Artifacts;
use crate::error::NodeError;
use crate::node::League;
use crate::report::{FaultLine, outcome_difference};
use crate::seals::{Seals, Stored};

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
    /// The round.
    pub round: u32,
    /// The round's seed.
    pub seed: Seed,
    /// Who plays.
    pub entries: Vec<Entry>,
    /// The SHA-256 of each entry's module.
    pub code: Vec<Digest>,
    /// What owners claim, by member.
    pub claims: BTreeMap<u32, Claim>,
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
        let system = self.league.system.clone();
        let forfeit_scores = |forfeits| system.forfeit_scores(forfeits);
        Ok(RoundScorer::new(schedule, terms.seats, entries, claims, forfeit_scores))
    }
}

/// The engine that plays.
pub(crate) fn fast_engine(options: &FastOptions) -> Result<FastEngine, NodeError> {
    // A cache that cannot be had costs time, not results.
    FastEngine::new(options)
        .or_else(|_| FastEngine::new(&FastOptions { cache: None, ..options.clone() }))
        .map_err(|error| NodeError::Engine(error.to_string()))
}

/// Agents loaded once for all matches of a round, and how they play them.
struct AgentPool<'a> {
    engine: &'a dyn Engine,
    /// What loads each agent another way than `engine`.
    second: &'a dyn Engine,
    plan: &'a RoundPlan,
    artifacts: &'a Artifacts,
    options: PlayOptions<'a>,
    progress: &'a dyn Progress,
    loaded: Mutex<BTreeMap<Digest, Arc<SeatAgent>>>,
    /// How many records were refused since it was last said, by why.
    refused: Mutex<BTreeMap<&'static str, u32>>,
}

/// A match that has a result.
struct Finished {
    record: MatchRecord,
    faults: Vec<String>,
    /// Whether its record was there already, so that it was not played now.
    is_stored: bool,
}

/// What came of scoring a round.
enum Scored {
    Round(Box<PlayedRound>),
    /// The record of this match is not what its agents do.
    WrongRecord(MatchId),
}

impl<'a> AgentPool<'a> {
    fn new(
        [engine, second]: [&'a dyn Engine; 2],
        plan: &'a RoundPlan,
        artifacts: &'a Artifacts,
        options: PlayOptions<'a>,
        progress: &'a dyn Progress,
    ) -> Self {
        let (loaded, refused) = Default::default();
        Self { engine, second, plan, artifacts, options, progress, loaded, refused }
    }

    /// Says which records were not believed, in a line for each reason.
    fn note_refused(&self) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        for (reason, count) in std::mem::take(&mut *refused) {
            self.progress
                .note(&format!("records that {reason}: {count}; their matches are played"));
        }
    }

    fn system(&self) -> &dyn System {
        self.plan.league.system.as_ref()
    }

    fn agent(&self, code_hash: &Digest) -> Result<Arc<SeatAgent>, NodeError> {
        let known = || self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(agent) = known().get(code_hash) {
            return Ok(agent.clone());
        }
        let module = self.artifacts.obtain_module(code_hash, self.progress)?;
        let agent = SeatAgent::load(self.engine, self.system(), &module)?;
        let agent = Arc::new(agent);
        known().insert(*code_hash, agent.clone());
        Ok(agent)
    }

    fn play(&self, spec: &MatchSpec, seats: &[SeatIdentity]) -> Result<PlayedMatch, NodeError> {
        self.options.check_stop()?;
        let agents = seats.iter().map(|seat| self.agent(&seat.code_hash));
        let agents = agents.collect::<Result<Vec<_>, _>>()?;
        let agents: Vec<_> = agents.iter().map(Arc::as_ref).collect();
        let play_error = |source| NodeError::Play { id: spec.id(), source };
        play(self.system(), spec, &agents).map_err(play_error)
    }
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
    // Where nothing is claimed no match depends on another, so those of others may be anything.
    let other = || MatchResult {
        scores: vec![0; usize::from(plan.league.terms.seats)],
        trace_root: Digest::default(),
        step_count: 0,
    };
    let mut scores = Vec::new();
    while let Some(next) = scorer.next_match() {
        let played = finished.get(&next.index).map(|done| match_result(&done.record.outcome));
        let is_played = next.status == MatchStatus::Played;
        scorer.score(is_played.then(|| played.unwrap_or_else(other)))?;
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
    let mut scored = BTreeMap::new();
    while let Some(first) = scorer.next_match() {
        let chunk = first.index..total.min(first.index.saturating_add(pool.options.chunk(total)));
        let due = chunk.clone().filter_map(|index| scorer.upcoming(index));
        let due = due.filter(|next| next.status == MatchStatus::Played).collect::<Vec<_>>();
        let mut finished = play_chunk(pool, &due)?;
        for index in chunk {
            let Some(next) = scorer.next_match() else { break };
            let done = finished.remove(&index).filter(|_| next.status == MatchStatus::Played);
            scorer.score(done.as_ref().map(|done| match_result(&done.record.outcome)))?;
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
    Ok(Scored::Round(Box::new(PlayedRound { result, schedule, records, faults })))
}

fn match_result(outcome: &Outcome) -> MatchResult {
    MatchResult {
        scores: outcome.scores.clone(),
        trace_root: outcome.trace_root,
        step_count: outcome.step_count,
    }
}

/// Plays these matches on as many threads as there are, or as there are matches.
fn play_chunk(
    pool: &AgentPool<'_>,
    due: &[NextMatch],
) -> Result<BTreeMap<u32, Finished>, NodeError> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(BTreeMap::new());
    let worker = || -> Result<(), NodeError> {
        while let Some(due) = due.get(next.fetch_add(1, Ordering::Relaxed)) {
            pool.options.check_stop()?;
            let finished = play_one(pool, due)?;
            let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
            results.insert(due.index, finished);
        }
        Ok(())
    };
    thread::scope(|scope| {
        let mut workers = Vec::new();
        for _ in 0..pool.options.threads.max(1).min(due.len()) {
            let thread = thread::Builder::new().stack_size(MATCH_THREAD_STACK_BYTES);
            match thread.spawn_scoped(scope, worker) {
                Ok(thread) => workers.push(thread),
                // Fewer threads than asked for take longer and do the same.
                Err(_) if !workers.is_empty() => break,
                Err(error) => {
                    return Err(NodeError::Engine(format!("cannot start a thread: {error}")));
                }
            }
        }
        workers.into_iter().try_for_each(|worker| {
            let crashed =
                |_| Err(NodeError::Engine("a thread that played matches died".to_owned()));
            worker.join().unwrap_or_else(crashed)
        })
    })?;
    pool.note_refused();
    Ok(results.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn play_one(pool: &AgentPool<'_>, next: &NextMatch) -> Result<Finished, NodeError> {
    let (spec, seats) = pool.plan.spec(next);
    if let Records::Resume(seals) = pool.options.records {
        match seals.record(pool.artifacts, pool.system(), &spec) {
            Stored::Right(record) => {
                let faults = pool.artifacts.faults(&spec.id());
                return Ok(Finished { record: *record, faults, is_stored: true });
            }
            Stored::Refused(reason) => {
                let mut refused = pool.refused.lock().unwrap_or_else(PoisonError::into_inner);
                *refused.entry(reason).or_default() += 1;
            }
            Stored::Missing => {}
        }
    }
    let played = pool.play(&spec, &seats)?;
    let faults: Vec<_> =
        played.faults.iter().map(|fault| FaultLine::from(fault).to_string()).collect();
    let steps = played.recorded_steps();
    let record =
        MatchRecord { spec, seats, steps, outcome: played.outcome, modules: BTreeMap::new() };
    if let Records::Resume(seals) | Records::Renew(seals) = pool.options.records {
        // The record comes last: where it is, its diagnostics are.
        if !faults.is_empty() {
            pool.artifacts.put_faults(&record.spec.id(), &faults)?;
        }
        seals.put(pool.artifacts, &record)?;
    }
    Ok(Finished { record, faults, is_stored: false })
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

fn outcome_on_second_engine(
    pool: &AgentPool<'_>,
    record: &MatchRecord,
) -> Result<Outcome, NodeError> {
    let AgentPool { second, plan, artifacts, options, progress, .. } = *pool;
    let pool = AgentPool::new([second, second], plan, artifacts, options, progress);
    Ok(pool.play(&record.spec, &record.seats)?.outcome)
}
