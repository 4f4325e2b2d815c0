//! The founding of an arena: its folder is made whole, or can be made over.
//!
//! `arena.toml` is written last, so a folder without it never was an arena. A mark that is written
//! first says that what lies beside it comes from a founding that did not end: only then is
//! anything removed. The mark stays until the arena is first opened, so that whoever was killed
//! before it heard of its arena may ask for the same one again.

use std::fs::{self, File};
use std::io::{Read, Seek, Write};
use std::path::Path;

use nets_chain::ChainError;
use nets_core::{Seed, sha256};

use crate::error::NodeError;
use crate::folder::{ArenaFolder, is_part};

/// A folder that an arena is to be founded in; nobody else founds one there while this lives.
#[derive(Debug)]
pub(crate) struct Founding {
    mark: File,
    /// Whether the arena is there already, and was never opened.
    pub(crate) is_done: bool,
}

impl Founding {
    /// Takes the folder, and clears it of a founding that did not end.
    pub(crate) fn begin(folder: &ArenaFolder, seed: Option<&Seed>) -> Result<Self, NodeError> {
        let root = folder.root();
        fs::create_dir_all(root).map_err(|e| NodeError::io("create", root, e))?;
        let (path, occupied) =
            (folder.founding_mark(), || NodeError::Occupied { path: root.to_owned() });
        if !path.exists() && !is_free(root)? {
            return Err(occupied());
        }
        let failed = |e| NodeError::io("write", &path, e);
        let mut options = File::options();
        let mark = options.read(true).write(true).create(true).truncate(false).open(&path);
        let mut founding =
            Self { mark: mark.map_err(failed)?, is_done: folder.settings().exists() };
        if founding.mark.try_lock().is_err() {
            return Err(ChainError::Locked { path: root.to_owned() }.into());
        }
        // Not the seed itself: whoever knows it owns the arena.
        let origin = seed.map_or_else(|| "random".to_owned(), |seed| sha256(&seed.0).to_string());
        let mut stored = String::new();
        founding.mark.read_to_string(&mut stored).map_err(failed)?;
        if founding.is_done {
            return if stored == origin { Ok(founding) } else { Err(occupied()) };
        }
        clear(folder)?;
        founding.write(&origin).map_err(failed)?;
        Ok(founding)
    }

    fn write(&mut self, origin: &str) -> std::io::Result<()> {
        self.mark.set_len(0)?;
        self.mark.rewind()?;
        self.mark.write_all(origin.as_bytes())?;
        self.mark.sync_all()
    }
}

/// Whether there is nothing in a folder but what a killed process left half written.
fn is_free(root: &Path) -> Result<bool, NodeError> {
    let entries = fs::read_dir(root).map_err(|e| NodeError::io("read", root, e))?;
    Ok(entries.flatten().all(|entry| is_part(&entry.file_name().to_string_lossy())))
}

/// Removes what a founding makes, and nothing else.
fn clear(folder: &ArenaFolder) -> Result<(), NodeError> {
    for made in folder.founded() {
        let removed =
            if made.is_dir() { fs::remove_dir_all(&made) } else { fs::remove_file(&made) };
        match removed {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(NodeError::io("remove", &made, error));
            }
            _ => {}
        }
    }
    Ok(())
}
