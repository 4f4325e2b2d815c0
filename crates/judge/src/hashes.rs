//! Messages behind hashes: read back from a SHA-256 block by block, the last one first.
//!
//! The last block of a message ends in its length, so the walk knows from its first step how long it
//! is, and must end after just so many at the value that SHA-256 starts with. What does not is no
//! message: somebody made up the hash.

use alloc::vec;
use alloc::vec::Vec;

use nets_core::{Digest, Link, SHA256_START};

/// Whoever knows what chaining values of SHA-256 came from.
///
/// It MUST give the truth or nothing: nobody here computes the hash again.
pub trait Hashes {
    /// Why it does not know.
    type Unknown;

    /// The step that leads to `digest`.
    ///
    /// # Errors
    /// When it does not know.
    fn previous(&mut self, digest: &Digest) -> Result<Link, Self::Unknown>;
}

/// What stands behind a hash.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// A message.
    Read(Vec<u8>),
    /// One of more bytes than were wanted.
    TooLong,
    /// Nothing.
    None,
}

impl Message {
    /// The message, or `otherwise`.
    pub(crate) fn or<E>(self, otherwise: E) -> Result<Vec<u8>, E> {
        match self {
            Self::Read(bytes) => Ok(bytes),
            Self::TooLong | Self::None => Err(otherwise),
        }
    }
}

/// The message whose SHA-256 is `digest`, if it has at most so many bytes.
pub(crate) fn read<H: Hashes>(
    hashes: &mut H,
    digest: &Digest,
    bytes_max: u64,
) -> Result<Message, H::Unknown> {
    let last = hashes.previous(digest)?;
    let Some(length) = length(&last.block) else { return Ok(Message::None) };
    if length > bytes_max {
        return Ok(Message::TooLong);
    }
    let length = length as usize;
    let mut bytes = vec![0; (length + PADDING_BYTES_MIN).next_multiple_of(BLOCK)];
    let mut link = last;
    let mut end = bytes.len();
    loop {
        bytes[end - BLOCK..end].copy_from_slice(&link.block);
        end -= BLOCK;
        if end == 0 {
            break;
        }
        link = hashes.previous(&link.before)?;
    }
    let padding = &bytes[length..bytes.len() - LENGTH_BYTES];
    let is_padded = padding[0] == 0x80 && padding[1..].iter().all(|byte| *byte == 0);
    if link.before != SHA256_START || !is_padded {
        return Ok(Message::None);
    }
    bytes.truncate(length);
    Ok(Message::Read(bytes))
}

/// The bytes of a block.
const BLOCK: usize = 64;

/// The bytes of a message's length at the end of its last block.
const LENGTH_BYTES: usize = 8;

/// The least that padding adds to a message, in bytes.
const PADDING_BYTES_MIN: usize = 1 + LENGTH_BYTES;

/// The length of a message in bytes, by its last block; none where that is not whole.
#[allow(clippy::big_endian_bytes, reason = "SHA-256 is defined so")]
fn length(last: &[u8; BLOCK]) -> Option<u64> {
    let bits = u64::from_be_bytes(*last.last_chunk()?);
    bits.is_multiple_of(8).then_some(bits / 8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Messages;

    #[test]
    fn messages_of_all_lengths_are_read_back() {
        for size in 0..300_u64 {
            let message: Vec<u8> = (0..size).map(|i| i as u8).collect();
            let mut messages = Messages::default();
            let digest = messages.insert(&message);
            assert_eq!(read(&mut messages, &digest, size), Ok(Message::Read(message)));
            if size > 0 {
                assert_eq!(read(&mut messages, &digest, size - 1), Ok(Message::TooLong));
            }
        }
    }

    #[test]
    fn what_is_not_behind_a_hash_is_not_made_up() {
        let mut messages = Messages::default();
        assert!(read(&mut messages, &Digest([7; 32]), 99).is_err());
        let message = [5; 100];
        let whole = messages.insert(&message);
        // A chaining value on the way is the hash of nothing: this block does not end in a length.
        let middle = messages.previous(&whole).unwrap().before;
        assert_eq!(read(&mut messages, &middle, u64::MAX), Ok(Message::None));
    }

    /// Knows one step, from wherever it is asked.
    struct Same(Link);

    impl Hashes for Same {
        type Unknown = core::convert::Infallible;

        fn previous(&mut self, _: &Digest) -> Result<Link, Self::Unknown> {
            Ok(self.0)
        }
    }

    #[test]
    fn a_walk_that_does_not_end_at_the_start_is_no_message() {
        let mut block = [0; 64];
        block[3] = 0x80;
        block[63] = 24;
        let read_from = |before, block| {
            let Ok(message) = read(&mut Same(Link { before, block }), &Digest([1; 32]), 1_000);
            message
        };
        assert_eq!(read_from(SHA256_START, block), Message::Read(vec![0; 3]));
        assert_eq!(read_from(Digest([2; 32]), block), Message::None);
        // A length in bits that is none in bytes, no end of the message, something after the end.
        for (at, value) in [(63, 25), (3, 0), (9, 1)] {
            let mut other = block;
            other[at] = value;
            assert_eq!(read_from(SHA256_START, other), Message::None, "byte {at}");
        }
        // More blocks than one that do not come from the start.
        block[62] = 8;
        assert_eq!(read_from(Digest([2; 32]), block), Message::None);
    }
}
