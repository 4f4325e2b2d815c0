//! The log: every block in one append-only file, which is the truth of the embedded chain.
//!
//! `NETSLOG1 ‖ chain id u64`, then for each block `length u32 ‖ check 8 ‖ block ‖ hash 32 ‖ 0xa5`.
//! The check is over the length and the hash of the block before, so that a record's end is known
//! before any of it is believed, and the last byte of a whole record is never zero.
//!
//! A record that is whole and wrong is damage: it is reported and left as it is. A record that is
//! cut short at the very end, whether nothing or zeros follow, is what a killed process or a lost
//! current leaves: it was never acknowledged, readers pass over it, and the next block is written
//! in its place. A log cut short by hand looks the same; only a head kept elsewhere tells.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use alloy_primitives::{B256, hex};
use nets_core::{DecodeError, Reader, sha256};
use thiserror::Error;

use super::block::Block;
use crate::adapter::ChainError;

const MAGIC: &[u8; 8] = b"NETSLOG1";
const HEADER_BYTES: usize = 16;
const CHECK_BYTES: usize = 8;
/// What comes before a block: its length and the check of it.
const LEAD_BYTES: usize = 4 + CHECK_BYTES;
const HASH_BYTES: usize = 32;
/// The last byte of a record: not zero, nor made zero by flipping one bit or all of them.
const END: u8 = 0xa5;
/// What comes after a block: its hash and the end.
const TRAIL_BYTES: usize = HASH_BYTES + 1;

/// A log that cannot be trusted or used.
#[derive(Debug, Error)]
pub enum LogError {
    /// The file could not be read or written.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The file is not there.
    #[error("{path} is missing")]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file does not begin as a log does.
    #[error("{path} is not a log of blocks: {reason}")]
    Header {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: DecodeError,
    },
    /// A record does not decode.
    #[error("block {number} at byte {offset}: {reason}")]
    Record {
        /// The number the block should have.
        number: u64,
        /// Where the record starts.
        offset: u64,
        /// What is wrong.
        reason: DecodeError,
    },
    /// A record's hash is not that of its block.
    #[error("block {number} at byte {offset}: its hash is {computed}, the log says {stored}")]
    Hash {
        /// The number the block should have.
        number: u64,
        /// Where the record starts.
        offset: u64,
        /// The hash in the log.
        stored: B256,
        /// The hash of the block.
        computed: B256,
    },
    /// A block that does not follow the one before.
    #[error("block {got} with parent {got_parent} follows block {expected} - 1 with hash {parent}")]
    Chain {
        /// The number expected.
        expected: u64,
        /// The number found.
        got: u64,
        /// The hash of the block before.
        parent: B256,
        /// The parent that the block names.
        got_parent: B256,
    },
    /// The log ends before blocks that were acknowledged.
    #[error("the log ends with block {end}, but block {head} was acknowledged")]
    Lost {
        /// The last block in the log.
        end: u64,
        /// The last block that was acknowledged.
        head: u64,
    },
    /// The log holds another block than the one that was acknowledged.
    #[error("block {number} of the log has hash {got}, but {expected} was acknowledged")]
    Replaced {
        /// The block.
        number: u64,
        /// The hash that was acknowledged.
        expected: B256,
        /// The hash in the log.
        got: B256,
    },
    /// A block whose transactions now do something else.
    #[error("block {number}: its receipts have hash {got} when executed, the log says {expected}")]
    Receipts {
        /// The block.
        number: u64,
        /// The hash in the log.
        expected: B256,
        /// The hash of what execution gives.
        got: B256,
    },
    /// A block with an operation that cannot be executed.
    #[error("block {number}: operation {index} cannot be executed: {reason}")]
    Execution {
        /// The block.
        number: u64,
        /// The operation.
        index: usize,
        /// Why not.
        reason: String,
    },
}

/// The log of a chain, open for writing; nobody else has it.
#[derive(Debug)]
pub(super) struct BlockLog {
    path: PathBuf,
    file: File,
    /// Where the next record goes.
    end: u64,
    /// Whether something lies beyond that: a record cut short.
    has_tail: bool,
}

/// What is in a log, which nobody writes to as long as this is there.
#[derive(Debug)]
pub struct LoggedBlocks {
    /// The chain it is of.
    pub chain_id: u64,
    /// The whole blocks, in order.
    pub blocks: Vec<Block>,
    /// How many bytes follow of a block that was never acknowledged.
    pub torn_bytes: u64,
    /// Keeps writers away; none for who has the log to itself anyway.
    _lock: Option<Lock>,
}

