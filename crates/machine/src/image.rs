//! A program as a file, and what a chain knows of it: two roots and where it begins.
//!
//! ```text
//! NETSIMG1 ‖ entry u32 ‖ code length u32 ‖ code ‖ memory length u32 ‖ memory
//! ```
//!
//! Lengths are multiples of 32. Code lies at address 0 and is not readable as data; memory is what
//! the RAM begins with, and the rest of it is zero.

use nets_core::{DecodeError, Digest, MerkleTree, Reader, Writer};
use thiserror::Error;

use crate::instruction::{CODE_BYTES_MAX, CODE_WORDS_HEIGHT, Instruction};
use crate::ram::{RAM_BYTES, Ram, WORD_BYTES};

const MAGIC: &[u8; 8] = b"NETSIMG1";

/// A file that is no image.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ImageError {
    /// It does not begin as one.
    #[error("an image begins with NETSIMG1, this file does not")]
    Magic,
    /// It is cut, or something follows.
    #[error("the image does not decode: {0}")]
    Encoding(#[from] DecodeError),
    /// A part has a length that it cannot have.
    #[error("the image's {part} has {got} bytes, not a multiple of 32 up to {limit}")]
    Length {
        /// Which part: `code` or `memory`.
        part: &'static str,
        /// Its length in bytes.
        got: u32,
        /// The largest it may have.
        limit: u32,
    },
}

/// A program.
#[derive(Clone, Debug)]
pub struct Image {
    entry: u32,
    code: Vec<u8>,
    memory: Vec<u8>,
    tree: MerkleTree,
}

impl Image {
    /// A program with its code, first memory, and the address of its first instruction.
    ///
    /// # Errors
    /// When code or memory is too long, or their length is no multiple of 32 bytes.
    pub fn new(entry: u32, code: Vec<u8>, memory: Vec<u8>) -> Result<Self, ImageError> {
        check("code", code.len(), CODE_BYTES_MAX)?;
        check("memory", memory.len(), RAM_BYTES)?;
        let leaves = code.as_chunks::<WORD_BYTES>().0.iter().map(|word| Digest(*word));
        let tree = MerkleTree::new(leaves.collect());
        Ok(Self { entry, code, memory, tree })
    }

    /// The image that a file holds.
    ///
    /// # Errors
    /// When it is none.
    pub fn decode(bytes: &[u8]) -> Result<Self, ImageError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(ImageError::Magic)?;
        let mut reader = Reader::new(rest);
        let entry = reader.u32("entry")?;
        let length = reader.u32("code length")? as usize;
        let code = reader.raw("code", length)?.to_vec();
        let length = reader.u32("memory length")? as usize;
        let memory = reader.raw("memory", length)?.to_vec();
        reader.finish()?;
        Self::new(entry, code, memory)
    }

    /// The bytes of its file.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.raw(MAGIC).u32(self.entry);
        writer.u32(self.code.len() as u32).raw(&self.code);
        writer.u32(self.memory.len() as u32).raw(&self.memory);
        writer.finish()
    }

    /// The address of the first instruction.
    pub fn entry(&self) -> u32 {
        self.entry
    }

    /// The root of the tree over its code, of height [`CODE_WORDS_HEIGHT`].
    pub fn code_root(&self) -> Digest {
        self.tree.node(CODE_WORDS_HEIGHT, 0)
    }

    /// The root of the tree over the RAM it begins with.
    pub fn ram_root(&self) -> Digest {
        Ram::new(&self.memory).root()
    }

    pub(crate) fn memory(&self) -> &[u8] {
        &self.memory
    }

    /// What its code means, each 32 bits of it.
    pub(crate) fn instructions(&self) -> Vec<Instruction> {
        let words = self.code.as_chunks().0.iter().map(|word| u32::from_le_bytes(*word));
        words.map(Instruction::decode).collect()
    }

    /// The word of code at `position` and its siblings, lowest first; also beyond the code.
    pub(crate) fn code_word(&self, position: u32) -> (Digest, Vec<Digest>) {
        let sibling = |height| self.tree.node(height, position >> height ^ 1);
        (self.tree.node(0, position), (0..CODE_WORDS_HEIGHT).map(sibling).collect())
    }
}

fn check(part: &'static str, length: usize, limit: u32) -> Result<(), ImageError> {
    let got = u32::try_from(length).unwrap_or(u32::MAX);
    if got > limit || !length.is_multiple_of(WORD_BYTES) {
        return Err(ImageError::Length { part, got, limit });
    }
    Ok(())
}
