//! What can go wrong with a chain elsewhere, in words, and what to do about it.

use std::io;
use std::path::PathBuf;

use alloy_primitives::{Address, B256, Bytes, U256};
use nets_chain::{ChainError, TransactionError};
use thiserror::Error;

/// An EVM chain that did not do what was asked.
#[derive(Debug, Error)]
pub enum EvmError {
    /// A URL that cannot be used.
    #[error("{text}: {reason}")]
    Endpoint {
        /// The URL as it was written.
        text: String,
        /// What is wrong.
        reason: String,
    },
    /// The node did not answer.
    #[error("the node at {url} did not answer {method}: {reason}")]
    Unreachable {
        /// The node.
        url: String,
        /// What was asked.
        method: &'static str,
        /// Why not.
        reason: String,
    },
    /// The node wants to be asked less.
    #[error("the node at {url} refuses further requests for now (429, rate limit), {tries} tries")]
    RateLimited {
        /// The node.
        url: String,
        /// How often it was tried.
        tries: u32,
    },
    /// An answer that is none of JSON-RPC's, or not of the form that the method has.
    #[error("the node at {url} answered {method} with {got}, expected {expected}")]
    Answer {
        /// The node.
        url: String,
        /// What was asked.
        method: &'static str,
        /// What was expected.
        expected: &'static str,
        /// What came.
        got: String,
    },
    /// The node refused.
    #[error("the node at {url} refused {method}: {message} (code {code})")]
    Refused {
        /// The node.
        url: String,
        /// What was asked.
        method: &'static str,
        /// The error's number.
        code: i64,
        /// What it said.
        message: String,
    },
    /// A contract refused.
    #[error("the contract refused")]
    Reverted {
        /// What it said, ABI-encoded.
        output: Bytes,
    },
    /// Another chain than the one that was asked for.
    #[error("the node at {url} is of chain {got}, expected chain {expected}")]
    ChainId {
        /// The node.
        url: String,
        /// The chain asked for.
        expected: u64,
        /// The chain it is of.
        got: u64,
    },
    /// A chain of the right number that began otherwise.
    #[error("the chain at {url} begins with block {got}, expected {expected}")]
    Genesis {
        /// The node.
        url: String,
        /// The first block's hash as it was.
        expected: B256,
        /// The first block's hash.
        got: B256,
    },
    /// A final block is gone.
    #[error("the chain replaced block {number}, which counted as final: it was {was}")]
    FinalReplaced {
        /// The block.
        number: u64,
        /// Its hash when it was final.
        was: B256,
    },
    /// A contract that is another than this build's.
    #[error("the contract {name} at {address} is not of this build: {reason}")]
    Code {
        /// The contract.
        name: String,
        /// Where it should be.
        address: Address,
        /// What is there.
        reason: String,
    },
    /// A chain without what drand's signatures are verified with.
    #[error(
        "chain {chain_id} does not have the curve BLS12-381 (EIP-2537), which drand's signatures \
         are verified on: its precompile 0x0b gave {got} bytes, expected 128"
    )]
    NoCurve {
        /// The chain.
        chain_id: u64,
        /// How many bytes came.
        got: usize,
    },
    /// A header that is not what its block's hash is taken of.
    #[error(
        "the header of block {number} at {url} hashes to {got}, expected {expected}: it has fields \
         that this build does not know"
    )]
    Header {
        /// The node.
        url: String,
        /// The block.
        number: u64,
        /// The block's hash.
        expected: B256,
        /// The hash of the fields that are known.
        got: B256,
    },
    /// An account that cannot pay.
    #[error(
        "{address} holds {held} wei, {needed} are needed: {value} to send along, the rest for gas"
    )]
    Insufficient {
        /// The account.
        address: Address,
        /// What it holds.
        held: U256,
        /// What all of it may cost at most.
        needed: U256,
        /// What is sent along.
        value: U256,
    },
    /// Gas is dearer than the settings allow.
    #[error("gas costs {needed} wei a unit now, the settings allow {limit}")]
    FeeTooHigh {
        /// What it takes.
        needed: u128,
        /// The most.
        limit: u128,
    },
    /// Another transaction took the place of one that was sent from here.
    #[error(
        "transaction {nonce} of {sender} is another than the one sent from here ({transaction})"
    )]
    Superseded {
        /// Whose.
        sender: Address,
        /// Its number among the sender's.
        nonce: u64,
        /// The one sent from here.
        transaction: B256,
    },
    /// A chain that was opened for reading only.
    #[error("the chain was opened for reading only")]
    ReadOnly,
    /// A transaction that could not be made.
    #[error(transparent)]
    Transaction(#[from] TransactionError),
    /// The outbox.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    /// Somebody asked to stop.
    #[error("stopped while waiting for the chain")]
    Interrupted,
}

