//! The embedded chain: the contracts' bytecode in process, with a hash-chained log of blocks.
//!
//! A block is executed, appended to the log and flushed, and only then acknowledged; the state is a
//! cache of the log. Opening executes again what the state has not seen. There is no server, no
//! gas price and no clock: a block's time is its number.

mod block;
mod executor;
mod log;
mod state;

use std::fs;
use std::path::Path;

use alloy_primitives::{Address, Bytes, U256};
use revm::context::result::ExecutionResult;

pub use block::{Block, Operation};
pub use log::{BlockLog, LogError};
pub use state::StateDump;

use self::executor::{Executor, GAS_LIMIT};
use self::state::StateStore;
use crate::account::Account;
use crate::adapter::{ChainAdapter, ChainError, Head, Log, Receipt};
use crate::transaction::{Call, Envelope, SignedTransaction};

const LOG_FILE: &str = "blocks.log";
const STATE_FILE: &str = "state.redb";

/// A chain in this process.
#[derive(Debug)]
pub struct EmbeddedChain {
    chain_id: u64,
    store: StateStore,
    executor: Executor,
    log: Option<BlockLog>,
    head: Head,
    granted: u128,
}

impl EmbeddedChain {
    /// Opens the chain in `folder`, or makes it.
    ///
    /// # Errors
    /// When another process has it open, or it cannot be read or written, or is damaged.
    pub fn open(folder: &Path, chain_id: u64) -> Result<Self, ChainError> {
        let io = |source| ChainError::Io { action: "create", path: folder.to_owned(), source };
        fs::create_dir_all(folder).map_err(io)?;
        let store = StateStore::open(&folder.join(STATE_FILE))?;
        let (mut log, blocks) = BlockLog::open(&folder.join(LOG_FILE), chain_id)?;
        let mut chain = Self::new(store, chain_id)?;
        let acknowledged = chain.head;
        if log.last().0 < acknowledged.number {
            let (end, head) = (log.last().0, acknowledged.number);
            return Err(LogError::Lost { end, head }.into());
        }
        for block in &blocks {
            if block.number == acknowledged.number && block.hash() != acknowledged.hash {
                let (number, expected, got) = (block.number, acknowledged.hash, block.hash());
                return Err(LogError::Replaced { number, expected, got }.into());
            }
            if block.number > acknowledged.number {
                chain.execute_again(block)?;
            }
        }
        log.drop_tail()?;
        chain.log = Some(log);
        Ok(chain)
    }

    /// A chain that is gone with the process.
    ///
    /// # Errors
    /// Practically never: when the memory for it cannot be had.
    pub fn in_memory(chain_id: u64) -> Result<Self, ChainError> {
        Self::new(StateStore::in_memory()?, chain_id)
    }

    /// The chain that the log in `folder` makes, executed from its first block, in memory; `visit`
    /// sees it after every block.
    ///
    /// # Errors
    /// When the log cannot be read, is damaged, or does not do what it says; or when `visit` fails.
    pub fn replay<E: From<ChainError>>(
        folder: &Path,
        mut visit: impl FnMut(&Self) -> Result<(), E>,
    ) -> Result<Self, E> {
        let log = BlockLog::read(&folder.join(LOG_FILE)).map_err(ChainError::from);
        let (chain_id, blocks) = log?;
        let mut chain = Self::in_memory(chain_id)?;
        for block in &blocks {
            chain.execute_again(block)?;
            visit(&chain)?;
        }
        Ok(chain)
    }

    fn new(store: StateStore, chain_id: u64) -> Result<Self, ChainError> {
        let genesis = Head { number: 0, hash: log::genesis_hash(chain_id) };
        let head = store.head()?.unwrap_or(genesis);
        let executor = Executor::new(store.clone(), chain_id);
        Ok(Self { chain_id, store, executor, log: None, head, granted: 0 })
    }

    fn execute_again(&mut self, block: &Block) -> Result<(), ChainError> {
        let number = block.number;
        let receipts = self.execute(number, &block.operations).map_err(|(index, reason)| {
            ChainError::Log(LogError::Execution { number, index, reason })
        })?;
        let (got, expected) = (block::receipts_hash(&receipts), block.receipts_hash);
        if got != expected {
            return Err(LogError::Receipts { number, expected, got }.into());
        }
        self.store_block(Head { number, hash: block.hash() }, &receipts)
    }