/// A file that is locked as long as this is there. Closing it does not suffice: a process that is
/// being started in another thread holds it open, too, until it runs.
#[derive(Debug)]
struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        self.0.unlock().ok();
    }
}

impl Drop for BlockLog {
    fn drop(&mut self) {
        self.file.unlock().ok();
    }
}

impl BlockLog {
    /// Makes a log without blocks.
    ///
    /// # Errors
    /// When it is there already or cannot be written.
    pub(super) fn create(path: &Path, chain_id: u64) -> Result<Self, ChainError> {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create_new(true).open(path);
        let file = file.map_err(|e| io_error("create", path, e))?;
        lock(path, file.try_lock())?;
        let mut log = Self { path: path.to_owned(), file, end: 0, has_tail: false };
        log.write(&header(chain_id))?;
        sync_folder(path).map_err(|e| io_error("create", path, e))?;
        Ok(log)
    }

    /// Opens a log for writing, without writing; gives the blocks in it.
    ///
    /// # Errors
    /// When another process has it open, or it cannot be used or is damaged.
    pub(super) fn open(path: &Path, chain_id: u64) -> Result<(Self, Vec<Block>), ChainError> {
        let file = OpenOptions::new().read(true).write(true).open(path);
        let mut file = file.map_err(|e| open_error(path, e))?;
        lock(path, file.try_lock())?;
        let bytes = read_all(&mut file, path)?;
        let LoggedBlocks { blocks, torn_bytes, .. } = parse(path, &bytes, Some(chain_id))?;
        let end = bytes.len() as u64 - torn_bytes;
        Ok((Self { path: path.to_owned(), file, end, has_tail: torn_bytes > 0 }, blocks))
    }

    /// Appends a block and waits until it is on disk.
    ///
    /// # Errors
    /// When it cannot be written; the log then ends as before.
    pub(super) fn append(&mut self, block: &Block) -> Result<(), LogError> {
        self.write(&record(block))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), LogError> {
        let failed = |e| io_error("append to", &self.path, e);
        if self.has_tail {
            // Nothing of it may be left behind a shorter record.
            self.file.set_len(self.end).and_then(|()| self.file.sync_all()).map_err(failed)?;
        }
        self.has_tail = true;
        let mut write = || {
            self.file.seek(SeekFrom::Start(self.end))?;
            self.file.write_all(bytes)?;
            self.file.sync_data()
        };
        if let Err(error) = write() {
            self.has_tail = self.file.set_len(self.end).is_err();
            return Err(failed(error));
        }
        self.has_tail = false;
        self.end += bytes.len() as u64;
        Ok(())
    }
}

impl LoggedBlocks {
    /// Reads the log at `path` and keeps writers away from it, but writes nothing.
    ///
    /// # Errors
    /// When another process has it open for writing, or it cannot be read or is damaged.
    pub(super) fn read(path: &Path) -> Result<Self, ChainError> {
        let mut file = File::open(path).map_err(|e| open_error(path, e))?;
        match file.try_lock_shared() {
            // Where there are no locks, as on some read-only media, nobody writes under one.
            Err(TryLockError::Error(_)) => {}
            taken => lock(path, taken)?,
        }
        let bytes = read_all(&mut file, path)?;
        Ok(Self { _lock: Some(Lock(file)), ..parse(path, &bytes, None)? })
    }

    /// Reads the log at `path` as it is now, whoever writes to it.
    ///
    /// # Errors
    /// When it cannot be read or is damaged.
    pub(super) fn read_unlocked(path: &Path) -> Result<Self, ChainError> {
        let bytes = fs::read(path).map_err(|e| open_error(path, e))?;
        Ok(parse(path, &bytes, None)?)
    }
}

fn lock(path: &Path, taken: Result<(), TryLockError>) -> Result<(), ChainError> {
    taken.map_err(|error| match error {
        TryLockError::WouldBlock => {
            ChainError::Locked { path: path.parent().unwrap_or(path).to_owned() }
        }
        TryLockError::Error(error) => io_error("lock", path, error).into(),
    })
}

/// Waits until the name of a new file is on disk, too.
#[cfg_attr(not(unix), allow(unused_variables))]
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn read_all(file: &mut File, path: &Path) -> Result<Vec<u8>, LogError> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|e| io_error("read", path, e))?;
    Ok(bytes)
}

fn header(chain_id: u64) -> Vec<u8> {
    [MAGIC.as_slice(), &chain_id.to_le_bytes()].concat()
}

