//! The pool: agents loaded once for all matches of a round, and threads that play them.
//!
//! It does not know what a match counts for; it gives each of those that are asked for a record.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use nets_core::{Digest, MatchRecord, MatchSpec, Outcome, SeatIdentity, System};
use nets_league::NextMatch;
use nets_runner::sandbox::{Engine, MATCH_THREAD_STACK_BYTES};
use nets_runner::{PlayedMatch, SeatAgent, play};

use super::{PlayOptions, Progress, Records, RoundPlan};
use crate::artifacts::Artifacts;
use crate::error::NodeError;
use crate::report::FaultLine;
use crate::seals::Stored;

/// Agents loaded once for all matches of a round, and how they play them.
pub(super) struct AgentPool<'a> {
    engine: &'a dyn Engine,
    /// What loads each agent another way than `engine`.
    second: &'a dyn Engine,
    pub(super) plan: &'a RoundPlan,
    pub(super) artifacts: &'a Artifacts,
    pub(super) options: PlayOptions<'a>,
    pub(super) progress: &'a dyn Progress,
    loaded: Mutex<BTreeMap<Digest, Arc<SeatAgent>>>,
    /// How many records were refused since it was last said, by why.
    refused: Mutex<BTreeMap<&'static str, u32>>,
}

/// A match that has a result.
pub(crate) struct Finished {
    pub(crate) record: MatchRecord,
    pub(super) faults: Vec<String>,
    /// Whether its record was there already, so that it was not played now.
    pub(super) is_stored: bool,
}

impl<'a> AgentPool<'a> {
    pub(super) fn new(
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
        self.plan.system.as_ref()
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

/// Plays these matches on as many threads as there are, or as there are matches.
pub(super) fn play_chunk(
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
    let record = MatchRecord {
        spec,
        seats,
        venue: None,
        steps,
        outcome: played.outcome,
        modules: BTreeMap::new(),
    };
    if let Records::Resume(seals) | Records::Renew(seals) = pool.options.records {
        // The record comes last: where it is, its diagnostics are.
        if !faults.is_empty() {
            pool.artifacts.put_faults(&record.spec.id(), &faults)?;
        }
        seals.put(pool.artifacts, &record)?;
    }
    Ok(Finished { record, faults, is_stored: false })
}

pub(super) fn outcome_on_second_engine(
    pool: &AgentPool<'_>,
    record: &MatchRecord,
) -> Result<Outcome, NodeError> {
    let AgentPool { second, plan, artifacts, options, progress, .. } = *pool;
    let pool = AgentPool::new([second, second], plan, artifacts, options, progress);
    Ok(pool.play(&record.spec, &record.seats)?.outcome)
}
