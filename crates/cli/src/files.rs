//! Files that a person names: every failure says which file, and what to try.
//!
//! Invariants: no more of a file is read than one of its kind can have; nothing is written over a
//! file that the command has read, or that is of another kind than what is written; and a file is
//! written whole, or is as it was.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process;

use nets_core::{InclusionProof, MatchRecord};
use nets_node::{MODULE_BYTES_MAX, PROOF_BYTES_MAX, RECORD_BYTES_MAX, read_at_most, read_bounded};
use nets_systems::forecast::DATA_BYTES_MAX;

use crate::failure::Failure;

/// How many bytes say of what kind a file is.
const BEGINNING_BYTES: u64 = 8;

/// A kind of file.
#[derive(Debug)]
pub(crate) struct Kind {
    /// What a message calls the one at hand.
    name: &'static str,
    /// What a message calls one of it.
    article: &'static str,
    bytes_max: u64,
    begins: fn(&[u8]) -> bool,
}

/// A module, where it is played.
pub(crate) const AGENT: Kind = Kind {
    name: "the agent",
    article: "a WebAssembly module",
    bytes_max: MODULE_BYTES_MAX,
    begins: |bytes| bytes.starts_with(b"\0asm"),
};
/// A module, where a record is of it.
pub(crate) const MODULE: Kind = Kind { name: "the module", ..AGENT };
/// A match record.
pub(crate) const RECORD: Kind = Kind {
    name: "the record",
    article: "a match record",
    bytes_max: RECORD_BYTES_MAX,
    begins: MatchRecord::begins,
};
/// Signed registrations, of the most members that come with batches.
pub(crate) const REGISTRATIONS: Kind = Kind {
    name: "the registrations",
    article: "a file of registrations",
    bytes_max: 4 << 30,
    begins: |bytes| bytes.starts_with(b"{"),
};
/// A picture of a state.
pub(crate) const PICTURE: Kind = Kind {
    name: "the picture",
    article: "an SVG picture",
    bytes_max: 1 << 20,
    begins: |bytes| bytes.starts_with(b"<svg"),
};
/// A data set.
pub(crate) const DATA: Kind = Kind {
    name: "the data set",
    article: "a data set",
    bytes_max: DATA_BYTES_MAX,
    begins: |bytes| bytes.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' '),
};
/// A match of chess in Portable Game Notation.
pub(crate) const GAME: Kind = Kind {
    name: "the game",
    article: "a game in PGN",
    bytes_max: 1 << 20,
    begins: |bytes| bytes.starts_with(b"[Event "),
};
/// A proof.
pub(crate) const PROOF: Kind = Kind {
    name: "the proof",
    article: "a proof",
    bytes_max: PROOF_BYTES_MAX,
    begins: InclusionProof::begins,
};

/// Whether a path means stdin or stdout.
pub(crate) fn is_stream(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The whole content of a file; `-` is stdin.
pub(crate) fn read(kind: &Kind, path: &Path) -> Result<Vec<u8>, Failure> {
    let content = match is_stream(path) {
        true => read_at_most(io::stdin().lock(), kind.bytes_max),
        false => read_bounded(path, kind.bytes_max),
    };
    content.map_err(|error| {
        let hint = match error.kind() {
            io::ErrorKind::FileTooLarge => "check that it is the right file",
            io::ErrorKind::InvalidInput => "name a regular file, or give it on stdin as `-`",
            _ => hint(&error),
        };
        failure("read", kind, path, &error).hint(hint)
    })
}

/// A place that a file may be written to.
#[derive(Debug)]
pub(crate) struct Target<'a> {
    kind: &'a Kind,
    path: PathBuf,
}

