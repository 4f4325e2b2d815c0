//! A record on disk, made ready to be played again: what `replay` and `prove` have in common.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;
use std::sync::Arc;

use nets_core::{Digest, MatchRecord, System, sha256};
use nets_node::{ArenaFolder, ArtifactId, Artifacts, NodeError, Sources};
use nets_runner::sandbox::{Engine, on_match_stack};
use nets_runner::{PlayedMatch, ReplayError, SeatAgent, Verdict};
use nets_systems::Blueprint;
use nets_systems::forecast::SHIPPED;

use crate::arena::{Shown, failure};
use crate::arguments::{RecordArguments, unbuilt};
use crate::engine::EngineChoice;
use crate::failure::Failure;
use crate::files;
use crate::output::Output;

const OTHER_RELEASE: &str = "replay it with the release of nets that made it";

/// A record with the System it is of.
pub(super) struct Recorded {
    pub(super) record: MatchRecord,
    pub(super) system: Arc<dyn System>,
    pub(super) modules: BTreeMap<Digest, Vec<u8>>,
}

impl Recorded {
    /// Reads a record and the modules given with it or, in an arena, kept beside it; others come from
    /// the sources that are named.
    pub(super) fn read(arguments: &RecordArguments, output: &Output) -> Result<Self, Failure> {
        let path = &arguments.record;
        let bytes = files::read(&files::RECORD, path)?;
        let mut record = MatchRecord::decode(&bytes).map_err(|error| {
            Failure::new(format!("{}: {error}", path.display()))
                .hint("get the file again from where it was made; nets play --record makes one")
        })?;
        let rules = &record.spec.rules;
        let blueprint = Blueprint::canonical(&rules.system, &rules.parameters)
            .map_err(|error| Failure::from(error).hint(OTHER_RELEASE))?;
        let system = system_of(&blueprint, arguments)?;
        let mut modules = std::mem::take(&mut record.modules);
        for path in &arguments.modules {
            let module = files::read(&files::MODULE, path)?;
            modules.insert(sha256(&module), module);
        }
        // Nobody decides anything again in a signed match, so nothing but the record is needed.
        let modular = record.seats.iter().filter(|_| record.venue.is_none());
        for hash in modular.map(|seat| seat.code_hash) {
            if let Entry::Vacant(place) = modules.entry(hash)
                && let Some(module) = found(arguments, &hash, output)?
            {
                place.insert(module);
            }
        }
        Ok(Self { record, system, modules })
    }

    /// The bytes of the data set that the match is on, if it is on one.
    pub(super) fn data(&self, arguments: &RecordArguments) -> Result<Option<Vec<u8>>, Failure> {
        let Some(hash) = self.system.parameters().data() else { return Ok(None) };
        if let Some(data) = arguments.data.read()? {
            return Ok(Some(data));
        }
        if let Some(shipped) = SHIPPED.iter().find(|shipped| shipped.hash() == *hash) {
            return Ok(Some(shipped.csv.to_vec()));
        }
        let sources = &arguments.sources.sources;
        if let Some(folder) = arena_of(&arguments.record) {
            let artifacts = Artifacts::of(folder.with_sources(sources.clone())).map_err(failure)?;
            return artifacts.data(hash).map(Some).map_err(failure);
        }
        let obtained = Sources::parse(sources).map_err(failure)?;
        match obtained.obtain(ArtifactId::Data(*hash)) {
            Ok(obtained) => Ok(Some(obtained.bytes)),
            Err(failures) => Err(failure(NodeError::MissingData { hash: *hash, failures })),
        }
    }

