//! Accounts: a secp256k1 key and the address it makes.

use std::fmt;

use alloy_primitives::{Address, B256, Signature, keccak256};
use k256::ecdsa::SigningKey;
use thiserror::Error;

/// A key that signs for an address.
#[derive(Clone)]
pub struct Account {
    key: SigningKey,
    address: Address,
}

/// Bytes that are no key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("not a secp256k1 key: it must be 1 to the curve's order less 1")]
pub struct AccountError;

impl Account {
    /// The account of this secret key.
    ///
    /// # Errors
    /// When the bytes are zero or not below the order of the curve.
    pub fn from_secret(secret: &[u8; 32]) -> Result<Self, AccountError> {
        let key = SigningKey::from_slice(secret).map_err(|_| AccountError)?;
        let address = Address::from_public_key(key.verifying_key());
        Ok(Self { key, address })
    }

    /// The account whose secret is the Keccak-256 of a text: for demonstrations, where everything
    /// is to be the same each time and nothing is worth stealing.
    ///
    /// # Errors
    /// Practically never: when the hash is no key.
    pub fn from_phrase(phrase: &str) -> Result<Self, AccountError> {
        Self::from_secret(&keccak256(phrase).0)
    }

    /// The secret key.
    pub fn secret(&self) -> [u8; 32] {
        self.key.to_bytes().into()
    }

    /// The address.
    pub fn address(&self) -> nets_core::Address {
        nets_core::Address(self.address.into_array())
    }

    /// The deterministic signature (RFC 6979) of a 32-byte digest.
    ///
    /// # Errors
    /// Practically never: when the digest yields no signature.
    pub fn sign(&self, digest: &B256) -> Result<Signature, AccountError> {
        let signature = self.key.sign_prehash_recoverable(digest.as_slice());
        signature.map(Signature::from).map_err(|_| AccountError)
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({})", self.address)
    }
}
