//! Many messages, hashed side by side.
//!
//! A match hashes thousands of short messages that do not depend on each other. They are written
//! one behind the other, each padded to whole blocks as it ends, so that hashing copies nothing
//! and neighbours of one length share the processor. They are hashed whenever a few pages are full:
//! what long matches write never leaves the nearest cache, nor asks for memory.

use alloc::vec::Vec;
use core::mem;

use super::lanes::{Block, hash_two};
use super::{Digest, PADDING_BYTES_MAX, hash_one, pad, padded_size};

/// So many bytes of padded messages are hashed at a time, or a few more.
const FULL_BYTES: usize = 4096;

/// Messages on their way to being hashed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Batch {
    /// The digests of the messages that are hashed.
    digests: Vec<Digest>,
    /// Padded messages that are not, then the one being written.
    bytes: Vec<u8>,
    /// Where each padded message ends.
    ends: Vec<usize>,
}

impl Batch {
    /// No messages, with room for `count` messages of one block.
    pub(crate) fn with_capacity(count: usize) -> Self {
        let count_at_a_time = count.min(FULL_BYTES / size_of::<Block>());
        let bytes = count_at_a_time * size_of::<Block>() + PADDING_BYTES_MAX;
        Self {
            digests: Vec::new(),
            bytes: Vec::with_capacity(bytes),
            ends: Vec::with_capacity(count_at_a_time),
        }
    }

    /// Where the next message is appended.
    pub(crate) fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Ends a message: it is what was appended since the one before.
    pub(crate) fn end(&mut self) {
        let start = self.start(self.ends.len());
        let size = self.bytes.len() - start;
        // A constant count of zeros is written by a few wide stores; what is too much goes again.
        self.bytes.extend_from_slice(&[0; PADDING_BYTES_MAX]);
        self.bytes.truncate(start + padded_size(size));
        pad(&mut self.bytes[start..], size);
        self.ends.push(self.bytes.len());
        if self.bytes.len() >= FULL_BYTES {
            self.hash();
        }
    }

    /// Takes back the message ended last.
    pub(crate) fn pop(&mut self) {
        match self.ends.pop() {
            Some(_) => self.bytes.truncate(self.start(self.ends.len())),
            None => drop(self.digests.pop()),
        }
    }

    /// The digest of each message, in order; no messages are left.
    pub(crate) fn take_digests(&mut self) -> Vec<Digest> {
        self.hash();
        mem::take(&mut self.digests)
    }

    /// Hashes the messages that are not hashed yet.
    fn hash(&mut self) {
        self.digests.reserve(self.ends.len());
        let mut index = 0;
        while index < self.ends.len() {
            let first = self.message(index);
            match self.ends.get(index + 1).map(|_| self.message(index + 1)) {
                Some(second) if second.len() == first.len() => {
                    let pair = hash_two([first, second]);
                    self.digests.extend(pair);
                    index += 2;
                }
                _ => {
                    let digest = hash_one(first);
                    self.digests.push(digest);
                    index += 1;
                }
            }
        }
        self.bytes.clear();
        self.ends.clear();
    }

    fn start(&self, index: usize) -> usize {
        index.checked_sub(1).map_or(0, |before| self.ends[before])
    }

    fn message(&self, index: usize) -> &[Block] {
        self.bytes[self.start(index)..self.ends[index]].as_chunks().0
    }
}

#[cfg(test)]
mod tests {
    use super::super::sha256;
    use super::*;

    fn messages(sizes: impl Iterator<Item = usize>) -> Vec<Vec<u8>> {
        let message = |(seed, size)| (0..size).map(|i| (i * 7 + seed) as u8).collect();
        sizes.enumerate().map(message).collect()
    }

    fn batch(messages: &[Vec<u8>]) -> Batch {
        let mut batch = Batch::default();
        for message in messages {
            batch.bytes().extend(message);
            batch.end();
        }
        batch
    }

    #[test]
    fn digests_are_those_of_the_messages_alone() {
        // Each size twice, so that neighbours go side by side; then neighbours of all lengths.
        let messages = messages((0..600).map(|i| i / 2).chain((0..300).map(|i| i * 37 % 301)));
        let alone: Vec<Digest> = messages.iter().map(|message| sha256(message)).collect();
        assert_eq!(batch(&messages).take_digests(), alone);
    }

    #[test]
    fn a_message_taken_back_leaves_no_trace() {
        // The last one alone is enough to have all hashed at once.
        for last in [130, FULL_BYTES] {
            let messages = messages([50, 51, last].into_iter());
            let mut shortened = batch(&messages);
            shortened.pop();
            assert_eq!(shortened.clone().take_digests(), batch(&messages[..2]).take_digests());
            shortened.bytes().extend(&messages[2]);
            shortened.end();
            assert_eq!(shortened.take_digests(), batch(&messages).take_digests());
        }
    }
}