impl<'a> Target<'a> {
    /// The place, if nothing would be lost there: it is none of the files that the command reads,
    /// and what is there is of the same kind.
    pub(crate) fn new<'b>(
        kind: &'a Kind,
        path: &Path,
        mut read: impl Iterator<Item = &'b PathBuf>,
    ) -> Result<Self, Failure> {
        if let Some(input) = read.find(|input| is_same(input, path)) {
            let (name, path, input) = (kind.name, path.display(), input.display());
            return Err(Failure::new(format!(
                "cannot write {name} {path}: it is {input}, which this command reads"
            ))
            .hint("give another file for what is written"));
        }
        // Where there is none yet, or no file, writing says what is wrong with the place.
        if fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
            let mut beginning = Vec::new();
            File::open(path)
                .and_then(|file| file.take(BEGINNING_BYTES).read_to_end(&mut beginning))
                .map_err(|error| failure("write", kind, path, &error).hint(hint(&error)))?;
            if !beginning.is_empty() && !(kind.begins)(&beginning) {
                let (name, path, article) = (kind.name, path.display(), kind.article);
                return Err(Failure::new(format!(
                    "cannot write {name} {path}: there is a file that is not {article}"
                ))
                .hint("name a file that is not there yet, or move this one away"));
            }
        }
        Ok(Self { kind, path: path.to_owned() })
    }

    /// The same, if it is no device or pipe: for what takes long to make, and is lost there.
    pub(crate) fn that_keeps(self) -> Result<Self, Failure> {
        let is_special = |found: fs::Metadata| !found.is_file() && !found.is_dir();
        if fs::metadata(&self.path).is_ok_and(is_special) {
            let (name, path) = (self.kind.name, self.path.display());
            let message = format!("cannot write {name} {path}: it is a device or a pipe");
            return Err(Failure::new(message).hint("name a file, or one that is not there yet"));
        }
        Ok(self)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes `content` the whole content of the file, or leaves it as it was.
    pub(crate) fn write(&self, content: &[u8]) -> Result<(), Failure> {
        write_whole(&self.path, content).map_err(|error| {
            let hint = match error.kind() {
                io::ErrorKind::FileTooLarge => "make room, or write to another disk",
                _ => hint(&error),
            };
            failure("write", self.kind, &self.path, &error).hint(hint)
        })
    }
}

/// Writes a file whole or not at all: under another name first, then renamed. What is there and is
/// no file, as a pipe, gets the bytes as they come.
fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    let there = fs::metadata(path).ok();
    if there.as_ref().is_some_and(|metadata| !metadata.is_file()) {
        return fs::write(path, content);
    }
    // Where a link leads to a file, that file is written and the link stays.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let part = path.with_file_name(format!(".part-{}", process::id()));
    let write = || {
        fs::write(&part, content)?;
        if let Some(metadata) = &there {
            fs::set_permissions(&part, metadata.permissions())?;
        }
        fs::rename(&part, &path)
    };
    write().inspect_err(|_| drop(fs::remove_file(&part)))
}

/// Whether two paths are of one file, by whatever links.
fn is_same(input: &Path, output: &Path) -> bool {
    if is_stream(input) {
        return false;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let identity = |path| fs::metadata(path).map(|it| (it.dev(), it.ino())).ok();
        identity(input).is_some_and(|input| identity(output) == Some(input))
    }
    #[cfg(not(unix))]
    fs::canonicalize(input).is_ok_and(|input| fs::canonicalize(output).is_ok_and(|it| it == input))
}

fn failure(action: &str, kind: &Kind, path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("cannot {action} {} {}: {error}", kind.name, path.display()))
}

fn hint(error: &io::Error) -> &'static str {
    use io::ErrorKind as Of;
    match error.kind() {
        Of::NotFound => "check the path; its folder must be there",
        Of::PermissionDenied | Of::ReadOnlyFilesystem => "choose a file you may use",
        Of::IsADirectory | Of::NotADirectory => "name a file inside a folder",
        Of::StorageFull | Of::QuotaExceeded => "make room, or write to another disk",
        _ => "check the file and the disk it is on",
    }
}
