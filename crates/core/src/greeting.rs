//! What an agent signs when it sits down at a host's table: that it is there, and nothing else.
//!
//! A greeting is a struct of EIP-712 of a type of its own, so that no signature of one is one of an
//! action or a claim, whatever the host makes up.

use crate::hash::Digest;
use crate::id::Address;
use crate::signed_action::{keccak256, typed_digest, word};

const GREETING_TYPE: &[u8] = b"Greeting(uint16 protocol,address key,bytes32 challenge)";

/// An agent's answer to a host that asks who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// The chain.
    pub chain_id: u64,
    /// The arena's contract.
    pub arena: Address,
    /// The version of the protocol that both speak.
    pub protocol: u16,
    /// The agent's key.
    pub key: Address,
    /// What the host made up for this connection alone.
    pub challenge: Digest,
}

impl Greeting {
    /// What is signed: the digest of EIP-712.
    #[expect(clippy::big_endian_bytes, reason = "EIP-712 encodes numbers so")]
    pub fn digest(&self) -> Digest {
        let words = [
            keccak256(GREETING_TYPE),
            word(&self.protocol.to_be_bytes()),
            word(&self.key.0),
            self.challenge.0,
        ];
        typed_digest(self.chain_id, &self.arena, &words)
    }
}
