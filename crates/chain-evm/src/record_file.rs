//! A file of records that is only appended to, as the embedded chain's log is.
//!
//! `magic 8 ‖ header ‖ record …`; a record is `length u32 ‖ check 8 ‖ payload ‖ hash 32 ‖ 0xa5`. The
//! check is over the record before and the length, the hash over the record before and the payload;
//! before the first comes the hash of what precedes it. Invariant: what was appended is on disk, and
//! a record that is whole and wrong is damage. One that is cut short at the very end was never
//! acknowledged, and the next one takes its place.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use nets_core::{Reader, sha256};

use crate::error::OutboxError;

const CHECK_BYTES: usize = 8;
const LEAD_BYTES: usize = 4 + CHECK_BYTES;
const HASH_BYTES: usize = 32;
const END: u8 = 0xa5;
const TRAIL_BYTES: usize = HASH_BYTES + 1;

/// The longest record: far more than any transaction.
const PAYLOAD_BYTES_MAX: usize = 1 << 24;

/// A file of records, open for appending; nobody else has it.
#[derive(Debug)]
pub(crate) struct RecordFile {
    path: PathBuf,
    file: File,
    end: u64,
    has_tail: bool,
    /// The hash of the last record.
    last: [u8; HASH_BYTES],
}

impl Drop for RecordFile {
    fn drop(&mut self) {
        // A process that is being started in another thread holds the file open until it runs.
        self.file.unlock().ok();
    }
}

impl RecordFile {
    /// Opens the file, or makes it; gives the records in it. It must begin with `header`.
    ///
    /// # Errors
    /// When another process has it open, it cannot be used, is another's or is damaged.
    pub(crate) fn open(path: &Path, header: &[u8]) -> Result<(Self, Vec<Vec<u8>>), OutboxError> {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(path);
        let mut file = file.map_err(|e| io_error("open", path, e))?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => OutboxError::Locked { path: path.to_owned() },
            TryLockError::Error(error) => io_error("lock", path, error),
        })?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|e| io_error("read", path, e))?;
        let (end, last) = (0, sha256(header).0);
        let mut opened = Self { path: path.to_owned(), file, end, has_tail: false, last };
        // Killed while it was made, it holds nothing yet.
        if bytes.len() < header.len() && header.starts_with(&bytes) {
            opened.has_tail = !bytes.is_empty();
            opened.write(header)?;
            sync_folder(path).map_err(|e| io_error("create", path, e))?;
            return Ok((opened, Vec::new()));
        }
        let records = opened.parse(&bytes, header)?;
        opened.has_tail = opened.end < bytes.len() as u64;
        Ok((opened, records))
    }

    /// Appends a record and waits until it is on disk.
    ///
    /// # Errors
    /// When it cannot be written; the file then ends as before.
    pub(crate) fn append(&mut self, payload: &[u8]) -> Result<(), OutboxError> {
        let length = (payload.len() as u32).to_le_bytes();
        let hash = chained(&self.last, payload);
        let lead = [length.as_slice(), &check(&self.last, length)].concat();
        self.write(&[lead.as_slice(), payload, &hash, &[END]].concat())?;
        self.last = hash;
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), OutboxError> {
        let failed = |e| io_error("append to", &self.path, e);
        if self.has_tail {
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

    fn parse(&mut self, bytes: &[u8], header: &[u8]) -> Result<Vec<Vec<u8>>, OutboxError> {
        if !bytes.starts_with(header) {
            let reason = "it is of another chain, or no file of transactions".to_owned();
            return Err(OutboxError::Damaged { path: self.path.clone(), reason });
        }
        // A current that fails may leave zeros where a record was to be; whole records end in none.
        let zeros = bytes[header.len()..].iter().rev().take_while(|byte| **byte == 0).count();
        let written = &bytes[..bytes.len() - zeros];
        self.end = header.len() as u64;
        let mut records = Vec::new();
        while let Some(payload) = self.next_payload(&written[self.end as usize..])? {
            self.last = chained(&self.last, payload);
            self.end += (LEAD_BYTES + payload.len() + TRAIL_BYTES) as u64;
            records.push(payload.to_vec());
        }
        Ok(records)
    }

    /// The payload of the next record; none where the file ends, before it or within it.
    fn next_payload<'a>(&self, rest: &'a [u8]) -> Result<Option<&'a [u8]>, OutboxError> {
        let damage = |what: &str| {
            let reason = format!("the record at byte {} is damaged: {what}", self.end);
            OutboxError::Damaged { path: self.path.clone(), reason }
        };
        let mut reader = Reader::new(rest);
        if reader.left() < LEAD_BYTES {
            return Ok(None);
        }
        let length: [u8; 4] = reader.array("length").map_err(|e| damage(&e.to_string()))?;
        let stored: [u8; 8] = reader.array("check").map_err(|e| damage(&e.to_string()))?;
        let size = u32::from_le_bytes(length) as usize;
        if stored != check(&self.last, length) || size > PAYLOAD_BYTES_MAX {
            return Err(damage("the check of its length is wrong"));
        }
        if reader.left() < size + TRAIL_BYTES {
            return Ok(None);
        }
        let payload = reader.raw("payload", size).map_err(|e| damage(&e.to_string()))?;
        let hash: [u8; 32] = reader.array("hash").map_err(|e| damage(&e.to_string()))?;
        let is_whole = hash == chained(&self.last, payload) && reader.u8("end") == Ok(END);
        if is_whole { Ok(Some(payload)) } else { Err(damage("its hash is wrong")) }
    }
}

