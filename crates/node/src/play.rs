//! Playing a round: matches in parallel, scored in their order, kept as records.
//!
//! Threads decide nothing: results are scored in the order of matches, and a match that an earlier
//! one made a walkover is dropped even if it was played ahead. A record that is there and whole
//! stands for its match, so an interrupted round goes on where it was.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use nets_core::{Digest, MatchRecord, MatchSpec, Outcome, SeatIdentity, Seed};
use nets_league::{
    Claim, Entry, MatchResult, MatchStatus, NextMatch, RoundResult, RoundScorer, Schedule,
};
use nets_runner::sandbox::{Engine, FastEngine, FastOptions, MATCH_THREAD_STACK_BYTES};
use nets_runner::{PlayedMatch, SeatAgent, play};

use crate::artifacts::Artifacts;
use crate::error::NodeError;
use crate::node::League;

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

/// How a round is played.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlayOptions<'a> {
    pub(crate) threads: usize,
    /// Set from outside to stop after the matches under way.
    pub(crate) stop: &'a AtomicBool,
    /// Whether a record stands for its match; otherwise all are played, and none is written.
    pub(crate) use_records: bool,
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

    fn scorer(&self) -> Result<RoundScorer, NodeError> {
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

/// Agents loaded once for all matches of a round.
struct AgentPool<'a> {
    engine: &'a dyn Engine,
    /// What loads each agent another way than `engine`.
    second: &'a dyn Engine,
    league: &'a League,
    artifacts: &'a Artifacts,
    loaded: Mutex<BTreeMap<Digest, Arc<SeatAgent>>>,
}

impl AgentPool<'_> {
    fn agent(&self, code_hash: &Digest) -> Result<Arc<SeatAgent>, NodeError> {
        let known = || self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(agent) = known().get(code_hash) {
            return Ok(agent.clone());
        }
        let module = self.artifacts.module(code_hash)?;
        let agent = SeatAgent::load(self.engine, self.league.system.as_ref(), &module)?;
        let agent = Arc::new(agent);
        known().insert(*code_hash, agent.clone());
        Ok(agent)
    }

    fn play(&self, spec: &MatchSpec, seats: &[SeatIdentity]) -> Result<PlayedMatch, NodeError> {
        let agents = seats.iter().map(|seat| self.agent(&seat.code_hash));
        let agents = agents.collect::<Result<Vec<_>, _>>()?;
        let agents: Vec<_> = agents.iter().map(Arc::as_ref).collect();
        let play_error = |source| NodeError::Play { id: spec.id(), source };
        play(self.league.system.as_ref(), spec, &agents).map_err(play_error)
    }
}

/// What a thread brings back.
struct Finished {
    record: MatchRecord,
    faults: Vec<String>,
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
    let (league, second) = (&plan.league, engine.second_opinion());
    let pool =
        AgentPool { engine: &engine, second: &second, league, artifacts, loaded: Mutex::default() };
    let mut scorer = plan.scorer()?;
    let total = scorer.schedule().match_count();
    let (mut records, mut faults) = (BTreeMap::new(), BTreeMap::new());
    while let Some(first) = scorer.next_match() {
        if options.stop.load(Ordering::Relaxed) {
            return Err(NodeError::Interrupted);
        }
        let chunk =
            first.index..total.min(first.index + (options.threads * CHUNK_PER_THREAD) as u32);
        let due = chunk.clone().filter_map(|index| scorer.upcoming(index));
        let due = due.filter(|next| next.status == MatchStatus::Played).collect::<Vec<_>>();
        let mut finished = play_chunk(&pool, plan, &due, options)?;
        for index in chunk {
            let Some(next) = scorer.next_match() else { break };
            let done = finished.remove(&index).filter(|_| next.status == MatchStatus::Played);
            scorer.score(done.as_ref().map(|done| match_result(&done.record.outcome)))?;
            if let Some(done) = done {
                if !done.faults.is_empty() {
                    faults.insert(index, done.faults);
                }
                records.insert(index, done.record);
                check_disqualifications(&pool, plan, &scorer, &next, &records)?;
            }
        }
        progress.matches(scorer.leaves().len() as u32, total);
    }
    let schedule = *scorer.schedule();
    Ok(PlayedRound { result: scorer.finish()?, schedule, records, faults })
}

