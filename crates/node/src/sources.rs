//! Sources: where artifacts come from that an arena lacks, by what they hash to.
//!
//! No source is believed. What it gives is read up to the most that such an artifact may have, and
//! is the artifact or is not; then the next one is asked.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nets_core::{Digest, MatchId, MatchRecord, Reader, Rules, RulesId, sha256};
use nets_league::{REGISTRATION_BYTES, RegistrationBatch};
use nets_runner::{Verdict, replay_signed};
use nets_systems::forecast::DATA_BYTES_MAX;

use crate::error::NodeError;
use crate::folder::ArenaFolder;
use crate::play::is_of_signed;
use crate::reading::{MODULE_BYTES_MAX, RECORD_BYTES_MAX, read_bounded};
use crate::settings::Settings;

/// The most bytes that rules may have: parameters of a System, of which each is a name and a number.
const RULES_BYTES_MAX: u64 = 64 << 10;

/// How long a source may take for one artifact.
const TIMEOUT: Duration = Duration::from_secs(30);

/// An artifact by what its bytes hash to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ArtifactId {
    /// An agent's module, by its SHA-256.
    Module(Digest),
    /// A league's rules, by their id.
    Rules(RulesId),
    /// The record of a signed match, by the match's id. There may be several: any in which all is
    /// signed is one.
    Record(MatchId),
    /// The registrations of a batch, by their root and how many they are.
    Batch(Digest, u32),
    /// A data set that matches are played on, by its SHA-256.
    Data(Digest),
}

impl ArtifactId {
    /// What its name is made of.
    pub fn hash(&self) -> Digest {
        match self {
            Self::Module(hash) | Self::Data(hash) => *hash,
            Self::Rules(id) => Digest(id.0),
            Self::Record(id) => Digest(id.0),
            Self::Batch(root, _) => *root,
        }
    }

    /// The most bytes that it may have.
    fn bytes_max(&self) -> u64 {
        match self {
            Self::Module(_) => MODULE_BYTES_MAX,
            Self::Rules(_) => RULES_BYTES_MAX,
            Self::Record(_) => RECORD_BYTES_MAX,
            Self::Data(_) => DATA_BYTES_MAX,
            Self::Batch(_, count) => REGISTRATION_BYTES as u64 * u64::from(*count),
        }
    }

    /// Whether these bytes are it.
    fn is(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Module(hash) | Self::Data(hash) => sha256(bytes) == *hash,
            Self::Rules(id) => {
                let rules = Rules::read(&mut Reader::new(bytes));
                rules.is_ok_and(|rules| rules.id() == *id && rules.encode() == bytes)
            }
            Self::Record(id) => is_signed_record(bytes, id),
            Self::Batch(root, count) => {
                let batch = RegistrationBatch::decode(bytes);
                batch.is_ok_and(|batch| batch.root() == *root && batch.count() == *count)
            }
        }
    }

    /// Where it may be in a folder: alone, or as an arena has it.
    fn paths(&self) -> [PathBuf; 2] {
        let (name, folder) = match self {
            Self::Module(hash) => (format!("{hash}.wasm"), "artifacts/modules"),
            Self::Rules(id) => (format!("{id}.rules"), "artifacts/rules"),
            Self::Record(id) => (format!("{id}.match"), "artifacts/records"),
            Self::Data(hash) => (format!("{hash}.csv"), "artifacts/data"),
            Self::Batch(root, _) => (format!("{root}.batch"), "artifacts/batches"),
        };
        [PathBuf::from(&name), Path::new(folder).join(&name)]
    }
}

/// Whether bytes are a record of a signed match in which every action is signed. A clock that ran out
/// is the chain's to say, and needs no record.
fn is_signed_record(bytes: &[u8], id: &MatchId) -> bool {
    let Ok(record) = MatchRecord::decode(bytes) else { return false };
    let rules = &record.spec.rules;
    let Ok(system) = nets_systems::build_canonical(&rules.system, &rules.parameters) else {
        return false;
    };
    is_of_signed(&record, id)
        && matches!(replay_signed(&record, system.as_ref()), Ok((Verdict::Right, _)))
}

/// Places that artifacts may come from, in the order in which they are asked.
#[derive(Clone, Debug)]
pub struct Sources {
    places: Vec<Place>,
    timeout: Duration,
}

#[derive(Clone, Debug)]
enum Place {
    Folder(PathBuf),
    #[cfg(feature = "evm")]
    Web(nets_chain_evm::Source),
}

