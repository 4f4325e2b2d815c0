//! EVM chains by JSON-RPC: the same contracts as on an embedded chain, behind the same trait.
//!
//! What is sent goes through an outbox on disk: tried first, then signed, stored, sent, and sent
//! again until it is final, so that a process killed anywhere neither loses nor repeats anything.
//! What is read is final: a follower ties blocks together by their parents' hashes and hands out
//! nothing that the chain may still replace.
//!
//! Everything is synchronous. This crate knows JSON-RPC, fees, nonces and key files; it knows
//! nothing of leagues, matches or arenas' folders.
//!
//! Reading order: [`EvmSettings`], [`EvmChain`], then `sending` (the life of a transaction), `outbox`
//! and `follower`.

mod beacons;
mod chain;
mod deployment;
mod endpoint;
mod error;
mod fees;
mod fetch;
mod follower;
mod header;
mod keystore;
mod logs;
mod outbox;
mod record_file;
mod rpc;
mod sending;
mod settings;
mod watch;
mod wire;

pub use beacons::{check_beacon, deploy_beacon};
pub use chain::{EvmChain, EvmStatus};
pub use deployment::{DeploymentFile, check_code, deploy};
pub use endpoint::Endpoint;
pub use error::{EvmError, OutboxError};
pub use fetch::{FetchError, Source};
pub use keystore::{Keystore, KeystoreError};
pub use outbox::ActionKey;
pub use settings::{EvmSettings, Finality};
pub use watch::{Step, Unwatched, Watch};