fn match_result(outcome: &Outcome) -> MatchResult {
    MatchResult {
        scores: outcome.scores.clone(),
        trace_root: outcome.trace_root,
        step_count: outcome.step_count,
    }
}

fn play_chunk(
    pool: &AgentPool<'_>,
    plan: &RoundPlan,
    due: &[NextMatch],
    options: PlayOptions<'_>,
) -> Result<BTreeMap<u32, Finished>, NodeError> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(BTreeMap::new());
    let worker = || -> Result<(), NodeError> {
        while let Some(due) = due.get(next.fetch_add(1, Ordering::Relaxed)) {
            let finished = play_one(pool, plan, due, options.use_records)?;
            let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
            results.insert(due.index, finished);
        }
        Ok(())
    };
    thread::scope(|scope| {
        let spawn = |_| {
            let thread = thread::Builder::new().stack_size(MATCH_THREAD_STACK_BYTES);
            let spawned = thread.spawn_scoped(scope, worker);
            spawned.map_err(|error| NodeError::Engine(format!("cannot start a thread: {error}")))
        };
        let workers = (0..options.threads.max(1)).map(spawn).collect::<Result<Vec<_>, _>>()?;
        workers.into_iter().try_for_each(|worker| {
            let crashed =
                |_| Err(NodeError::Engine("a thread that played matches died".to_owned()));
            worker.join().unwrap_or_else(crashed)
        })
    })?;
    Ok(results.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn play_one(
    pool: &AgentPool<'_>,
    plan: &RoundPlan,
    next: &NextMatch,
    use_records: bool,
) -> Result<Finished, NodeError> {
    let (spec, seats) = plan.spec(next);
    if use_records && let Some(record) = pool.artifacts.record(&spec.id()) {
        let faults = pool.artifacts.faults(&spec.id());
        return Ok(Finished { record, faults });
    }
    let played = pool.play(&spec, &seats)?;
    let faults = played.faults.iter();
    let faults: Vec<_> =
        faults.map(|f| format!("{} at step {}: {}", f.seat, f.step, f.failure)).collect();
    let steps = played.recorded_steps();
    let record =
        MatchRecord { spec, seats, steps, outcome: played.outcome, modules: BTreeMap::new() };
    if use_records {
        // The record comes last: where it is, its diagnostics are.
        if !faults.is_empty() {
            pool.artifacts.put_faults(&record.spec.id(), &faults)?;
        }
        pool.artifacts.put_record(&record)?;
    }
    Ok(Finished { record, faults })
}

/// Before anybody is disqualified, and so slashed, a second engine must agree on the matches that
/// contradict the claim.
fn check_disqualifications(
    pool: &AgentPool<'_>,
    plan: &RoundPlan,
    scorer: &RoundScorer,
    next: &NextMatch,
    records: &BTreeMap<u32, MatchRecord>,
) -> Result<(), NodeError> {
    for entry in next.pairing.seats.into_iter().flatten() {
        if scorer.disqualified_at(entry) != next.index {
            continue;
        }
        let claim = plan.claims.get(&plan.entries[entry as usize].member);
        let contradicting = match claim {
            Some(Claim::Total(_)) => scorer.schedule().matches_of(entry).collect(),
            _ => vec![next.index],
        };
        for record in contradicting.iter().filter_map(|index| records.get(index)) {
            check_on_second_engine(pool, record)?;
        }
    }
    Ok(())
}

fn check_on_second_engine(pool: &AgentPool<'_>, record: &MatchRecord) -> Result<(), NodeError> {
    let pool = AgentPool { engine: pool.second, loaded: Mutex::default(), ..*pool };
    let played = pool.play(&record.spec, &record.seats)?;
    if played.outcome == record.outcome {
        return Ok(());
    }
    let difference = format!("{:?} and {:?}", record.outcome, played.outcome);
    let (id, agents) = (record.spec.id(), record.spec.agents.clone());
    Err(NodeError::EnginesDisagree { id, difference, agents })
}
