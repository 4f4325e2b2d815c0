//! Signers: whoever can sign for an address, be it a key in memory or a device that keeps it.

use std::fmt;

use alloy_primitives::{B256, Signature, keccak256};
use thiserror::Error;

use crate::account::Account;

/// Something that signs for one address.
///
/// An implementer that keeps its key elsewhere, as a hardware wallet does, shows its user what is
/// signed where it can; the same request may come again after a crash, and may be signed again.
pub trait Signer: fmt::Debug {
    /// The address.
    fn address(&self) -> nets_core::Address;

    /// The recoverable secp256k1 signature of a 32-byte digest.
    ///
    /// # Errors
    /// When there is none, as when its user declined.
    fn sign(&self, digest: &B256) -> Result<Signature, SignerError>;

    /// The signature of a transaction, given the bytes that are hashed for it (EIP-2718).
    ///
    /// # Errors
    /// As for [`Signer::sign`].
    fn sign_transaction(&self, unsigned: &[u8]) -> Result<Signature, SignerError> {
        self.sign(&keccak256(unsigned))
    }
}

/// A signature that was not given.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no signature of {address}: {reason}")]
pub struct SignerError {
    /// Whose.
    pub address: nets_core::Address,
    /// Why not.
    pub reason: String,
}

impl Signer for Account {
    fn address(&self) -> nets_core::Address {
        Account::address(self)
    }

    fn sign(&self, digest: &B256) -> Result<Signature, SignerError> {
        let refused = |_| SignerError {
            address: Account::address(self),
            reason: "the digest yields none".to_owned(),
        };
        Account::sign(self, digest).map_err(refused)
    }
}
