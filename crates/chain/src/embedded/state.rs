//! The state: accounts, code, storage and logs in memory, and a file that saves executing the log.
//!
//! The file is a cache of the log and says how far it has come. Its last bytes are the hash of the
//! others, so a damaged one counts as none. Its layout is this build's own business: `MAGIC` is to
//! change with it, and then every file of another layout counts as none, too.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::Path;
use std::{fs, io};

use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256};
use nets_core::{DecodeError, Reader, Writer, sha256};
use revm::bytecode::Bytecode;
use revm::database_interface::DatabaseRef;
use revm::state::{AccountInfo, EvmState};

use crate::adapter::{Head, Log};

const MAGIC: &[u8; 8] = b"NETSSTA1";

/// An account without its storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct StoredAccount {
    nonce: u64,
    balance: U256,
    code_hash: B256,
}

/// What the blocks up to some head have made.
#[derive(Debug, Default)]
pub(super) struct State {
    /// The last of those blocks; none before the first.
    pub(super) head: Option<Head>,
    /// All coin ever given out.
    pub(super) granted: u128,
    accounts: BTreeMap<Address, StoredAccount>,
    code: BTreeMap<B256, Bytes>,
    storage: BTreeMap<(Address, U256), U256>,
    logs: Vec<Log>,
}

/// What one block changes.
#[derive(Debug, Default)]
pub(super) struct StateChanges {
    pub(super) accounts: Vec<(Address, AccountInfo)>,
    pub(super) code: Vec<(B256, Bytes)>,
    pub(super) storage: Vec<(Address, U256, U256)>,
    pub(super) granted: u128,
}

impl StateChanges {
    /// Adds what a transaction changed.
    pub(super) fn extend(&mut self, state: &EvmState) {
        for (address, account) in state.iter().filter(|(_, account)| account.is_touched()) {
            if let Some(code) = account.info.code.as_ref().filter(|code| !code.is_empty()) {
                self.code.push((account.info.code_hash, code.original_bytes()));
            }
            self.accounts.push((*address, account.info.clone()));
            let changed = account.storage.iter().filter(|(_, slot)| slot.is_changed());
            self.storage.extend(changed.map(|(key, slot)| (*address, *key, slot.present_value)));
        }
    }
}

impl State {
    /// Applies what a block changed.
    pub(super) fn apply(&mut self, head: Head, changes: StateChanges, logs: Vec<Log>) {
        let account = |(address, info): (Address, AccountInfo)| {
            let AccountInfo { nonce, balance, code_hash, .. } = info;
            (address, StoredAccount { nonce, balance, code_hash })
        };
        self.accounts.extend(changes.accounts.into_iter().map(account));
        self.code.extend(changes.code);
        let slot = |(address, slot, value)| ((address, slot), value);
        self.storage.extend(changes.storage.into_iter().map(slot));
        self.granted = self.granted.saturating_add(changes.granted);
        self.logs.extend(logs);
        self.head = Some(head);
    }

    /// The logs of the blocks from `first` on.
    pub(super) fn logs(&self, first: u64) -> &[Log] {
        &self.logs[self.logs.partition_point(|log| log.block < first)..]
    }

    /// The coin of all accounts together.
    pub(super) fn coin(&self) -> U256 {
        let balances = self.accounts.values().map(|account| account.balance);
        balances.fold(U256::ZERO, U256::saturating_add)
    }

    /// Whether there is a contract at this address.
    pub(super) fn has_code(&self, address: Address) -> bool {
        self.accounts.get(&address).is_some_and(|account| account.code_hash != KECCAK256_EMPTY)
    }

    /// What the file holds, if it is there and whole.
    pub(super) fn read(path: &Path) -> Option<Self> {
        let bytes = fs::read(path).ok()?;
        let (body, hash) = bytes.split_last_chunk::<32>()?;
        let state = (sha256(body).0 == *hash).then(|| Self::decode(body))?;
        state.ok()
    }

