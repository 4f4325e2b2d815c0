//! The state: accounts, code, storage and logs as tables of one redb file.
//!
//! The state is a cache of the log. It says how far it has come ([`StateStore::head`]), and the
//! blocks after that are executed again when the chain is opened.

use std::path::Path;
use std::sync::Arc;

use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256};
use redb::backends::InMemoryBackend;
use redb::{
    Database, Durability, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction,
};
use revm::bytecode::Bytecode;
use revm::database_interface::{DBErrorMarker, DatabaseRef};
use revm::state::{AccountInfo, EvmState};
use thiserror::Error;

use crate::adapter::{ChainError, Head, Log};
use nets_core::{Reader, Writer};

const ACCOUNTS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("accounts");
const CODE: TableDefinition<&[u8], &[u8]> = TableDefinition::new("code");
const STORAGE: TableDefinition<&[u8], &[u8]> = TableDefinition::new("storage");
const LOGS: TableDefinition<u64, &[u8]> = TableDefinition::new("logs");
const HEAD: TableDefinition<(), &[u8]> = TableDefinition::new("head");

/// How many blocks may be executed again after a crash: the state is flushed this often.
const FLUSH_INTERVAL_BLOCKS: u64 = 64;

/// Everything in the state, for comparing two of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateDump(Vec<(&'static str, Vec<u8>, Vec<u8>)>);

impl StateDump {
    /// The first entry that is not the same in both, as table and key.
    pub fn first_difference(&self, other: &Self) -> Option<String> {
        let longer = self.0.len().max(other.0.len());
        let (left, right) =
            (0..longer).map(|i| (self.0.get(i), other.0.get(i))).find(|(l, r)| l != r)?;
        let (table, key, _) = left.or(right)?;
        Some(format!("{table} {}", Bytes::copy_from_slice(key)))
    }

    /// The coin of all accounts together.
    pub fn coin(&self) -> U256 {
        let accounts = self.0.iter().filter(|(table, ..)| *table == "account");
        let balances = accounts.filter_map(|(_, _, value)| decode_account(value));
        balances.fold(U256::ZERO, |sum, info| sum.saturating_add(info.balance))
    }
}

