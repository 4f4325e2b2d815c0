//! SHA-256 and the table of tags that keeps its uses apart.
//!
//! Every hash in nets is SHA-256 over a tag byte and fixed-width fields, so that no two uses can
//! ever hash the same bytes. SPEC.md section 2 lists the tags; a tag's number never changes.

mod batch;
mod compressions;
mod lanes;

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use core::fmt;
use core::str::FromStr;

use sha2::block_api::compress256;
use sha2::{Digest as _, Sha256};

use crate::id::{ParseHexError, parse_hex, write_hex};

pub(crate) use batch::Batch;
pub use compressions::{Compression, Link, SHA256_START, compressions};
use lanes::{Block, hash_two};

/// What a hash is over: the first byte of its preimage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Tag {
    /// A tree's leaf; the next byte is the kind of leaf.
    Leaf = 0x00,
    /// A tree's inner node: left child, right child.
    Node = 0x01,
    /// A trace's root: match id, leaf count, tree root.
    TraceRoot = 0x02,
    /// A state: its canonical bytes.
    State = 0x03,
    /// The private observations of one step: for each acting seat its number, length and bytes.
    Observations = 0x04,
    /// The rules of a match: everything but seed and seats.
    Rules = 0x05,
    /// A match: rules, seed, agents.
    Match = 0x06,
    /// The seed of one match or pair of a round.
    MatchSeed = 0x07,
    /// The key of a match's chance events.
    ChanceKey = 0x08,
    /// One draw of a chance event.
    ChanceDraw = 0x09,
    /// An agent: owner, code hash.
    Agent = 0x0a,
    /// The list of scores that an owner claims.
    ClaimScores = 0x0b,
    /// The seed of a round.
    RoundSeed = 0x0c,
    /// One link of a beacon's chain of secrets.
    BeaconLink = 0x0d,
    /// A state of the machine of disputes: program counter, registers, root of its memory.
    Machine = 0x10,
    /// What a dispute over one seat's run asks.
    Question = 0x11,
}

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of 64 hex digits, with or without a leading `0x`.
    ///
    /// # Errors
    /// When the text is not 64 hex digits.
    pub fn from_hex(text: &str) -> Result<Self, ParseHexError> {
        parse_hex(text).map(Self)
    }

    /// The first eight hex digits, for people.
    pub fn short(&self) -> String {
        self.to_string()[..8].to_owned()
    }
}

impl FromStr for Digest {
    type Err = ParseHexError;

