//! The outbox: every transaction that was ever signed for sending, on disk before it is sent.
//!
//! Each has the key of the action that it is for. An action is open until whoever asked for it has
//! been told what became of it; asked for again before that, it is given the transaction it has.
//! Invariant: no two transactions of a sender that may be included have different actions and the
//! same nonce.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use alloy_primitives::{Address, B256};
use nets_chain::{Call, SignedTransaction};
use nets_core::{DecodeError, Reader, Writer, sha256};

use crate::error::OutboxError;
use crate::record_file::RecordFile;

const MAGIC: &[u8; 8] = b"NETSOUT1";
const RECORD_SIGNED: u8 = 0;
const RECORD_TOLD: u8 = 1;
const RECORD_SUPERSEDED: u8 = 2;

/// What keeps an action from being done twice: whoever asks for one with a key that is known is
/// given what became of that one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ActionKey([u8; 32]);

impl ActionKey {
    /// The key of an action by its name, which the caller never uses for another one.
    pub fn named(name: &str) -> Self {
        Self(sha256(&[b"nets action named ", name.as_bytes()].concat()).0)
    }

    /// The key of the `index`th time that `sender` makes this very call, counted from 0.
    fn of_call(sender: Address, call: &Call, index: u64) -> Self {
        let mut writer = Writer::new();
        writer.raw(b"nets action call ").raw(sender.as_slice());
        writer.u8(u8::from(call.to.is_some())).raw(call.to.unwrap_or_default().as_slice());
        writer.raw(&call.value.to_le_bytes());
        writer.u32(call.data.len() as u32).raw(&call.data).u64(index);
        Self(sha256(&writer.finish()).0)
    }
}

/// How far an action is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Its transaction may be included, or is and nobody was told.
    Open,
    /// The transaction that did it, which its caller was told of.
    Told(B256),
    /// Its nonce was used by another transaction: it was not done.
    Superseded,
}

/// An action with the transactions for it, of which one can be included.
#[derive(Clone, Debug)]
pub(crate) struct Action {
    pub(crate) key: ActionKey,
    /// All with the same nonce, each dearer than the one before.
    pub(crate) attempts: Vec<SignedTransaction>,
    pub(crate) progress: Progress,
}

impl Action {
    /// The transaction that is to be included.
    pub(crate) fn latest(&self) -> &SignedTransaction {
        // Actions are made with an attempt.
        &self.attempts[self.attempts.len() - 1]
    }
}

/// The outbox of an arena on one chain.
#[derive(Debug)]
pub(crate) struct Outbox {
    file: RecordFile,
    /// In the order of their first attempts.
    actions: Vec<Action>,
    by_key: BTreeMap<ActionKey, usize>,
}

impl Outbox {
    /// Opens the outbox at `path`, or makes it.
    ///
    /// # Errors
    /// When another process has it open, it is of another chain, damaged, or cannot be used.
    pub(crate) fn open(path: &Path, chain_id: u64, genesis: &B256) -> Result<Self, OutboxError> {
        let header = [MAGIC.as_slice(), &chain_id.to_le_bytes(), genesis.as_slice()].concat();
        let (file, records) = RecordFile::open(path, &header)?;
        let mut outbox = Self { file, actions: Vec::new(), by_key: BTreeMap::new() };
        for record in &records {
            outbox.replay(record).map_err(|error| OutboxError::Damaged {
                path: path.to_owned(),
                reason: error.to_string(),
            })?;
        }
        Ok(outbox)
    }

    fn replay(&mut self, record: &[u8]) -> Result<(), DecodeError> {
        let mut reader = Reader::new(record);
        match reader.u8("record kind")? {
            RECORD_SIGNED => {
                let key = ActionKey(reader.array("action key")?);
                let size = reader.u32("transaction length")? as usize;
                let transaction = SignedTransaction::decode(reader.raw("transaction", size)?)
                    .map_err(|error| DecodeError::value("transaction", "a signed one", error))?;
                self.apply_signed(key, transaction);
            }
            RECORD_TOLD => {
                for _ in 0..reader.u32("action count")? {
                    let key = ActionKey(reader.array("action key")?);
                    let transaction = B256::new(reader.array("transaction hash")?);
                    self.set(key, Progress::Told(transaction));
                }
            }
            RECORD_SUPERSEDED => {
                self.set(ActionKey(reader.array("action key")?), Progress::Superseded);
            }
            kind => return Err(DecodeError::value("record kind", "0 to 2", kind)),
        }
        reader.finish()
    }

