//! The shelf: the artifacts of an arena, and which of them may be given now.
//!
//! The chain is read beside whoever writes it, and again only when something is asked for that might
//! have become free since.

use std::collections::BTreeSet;
use std::fs::File;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nets_core::{Digest, MatchId, RulesId};

use crate::artifacts::Artifacts;
use crate::chain_read::ChainRead;
use crate::disclosed::disclosed;
use crate::error::NodeError;
use crate::folder::ArenaFolder;
use crate::play::is_of_signed;
use crate::settings::Settings;
use crate::sources::Sources;

/// How long what was read of the chain is good enough.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// What became of a wish.
#[derive(Debug)]
pub(super) enum Found {
    /// It may be given.
    File(File),
    /// Its agent's entries are not frozen yet.
    Early,
    /// There is no such artifact.
    Missing,
    /// Whether it may be given cannot be told.
    Unknown,
}

#[derive(Debug)]
pub(super) struct Shelf {
    artifacts: Artifacts,
    chain: ChainRead,
    shown: Mutex<Shown>,
}

/// The modules that may be given, as of the last look at the chain.
#[derive(Debug, Default)]
struct Shown {
    modules: BTreeSet<Digest>,
    looked: Option<Instant>,
}

impl Shelf {
    pub(super) fn of(folder: ArenaFolder) -> Result<Self, NodeError> {
        let settings = Settings::read(&folder)?;
        let chain = ChainRead::open(&folder, &settings)?;
        // Whoever asks is given what is here; nobody is asked in turn.
        let artifacts = Artifacts::new(folder, Sources::default());
        let shelf = Self { artifacts, chain, shown: Mutex::default() };
        // An arena that cannot be read is told of before anybody asks.
        let modules = shelf.disclosed()?;
        *shelf.shown() = Shown { modules, looked: Some(Instant::now()) };
        Ok(shelf)
    }

    /// What there is for a hash.
    pub(super) fn find(&self, hash: &Digest) -> Found {
        if let Ok(file) = File::open(self.artifacts.rules_path(&RulesId(hash.0))) {
            return Found::File(file);
        }
        // Of an agent they tell its owner and the hash of its module, as the chain does of others.
        if let Ok(file) = File::open(self.artifacts.batch_path(hash)) {
            return Found::File(file);
        }
        // Who puts a data set into the arena shows it.
        if let Ok(file) = File::open(self.artifacts.data_path(hash)) {
            return Found::File(file);
        }
        let Ok(file) = File::open(self.artifacts.module_path(hash)) else {
            return Found::Missing;
        };
        match self.is_shown(hash) {
            Ok(true) => Found::File(file),
            Ok(false) => Found::Early,
            Err(_) => Found::Unknown,
        }
    }

    /// The record of a match that nobody can play again.
    pub(super) fn record(&self, id: &MatchId) -> Found {
        let record = self.artifacts.record(id).filter(|record| is_of_signed(record, id));
        let file = record.and_then(|_| File::open(self.artifacts.record_path(id)).ok());
        file.map_or(Found::Missing, Found::File)
    }

    fn disclosed(&self) -> Result<BTreeSet<Digest>, NodeError> {
        self.chain.look(|arena, chain| {
            Ok(disclosed(&chain.logs(0)?, arena.deployment().arena, &self.artifacts))
        })
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        // What a panicking thread left is as it was after its last look.
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_shown(&self, hash: &Digest) -> Result<bool, NodeError> {
        let mut shown = self.shown();
        if shown.modules.contains(hash) {
            return Ok(true);
        }
        if shown.looked.is_none_or(|looked| looked.elapsed() >= LOOK_AGAIN) {
            shown.modules = self.disclosed()?;
            shown.looked = Some(Instant::now());
        }
        Ok(shown.modules.contains(hash))
    }
}
