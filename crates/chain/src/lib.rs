//! The chain: commitment, settlement and enforcement behind one adapter.
//!
//! The rules of money are the contracts in `contracts/`, one copy of them. An [`EmbeddedChain`]
//! runs their bytecode in process, durable and without a server; any other EVM chain runs the same
//! bytecode behind the same trait, [`ChainAdapter`], from the crate `nets-chain-evm`. [`Arena`] is the
//! typed way to call them.
//!
//! This crate knows no sandbox, no match and no storage but the embedded chain's own.

mod account;
mod adapter;
mod arena;
mod bindings;
mod deployment;
mod embedded;
mod signer;
mod transaction;

pub use account::{Account, AccountError};
pub use adapter::{ChainAdapter, ChainError, Head, Log, Receipt};
pub use arena::{Arena, ArenaError};
pub use bindings::{IArena, IBeacon, ICourt, RoundStatus};
pub use deployment::{Deployment, DeploymentPlan};
pub use embedded::{Block, EmbeddedChain, LogError, LoggedBlocks, Operation};
pub use signer::{Signer, SignerError};
pub use transaction::{Call, Envelope, SignedTransaction, TransactionError};
