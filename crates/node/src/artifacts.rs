//! Artifacts: files named by what they hold, and got from elsewhere by that where they are missing.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use nets_core::{Digest, MatchId, MatchRecord, Rules, RulesId, System, sha256};
use nets_league::{REGISTRATION_BYTES, RegistrationBatch};
use nets_systems::Blueprint;
use nets_systems::forecast::{DATA_BYTES_MAX, SHIPPED};

use crate::error::NodeError;
use crate::folder::{ArenaFolder, write_recomputable, write_whole};
use crate::play::Progress;
use crate::reading::{MODULE_BYTES_MAX, RECORD_BYTES_MAX, read_bounded};
use crate::settings::Settings;
use crate::sources::{ArtifactId, Obtained, Sources};

/// The most bytes of a match's diagnostics: eight seats forfeit at most, each with a line.
const FAULTS_BYTES_MAX: u64 = 64 << 10;

/// The modules, rules, records and data sets of an arena.
#[derive(Clone, Debug)]
pub struct Artifacts {
    folder: ArenaFolder,
    sources: Arc<Sources>,
    /// What several threads want comes once.
    turn: Arc<Mutex<()>>,
}

impl Artifacts {
    /// Those in this arena's folder, and what these sources have.
    pub fn new(folder: ArenaFolder, sources: Sources) -> Self {
        Self { folder, sources: Arc::new(sources), turn: Arc::default() }
    }

    /// Those of an arena, with the sources that its user and its settings name.
    ///
    /// # Errors
    /// When a source cannot be used, or the settings cannot be read.
    pub fn of(folder: ArenaFolder) -> Result<Self, NodeError> {
        let settings = Settings::read(&folder)?;
        Self::with_settings(folder, &settings)
    }

    pub(crate) fn with_settings(
        folder: ArenaFolder,
        settings: &Settings,
    ) -> Result<Self, NodeError> {
        let sources = Sources::of(&folder, settings)?;
        Ok(Self::new(folder, sources))
    }

    /// Gets an artifact from the sources, and keeps it.
    fn fetch(&self, id: ArtifactId, path: &Path) -> Result<Obtained, NodeError> {
        let hash = id.hash();
        if self.sources.is_empty() {
            return Err(NodeError::MissingArtifact { hash, path: path.to_owned() });
        }
        let obtained = self.sources.obtain(id);
        let obtained = obtained.map_err(|failures| NodeError::NoSource { hash, failures })?;
        write_whole(path, &obtained.bytes)?;
        Ok(obtained)
    }

    /// The module with this hash; one that is missing is got from the sources and kept. What came of
    /// sources that did not give it is noted.
    ///
    /// # Errors
    /// When it is damaged, cannot be read or written, or is missing and no source gives it.
    pub fn obtain_module(
        &self,
        hash: &Digest,
        progress: &dyn Progress,
    ) -> Result<Vec<u8>, NodeError> {
        match self.module(hash) {
            Err(NodeError::MissingArtifact { .. }) => {}
            module => return module,
        }
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        match self.module(hash) {
            Err(NodeError::MissingArtifact { path, .. }) => {
                let obtained = self.fetch(ArtifactId::Module(*hash), &path)?;
                obtained.failures.iter().for_each(|failure| progress.note(&failure.to_string()));
                progress.note(&format!("module {} comes from {}", hash.short(), obtained.from));
                Ok(obtained.bytes)
            }
            module => module,
        }
    }

    pub(crate) fn module_path(&self, hash: &Digest) -> PathBuf {
        self.folder.modules().join(format!("{hash}.wasm"))
    }

    pub(crate) fn rules_path(&self, id: &RulesId) -> PathBuf {
        self.folder.rules().join(format!("{id}.rules"))
    }

    /// Where the record of a match is.
    pub fn record_path(&self, id: &MatchId) -> PathBuf {
        self.folder.records().join(format!("{id}.match"))
    }

