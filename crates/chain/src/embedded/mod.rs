//! The embedded chain: the contracts' bytecode in process, with a hash-chained log of blocks.
//!
//! A block is executed, appended to the log and flushed, and only then acknowledged; the state is in
//! memory, with a file as a cache. Opening executes again what the cache has not seen. There is no
//! server, no gas price and no clock: a block's time is its number.

mod adapter;
mod block;
mod executor;
mod log;
mod state;

use std::fs;
use std::path::{Path, PathBuf};

use alloy_primitives::{Address, B256, U256};

pub use block::{Block, Operation};
pub use log::{LogError, LoggedBlocks};

use self::executor::{Executor, GAS_LIMIT};
use self::log::BlockLog;
use self::state::State;
use crate::adapter::{ChainError, Head, Receipt};
use crate::deployment::Deployment;
use crate::signer::Signer;
use crate::transaction::{Call, Envelope, SignedTransaction};

const LOG_FILE: &str = "blocks.log";
const STATE_FILE: &str = "state.cache";

/// How many blocks are executed again after a crash, at most: the state is saved this often.
const SAVE_INTERVAL_BLOCKS: u64 = 64;

/// How many blocks may be executed again at each opening; saving a large state takes longer.
const UNSAVED_BLOCKS: u64 = 8;

/// A chain in this process.
#[derive(Debug)]
pub struct EmbeddedChain {
    chain_id: u64,
    executor: Executor,
    files: Option<Files>,
    head: Head,
    /// The transactions of the first block that has any: they deploy the contracts.
    founding: Vec<SignedTransaction>,
}

/// Where a chain is kept.
#[derive(Debug)]
struct Files {
    log: BlockLog,
    cache: PathBuf,
    /// The last block that the cache knows of.
    saved: u64,
}

impl EmbeddedChain {
    /// Makes a chain without blocks in `folder`.
    ///
    /// # Errors
    /// When there is one, or the folder cannot be written.
    pub fn create(folder: &Path, chain_id: u64) -> Result<Self, ChainError> {
        let io = |source| ChainError::Io { action: "create", path: folder.to_owned(), source };
        fs::create_dir_all(folder).map_err(io)?;
        let log = BlockLog::create(&folder.join(LOG_FILE), chain_id)?;
        let mut chain = Self::in_memory(chain_id);
        chain.files = Some(Files { log, cache: folder.join(STATE_FILE), saved: 0 });
        Ok(chain)
    }

    /// Opens the chain in `folder`: executes what its cache has not seen, and writes nothing.
    ///
    /// # Errors
    /// When there is none, another process has it open, it cannot be used, or it is damaged.
    pub fn open(folder: &Path, chain_id: u64) -> Result<Self, ChainError> {
        let (log, blocks) = BlockLog::open(&folder.join(LOG_FILE), chain_id)?;
        let cache = folder.join(STATE_FILE);
        let cached = State::read(&cache).unwrap_or_default();
        let saved = check_cached(&cached, &blocks)?;
        let mut chain = match Self::brought_forward(cached, chain_id, &blocks) {
            // The log is the truth: a cache from which it does not follow is of no use.
            Err(_) if saved > 0 => Self::brought_forward(State::default(), chain_id, &blocks)?,
            chain => chain?,
        };
        chain.files = Some(Files { log, cache, saved });
        Ok(chain)
    }

    /// A chain that is gone with the process.
    pub fn in_memory(chain_id: u64) -> Self {
        Self::new(State::default(), chain_id)
    }

    /// The blocks in `folder`, which nobody writes to as long as they are held. Writes nothing.
    ///
    /// # Errors
    /// When another process has the chain open for writing, or its log cannot be read or is damaged.
    pub fn read(folder: &Path) -> Result<LoggedBlocks, ChainError> {
        LoggedBlocks::read(&folder.join(LOG_FILE))
    }

    /// Compares a log with what the state's cache beside it has seen. The cache is only a witness:
    /// it can say that blocks are missing, and nothing is proven by its silence, since whoever can
    /// write to the folder can change it.
    ///
    /// # Errors
    /// When a block was acknowledged that the log does not hold.
    pub fn check_witness(folder: &Path, logged: &LoggedBlocks) -> Result<(), ChainError> {
        let path = folder.join(STATE_FILE);
        // What is no file may never end.
        let cached = path.is_file().then(|| State::read(&path)).flatten().unwrap_or_default();
        check_cached(&cached, &logged.blocks)?;
        Ok(())
    }

    /// The chain that the log in `folder` makes, whoever writes to it, executed from its first
    /// block, in memory; `visit` sees it after every block.
    ///
    /// # Errors
    /// When the log cannot be read, is damaged, or does not do what it says; or when `visit` fails.
    pub fn replay<E: From<ChainError>>(
        folder: &Path,
        visit: impl FnMut(&Self) -> Result<(), E>,
    ) -> Result<Self, E> {
        Self::execute_all(&LoggedBlocks::read_unlocked(&folder.join(LOG_FILE))?, visit)
    }

