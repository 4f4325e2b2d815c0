//! The chain: commitment, settlement and enforcement behind one adapter.
//!
//! The rules of money are the contracts in `contracts/`, one copy of them. An [`EmbeddedChain`]
//! runs their bytecode in process, durable and without a server; any other EVM chain runs the same
//! bytecode behind the same trait, [`ChainAdapter`], from the crate `nets-chain-evm`. [`Arena`] is the
//! typed way to call them.
//!
//! [`refute`] finds the lie in an assertion and the call that shows it, [`wanted`] what to demand
//! where it is hidden.
//!
//! This crate knows no sandbox, no agents and no storage but the embedded chain's own.

mod account;
mod adapter;
mod arena;
mod beacons;
mod bindings;
mod deployment;
mod embedded;
mod flags;
mod image;
mod refuter;
mod registrations;
mod signer;
mod transaction;
mod trials;

pub use account::{Account, AccountError};
pub use adapter::{ChainAdapter, ChainError, Head, Log, Receipt};
pub use arena::{Arena, ArenaError};
pub use beacons::{BeaconKind, BeaconPlan};
pub use bindings::{
    DrandBeacon, IArena, IBeacon, ICourt, RandaoBeacon, RoundStatus, SharedBeacon, clocks, demands,
    machine, trials as trial_calls,
};
pub use deployment::{Deployment, DeploymentPlan, Judges};
pub use embedded::{Block, EmbeddedChain, LogError, LoggedBlocks, Operation};
pub use image::{IMAGE, ImageRoots};
pub use refuter::{
    AssertedTree, BeyondMatch, Disclosed, DisclosedNode, Disclosures, FallenFlag, Finding, Hidden,
    Refutation, SignedRound, TraceHead, Truth, Wanted, refute, wanted,
};
pub use registrations::{BatchDomain, BatchFault, registration_proof};
pub use signer::{Signer, SignerError};
pub use transaction::{Call, Envelope, SignedTransaction, TransactionError};
pub use trials::{Following, Objection, OpenDefence, OpenTrial, Side, state_of, step_of};