    /// Keeps a module; gives its hash.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put_module(&self, module: &[u8]) -> Result<Digest, NodeError> {
        let hash = sha256(module);
        write_whole(&self.module_path(&hash), module)?;
        Ok(hash)
    }

    /// The module with this hash, if it is in the folder.
    ///
    /// # Errors
    /// When it is missing, damaged or cannot be read.
    pub fn module(&self, hash: &Digest) -> Result<Vec<u8>, NodeError> {
        let path = self.module_path(hash);
        let bytes = read(&path, hash)?;
        match sha256(&bytes) {
            got if got == *hash => Ok(bytes),
            got => Err(NodeError::DamagedArtifact { path, expected: *hash, got }),
        }
    }

    /// Keeps rules.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn put_rules(&self, rules: &Rules) -> Result<RulesId, NodeError> {
        let id = rules.id();
        write_whole(&self.rules_path(&id), &rules.encode())?;
        Ok(id)
    }

    /// The rules with this id; missing ones are got from the sources and kept.
    ///
    /// # Errors
    /// When they are damaged, cannot be read or written, or are missing and no source gives them.
    pub fn rules(&self, id: &RulesId) -> Result<Rules, NodeError> {
        let path = self.rules_path(id);
        let bytes = match read(&path, &Digest(id.0)) {
            Err(NodeError::MissingArtifact { .. }) => {
                self.fetch(ArtifactId::Rules(*id), &path)?.bytes
            }
            bytes => bytes?,
        };
        let mut reader = nets_core::Reader::new(&bytes);
        let rules = Rules::read(&mut reader).ok().filter(|rules| rules.id() == *id);
        let whole = rules.filter(|rules| rules.encode() == bytes);
        let (expected, got) = (Digest(id.0), sha256(&bytes));
        whole.ok_or(NodeError::DamagedArtifact { path, expected, got })
    }

    /// Where the registrations of a batch are.
    pub(crate) fn batch_path(&self, root: &Digest) -> PathBuf {
        self.folder.batches().join(format!("{root}.batch"))
    }

    /// Keeps the registrations of a batch, by their root.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) fn put_batch(&self, batch: &RegistrationBatch) -> Result<(), NodeError> {
        self.folder.create_batches()?;
        write_whole(&self.batch_path(&batch.root()), &batch.encode())
    }

    /// The registrations of a batch, so many under this root; missing ones are got from the sources
    /// and kept.
    ///
    /// # Errors
    /// When they are damaged, cannot be read or written, or are missing and no source gives them.
    pub(crate) fn batch(&self, root: &Digest, count: u32) -> Result<RegistrationBatch, NodeError> {
        let path = self.batch_path(root);
        let size = REGISTRATION_BYTES as u64 * u64::from(count);
        // Anybody may propose the root of a batch with another count: that is another batch, and
        // nowhere.
        let is_here = std::fs::metadata(&path).is_ok_and(|metadata| metadata.len() == size);
        let bytes = match is_here {
            true => read_at_most(&path, root, size)?,
            false => {
                self.folder.create_batches()?;
                self.fetch(ArtifactId::Batch(*root, count), &path)?.bytes
            }
        };
        let batch = RegistrationBatch::decode(&bytes).ok();
        let whole = batch.filter(|batch| batch.root() == *root && batch.count() == count);
        let (expected, got) = (*root, sha256(&bytes));
        whole.ok_or(NodeError::DamagedArtifact { path, expected, got })
    }

    /// How many registrations a batch has that is in the folder.
    pub(crate) fn batch_count(&self, root: &Digest) -> Result<u32, NodeError> {
        let path = self.batch_path(root);
        let missing = |_| NodeError::MissingArtifact { hash: *root, path: path.clone() };
        let size = std::fs::metadata(&path).map_err(missing)?.len();
        let count = u32::try_from(size / REGISTRATION_BYTES as u64).unwrap_or(u32::MAX);
        if size != REGISTRATION_BYTES as u64 * u64::from(count) {
            let got = sha256(&read_at_most(&path, root, size)?);
            return Err(NodeError::DamagedArtifact { path, expected: *root, got });
        }
        Ok(self.batch(root, count)?.count())
    }

    /// Where the data set with this hash is.
    pub(crate) fn data_path(&self, hash: &Digest) -> PathBuf {
        self.folder.data().join(format!("{hash}.csv"))
    }

    /// Keeps a data set, and so shows it to whoever the arena is served to; gives its hash.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put_data(&self, csv: &[u8]) -> Result<Digest, NodeError> {
        let hash = sha256(csv);
        self.folder.create_data()?;
        write_whole(&self.data_path(&hash), csv)?;
        Ok(hash)
    }

    /// The data set with this hash; a missing one is got from the sources and kept.
    ///
    /// # Errors
    /// When it is damaged, cannot be read or written, or is missing and no source gives it.
    pub fn data(&self, hash: &Digest) -> Result<Vec<u8>, NodeError> {
        let path = self.data_path(hash);
        let bytes = match read_at_most(&path, hash, DATA_BYTES_MAX) {
            Err(NodeError::MissingArtifact { .. }) => {
                self.folder.create_data()?;
                match self.fetch(ArtifactId::Data(*hash), &path) {
                    Err(NodeError::MissingArtifact { .. }) => {
                        return Err(NodeError::MissingData { hash: *hash, failures: Vec::new() });
                    }
                    Err(NodeError::NoSource { failures, .. }) => {
                        return Err(NodeError::MissingData { hash: *hash, failures });
                    }
                    obtained => obtained?.bytes,
                }
            }
            bytes => bytes?,
        };
        match sha256(&bytes) {
            got if got == *hash => Ok(bytes),
            got => Err(NodeError::DamagedArtifact { path, expected: *hash, got }),
        }
    }

    /// The bytes of the data set that a System is played on, if it is: one that comes with nets, or an
    /// artifact.
    ///
    /// # Errors
    /// As [`Artifacts::data`].
    pub(crate) fn data_of(&self, blueprint: &Blueprint) -> Result<Option<Vec<u8>>, NodeError> {
        let Some(hash) = blueprint.parameters().data() else { return Ok(None) };
        match SHIPPED.iter().find(|shipped| shipped.hash() == *hash) {
            Some(shipped) => Ok(Some(shipped.csv.to_vec())),
            None => self.data(hash).map(Some),
        }
    }

    /// A System, on its data set if it has one.
    ///
    /// # Errors
    /// When its data set is nowhere, damaged, or does not fit its parameters.
    pub fn system(&self, blueprint: &Blueprint) -> Result<Arc<dyn System>, NodeError> {
        Ok(match blueprint.missing_data() {
            None => blueprint.build()?,
            Some(hash) => blueprint.build_on(&self.data(hash)?)?,
        })
    }

    /// Keeps a record.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put_record(&self, record: &MatchRecord) -> Result<(), NodeError> {
        write_recomputable(&self.record_path(&record.spec.id()), &record.encode())
    }

    /// Keeps the record of a match that nobody can play again.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn put_signed_record(&self, record: &MatchRecord) -> Result<(), NodeError> {
        write_whole(&self.record_path(&record.spec.id()), &record.encode())
    }

    /// The record of a signed match from the sources, if one of them has one in which every action is
    /// signed; what came of those that did not is noted.
    ///
    /// # Errors
    /// Never by what a source gives.
    pub(crate) fn obtain_record(
        &self,
        id: &MatchId,
        progress: &dyn Progress,
    ) -> Result<Option<MatchRecord>, NodeError> {
        if self.sources.is_empty() {
            return Ok(None);
        }
        match self.sources.obtain(ArtifactId::Record(*id)) {
            Ok(obtained) => {
                progress.note(&format!("record {id} comes from {}", obtained.from));
                Ok(MatchRecord::decode(&obtained.bytes).ok())
            }
            Err(failures) => {
                failures.iter().for_each(|failure| progress.note(&failure.to_string()));
                Ok(None)
            }
        }
    }

    /// Keeps why seats forfeited in a match, a line for each.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put_faults(&self, id: &MatchId, faults: &[String]) -> Result<(), NodeError> {
        write_recomputable(&self.faults_path(id), faults.join("\n").as_bytes())
    }

    /// Why seats forfeited in a match, as far as it is known here.
    pub fn faults(&self, id: &MatchId) -> Vec<String> {
        let bytes = read_bounded(&self.faults_path(id), FAULTS_BYTES_MAX).unwrap_or_default();
        // What was damaged is shown as far as it can be read.
        let text = String::from_utf8_lossy(&bytes);
        text.lines().map(str::to_owned).collect()
    }

    fn faults_path(&self, id: &MatchId) -> PathBuf {
        self.folder.diagnostics().join(format!("{id}.txt"))
    }

    /// The record of a match, if it is here and whole.
    pub fn record(&self, id: &MatchId) -> Option<MatchRecord> {
        let bytes = read_bounded(&self.record_path(id), RECORD_BYTES_MAX).ok()?;
        MatchRecord::decode(&bytes).ok().filter(|record| record.spec.id() == *id)
    }
}

fn read(path: &Path, hash: &Digest) -> Result<Vec<u8>, NodeError> {
    read_at_most(path, hash, MODULE_BYTES_MAX)
}

fn read_at_most(path: &Path, hash: &Digest, bytes_max: u64) -> Result<Vec<u8>, NodeError> {
    read_bounded(path, bytes_max).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            NodeError::MissingArtifact { hash: *hash, path: path.to_owned() }
        }
        _ => NodeError::io("read", path, error),
    })
}