    /// The chain that these blocks make, executed from the first one, in memory; `visit` sees it
    /// after every block.
    ///
    /// # Errors
    /// When a block does not do what it says; or when `visit` fails.
    pub fn execute_all<E: From<ChainError>>(
        logged: &LoggedBlocks,
        mut visit: impl FnMut(&Self) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut chain = Self::in_memory(logged.chain_id);
        for block in &logged.blocks {
            chain.execute_again(block)?;
            visit(&chain)?;
        }
        Ok(chain)
    }

    fn new(state: State, chain_id: u64) -> Self {
        let genesis = Head { number: 0, hash: log::genesis_hash(chain_id) };
        let head = state.head.unwrap_or(genesis);
        let executor = Executor::new(state, chain_id);
        Self { chain_id, executor, files: None, head, founding: Vec::new() }
    }

    /// The chain after all of the blocks, of which a state has seen the first ones.
    fn brought_forward(state: State, chain_id: u64, blocks: &[Block]) -> Result<Self, ChainError> {
        let mut chain = Self::new(state, chain_id);
        chain.founding = founding(blocks);
        for block in &blocks[chain.head.number as usize..] {
            chain.execute_again(block)?;
        }
        Ok(chain)
    }

    /// Executes a block that was logged, on a chain that has seen all before it; gives the receipts of
    /// its transactions. Nothing is written.
    ///
    /// # Errors
    /// When the block does not do what it says.
    pub fn execute_again(&mut self, block: &Block) -> Result<Vec<Receipt>, ChainError> {
        let number = block.number;
        let receipts = self.execute(number, &block.operations).map_err(|(index, reason)| {
            ChainError::Log(LogError::Execution { number, index, reason })
        })?;
        let (got, expected) = (block::receipts_hash(&receipts), block.receipts_hash);
        if got != expected {
            return Err(LogError::Receipts { number, expected, got }.into());
        }
        self.commit(block, receipts.clone());
        Ok(receipts)
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

    fn commit(&mut self, block: &Block, receipts: Vec<Receipt>) {
        if self.founding.is_empty() {
            self.founding = founding(std::slice::from_ref(block));
        }
        let head = block.head();
        self.executor.commit(head, receipts.into_iter().flat_map(|r| r.logs).collect());
        self.head = head;
    }

    /// Makes a block that `is_wanted` once its receipts are known; otherwise there is none.
    fn make_block(
        &mut self,
        operations: Vec<Operation>,
        is_wanted: impl Fn(&[Receipt]) -> Result<(), ChainError>,
    ) -> Result<Vec<Receipt>, ChainError> {
        let number = self.head.number + 1;
        let made = self
            .execute(number, &operations)
            .map_err(|(index, reason)| ChainError::Invalid { index, reason })
            .and_then(|receipts| is_wanted(&receipts).map(|()| receipts))
            .and_then(|receipts| {
                let receipts_hash = block::receipts_hash(&receipts);
                let block = Block { number, parent: self.head.hash, operations, receipts_hash };
                if let Some(files) = &mut self.files {
                    files.log.append(&block)?;
                }
                Ok((block, receipts))
            });
        let (block, receipts) = made.inspect_err(|_| self.executor.discard())?;
        self.commit(&block, receipts.clone());
        self.save(SAVE_INTERVAL_BLOCKS);
        Ok(receipts)
    }

    /// Saves the state if it is so many blocks ahead of its cache. A cache that cannot be written
    /// costs time, not blocks.
    fn save(&mut self, blocks: u64) {
        if self.files.as_ref().is_some_and(|files| self.head.number - files.saved >= blocks) {
            self.flush().ok();
        }
    }

    /// Gives new coin to an account.
    ///
    /// # Errors
    /// When all coin together would be too much, or the chain cannot be written.
    pub fn grant(&mut self, to: nets_core::Address, amount: u128) -> Result<(), ChainError> {
        let to = Address::new(to.0);
        self.make_block(vec![Operation::Grant { to, amount }], |_| Ok(())).map(|_| ())
    }

    /// Gives an account the coin that its call sends along, and makes the call, in one block.
    ///
    /// # Errors
    /// When the call is refused, all coin together would be too much, or the chain cannot be
    /// written; no coin is given out then.
    pub fn grant_and_call(&mut self, account: &dyn Signer, call: Call) -> Result<(), ChainError> {
        let to = Address::new(account.address().0);
        let grant = Operation::Grant { to, amount: call.value };
        let calls = self.sign(account, vec![call])?;
        let calls = calls.into_iter().map(|call| Operation::Transaction(call.raw().clone()));
        let operations = std::iter::once(grant).chain(calls).collect();
        self.make_block(operations, |receipts| {
            match receipts.iter().find(|receipt| !receipt.is_success) {
                Some(refused) => Err(ChainError::Reverted { output: refused.output.clone() }),
                None => Ok(()),
            }
        })?;
        Ok(())
    }

    /// Makes and signs transactions of one account, the first with its next nonce.
    ///
    /// # Errors
    /// When the signer does not sign.
    pub fn sign(
        &self,
        signer: &dyn Signer,
        calls: Vec<Call>,
    ) -> Result<Vec<SignedTransaction>, ChainError> {
        let nonce = self.executor.account_nonce(Address::new(signer.address().0));
        let sign = |(nonce, call)| {
            let (chain_id, gas_limit) = (self.chain_id, GAS_LIMIT);
            let envelope = Envelope { chain_id, nonce, gas_limit, gas_price: 0, priority_fee: 0 };
            SignedTransaction::sign(signer, call, envelope)
        };
        Ok((nonce..).zip(calls).map(sign).collect::<Result<_, _>>()?)
    }

    /// Puts the transactions into one block, in order, and waits until it is durable.
    ///
    /// # Errors
    /// When one is invalid (then none is taken) or the chain cannot be written. A transaction that
    /// reverts is taken and has a receipt.
    pub fn submit(
        &mut self,
        transactions: &[SignedTransaction],
    ) -> Result<Vec<Receipt>, ChainError> {
        let operations = transactions.iter().map(|t| Operation::Transaction(t.raw().clone()));
        self.make_block(operations.collect(), |_| Ok(()))
    }

    /// Lets `count` blocks with nothing in them pass.
    ///
    /// # Errors
    /// When the chain cannot be written.
    pub fn advance(&mut self, count: u64) -> Result<Head, ChainError> {
        for _ in 0..count {
            self.make_block(Vec::new(), |_| Ok(()))?;
        }
        Ok(self.head)
    }

    /// All coin ever given out.
    pub fn granted(&self) -> u128 {
        self.executor.state().granted
    }

    /// The coin that can still be given out.
    pub fn grantable(&self) -> u128 {
        self.executor.grantable()
    }

    /// The coin that all accounts hold together, those of contracts included.
    pub fn coin(&self) -> U256 {
        self.executor.state().coin()
    }

    /// The hash of the whole state, for comparing two of them.
    pub fn state_hash(&self) -> B256 {
        B256::new(nets_core::sha256(&self.executor.state().encode()).0)
    }

    /// Where the contracts are, by the transactions that created them.
    ///
    /// # Errors
    /// When the first transactions created anything else, or failed.
    pub fn deployment(&self) -> Result<Deployment, ChainError> {
        let deployment = Deployment::of(&self.founding)?;
        let state = self.executor.state();
        let missing = deployment.addresses().find(|address| !state.has_code(*address));
        match missing {
            None => Ok(deployment),
            Some(address) => Err(ChainError::Deployment {
                reason: format!("the contract {address} could not be created"),
            }),
        }
    }

    /// Saves the state, so that the next opening has nothing to execute.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn flush(&mut self) -> Result<(), ChainError> {
        let Some(files) = &mut self.files else { return Ok(()) };
        let saved = self.executor.state().write(&files.cache);
        saved.map_err(|source| ChainError::Io {
            action: "write",
            path: files.cache.clone(),
            source,
        })?;
        files.saved = self.head.number;
        Ok(())
    }
}