fn check(last: &[u8; HASH_BYTES], length: [u8; 4]) -> [u8; CHECK_BYTES] {
    let digest = sha256(&[last.as_slice(), &length].concat()).0;
    std::array::from_fn(|index| digest[index])
}

fn chained(last: &[u8; HASH_BYTES], payload: &[u8]) -> [u8; HASH_BYTES] {
    sha256(&[last, payload].concat()).0
}

fn io_error(action: &'static str, path: &Path, source: io::Error) -> OutboxError {
    OutboxError::Io { action, path: path.to_owned(), source }
}

/// Waits until the name of a new file is on disk, too.
#[cfg_attr(not(unix), allow(unused_variables))]
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &[u8] = b"NETSTEST and a header";

    fn read(path: &Path) -> Result<Vec<Vec<u8>>, OutboxError> {
        RecordFile::open(path, HEADER).map(|(_, records)| records)
    }

    #[test]
    fn a_record_torn_anywhere_is_passed_over_and_every_flipped_byte_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records");
        let (mut file, records) = RecordFile::open(&path, HEADER).unwrap();
        assert!(records.is_empty());
        file.append(b"first").unwrap();
        file.append(b"second").unwrap();
        drop(file);
        let whole = std::fs::read(&path).unwrap();
        let first_ends = HEADER.len() + LEAD_BYTES + 5 + TRAIL_BYTES;
        for size in 0..whole.len() {
            std::fs::write(&path, &whole[..size]).unwrap();
            let expected = usize::from(size >= first_ends);
            assert_eq!(read(&path).unwrap().len(), expected, "cut to {size}");
        }
        for position in 0..whole.len() {
            let mut bad = whole.clone();
            bad[position] ^= 0x10;
            std::fs::write(&path, &bad).unwrap();
            assert!(read(&path).is_err(), "byte {position}");
            assert_eq!(std::fs::read(&path).unwrap(), bad, "damage is left as it is");
        }
    }

    #[test]
    fn a_torn_record_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records");
        RecordFile::open(&path, HEADER).unwrap().0.append(b"first").unwrap();
        let mut torn = std::fs::read(&path).unwrap();
        torn.extend([7; 9]);
        torn.extend([0; 100]);
        std::fs::write(&path, &torn).unwrap();
        RecordFile::open(&path, HEADER).unwrap().0.append(b"x").unwrap();
        assert_eq!(read(&path).unwrap(), [b"first".to_vec(), b"x".to_vec()]);
    }

    #[test]
    fn only_one_process_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records");
        let held = RecordFile::open(&path, HEADER).unwrap();
        assert!(matches!(read(&path), Err(OutboxError::Locked { .. })));
        drop(held);
        assert!(read(&path).is_ok());
        assert!(RecordFile::open(&path, b"another header").is_err());
    }
}
