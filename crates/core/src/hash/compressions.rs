//! SHA-256 block by block, for who follows a hash back to the message.
//!
//! A digest is a chaining value like any other: it follows from the one before it and a block of the
//! message. So whoever is given these two for a digest, and for the one before, and so on, has the
//! message, and knows it to be the right one. FIPS 180-4, section 6.2.

use alloc::vec;

use sha2::block_api::compress256;

use super::lanes::Block;
use super::{Digest, INITIAL_STATE, bytes_of, pad, padded_size};

/// The chaining value before the first block of every message.
pub const SHA256_START: Digest = Digest(bytes_of(INITIAL_STATE));

/// What leads to a chaining value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The chaining value before it.
    pub before: Digest,
    /// The block of the message between the two; the last ones of a message end in its padding.
    pub block: [u8; 64],
}

/// One step of SHA-256 through a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compression {
    /// The chaining value before the block, and the block.
    pub link: Link,
    /// The chaining value after it, which after the last block is the message's SHA-256.
    pub after: Digest,
}

/// The steps of SHA-256 through `message`, in order; there is at least one.
pub fn compressions(message: &[u8]) -> impl Iterator<Item = Compression> {
    let mut padded = vec![0; padded_size(message.len())];
    padded[..message.len()].copy_from_slice(message);
    pad(&mut padded, message.len());
    let mut state = INITIAL_STATE;
    (0..padded.len() / size_of::<Block>()).map(move |index| {
        let (before, block) = (Digest(bytes_of(state)), padded.as_chunks().0[index]);
        compress256(&mut state, &[block]);
        Compression { link: Link { before, block }, after: Digest(bytes_of(state)) }
    })
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::super::sha256;
    use super::*;

    #[test]
    fn steps_lead_from_the_start_to_the_hash_of_messages_of_all_lengths() {
        for size in 0..300_usize {
            let message: Vec<u8> = (0..size).map(|i| i as u8 ^ 0x5a).collect();
            let steps: Vec<_> = compressions(&message).collect();
            assert_eq!(steps.len(), (size + 9).div_ceil(64));
            assert_eq!(steps[0].link.before, SHA256_START);
            assert!(steps.windows(2).all(|pair| pair[0].after == pair[1].link.before));
            assert_eq!(steps[steps.len() - 1].after, sha256(&message));
            let blocks: Vec<_> = steps.iter().flat_map(|step| step.link.block).collect();
            assert_eq!(blocks[..size], message);
        }
    }
}