/// An outbox or another file of this crate that cannot be used.
#[derive(Debug, Error)]
pub enum OutboxError {
    /// It could not be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Another process sends from it.
    #[error("{} is in use by another nets process; wait for it to end", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// It is not what was written.
    #[error("{}: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

impl EvmError {
    /// What to do next.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Endpoint { .. } => "name a node as in --chain http://127.0.0.1:8545",
            Self::Unreachable { .. } => {
                "see that the node runs and the URL is right, or name another node with --chain; nothing \
                 sent is lost: run the same command to go on"
            }
            Self::RateLimited { .. } => {
                "wait a little, or use a node of your own; run the same command to go on"
            }
            Self::Answer { .. } => "see that the URL is that of an Ethereum JSON-RPC node",
            Self::Refused { message, .. } if is_about_history(message) => {
                "the node has forgotten that state; name an archive node with --chain, or under url in \
                 arena.toml"
            }
            Self::Refused { .. } => "run the same command to try again; nothing is done twice",
            Self::Reverted { .. } => "the contract's error says why",
            Self::ChainId { .. } | Self::Genesis { .. } => {
                "name a node of the chain that the arena is on"
            }
            Self::FinalReplaced { .. } => {
                "wait for more blocks before they count: raise the depth under finality in \
                 arena.toml, then run the same command"
            }
            Self::Code { .. } => {
                "use the nets build that deployed the contracts, or the deployment file of them"
            }
            Self::NoCurve { .. } => {
                "name another beacon in leagues.toml: offline, or randao on an L1; or put the arena \
                 on a chain that has it"
            }
            Self::Header { .. } => "use a newer build of nets, or another node of the chain",
            Self::Insufficient { .. } => "send the account coin, then run the same command",
            Self::FeeTooHigh { .. } => {
                "wait until gas is cheaper, or raise fee-max in arena.toml; then run the same command"
            }
            Self::Superseded { .. } => {
                "the key was used elsewhere; look at the chain, then run the same command to send \
                 it anew, and use the key nowhere else"
            }
            Self::ReadOnly => "open it for sending",
            Self::Transaction(_) => "see that the account's key is the right one",
            Self::Outbox(OutboxError::Damaged { .. }) => {
                "get the file back from a copy; without it, what was on its way cannot be told"
            }
            Self::Outbox(_) => "check the path, its permissions and the room on the disk",
            Self::Interrupted => "what is on its way is kept; run the same command to go on",
        }
    }
}

/// How nodes say that they do not have the state of an old block any more.
fn is_about_history(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    ["missing trie node", "historical state", "state not available", "pruned", "archive"]
        .iter()
        .any(|words| message.contains(words))
}

impl From<EvmError> for ChainError {
    fn from(error: EvmError) -> Self {
        match error {
            EvmError::Reverted { output } => Self::Reverted { output },
            EvmError::Interrupted => Self::Interrupted,
            EvmError::Transaction(error) => Self::Transaction(error),
            EvmError::Outbox(OutboxError::Io { action, path, source }) => {
                Self::Io { action, path, source }
            }
            EvmError::Outbox(OutboxError::Locked { path }) => Self::Locked { path },
            error => {
                let (message, hint) = (error.to_string(), error.hint().to_owned());
                match error {
                    EvmError::Insufficient { .. } => Self::Insufficient { message, hint },
                    _ => Self::Remote { message, hint },
                }
            }
        }
    }
}