    fn execute(
        &mut self,
        number: u64,
        operations: &[Operation],
    ) -> Result<Vec<Receipt>, (usize, String)> {
        let mut receipts = Vec::new();
        for (index, operation) in operations.iter().enumerate() {
            let at = |reason: String| (index, reason);
            match operation {
                Operation::Grant { to, amount } => {
                    self.executor.grant(*to, *amount).map_err(at)?;
                    self.granted = self.granted.saturating_add(*amount);
                }
                Operation::Transaction(raw) => {
                    let transaction =
                        SignedTransaction::decode(raw).map_err(|error| at(error.to_string()))?;
                    receipts.push(self.executor.execute(number, &transaction).map_err(at)?);
                }
            }
        }
        Ok(receipts)
    }

    fn store_block(&mut self, head: Head, receipts: &[Receipt]) -> Result<(), ChainError> {
        let logs: Vec<_> = receipts.iter().flat_map(|receipt| receipt.logs.clone()).collect();
        self.store.apply(head, &self.executor.take_changes(), &logs)?;
        self.head = head;
        Ok(())
    }

    fn make_block(&mut self, operations: Vec<Operation>) -> Result<Vec<Receipt>, ChainError> {
        let number = self.head.number + 1;
        let receipts = match self.execute(number, &operations) {
            Ok(receipts) => receipts,
            Err((index, reason)) => {
                self.executor.discard(self.store.clone());
                return Err(ChainError::Invalid { index, reason });
            }
        };
        let receipts_hash = block::receipts_hash(&receipts);
        let block = Block { number, parent: self.head.hash, operations, receipts_hash };
        if let Some(log) = &mut self.log
            && let Err(error) = log.append(&block)
        {
            self.executor.discard(self.store.clone());
            return Err(error.into());
        }
        self.store_block(Head { number, hash: block.hash() }, &receipts)?;
        Ok(receipts)
    }

    /// Gives new coin to an account.
    ///
    /// # Errors
    /// When the chain cannot be written.
    pub fn grant(&mut self, to: nets_core::Address, amount: u128) -> Result<(), ChainError> {
        let to = Address::new(to.0);
        self.make_block(vec![Operation::Grant { to, amount }]).map(|_| ())
    }

    /// The coin given out by the blocks executed since this chain was opened; all of it ever after
    /// [`EmbeddedChain::replay`].
    pub fn granted(&self) -> u128 {
        self.granted
    }

    /// Everything in the state.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn dump(&self) -> Result<StateDump, ChainError> {
        self.store.dump()
    }

    /// Waits until the state, too, is on disk, so that the next opening has nothing to execute.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn flush(&self) -> Result<(), ChainError> {
        self.store.flush()
    }
}

impl ChainAdapter for EmbeddedChain {
    fn chain_id(&self) -> u64 {
        self.chain_id
    }

    fn head(&self) -> Result<Head, ChainError> {
        Ok(self.head)
    }

    fn sign(
        &self,
        account: &Account,
        calls: Vec<Call>,
    ) -> Result<Vec<SignedTransaction>, ChainError> {
        let address = Address::new(account.address().0);
        let nonce = self.executor.account_nonce(address).map_err(state_error)?;
        let sign = |(nonce, call)| {
            let envelope =
                Envelope { chain_id: self.chain_id, nonce, gas_limit: GAS_LIMIT, gas_price: 0 };
            SignedTransaction::sign(account, call, envelope)
        };
        Ok((nonce..).zip(calls).map(sign).collect::<Result<_, _>>()?)
    }

    fn submit(&mut self, transactions: &[SignedTransaction]) -> Result<Vec<Receipt>, ChainError> {
        let operations = transactions.iter().map(|t| Operation::Transaction(t.raw().clone()));
        self.make_block(operations.collect())
    }

    fn advance(&mut self, count: u64) -> Result<Head, ChainError> {
        for _ in 0..count {
            self.make_block(Vec::new())?;
        }
        Ok(self.head)
    }

    fn call(&self, from: Address, call: &Call) -> Result<Bytes, ChainError> {
        let invalid = |reason| ChainError::Invalid { index: 0, reason };
        match self.executor.call(self.head.number + 1, from, call).map_err(invalid)? {
            ExecutionResult::Success { output, .. } => Ok(output.into_data()),
            ExecutionResult::Revert { output, .. } => Err(ChainError::Reverted { output }),
            ExecutionResult::Halt { reason, .. } => Err(invalid(format!("{reason:?}"))),
        }
    }

    fn logs(&self, first: u64) -> Result<Vec<Log>, ChainError> {
        self.store.logs(first)
    }

    fn balance(&self, address: Address) -> Result<U256, ChainError> {
        self.executor.balance(address).map_err(state_error)
    }
}

fn state_error(error: state::StateError) -> ChainError {
    ChainError::State(error.0)
}
