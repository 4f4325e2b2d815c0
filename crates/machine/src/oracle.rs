//! The one thing that a program may ask of the world.
//!
//! A chaining value of SHA-256 and what led to it determine each other, as far as anybody can tell,
//! so a program that holds a digest can read the message under it backwards, block by block, whatever
//! its length, and nothing of the message has to be in the program's memory before. A chain can check
//! one block of it.

/// A block of a message with the chaining value before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chaining {
    /// The chaining value before the block, as SHA-256 writes a digest.
    pub previous: [u8; 32],
    /// The block.
    pub block: [u8; 64],
}

/// Who knows the messages that a program reads.
pub trait Oracle: Send + Sync {
    /// What led to a chaining value: a digest is the last one of its message. None where it is not
    /// known here, which is no verdict on the program.
    fn chaining(&self, value: &[u8; 32]) -> Option<Chaining>;
}

/// For programs that read nothing.
impl Oracle for () {
    fn chaining(&self, _: &[u8; 32]) -> Option<Chaining> {
        None
    }
}
