//! Actions that agents sign: what is signed, and by whom.
//!
//! In a signed match an agent is a key (SPEC 3.1). It signs each of its actions together with where
//! the match is played, the step and the state, by EIP-712, so that a chain can read who said what.
//! Invariant: a statement has one digest, and of the two signatures that a key can make of one, only
//! the one with the lower half counts.

use core::fmt;
use core::str::FromStr;

use k256::ecdsa::{RecoveryId, Signature as Parts, SigningKey, VerifyingKey};
use sha3::{Digest as _, Keccak256};
use thiserror::Error;

use crate::encoding::{DecodeError, Reader, Writer};
use crate::hash::Digest;
use crate::id::{Address, ParseHexError, parse_hex, write_hex};
use crate::seat::Seat;
use crate::system::Action;

const DOMAIN_TYPE: &[u8] =
    b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
const DOMAIN_NAME: &[u8] = b"nets";
const DOMAIN_VERSION: &[u8] = b"1";
const ACTION_TYPE: &[u8] = b"Action(uint64 league,uint32 round,uint32 matchIndex,uint8 seat,\
                             uint32 step,bytes32 stateHash,uint64 action)";

/// What `v` is where the recovery id is 0.
const V_BASE: u8 = 27;

pub(crate) fn keccak256(bytes: &[u8]) -> [u8; 32] {
    Keccak256::digest(bytes).into()
}

/// A word of the EVM with these bytes at its end.
pub(crate) fn word(bytes: &[u8]) -> [u8; 32] {
    let mut word = [0; 32];
    word[32 - bytes.len()..].copy_from_slice(bytes);
    word
}

/// Where a signed match is played: nobody can show its signatures as those of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Venue {
    /// The chain.
    pub chain_id: u64,
    /// The arena's contract.
    pub arena: Address,
    /// The league, as the arena numbers it.
    pub league: u64,
    /// The round.
    pub round: u32,
    /// The match, as the round's schedule numbers it.
    pub match_index: u32,
}

impl Venue {
    /// Appends the canonical bytes.
    pub fn write(&self, writer: &mut Writer) {
        writer.u64(self.chain_id).raw(&self.arena.0).u64(self.league);
        writer.u32(self.round).u32(self.match_index);
    }

    /// Reads the canonical bytes.
    ///
    /// # Errors
    /// When they are too few.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            chain_id: reader.u64("chain id")?,
            arena: Address(reader.array("arena")?),
            league: reader.u64("league")?,
            round: reader.u32("round")?,
            match_index: reader.u32("match index")?,
        })
    }
}

/// The digest of a struct of EIP-712 for an arena.
#[expect(clippy::big_endian_bytes, reason = "EIP-712 encodes numbers so")]
pub(crate) fn typed_digest(chain_id: u64, arena: &Address, words: &[[u8; 32]]) -> Digest {
    let domain = [
        keccak256(DOMAIN_TYPE),
        keccak256(DOMAIN_NAME),
        keccak256(DOMAIN_VERSION),
        word(&chain_id.to_be_bytes()),
        word(&arena.0),
    ];
    let (domain, content) = (keccak256(domain.as_flattened()), keccak256(words.as_flattened()));
    Digest(keccak256(&[&[0x19, 0x01], &domain[..], &content[..]].concat()))
}

/// What an agent says: this action, in this state, of this match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActionStatement {
    /// Where the match is played.
    pub venue: Venue,
    /// The seat that acts.
    pub seat: Seat,
    /// The step, counted from 0.
    pub step: u32,
    /// The hash of the state before the step.
    pub state_hash: Digest,
    /// The action.
    pub action: Action,
}

impl ActionStatement {
    /// What is signed: the digest of EIP-712.
    #[expect(clippy::big_endian_bytes, reason = "EIP-712 encodes numbers so")]
    pub fn digest(&self) -> Digest {
        let Venue { league, round, match_index, .. } = self.venue;
        let words = [
            keccak256(ACTION_TYPE),
            word(&league.to_be_bytes()),
            word(&round.to_be_bytes()),
            word(&match_index.to_be_bytes()),
            word(&[self.seat.0]),
            word(&self.step.to_be_bytes()),
            self.state_hash.0,
            word(&self.action.0.to_be_bytes()),
        ];
        typed_digest(self.venue.chain_id, &self.venue.arena, &words)
    }
}

/// A signature of secp256k1: `r ‖ s ‖ v`, `s` in the lower half of the order, `v` 27 or 28. Other
/// bytes can be held, as a trace can hold any, but are nobody's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature(pub [u8; Signature::BYTES]);

impl Signature {
    /// How long a signature is.
    pub const BYTES: usize = 65;

    /// Zeros, which stand where there is none.
    pub const NONE: Self = Self([0; Self::BYTES]);

    /// Whose signature of this digest it is; none where the bytes are no signature.
    pub fn signer(&self, digest: &Digest) -> Option<Address> {
        let parts = Parts::from_slice(&self.0[..64]).ok()?;
        let recovery = RecoveryId::from_byte(self.0[64].checked_sub(V_BASE)?)?;
        if parts.normalize_s().is_some() || recovery.is_x_reduced() {
            return None;
        }
        let key = VerifyingKey::recover_from_prehash(&digest.0, &parts, recovery).ok()?;
        Some(address_of(&key))
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0x")?;
        write_hex(f, &self.0)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Signature {
    type Err = ParseHexError;

    fn from_str(text: &str) -> Result<Self, ParseHexError> {
        parse_hex(text).map(Self)
    }
}

fn address_of(key: &VerifyingKey) -> Address {
    let point = key.to_encoded_point(false);
    let hash = keccak256(&point.as_bytes()[1..]);
    let mut address = Address::default();
    address.0.copy_from_slice(&hash[12..]);
    address
}

/// Bytes that are no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a secp256k1 key: it must be 1 to the curve's order less 1")]
pub struct KeyError;

/// The key that an agent of signed leagues is.
#[derive(Clone)]
pub struct AgentKey(SigningKey);

impl AgentKey {
    /// The key of this secret.
    ///
    /// # Errors
    /// When the bytes are zero or not below the order of the curve.
    pub fn from_secret(secret: &[u8; 32]) -> Result<Self, KeyError> {
        SigningKey::from_slice(secret).map(Self).map_err(|_| KeyError)
    }

    /// Its address.
    pub fn address(&self) -> Address {
        address_of(self.0.verifying_key())
    }

    /// Its deterministic signature (RFC 6979) of a digest.
    ///
    /// # Errors
    /// Practically never: when the digest yields no signature.
    pub fn sign(&self, digest: &Digest) -> Result<Signature, KeyError> {
        let (parts, recovery) = self.0.sign_prehash_recoverable(&digest.0).map_err(|_| KeyError)?;
        let mut signature = Signature::NONE;
        signature.0[..64].copy_from_slice(&parts.to_bytes());
        signature.0[64] = V_BASE + recovery.to_byte();
        Ok(signature)
    }
}

impl fmt::Debug for AgentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AgentKey({})", self.address())
    }
}