    /// Makes this the content of the file; a killed process leaves the one before.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        let part = path.with_extension("part");
        let written = fs::write(&part, self.encode()).and_then(|()| fs::rename(&part, path));
        if written.is_err() {
            fs::remove_file(&part).ok();
        }
        written
    }

    /// The file's bytes, which are the same for the same state.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        let head = self.head.unwrap_or(Head { number: 0, hash: B256::ZERO });
        writer.raw(MAGIC).u64(head.number).raw(head.hash.as_slice());
        writer.raw(&self.granted.to_le_bytes()).u64(self.accounts.len() as u64);
        for (address, account) in &self.accounts {
            writer.raw(address.as_slice()).u64(account.nonce);
            writer.raw(&account.balance.to_le_bytes::<32>()).raw(account.code_hash.as_slice());
        }
        writer.u64(self.code.len() as u64);
        for (hash, code) in &self.code {
            writer.raw(hash.as_slice()).u32(code.len() as u32).raw(code);
        }
        writer.u64(self.storage.len() as u64);
        for ((address, slot), value) in &self.storage {
            writer.raw(address.as_slice());
            writer.raw(&slot.to_le_bytes::<32>()).raw(&value.to_le_bytes::<32>());
        }
        writer.u64(self.logs.len() as u64);
        for log in &self.logs {
            writer.u64(log.block);
            write_log(&mut writer, log);
        }
        let mut bytes = writer.finish();
        let hash = sha256(&bytes);
        bytes.extend(hash.0);
        bytes
    }

    fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let magic = reader.raw("magic", MAGIC.len())?;
        if magic != MAGIC {
            return Err(DecodeError::value("magic", "NETSSTA1", String::from_utf8_lossy(magic)));
        }
        let head = Head { number: reader.u64("head")?, hash: read_hash(&mut reader)? };
        let mut state = Self {
            head: (head.number > 0).then_some(head),
            granted: u128::from_le_bytes(reader.array("coin")?),
            ..Self::default()
        };
        for _ in 0..reader.u64("account count")? {
            let address = read_address(&mut reader)?;
            let nonce = reader.u64("nonce")?;
            let (balance, code_hash) = (read_word(&mut reader)?, read_hash(&mut reader)?);
            state.accounts.insert(address, StoredAccount { nonce, balance, code_hash });
        }
        for _ in 0..reader.u64("code count")? {
            let hash = read_hash(&mut reader)?;
            state.code.insert(hash, read_bytes(&mut reader)?);
        }
        for _ in 0..reader.u64("slot count")? {
            let key = (read_address(&mut reader)?, read_word(&mut reader)?);
            state.storage.insert(key, read_word(&mut reader)?);
        }
        for _ in 0..reader.u64("log count")? {
            state.logs.push(read_log(&mut reader)?);
        }
        reader.finish()?;
        Ok(state)
    }
}

impl DatabaseRef for State {
    type Error = Infallible;

    fn basic_ref(&self, address: Address) -> Result<Option<AccountInfo>, Infallible> {
        let info = |account: &StoredAccount| {
            let StoredAccount { nonce, balance, code_hash } = *account;
            let code = (code_hash == KECCAK256_EMPTY).then(Bytecode::default);
            AccountInfo { nonce, balance, code_hash, code, ..AccountInfo::default() }
        };
        Ok(self.accounts.get(&address).map(info))
    }

    fn code_by_hash_ref(&self, hash: B256) -> Result<Bytecode, Infallible> {
        Ok(self.code.get(&hash).cloned().map(Bytecode::new_raw).unwrap_or_default())
    }

    fn storage_ref(&self, address: Address, slot: U256) -> Result<U256, Infallible> {
        Ok(self.storage.get(&(address, slot)).copied().unwrap_or_default())
    }

    fn block_hash_ref(&self, _number: u64) -> Result<B256, Infallible> {
        // The contracts take no seed from block hashes on the embedded chain: its operator makes
        // the blocks.
        Ok(B256::ZERO)
    }
}

/// Writes what a contract said, as it is hashed into receipts and kept in the state.
pub(super) fn write_log(writer: &mut Writer, log: &Log) {
    writer.raw(log.address.as_slice()).u8(log.topics.len() as u8);
    for topic in &log.topics {
        writer.raw(topic.as_slice());
    }
    writer.u32(log.data.len() as u32).raw(&log.data);
}

fn read_log(reader: &mut Reader<'_>) -> Result<Log, DecodeError> {
    let (block, address) = (reader.u64("block")?, read_address(reader)?);
    let topic_count = reader.u8("topic count")?;
    let topics = (0..topic_count).map(|_| read_hash(reader)).collect::<Result<_, _>>()?;
    Ok(Log { block, address, topics, data: read_bytes(reader)? })
}

fn read_address(reader: &mut Reader<'_>) -> Result<Address, DecodeError> {
    reader.array("address").map(Address::new)
}

fn read_hash(reader: &mut Reader<'_>) -> Result<B256, DecodeError> {
    reader.array("hash").map(B256::new)
}

fn read_word(reader: &mut Reader<'_>) -> Result<U256, DecodeError> {
    reader.array("word").map(U256::from_le_bytes::<32>)
}

fn read_bytes(reader: &mut Reader<'_>) -> Result<Bytes, DecodeError> {
    let size = reader.u32("length")? as usize;
    reader.raw("bytes", size).map(Bytes::copy_from_slice)
}
