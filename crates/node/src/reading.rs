//! Reading files that anybody may have made: never more of one than its kind may have, and only
//! regular ones, since a device or a pipe may never end.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use nets_runner::sandbox::limits::MODULE_SIZE;

use crate::error::NodeError;

/// The most bytes of a module: one more, and admission would refuse it.
pub const MODULE_BYTES_MAX: u64 = MODULE_SIZE.value;

/// The most bytes of a match record: one with eight modules of the most bytes and as many steps of
/// eight seats as a record may have is smaller.
pub const RECORD_BYTES_MAX: u64 = 256 << 20;

/// The most bytes of a proof: one of the longest leaf in the largest tree is smaller.
pub const PROOF_BYTES_MAX: u64 = 128 << 10;

/// The most bytes of a text that a person writes or reads: a card of ten thousand leagues is smaller.
const TEXT_BYTES_MAX: u64 = 16 << 20;

/// The text of a settings file or a card.
///
/// # Errors
/// When it cannot be read, or is no text.
pub(crate) fn read_text(path: &Path) -> Result<String, NodeError> {
    let bytes = read_bounded(path, TEXT_BYTES_MAX).map_err(|e| NodeError::io("read", path, e))?;
    String::from_utf8(bytes).map_err(|error| {
        let reason = format!("expected text in UTF-8: {error}");
        NodeError::Settings { path: path.to_owned(), reason }
    })
}

/// The whole content of a regular file of at most so many bytes.
///
/// # Errors
/// When it cannot be read, is larger, or is neither a file nor a link to one.
pub fn read_bounded(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    // Asked before it is opened: opening a pipe waits for somebody to write to it.
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() && !metadata.is_dir() {
        let reason = "it is a device or a pipe, expected a regular file";
        return Err(io::Error::new(ErrorKind::InvalidInput, reason));
    }
    if metadata.is_file() && metadata.len() > bytes_max {
        return Err(too_large(&format!("has {} bytes", metadata.len()), bytes_max));
    }
    read_at_most(File::open(path)?, bytes_max)
}

/// All that comes from a source of at most so many bytes.
///
/// # Errors
/// When it cannot be read, or more comes.
pub fn read_at_most(source: impl Read, bytes_max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > bytes_max {
        true => Err(too_large("has more bytes", bytes_max)),
        false => Ok(bytes),
    }
}

fn too_large(got: &str, bytes_max: u64) -> io::Error {
    let reason = format!("it {got}, expected at most {bytes_max}");
    io::Error::new(ErrorKind::FileTooLarge, reason)
}