    fn apply_signed(&mut self, key: ActionKey, transaction: SignedTransaction) {
        match self.by_key.get(&key).map(|&index| &mut self.actions[index]) {
            Some(action) if action.progress == Progress::Open => action.attempts.push(transaction),
            // What superseded it has its nonce, so it begins anew.
            Some(action) => {
                action.attempts = vec![transaction];
                action.progress = Progress::Open;
            }
            None => {
                self.by_key.insert(key, self.actions.len());
                let attempts = vec![transaction];
                self.actions.push(Action { key, attempts, progress: Progress::Open });
            }
        }
    }

    fn set(&mut self, key: ActionKey, progress: Progress) {
        if let Some(&index) = self.by_key.get(&key) {
            self.actions[index].progress = progress;
        }
    }

    /// The action of this key, if one was ever signed.
    pub(crate) fn action(&self, key: &ActionKey) -> Option<&Action> {
        self.by_key.get(key).map(|&index| &self.actions[index])
    }

    /// The actions that may still be included, or of which nobody was told.
    pub(crate) fn open_actions(&self) -> impl Iterator<Item = &Action> {
        self.actions.iter().filter(|action| action.progress == Progress::Open)
    }

    /// All actions, in the order in which they were first signed.
    pub(crate) fn all_actions(&self) -> impl Iterator<Item = &Action> {
        self.actions.iter()
    }

    /// The actions of a sender to look after, by their nonces: those of which nobody was told, and
    /// those with a nonce from `next` on, the first that no block has.
    pub(crate) fn to_tend(&self, sender: Address, next: u64) -> Vec<Action> {
        let own = self.actions.iter().filter(|it| it.latest().signer() == sender);
        let own = own.filter(|action| match action.progress {
            Progress::Open => true,
            Progress::Told(_) => action.latest().nonce() >= next,
            Progress::Superseded => false,
        });
        let mut own: Vec<_> = own.cloned().collect();
        own.sort_by_key(|action| action.latest().nonce());
        own
    }

    /// The key of a call whose caller has none of its own: that of the open one, if there is one, or
    /// a new one; never one of `taken`.
    pub(crate) fn key_of_call(
        &self,
        sender: Address,
        call: &Call,
        taken: &BTreeSet<ActionKey>,
    ) -> ActionKey {
        let mut index = 0;
        loop {
            let key = ActionKey::of_call(sender, call, index);
            let is_told =
                self.action(&key).is_some_and(|found| matches!(found.progress, Progress::Told(_)));
            if !is_told && !taken.contains(&key) {
                return key;
            }
            index += 1;
        }
    }

    /// The first nonce of a sender that no transaction here has, other than superseded ones.
    pub(crate) fn next_nonce(&self, sender: Address) -> u64 {
        let own = self.actions.iter().filter(|it| it.progress != Progress::Superseded);
        let nonces = own.map(Action::latest).filter(|it| it.signer() == sender);
        nonces.map(|transaction| transaction.nonce() + 1).max().unwrap_or(0)
    }

    /// Keeps a transaction for an action, before it is sent.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn store(
        &mut self,
        key: ActionKey,
        transaction: SignedTransaction,
    ) -> Result<(), OutboxError> {
        let mut writer = Writer::new();
        let raw = transaction.raw();
        writer.u8(RECORD_SIGNED).raw(&key.0).u32(raw.len() as u32).raw(raw);
        self.file.append(&writer.finish())?;
        self.apply_signed(key, transaction);
        Ok(())
    }

    /// Notes, all at once, that callers are being told which transactions did their actions.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn tell(&mut self, done: &[(ActionKey, B256)]) -> Result<(), OutboxError> {
        let mut writer = Writer::new();
        writer.u8(RECORD_TOLD).u32(done.len() as u32);
        for (key, transaction) in done {
            writer.raw(&key.0).raw(transaction.as_slice());
        }
        self.file.append(&writer.finish())?;
        for (key, transaction) in done {
            self.set(*key, Progress::Told(*transaction));
        }
        Ok(())
    }

    /// Notes that an action was not done, since its nonce was used elsewhere.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn supersede(&mut self, key: ActionKey) -> Result<(), OutboxError> {
        let mut writer = Writer::new();
        writer.u8(RECORD_SUPERSEDED).raw(&key.0);
        self.file.append(&writer.finish())?;
        self.set(key, Progress::Superseded);
        Ok(())
    }
}
