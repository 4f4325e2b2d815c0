//! The adapter: what nets needs of a chain, and nothing else.

use std::path::PathBuf;

use alloy_primitives::{Address, B256, Bytes, U256};
use thiserror::Error;

use crate::embedded::LogError;
use crate::transaction::{Call, SignedTransaction, TransactionError};

/// The latest block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its number.
    pub number: u64,
    /// Its hash, which commits to all blocks before.
    pub hash: B256,
}

/// What a contract said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// The block it is in.
    pub block: u64,
    /// The contract.
    pub address: Address,
    /// The event's signature hash and indexed fields.
    pub topics: Vec<B256>,
    /// The other fields.
    pub data: Bytes,
}

/// What a transaction did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The transaction.
    pub transaction: B256,
    /// Whether it succeeded; a failed one changed nothing but its sender's nonce and gas.
    pub is_success: bool,
    /// The gas it used.
    pub gas_used: u64,
    /// The contract it created.
    pub created: Option<Address>,
    /// What it returned, or why it reverted.
    pub output: Bytes,
    /// What contracts said.
    pub logs: Vec<Log>,
}

/// A chain that did not do what was asked.
#[derive(Debug, Error)]
pub enum ChainError {
    /// Another process has the chain open.
    #[error("{path} is in use by another nets process; wait for it to end")]
    Locked {
        /// The folder of the chain.
        path: PathBuf,
    },
    /// The folder could not be read or written.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The contracts on the chain are not those of this build.
    #[error("the log does not begin with the contracts of this build: {reason}")]
    Deployment {
        /// What is wrong.
        reason: String,
    },
    /// The log of blocks is damaged.
    #[error("the chain's log: {0}")]
    Log(#[from] LogError),
    /// A transaction that no block can hold; no block was made.
    #[error("transaction {index} is invalid: {reason}")]
    Invalid {
        /// Its position among those submitted.
        index: usize,
        /// Why.
        reason: String,
    },
    /// A transaction that could not be made.
    #[error(transparent)]
    Transaction(#[from] TransactionError),
    /// A call that reverted.
    #[error("the contract refused")]
    Reverted {
        /// What it said, ABI-encoded.
        output: Bytes,
    },
}

/// A chain that runs the contracts.
pub trait ChainAdapter: Send {
    /// The number that keeps this chain's signatures apart from others'.
    fn chain_id(&self) -> u64;

    /// The latest block.
    ///
    /// # Errors
    /// When the chain cannot be read.
    fn head(&self) -> Result<Head, ChainError>;

    /// Makes and signs transactions of one account, the first with its next nonce.
    ///
    /// # Errors
    /// When the chain cannot be read or the key cannot sign.
    fn sign(
        &self,
        account: &crate::account::Account,
        calls: Vec<Call>,
    ) -> Result<Vec<SignedTransaction>, ChainError>;

    /// Puts the transactions into the chain, in order, and waits until they are durable.
    ///
    /// # Errors
    /// When one is invalid (then none is taken) or the chain cannot be written. A transaction that
    /// reverts is taken and has a receipt.
    fn submit(&mut self, transactions: &[SignedTransaction]) -> Result<Vec<Receipt>, ChainError>;

    /// Lets `count` blocks pass.
    ///
    /// # Errors
    /// When the chain cannot be written.
    fn advance(&mut self, count: u64) -> Result<Head, ChainError>;

    /// What a call would return, on the latest state and without changing it.
    ///
    /// # Errors
    /// [`ChainError::Reverted`] when the contract refuses; others when the chain cannot be read.
    fn call(&self, from: Address, call: &Call) -> Result<Bytes, ChainError>;

    /// What calls would return if the next block held them in this order, each on what those before
    /// it left; nothing is changed. A call that the contract refuses has what it said, ABI-encoded,
    /// and does not keep the others from being tried.
    ///
    /// # Errors
    /// When one is invalid or the chain cannot be read.
    fn call_in_turn(
        &self,
        calls: &[(Address, Call)],
    ) -> Result<Vec<Result<Bytes, Bytes>>, ChainError>;

    /// The logs of the blocks from `first` on.
    ///
    /// # Errors
    /// When the chain cannot be read.
    fn logs(&self, first: u64) -> Result<Vec<Log>, ChainError>;

    /// The coin that an account holds outside all contracts.
    ///
    /// # Errors
    /// When the chain cannot be read.
    fn balance(&self, address: Address) -> Result<U256, ChainError>;
}
