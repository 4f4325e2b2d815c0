//! The log: every block in one append-only file, which is the truth of the embedded chain.
//!
//! `NETSLOG1 ‖ chain id u64`, then for each block `length u32 ‖ block ‖ hash 32`. A block names its
//! parent's hash, the first one that of the header, so no byte can change without being noticed. A
//! process that is killed while it appends leaves a record cut short at the end; it was never
//! acknowledged and is dropped when the log is opened for writing. Anything else that does not add
//! up is damage, is reported, and is left as it is.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use alloy_primitives::B256;
use nets_core::{DecodeError, Reader};
use thiserror::Error;

use super::block::Block;

const MAGIC: &[u8; 8] = b"NETSLOG1";
const HEADER_BYTES: u64 = 16;
const HASH_BYTES: usize = 32;

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

/// The blocks in a file.
#[derive(Debug)]
pub struct BlockLog {
    path: PathBuf,
    file: File,
    chain_id: u64,
    /// Where the next record goes.
    end: u64,
    /// The number and hash of the last block; 0 and the header's hash where there is none.
    last: (u64, B256),
}

impl BlockLog {
    /// Opens the log for writing, or makes it; gives the blocks in it.
    ///
    /// # Errors
    /// When the file cannot be used or is damaged.
    pub fn open(path: &Path, chain_id: u64) -> Result<(Self, Vec<Block>), LogError> {
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let file = file.map_err(|e| io_error("open", path, e))?;
        let mut log = Self { path: path.to_owned(), file, chain_id, end: 0, last: (0, B256::ZERO) };
        let bytes = log.read_all()?;
        if bytes.len() < HEADER_BYTES as usize {
            log.write_header()?;
            return Ok((log, Vec::new()));
        }
        let (blocks, end) = parse(path, &bytes, Some(chain_id))?;
        log.end = end;
        log.last = blocks.last().map_or(log.last, |block| (block.number, block.hash()));
        Ok((log, blocks))
    }

    /// Reads a log without opening it for writing; gives its chain id and blocks.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged, a record cut short at its end included.
    pub fn read(path: &Path) -> Result<(u64, Vec<Block>), LogError> {
        let bytes = std::fs::read(path).map_err(|e| io_error("read", path, e))?;
        let chain_id = read_header(&mut Reader::new(&bytes))
            .map_err(|reason| LogError::Header { path: path.to_owned(), reason })?;
        let (blocks, end) = parse(path, &bytes, None)?;
        if end < bytes.len() as u64 {
            let left = (bytes.len() as u64 - end) as usize;
            let reason = DecodeError::Truncated {
                field: "record",
                offset: end as usize,
                needed: left + 1,
                left,
            };
            return Err(LogError::Record { number: blocks.len() as u64 + 1, offset: end, reason });
        }
        Ok((chain_id, blocks))
    }

    fn read_all(&mut self) -> Result<Vec<u8>, LogError> {
        let mut bytes = Vec::new();
        self.file.read_to_end(&mut bytes).map_err(|e| io_error("read", &self.path, e))?;
        Ok(bytes)
    }

    fn write_header(&mut self) -> Result<(), LogError> {
        self.write_at(0, &header(self.chain_id))?;
        self.end = HEADER_BYTES;
        Ok(())
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> Result<(), LogError> {
        let write = |file: &mut File| {
            file.seek(SeekFrom::Start(offset))?;
            file.write_all(bytes)?;
            file.sync_data()
        };
        write(&mut self.file).map_err(|e| io_error("append to", &self.path, e))
    }

    /// The number and hash of the last block; 0 and the header's hash where there is none.
    pub fn last(&self) -> (u64, B256) {
        self.last
    }

    /// Drops a record cut short at the end, which must be known not to have been acknowledged.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn drop_tail(&mut self) -> Result<(), LogError> {
        self.file.set_len(self.end).map_err(|e| io_error("shorten", &self.path, e))
    }

    /// Appends a block and waits until it is on disk.
    ///
    /// # Errors
    /// When it cannot be written; the log then ends as before.
    pub fn append(&mut self, block: &Block) -> Result<B256, LogError> {
        let payload = block.encode();
        let hash = block.hash();
        let mut record = (payload.len() as u32).to_le_bytes().to_vec();
        record.extend(&payload);
        record.extend(hash);
        if let Err(error) = self.write_at(self.end, &record) {
            // What was written of the record would be dropped on the next opening anyway.
            let _ = self.file.set_len(self.end);
            return Err(error);
        }
        self.end += record.len() as u64;
        self.last = (block.number, hash);
        Ok(hash)
    }
}

fn header(chain_id: u64) -> Vec<u8> {
    [MAGIC.as_slice(), &chain_id.to_le_bytes()].concat()
}

/// What the first block of a chain names as its parent.
pub(super) fn genesis_hash(chain_id: u64) -> B256 {
    B256::new(nets_core::sha256(&header(chain_id)).0)
}

fn io_error(action: &'static str, path: &Path, source: io::Error) -> LogError {
    LogError::Io { action, path: path.to_owned(), source }
}

fn read_header(reader: &mut Reader<'_>) -> Result<u64, DecodeError> {
    let magic = reader.raw("magic", MAGIC.len())?;
    if magic != MAGIC {
        return Err(DecodeError::value("magic", "NETSLOG1", String::from_utf8_lossy(magic)));
    }
    reader.u64("chain id")
}

/// The whole blocks in `bytes`, and where the last of them ends.
fn parse(path: &Path, bytes: &[u8], chain_id: Option<u64>) -> Result<(Vec<Block>, u64), LogError> {
    let not_a_log = |reason| LogError::Header { path: path.to_owned(), reason };
    let mut reader = Reader::new(bytes);
    let found = read_header(&mut reader).map_err(not_a_log)?;
    if let Some(expected) = chain_id.filter(|&expected| expected != found) {
        return Err(not_a_log(DecodeError::value("chain id", expected, found)));
    }
    let mut blocks: Vec<Block> = Vec::new();
    let mut parent = genesis_hash(found);
    loop {
        let offset = (bytes.len() - reader.left()) as u64;
        let Ok(size) = reader.u32("record length") else { return Ok((blocks, offset)) };
        let Ok(record) = reader.raw("record", size as usize + HASH_BYTES) else {
            return Ok((blocks, offset));
        };
        let number = blocks.len() as u64 + 1;
        let (payload, stored) = record.split_at(size as usize);
        let computed = B256::new(nets_core::sha256(payload).0);
        if stored != computed {
            let stored = B256::from_slice(stored);
            return Err(LogError::Hash { number, offset, stored, computed });
        }
        let block =
            Block::decode(payload).map_err(|reason| LogError::Record { number, offset, reason })?;
        if block.number != number || block.parent != parent {
            let (got, got_parent) = (block.number, block.parent);
            return Err(LogError::Chain { expected: number, got, parent, got_parent });
        }
        parent = computed;
        blocks.push(block);
    }
}