    fn from_str(text: &str) -> Result<Self, ParseHexError> {
        Self::from_hex(text)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

/// Plain SHA-256, as `sha256sum` prints it: the hash of a file such as an agent's module.
pub fn sha256(bytes: &[u8]) -> Digest {
    match bytes.len() {
        0..=SHORT_BYTES_MAX => ShortMessage::new(&[bytes]).hash(),
        _ => Digest(Sha256::digest(bytes).into()),
    }
}

/// SHA-256 of the tag and the parts in order.
pub fn hash_tagged(tag: Tag, parts: &[&[u8]]) -> Digest {
    let size: usize = parts.iter().map(|part| part.len()).sum();
    if size < SHORT_BYTES_MAX {
        let mut message = ShortMessage::new(&[&[tag as u8]]);
        parts.iter().for_each(|part| message.append(part));
        return message.hash();
    }
    let mut hasher = Sha256::new();
    hasher.update([tag as u8]);
    for part in parts {
        hasher.update(part);
    }
    Digest(hasher.finalize().into())
}

/// What [`hash_tagged`] gives for a pair of digests.
pub(crate) fn hash_pair(tag: Tag, pair: [&Digest; 2]) -> Digest {
    hash_one(&pair_message(tag, pair))
}

/// As [`hash_pair`] for two pairs, side by side.
pub(crate) fn hash_two_pairs(tag: Tag, pairs: [[&Digest; 2]; 2]) -> [Digest; 2] {
    let [first, second] = pairs.map(|pair| pair_message(tag, pair));
    hash_two([&first, &second])
}

/// The padded message of a tag and a pair of digests. Trees are made of these, so their parts have
/// constant places, which the compiler fills in without a loop.
fn pair_message(tag: Tag, [left, right]: [&Digest; 2]) -> [Block; 2] {
    let mut blocks = [[0; 64]; 2];
    let bytes = blocks.as_flattened_mut();
    bytes[0] = tag as u8;
    bytes[1..33].copy_from_slice(&left.0);
    bytes[33..65].copy_from_slice(&right.0);
    pad(bytes, 65);
    blocks
}

/// The longest message that fits two blocks with its padding, in bytes.
const SHORT_BYTES_MAX: usize = 119;

/// SHA-256's initial state (FIPS 180-4, section 5.3.3).
const INITIAL_STATE: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// A message of one or two blocks, padded by hand: states, leaves and nodes are all this short, and
/// half of what hashing them costs is the general way of buffering them.
struct ShortMessage {
    blocks: [Block; 2],
    size: usize,
}

impl ShortMessage {
    fn new(parts: &[&[u8]]) -> Self {
        let mut message = Self { blocks: [[0; 64]; 2], size: 0 };
        parts.iter().for_each(|part| message.append(part));
        message
    }

    /// Appends a part; all parts together have at most [`SHORT_BYTES_MAX`] bytes.
    fn append(&mut self, part: &[u8]) {
        let end = self.size + part.len();
        self.blocks.as_flattened_mut()[self.size..end].copy_from_slice(part);
        self.size = end;
    }

    fn hash(mut self) -> Digest {
        let size = padded_size(self.size);
        let (padded, _) = self.blocks.as_flattened_mut().split_at_mut(size);
        pad(padded, self.size);
        hash_one(padded.as_chunks().0)
    }
}

/// The most that padding adds to a message, in bytes.
const PADDING_BYTES_MAX: usize = 72;

/// The size of a message with its padding, in bytes.
fn padded_size(size: usize) -> usize {
    (size + 9).next_multiple_of(size_of::<Block>())
}

/// Writes the padding of a message of `size` bytes into the zeros behind it: a one, then at the end
/// the message's length in bits.
#[allow(clippy::big_endian_bytes, reason = "SHA-256 is defined so")]
fn pad(padded: &mut [u8], size: usize) {
    padded[size] = 0x80;
    let length = padded.len() - 8;
    padded[length..].copy_from_slice(&(size as u64 * 8).to_be_bytes());
}

/// Hashes a padded message.
fn hash_one(message: &[Block]) -> Digest {
    let mut state = INITIAL_STATE;
    compress256(&mut state, message);
    Digest(bytes_of(state))
}

/// A chaining value as a digest writes it.
#[allow(clippy::big_endian_bytes, reason = "SHA-256 is defined so")]
const fn bytes_of(state: [u32; 8]) -> [u8; 32] {
    let mut bytes = [0; 32];
    let mut index = 0;
    while index < bytes.len() {
        bytes[index] = state[index / 4].to_be_bytes()[index % 4];
        index += 1;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn plain_hash_is_that_of_sha256sum() {
        assert_eq!(
            sha256(b"abc").to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn short_and_long_messages_are_hashed_alike() {
        let bytes: Vec<u8> = (0..200).map(|i| i as u8 ^ 0x5a).collect();
        for size in 0..=bytes.len() {
            let (message, tagged) =
                (&bytes[..size], [&[Tag::State as u8], &bytes[..size]].concat());
            let expected = Digest(Sha256::digest(message).into());
            assert_eq!(sha256(message), expected, "{size} bytes");
            let expected = Digest(Sha256::digest(&tagged).into());
            assert_eq!(hash_tagged(Tag::State, &[message]), expected, "{size} bytes tagged");
        }
    }

    #[test]
    fn tag_is_the_first_byte_and_parts_are_concatenated() {
        assert_eq!(hash_tagged(Tag::State, &[b"ab", b"c"]), sha256(b"\x03abc"));
    }
}
