//! The one thing that a program may ask of the world.
//!
//! A chaining value of SHA-256 and what led to it determine each other, as far as anybody can tell,
//! so a program that holds a digest can read the message under it backwards, block by block, whatever
//! its length, and nothing of the message has to be in the program's memory before. A chain can check
//! one block of it.

use nets_core::{Digest, Link};

/// Who knows the messages that a program reads.
pub trait Oracle: Send + Sync {
    /// What led to a chaining value: a digest is the last one of its message. None where it is not
    /// known here, which is no verdict on the program.
    fn link(&self, value: &Digest) -> Option<Link>;
}

/// For programs that read nothing.
impl Oracle for () {
    fn link(&self, _: &Digest) -> Option<Link> {
        None
    }
}

impl<F: Fn(&Digest) -> Option<Link> + Send + Sync> Oracle for F {
    fn link(&self, value: &Digest) -> Option<Link> {
        self(value)
    }
}