/// An artifact that a source gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obtained {
    /// Its bytes, which are the right ones.
    pub bytes: Vec<u8>,
    /// The source.
    pub from: String,
    /// What came of the sources before.
    pub failures: Vec<SourceFailure>,
}

/// What came of a source that did not give an artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFailure {
    /// The source, as it was written.
    pub source: String,
    /// Why it did not, in words.
    pub reason: String,
}

impl fmt::Display for SourceFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "source {}: {}", self.source, self.reason)
    }
}

impl Default for Sources {
    fn default() -> Self {
        Self { places: Vec::new(), timeout: TIMEOUT }
    }
}

impl Sources {
    /// The places that these texts name: URLs that begin with `http://` or `https://`, or folders.
    ///
    /// # Errors
    /// When one cannot be used.
    pub fn parse(texts: &[String]) -> Result<Self, NodeError> {
        let places = texts.iter().map(|text| Place::parse(text)).collect::<Result<_, _>>()?;
        Ok(Self { places, ..Self::default() })
    }

    /// Those of an arena: first what its user named for now, then what its settings name.
    pub(crate) fn of(folder: &ArenaFolder, settings: &Settings) -> Result<Self, NodeError> {
        let lasting = settings.sources.iter().map(|text| match is_url(text) {
            true => text.clone(),
            // In the settings a folder is named as seen from the arena's.
            false => folder.root().join(text).display().to_string(),
        });
        let texts: Vec<_> = folder.sources().iter().cloned().chain(lasting).collect();
        Self::parse(&texts)
    }

    /// The same sources, each of which may take so long for one artifact.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Gets an artifact from the first source that has it.
    ///
    /// # Errors
    /// With what came of each source, where none has it.
    pub fn obtain(&self, id: ArtifactId) -> Result<Obtained, Vec<SourceFailure>> {
        let mut failures = Vec::new();
        for place in &self.places {
            let source = place.text();
            let reason = match place.read(&id, self.timeout) {
                Ok(bytes) if id.is(&bytes) => {
                    return Ok(Obtained { bytes, from: source, failures });
                }
                Ok(bytes) => {
                    let (count, got) = (bytes.len(), sha256(&bytes));
                    format!("it gave {count} bytes that are not it: their SHA-256 is {got}")
                }
                Err(reason) => reason,
            };
            failures.push(SourceFailure { source, reason });
        }
        Err(failures)
    }
}

fn is_url(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

impl Place {
    fn parse(text: &str) -> Result<Self, NodeError> {
        if !is_url(text) {
            if text.contains("://") {
                return Err(NodeError::Source { text: text.to_owned() });
            }
            return Ok(Self::Folder(PathBuf::from(text)));
        }
        #[cfg(feature = "evm")]
        {
            let source =
                nets_chain_evm::Source::parse(text).map_err(nets_chain::ChainError::from)?;
            Ok(Self::Web(source))
        }
        #[cfg(not(feature = "evm"))]
        Err(NodeError::EmbeddedOnly { url: text.to_owned(), action: "fetched from" })
    }

    fn text(&self) -> String {
        match self {
            Self::Folder(folder) => folder.display().to_string(),
            #[cfg(feature = "evm")]
            Self::Web(source) => source.text().to_owned(),
        }
    }

    /// What the place gives for an artifact.
    #[cfg_attr(not(feature = "evm"), expect(unused_variables, reason = "no folder is timed"))]
    fn read(&self, id: &ArtifactId, timeout: Duration) -> Result<Vec<u8>, String> {
        match self {
            Self::Folder(folder) => read_in(folder, id),
            #[cfg(feature = "evm")]
            Self::Web(source) => {
                let folder = match id {
                    ArtifactId::Module(_)
                    | ArtifactId::Rules(_)
                    | ArtifactId::Batch(..)
                    | ArtifactId::Data(_) => "artifacts",
                    ArtifactId::Record(_) => "records",
                };
                let path = format!("{folder}/{}", id.hash());
                source.fetch(&path, id.bytes_max(), timeout).map_err(|error| error.to_string())
            }
        }
    }
}

fn read_in(folder: &Path, id: &ArtifactId) -> Result<Vec<u8>, String> {
    let paths = id.paths().map(|path| folder.join(path));
    let Some(path) = paths.iter().find(|path| path.is_file()) else {
        return Err("it has no such file".to_owned());
    };
    read_bounded(path, id.bytes_max())
        .map_err(|error| format!("cannot read {}: {error}", path.display()))
}