impl LoggedBlocks {
    /// The blocks, from the first.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Where the contracts are, by the transactions that created them.
    ///
    /// # Errors
    /// When the first transactions created anything else.
    pub fn deployment(&self) -> Result<Deployment, ChainError> {
        Deployment::of(&founding(&self.blocks))
    }

    /// The last block.
    pub fn head(&self) -> Head {
        let genesis = Head { number: 0, hash: log::genesis_hash(self.chain_id) };
        self.blocks.last().map_or(genesis, Block::head)
    }
}

impl Drop for EmbeddedChain {
    fn drop(&mut self) {
        self.save(UNSAVED_BLOCKS);
    }
}

/// The number of the last block that a cached state has seen; it must be one of these.
fn check_cached(cached: &State, blocks: &[Block]) -> Result<u64, LogError> {
    let Some(Head { number, hash: expected }) = cached.head else { return Ok(0) };
    let Some(block) = blocks.get(number as usize - 1) else {
        return Err(LogError::Lost { end: blocks.len() as u64, head: number });
    };
    match block.hash() {
        got if got == expected => Ok(number),
        got => Err(LogError::Replaced { number, expected, got }),
    }
}

/// The transactions of the first block that has any; it was executed, so all of them decode.
fn founding(blocks: &[Block]) -> Vec<SignedTransaction> {
    let transactions = |block: &Block| -> Vec<_> {
        let decode = |operation: &Operation| match operation {
            Operation::Transaction(raw) => SignedTransaction::decode(raw).ok(),
            Operation::Grant { .. } => None,
        };
        block.operations.iter().filter_map(decode).collect()
    };
    blocks.iter().map(transactions).find(|found| !found.is_empty()).unwrap_or_default()
}
