//! The adapter: what nets needs of a chain, and nothing else.

use std::path::PathBuf;

use alloy_primitives::{Address, B256, Bytes, U256};
use thiserror::Error;

use crate::embedded::LogError;
use crate::signer::Signer;
use crate::transaction::{Call, TransactionError};

/// A block's number and hash.
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
    /// Why it reverted; on an embedded chain also what it returned.
    pub output: Bytes,
    /// What contracts said.
    pub logs: Vec<Log>,
}

/// A chain that did not do what was asked.
#[derive(Debug, Error)]
pub enum ChainError {
    /// Another process has the chain open.
    #[error("{path} is in use by another nets process")]
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
    /// A chain elsewhere did not play along.
    #[error("{message}")]
    Remote {
        /// What failed, on what, and why.
        message: String,
        /// What to do next.
        hint: String,
    },
    /// An account cannot pay for the calls at their dearest; none was sent.
    #[error("{message}")]
    Insufficient {
        /// Which account, what it holds and what it needs.
        message: String,
        /// What to do next.
        hint: String,
    },
    /// Somebody asked to stop while a chain elsewhere was waited for.
    #[error("stopped while waiting for the chain")]
    Interrupted,
}

/// A chain that runs the contracts.
///
/// What it tells is final: a block that may still be replaced by another is not there yet.
pub trait ChainAdapter: Send {
    /// The number that keeps this chain's signatures apart from others'.
    fn chain_id(&self) -> u64;

    /// The latest block that is final.
    ///
    /// # Errors
    /// When the chain cannot be read.
    fn head(&self) -> Result<Head, ChainError>;

    /// Makes the calls, those of one signer in this order, and waits until they are final; an
    /// embedded chain makes one block of all of them.
    ///
    /// A process that is killed while it waits asks for the same calls again, and is given what
    /// became of them: nothing is done twice.
    ///
    /// # Errors
    /// [`ChainError::Reverted`] when a contract refuses a call before any is made; others when one
    /// is invalid (then none is made) or the chain cannot be used. A call that reverts once it was
    /// sent has a receipt.
    fn send(&mut self, calls: &[(&dyn Signer, Call)]) -> Result<Vec<Receipt>, ChainError>;

    /// Lets time pass: an embedded chain makes a block with nothing in it, another waits for a
    /// moment, in which it may or may not have made one.
    ///
    /// # Errors
    /// When the chain cannot be used, or somebody asks to stop.
    fn pass(&mut self) -> Result<Head, ChainError>;

    /// The number of the block that [`ChainAdapter::call`] tries calls in.
    ///
    /// # Errors
    /// When the chain cannot be read.
    fn call_block(&self) -> Result<u64, ChainError>;

    /// What a call would return, on the state that is final and without changing it.
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

    /// What contracts have against calls as things stand now, each by itself: on the newest state that
    /// there is, which another chain may still replace and which is what a call that is sent meets.
    ///
    /// # Errors
    /// When the chain cannot be read.
    fn refusals_now(&self, calls: &[(Address, Call)]) -> Result<Vec<Option<Bytes>>, ChainError> {
        let each = calls.iter().map(|(from, call)| match self.call(*from, call) {
            Ok(_) => Ok(None),
            Err(ChainError::Reverted { output }) => Ok(Some(output)),
            Err(error) => Err(error),
        });
        each.collect()
    }

    /// The logs of the blocks from `first` on; on a chain that others use too, at least those of the
    /// arena's contracts.
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
