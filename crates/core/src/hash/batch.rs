//! Many messages, hashed side by side.
//!
//! A match hashes thousands of short messages that do not depend on each other. They are written
//! one behind the other, each padded to whole blocks as it ends, so that hashing copies nothing
//! and neighbours of one length share the processor.

use super::lanes::{Block, hash_two};
use super::{Digest, PADDING_BYTES_MAX, hash_one, pad, padded_size};

/// Messages on their way to being hashed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Batch {
    /// Padded messages, then the one being written.
    bytes: Vec<u8>,
    /// Where each padded message ends.
    ends: Vec<usize>,
}

impl Batch {
    /// No messages, with room for `count` messages of `blocks` blocks.
    pub(crate) fn with_capacity(count: usize, blocks: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(count * blocks * size_of::<Block>()),
            ends: Vec::with_capacity(count),
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
    }

    /// Takes back the message ended last.
    pub(crate) fn pop(&mut self) {
        self.ends.pop();
        self.bytes.truncate(self.start(self.ends.len()));
    }

    /// The digest of each message, in order.
    pub(crate) fn digests(&self) -> Vec<Digest> {
        let mut digests = Vec::with_capacity(self.ends.len());
        let mut index = 0;
        while index < self.ends.len() {
            let first = self.message(index);
            match self.ends.get(index + 1).map(|_| self.message(index + 1)) {
                Some(second) if second.len() == first.len() => {
                    digests.extend(hash_two([first, second]));
                    index += 2;
                }
                _ => {
                    digests.push(hash_one(first));
                    index += 1;
                }
            }
        }
        digests
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
        assert_eq!(batch(&messages).digests(), alone);
    }

    #[test]
    fn a_message_taken_back_leaves_no_trace() {
        let messages = messages([50, 51, 130].into_iter());
        let mut shortened = batch(&messages);
        shortened.pop();
        assert_eq!(shortened.digests(), batch(&messages[..2]).digests());
        shortened.bytes().extend(&messages[2]);
        shortened.end();
        assert_eq!(shortened.digests(), batch(&messages).digests());
    }
}
