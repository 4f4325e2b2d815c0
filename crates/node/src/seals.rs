//! Seals: which records this node made itself, and so may rely on when a round goes on.
//!
//! Whoever can write to the arena's folder can make a record with a right checksum, and even one of
//! a match that is possible and was never played. So a record counts only under a seal: a keyed hash
//! with a secret that lies with the signing keys. What can be computed without the agents is computed
//! from the recorded actions nevertheless, since a record is money.
//! Invariant: a record without its right seal counts as missing, and its match is played.

use std::fmt;
use std::fs;
use std::path::PathBuf;

use hmac::{Hmac, KeyInit, Mac};
use nets_core::{
    Chance, Digest, MatchId, MatchRecord, MatchSpec, Outcome, Status, System, Termination, Trace,
    TraceBuilder,
};
use sha2::Sha256;

use crate::artifacts::Artifacts;
use crate::error::NodeError;
use crate::folder::{ArenaFolder, write_recomputable};
use crate::keys::{random_secret, read_secret, write_secret};

/// The seals of an arena's records.
pub(crate) struct Seals {
    folder: PathBuf,
    secret: Digest,
}

impl fmt::Debug for Seals {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Seals").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// What there is of a match on disk.
#[derive(Debug)]
pub(crate) enum Stored {
    /// Nothing.
    Missing,
    /// A record that stands for the match.
    Right(Box<MatchRecord>),
    /// A record that stands for nothing, and why.
    Refused(&'static str),
}

impl Seals {
    /// The seals of the arena; its secret is drawn when it is first needed, and again where it is
    /// none any more: then no record counts, and everything is played again.
    pub(crate) fn open(arena: &ArenaFolder) -> Result<Self, NodeError> {
        let (folder, path) = (arena.seals(), arena.seal_secret());
        fs::create_dir_all(&folder).map_err(|e| NodeError::io("create", &folder, e))?;
        if matches!(read_secret(&path), Err(NodeError::Key { .. })) {
            fs::remove_file(&path).map_err(|e| NodeError::io("remove", &path, e))?;
        }
        if !path.exists() {
            write_secret(&path, &Digest(random_secret()?))?;
        }
        Ok(Self { folder, secret: read_secret(&path)? })
    }

    /// Keeps a record that was just played.
    pub(crate) fn put(&self, artifacts: &Artifacts, record: &MatchRecord) -> Result<(), NodeError> {
        // The record comes last: where it is, its seal is.
        let seal = format!("{}\n", self.seal(record));
        write_recomputable(&self.path(&record.spec.id()), seal.as_bytes())?;
        artifacts.put_record(record)
    }

    /// The record of a match, if this node made it and the System says the same.
    pub(crate) fn record(
        &self,
        artifacts: &Artifacts,
        system: &dyn System,
        spec: &MatchSpec,
    ) -> Stored {
        let id = spec.id();
        let Some(record) = artifacts.record(&id) else {
            let is_there = artifacts.record_path(&id).exists();
            return if is_there { Stored::Refused("are damaged") } else { Stored::Missing };
        };
        let stored = fs::read_to_string(self.path(&id)).unwrap_or_default();
        if Digest::from_hex(stored.trim()) != Ok(self.seal(&record)) {
            return Stored::Refused("do not carry the seal of this node");
        }
        if recompute(system, &record).as_ref() != Some(&record.outcome) {
            return Stored::Refused("contradict the rules");
        }
        Stored::Right(Box::new(record))
    }

    fn path(&self, id: &MatchId) -> PathBuf {
        self.folder.join(format!("{id}.seal"))
    }

    fn seal(&self, record: &MatchRecord) -> Digest {
        // A key of 32 bytes, filled up to the block of the hash, as HMAC does with short ones.
        let mut key = [0; 64];
        key[..32].copy_from_slice(&self.secret.0);
        let mut mac = Hmac::<Sha256>::new(&key.into());
        mac.update(&record.encode());
        Digest(mac.finalize().into_bytes().into())
    }
}

/// A match as the System makes it of recorded actions.
pub(crate) struct Retraced {
    /// Its trace.
    pub(crate) trace: Trace,
    /// The bytes of the state before each step, and of the last one.
    pub(crate) states: Vec<Vec<u8>>,
}

/// What the System makes of the recorded actions; none where they cannot be taken. Only the fuel
/// is as recorded, since it is the agents' own.
fn recompute(system: &dyn System, record: &MatchRecord) -> Option<Outcome> {
    let trace = retrace(system, record)?.trace;
    let end = trace.end();
    Some(Outcome {
        scores: end.scores.clone(),
        termination: end.termination,
        step_count: end.step_count,
        fuel_used: end.fuel_used.clone(),
        trace_root: trace.root(),
    })
}

/// The trace of the recorded actions, if they can be taken.
pub(crate) fn retrace(system: &dyn System, record: &MatchRecord) -> Option<Retraced> {
    let information = system.descriptor().information;
    let mut state = system.start(Chance::from_seed(&record.spec.seed));
    let mut trace = TraceBuilder::new(system.step_count_max());
    let mut states = vec![state.bytes()];
    for step in &record.steps {
        if state.status() != Status::Acting(step.acting) {
            return None;
        }
        trace.begin_step(state.as_ref(), step.acting, information);
        state.step(&step.actions).ok()?;
        match record.venue {
            None => trace.end_step(&step.actions),
            Some(_) => trace.end_signed_step(&step.actions, &step.signatures),
        }
        states.push(state.bytes());
    }
    let (termination, scores) = match (state.status(), record.outcome.termination) {
        (Status::Terminal(ending), _) => (ending.into(), state.scores()),
        (Status::Acting(acting), Termination::Forfeit(seats))
            if seats.iter().all(|seat| acting.contains(seat)) =>
        {
            (Termination::Forfeit(seats), system.forfeit_scores(seats))
        }
        _ => return None,
    };
    let (id, fuel_used) = (record.spec.id(), &record.outcome.fuel_used);
    let trace = trace.finish(id, state.as_ref(), termination, &scores, fuel_used);
    Some(Retraced { trace, states })
}
