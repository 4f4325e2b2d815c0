//! The plays of a match under way, on disk before anybody but their agent hears of them.
//!
//! They are checked as any when they are read again: what is damaged is left out, and its agents say
//! it again.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use nets_runner::{Play, SignedMatch};

use crate::error::NodeError;
use crate::table::wire::WirePlay;

/// The file of one match, a line for each play.
#[derive(Debug)]
pub(super) struct PlayFile {
    path: PathBuf,
    file: File,
}

impl PlayFile {
    /// Opens the file of a match, and has the match take what it holds.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub(super) fn open(path: PathBuf, signed: &mut SignedMatch) -> Result<Self, NodeError> {
        let failed = |action| {
            let path = path.clone();
            move |error| NodeError::io(action, &path, error)
        };
        let file = OpenOptions::new().read(true).append(true).create(true).open(&path);
        let mut file = file.map_err(failed("open"))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed("read"))?;
        let mut whole = 0;
        for line in bytes.split_inclusive(|&byte| byte == b'\n') {
            let play = serde_json::from_slice::<WirePlay>(line).ok();
            let play = play.filter(|_| line.ends_with(b"\n"));
            if play.is_none_or(|play| signed.play(play.into()).is_err()) {
                break;
            }
            whole += line.len() as u64;
        }
        file.set_len(whole).map_err(failed("write"))?;
        Ok(Self { path, file })
    }

    /// Keeps plays; they may be told once this returns.
    ///
    /// # Errors
    /// When they are not on disk.
    pub(super) fn keep(&mut self, plays: &[Play]) -> Result<(), NodeError> {
        let failed = |error| NodeError::io("write", &self.path, error);
        let mut bytes = Vec::new();
        for play in plays {
            serde_json::to_writer(&mut bytes, &WirePlay::from(*play))
                .map_err(|error| failed(error.into()))?;
            bytes.push(b'\n');
        }
        self.file.write_all(&bytes).and_then(|()| self.file.sync_data()).map_err(failed)
    }
}

/// Forgets the plays of a match whose record is kept.
pub(super) fn forget(path: &Path) {
    // What is left over is overwritten by nobody and read by nobody.
    std::fs::remove_file(path).ok();
}