/// The state could not be read.
#[derive(Debug, Error)]
#[error("{0}")]
pub(crate) struct StateError(#[from] pub(crate) redb::Error);

impl DBErrorMarker for StateError {}

/// The tables.
#[derive(Clone, Debug)]
pub(crate) struct StateStore {
    database: Arc<Database>,
}

/// What one block changes.
#[derive(Debug, Default)]
pub(crate) struct StateChanges {
    pub(crate) accounts: Vec<(Address, AccountInfo)>,
    pub(crate) code: Vec<(B256, Bytes)>,
    pub(crate) storage: Vec<(Address, U256, U256)>,
}

impl StateChanges {
    /// Adds what a transaction changed.
    pub(crate) fn extend(&mut self, state: &EvmState) {
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

fn storage_key(address: Address, slot: U256) -> Vec<u8> {
    [address.as_slice(), &slot.to_be_bytes::<32>()].concat()
}

impl StateStore {
    /// Opens the file, or makes it.
    pub(crate) fn open(path: &Path) -> Result<Self, ChainError> {
        let database = Database::create(path).map_err(|error| match error {
            redb::DatabaseError::DatabaseAlreadyOpen => {
                ChainError::Locked { path: path.parent().unwrap_or(path).to_owned() }
            }
            error => ChainError::State(error.into()),
        })?;
        Self::with_tables(database)
    }

    /// A state that is gone with the process.
    pub(crate) fn in_memory() -> Result<Self, ChainError> {
        let database = Database::builder().create_with_backend(InMemoryBackend::new());
        Self::with_tables(database.map_err(|error| ChainError::State(error.into()))?)
    }

    fn with_tables(database: Database) -> Result<Self, ChainError> {
        let store = Self { database: Arc::new(database) };
        store.write(Durability::Immediate, |transaction| {
            transaction.open_table(ACCOUNTS)?;
            transaction.open_table(CODE)?;
            transaction.open_table(STORAGE)?;
            transaction.open_table(LOGS)?;
            transaction.open_table(HEAD)?;
            Ok(())
        })?;
        Ok(store)
    }

    fn write(
        &self,
        durability: Durability,
        change: impl FnOnce(&WriteTransaction) -> Result<(), redb::Error>,
    ) -> Result<(), ChainError> {
        let run = || -> Result<(), redb::Error> {
            let mut transaction = self.database.begin_write()?;
            transaction.set_durability(durability)?;
            change(&transaction)?;
            transaction.commit()?;
            Ok(())
        };
        run().map_err(ChainError::State)
    }

    /// How far the state has come; none before the first block.
    pub(crate) fn head(&self) -> Result<Option<Head>, ChainError> {
        let read = || -> Result<Option<Head>, redb::Error> {
            let table = self.database.begin_read()?.open_table(HEAD)?;
            Ok(table.get(())?.and_then(|value| decode_head(value.value())))
        };
        read().map_err(ChainError::State)
    }

    /// Applies what a block changed.
    pub(crate) fn apply(
        &self,
        head: Head,
        changes: &StateChanges,
        logs: &[Log],
    ) -> Result<(), ChainError> {
        let durability = match head.number % FLUSH_INTERVAL_BLOCKS {
            0 => Durability::Immediate,
            _ => Durability::None,
        };
        self.write(durability, |transaction| {
            let mut accounts = transaction.open_table(ACCOUNTS)?;
            for (address, info) in &changes.accounts {
                accounts.insert(address.as_slice(), encode_account(info).as_slice())?;
            }
            let mut code = transaction.open_table(CODE)?;
            for (hash, bytes) in &changes.code {
                code.insert(hash.as_slice(), bytes.as_ref())?;
            }
            let mut storage = transaction.open_table(STORAGE)?;
            for (address, slot, value) in &changes.storage {
                let key = storage_key(*address, *slot);
                storage.insert(key.as_slice(), value.to_be_bytes::<32>().as_slice())?;
            }
            if !logs.is_empty() {
                transaction.open_table(LOGS)?.insert(head.number, encode_logs(logs).as_slice())?;
            }
            transaction.open_table(HEAD)?.insert((), encode_head(head).as_slice())?;
            Ok(())
        })
    }

    /// Waits until everything is on disk.
    pub(crate) fn flush(&self) -> Result<(), ChainError> {
        self.write(Durability::Immediate, |_| Ok(()))
    }

    /// The logs of the blocks from `first` on.
    pub(crate) fn logs(&self, first: u64) -> Result<Vec<Log>, ChainError> {
        let read = || -> Result<Vec<Log>, redb::Error> {
            let table = self.database.begin_read()?.open_table(LOGS)?;
            let mut logs = Vec::new();
            for row in table.range(first..)? {
                let (block, bytes) = row?;
                logs.extend(decode_logs(block.value(), bytes.value()).unwrap_or_default());
            }
            Ok(logs)
        };
        read().map_err(ChainError::State)
    }

    /// Everything in the state.
    pub(crate) fn dump(&self) -> Result<StateDump, ChainError> {
        let read = || -> Result<StateDump, redb::Error> {
            let transaction = self.database.begin_read()?;
            let mut rows = Vec::new();
            for (name, table) in [("account", ACCOUNTS), ("code", CODE), ("storage", STORAGE)] {
                for row in transaction.open_table(table)?.iter()? {
                    let (key, value) = row?;
                    rows.push((name, key.value().to_vec(), value.value().to_vec()));
                }
            }
            for row in transaction.open_table(LOGS)?.iter()? {
                let (block, value) = row?;
                rows.push(("logs", block.value().to_le_bytes().to_vec(), value.value().to_vec()));
            }
            Ok(StateDump(rows))
        };
        read().map_err(ChainError::State)
    }

    fn get(
        &self,
        table: TableDefinition<'_, &'static [u8], &'static [u8]>,
        key: &[u8],
    ) -> Result<Option<Vec<u8>>, StateError> {
        let read = || -> Result<Option<Vec<u8>>, redb::Error> {
            let table = self.database.begin_read()?.open_table(table)?;
            Ok(table.get(key)?.map(|value| value.value().to_vec()))
        };
        Ok(read()?)
    }
}

impl DatabaseRef for StateStore {
    type Error = StateError;

    fn basic_ref(&self, address: Address) -> Result<Option<AccountInfo>, StateError> {
        let bytes = self.get(ACCOUNTS, address.as_slice())?;
        Ok(bytes.and_then(|bytes| decode_account(&bytes)))
    }

    fn code_by_hash_ref(&self, hash: B256) -> Result<Bytecode, StateError> {
        let code = self.get(CODE, hash.as_slice())?;
        Ok(code.map(|code| Bytecode::new_raw(code.into())).unwrap_or_default())
    }

    fn storage_ref(&self, address: Address, slot: U256) -> Result<U256, StateError> {
        let value = self.get(STORAGE, &storage_key(address, slot))?;
        Ok(value.and_then(|bytes| U256::try_from_be_slice(&bytes)).unwrap_or_default())
    }

    fn block_hash_ref(&self, _number: u64) -> Result<B256, StateError> {
        // The contracts take no seed from block hashes on the embedded chain: its operator makes
        // the blocks.
        Ok(B256::ZERO)
    }
}

fn encode_head(head: Head) -> Vec<u8> {
    [head.number.to_le_bytes().as_slice(), head.hash.as_slice()].concat()
}

fn decode_head(bytes: &[u8]) -> Option<Head> {
    let mut reader = Reader::new(bytes);
    let number = reader.u64("number").ok()?;
    Some(Head { number, hash: B256::new(reader.array("hash").ok()?) })
}

fn encode_account(info: &AccountInfo) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.u64(info.nonce).raw(&info.balance.to_be_bytes::<32>()).raw(info.code_hash.as_slice());
    writer.finish()
}

fn decode_account(bytes: &[u8]) -> Option<AccountInfo> {
    let mut reader = Reader::new(bytes);
    let nonce = reader.u64("nonce").ok()?;
    let balance = U256::from_be_bytes(reader.array::<32>("balance").ok()?);
    let code_hash = B256::new(reader.array("code hash").ok()?);
    let code = (code_hash == KECCAK256_EMPTY).then(Bytecode::default);
    Some(AccountInfo { nonce, balance, code_hash, code, ..AccountInfo::default() })
}

fn encode_logs(logs: &[Log]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.u32(logs.len() as u32);
    for log in logs {
        writer.raw(log.address.as_slice()).u8(log.topics.len() as u8);
        for topic in &log.topics {
            writer.raw(topic.as_slice());
        }
        writer.u32(log.data.len() as u32).raw(&log.data);
    }
    writer.finish()
}

fn decode_logs(block: u64, bytes: &[u8]) -> Option<Vec<Log>> {
    let mut reader = Reader::new(bytes);
    let count = reader.u32("count").ok()?;
    let log = |reader: &mut Reader<'_>| {
        let address = Address::new(reader.array("address").ok()?);
        let topic_count = reader.u8("topic count").ok()?;
        let topics = (0..topic_count).map(|_| reader.array("topic").ok().map(B256::new));
        let topics = topics.collect::<Option<_>>()?;
        let size = reader.u32("data length").ok()? as usize;
        let data = Bytes::copy_from_slice(reader.raw("data", size).ok()?);
        Some(Log { block, address, topics, data })
    };
    (0..count).map(|_| log(&mut reader)).collect()
}