/// What the first block of a chain names as its parent.
pub(super) fn genesis_hash(chain_id: u64) -> B256 {
    B256::new(sha256(&header(chain_id)).0)
}

/// What tells a length from a damaged one, and a record from one of another place.
fn check(parent: &B256, length: [u8; 4]) -> [u8; CHECK_BYTES] {
    let digest = sha256(&[parent.as_slice(), &length].concat()).0;
    std::array::from_fn(|index| digest[index])
}

fn record(block: &Block) -> Vec<u8> {
    let payload = block.encode();
    let length = (payload.len() as u32).to_le_bytes();
    let lead = [length.as_slice(), &check(&block.parent, length)].concat();
    [lead.as_slice(), &payload, &sha256(&payload).0, &[END]].concat()
}

fn io_error(action: &'static str, path: &Path, source: io::Error) -> LogError {
    LogError::Io { action, path: path.to_owned(), source }
}

fn open_error(path: &Path, source: io::Error) -> LogError {
    match source.kind() {
        io::ErrorKind::NotFound => LogError::Missing { path: path.to_owned() },
        _ => io_error("open", path, source),
    }
}

fn read_header(reader: &mut Reader<'_>) -> Result<u64, DecodeError> {
    let magic = reader.raw("magic", MAGIC.len())?;
    if magic != MAGIC {
        return Err(DecodeError::value("magic", "NETSLOG1", String::from_utf8_lossy(magic)));
    }
    reader.u64("chain id")
}

/// The whole blocks in `bytes`.
fn parse(path: &Path, bytes: &[u8], expected_id: Option<u64>) -> Result<LoggedBlocks, LogError> {
    let not_a_log = |reason| LogError::Header { path: path.to_owned(), reason };
    let chain_id = read_header(&mut Reader::new(bytes)).map_err(not_a_log)?;
    if let Some(expected) = expected_id.filter(|&expected| expected != chain_id) {
        return Err(not_a_log(DecodeError::value("chain id", expected, chain_id)));
    }
    // A current that fails may leave zeros where a record was to be; whole records end in none.
    let zeros = bytes[HEADER_BYTES..].iter().rev().take_while(|byte| **byte == 0).count();
    let written = &bytes[..bytes.len() - zeros];
    let mut blocks: Vec<Block> = Vec::new();
    let mut parent = genesis_hash(chain_id);
    let mut offset = HEADER_BYTES;
    while let Some(payload) = next_payload(written, offset, blocks.len() as u64 + 1, &parent)? {
        let number = blocks.len() as u64 + 1;
        let at = offset as u64;
        let block = Block::decode(payload);
        let block = block.map_err(|reason| LogError::Record { number, offset: at, reason })?;
        if block.number != number || block.parent != parent {
            let (got, got_parent) = (block.number, block.parent);
            return Err(LogError::Chain { expected: number, got, parent, got_parent });
        }
        parent = B256::new(sha256(payload).0);
        offset += LEAD_BYTES + payload.len() + TRAIL_BYTES;
        blocks.push(block);
    }
    let torn_bytes = (bytes.len() - offset) as u64;
    Ok(LoggedBlocks { chain_id, blocks, torn_bytes, _lock: None })
}

/// The block of the record at `offset`, whose hash is right; none where the log ends, whether
/// before the record or within it.
fn next_payload<'a>(
    written: &'a [u8],
    offset: usize,
    number: u64,
    parent: &B256,
) -> Result<Option<&'a [u8]>, LogError> {
    let mut reader = Reader::new(&written[offset..]);
    let damage = |reason| LogError::Record { number, offset: offset as u64, reason };
    if reader.left() < LEAD_BYTES {
        return Ok(None);
    }
    let length: [u8; 4] = reader.array("length").map_err(damage)?;
    let stored: [u8; CHECK_BYTES] = reader.array("check of the length").map_err(damage)?;
    if stored != check(parent, length) {
        let [expected, got] = [check(parent, length), stored].map(hex::encode);
        return Err(damage(DecodeError::value("check of the length", expected, got)));
    }
    let size = u32::from_le_bytes(length) as usize;
    if reader.left() < size + TRAIL_BYTES {
        return Ok(None);
    }
    let payload = reader.raw("block", size).map_err(damage)?;
    let stored = B256::new(reader.array("hash").map_err(damage)?);
    let computed = B256::new(sha256(payload).0);
    if stored != computed {
        return Err(LogError::Hash { number, offset: offset as u64, stored, computed });
    }
    match reader.u8("end").map_err(damage)? {
        END => Ok(Some(payload)),
        got => Err(damage(DecodeError::value("end", END, got))),
    }
}