    /// Plays the match again, or, where it is signed, checks what was signed; there may be nothing that
    /// really happened then.
    pub(super) fn replay(
        &self,
        engine: EngineChoice,
        output: &Output,
    ) -> Result<(Verdict, Option<PlayedMatch>), Failure> {
        if self.record.venue.is_some() {
            let replayed = nets_runner::replay_signed(&self.record, self.system.as_ref());
            return replayed.map_err(unreplayable);
        }
        let engine = engine.start(output)?;
        let engine: &dyn Engine = engine.as_ref();
        let progress = output.progress("replaying", None);
        let mut agents: BTreeMap<Digest, SeatAgent> = BTreeMap::new();
        for (seat, identity) in self.record.seats.iter().enumerate() {
            let hash = identity.code_hash;
            if let Entry::Vacant(place) = agents.entry(hash) {
                let module = self.modules.get(&hash).ok_or_else(|| missing_module(seat, &hash))?;
                place.insert(SeatAgent::load(engine, self.system.as_ref(), module)?);
            }
        }
        let seats: Vec<_> =
            self.record.seats.iter().filter_map(|seat| agents.get(&seat.code_hash)).collect();
        let replayed =
            on_match_stack(|| nets_runner::replay(&self.record, self.system.as_ref(), &seats));
        progress.finish_and_clear();
        replayed.map(|(verdict, played)| (verdict, Some(played))).map_err(unreplayable)
    }
}

fn unreplayable(error: ReplayError) -> Failure {
    let is_of_other_release = matches!(error, ReplayError::Version { .. });
    let failure = Failure::from(error);
    if is_of_other_release { failure.hint(OTHER_RELEASE) } else { failure }
}

/// The System of a record, on its data set, which ships, was named, is in the arena that the record
/// lies in, or comes from a source.
fn system_of(
    blueprint: &Blueprint,
    arguments: &RecordArguments,
) -> Result<Arc<dyn System>, Failure> {
    if let Some(data) = arguments.data.read()? {
        return blueprint.build_on(&data).map_err(unbuilt);
    }
    let sources = &arguments.sources.sources;
    match (arena_of(&arguments.record), blueprint.missing_data()) {
        (_, None) => blueprint.build().map_err(unbuilt),
        (Some(folder), Some(_)) => {
            let artifacts = Artifacts::of(folder.with_sources(sources.clone()));
            artifacts.and_then(|artifacts| artifacts.system(blueprint)).map_err(failure)
        }
        (None, Some(&hash)) => {
            let obtained = Sources::parse(sources).map_err(failure)?;
            match obtained.obtain(ArtifactId::Data(hash)) {
                Ok(obtained) => blueprint.build_on(&obtained.bytes).map_err(unbuilt),
                Err(failures) if failures.is_empty() => blueprint.build().map_err(unbuilt),
                Err(failures) => Err(failure(NodeError::MissingData { hash, failures })),
            }
        }
    }
}

/// A module from the arena that a record lies in, where it does, or from a source.
fn found(
    arguments: &RecordArguments,
    hash: &Digest,
    output: &Output,
) -> Result<Option<Vec<u8>>, Failure> {
    let sources = &arguments.sources.sources;
    let artifacts = match arena_of(&arguments.record) {
        Some(folder) => Artifacts::of(folder.with_sources(sources.clone())).map_err(failure)?,
        None => {
            let obtained = Sources::parse(sources).map_err(failure)?;
            return match obtained.obtain(ArtifactId::Module(*hash)) {
                Ok(obtained) => Ok(Some(obtained.bytes)),
                Err(failures) if failures.is_empty() => Ok(None),
                Err(failures) => Err(failure(NodeError::NoSource { hash: *hash, failures })),
            };
        }
    };
    match artifacts.obtain_module(hash, &Shown::new(output)) {
        Ok(module) => Ok(Some(module)),
        Err(error @ NodeError::NoSource { .. }) => Err(failure(error)),
        // Where it is missing or damaged, there is none beside the record.
        Err(_) => Ok(None),
    }
}

/// The arena that a record lies in.
fn arena_of(record: &Path) -> Option<ArenaFolder> {
    let folder = ArenaFolder::new(record.parent()?.parent()?.parent()?);
    let lies_in_it = record.parent() == Some(folder.records().as_path());
    (lies_in_it && folder.settings().exists()).then_some(folder)
}

fn missing_module(seat: usize, hash: &Digest) -> Failure {
    Failure::new(format!("the record does not hold the module of seat {seat}, {hash}")).hint(
        "give the file with this SHA-256 with --module FILE, or name who has it with --source",
    )
}
