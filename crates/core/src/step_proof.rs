//! A proof that one leaf is in a trace, as a small portable file.

use alloc::string::String;
use alloc::vec::Vec;

use thiserror::Error;

use crate::encoding::{DecodeError, Reader, Writer};
use crate::hash::{Digest, sha256};
use crate::id::MatchId;
use crate::merkle::{PathError, path_length, path_root};
use crate::trace::{EndLeaf, StepLeaf, trace_root};

const MAGIC: &[u8; 8] = b"NETSPRF1";

/// A leaf of a trace with its path to the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionProof {
    /// The match whose trace it is.
    pub match_id: MatchId,
    /// How many leaves the trace has.
    pub leaf_count: u32,
    /// Which leaf is proven.
    pub index: u32,
    /// The bytes of the leaf.
    pub leaf: Vec<u8>,
    /// The siblings on the path, lowest first.
    pub siblings: Vec<Digest>,
}

/// A proof that proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProofError {
    /// The file does not decode.
    #[error("not a proof: {0}")]
    Encoding(#[from] DecodeError),
    /// The path does not fit index and count.
    #[error("the path does not fit: {0}")]
    Path(#[from] PathError),
    /// The leaf says it is another one.
    #[error("the leaf is of step {leaf}, the proof of index {index}")]
    Index {
        /// The step in the leaf.
        leaf: u32,
        /// The index that is proven.
        index: u32,
    },
    /// The path leads elsewhere.
    #[error("the proof leads to root {got}, expected {expected}")]
    Root {
        /// The root asked for.
        expected: Digest,
        /// The root it leads to.
        got: Digest,
    },
}

impl InclusionProof {
    /// Checks that the leaf is in the trace with this root.
    ///
    /// # Errors
    /// When it is not, or the leaf is malformed.
    pub fn verify(&self, root: &Digest) -> Result<(), ProofError> {
        let is_end = self.index.checked_add(1) == Some(self.leaf_count);
        let leaf = match is_end {
            true => EndLeaf::decode(&self.leaf)?.step_count,
            false => StepLeaf::decode(&self.leaf)?.step,
        };
        if leaf != self.index {
            return Err(ProofError::Index { leaf, index: self.index });
        }
        let tree = path_root(sha256(&self.leaf), self.index, self.leaf_count, &self.siblings)?;
        let got = trace_root(&self.match_id, self.leaf_count, &tree);
        if got != *root {
            return Err(ProofError::Root { expected: *root, got });
        }
        Ok(())
    }

    /// Whether a file begins as a proof does, be it whole or not.
    pub fn begins(bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC)
    }

    /// The bytes of the file.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.raw(MAGIC).raw(&self.match_id.0).u32(self.leaf_count).u32(self.index);
        writer.u16(self.leaf.len() as u16).raw(&self.leaf);
        for sibling in &self.siblings {
            writer.raw(&sibling.0);
        }
        writer.finish()
    }

    /// Reads the bytes of the file.
    ///
    /// # Errors
    /// When they are no proof.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let magic = reader.raw("magic", MAGIC.len())?;
        if magic != MAGIC {
            let got = String::from_utf8_lossy(magic);
            return Err(DecodeError::value("magic", "NETSPRF1 (a nets proof)", got));
        }
        let match_id = MatchId(reader.array("match id")?);
        let leaf_count = reader.u32("leaf count")?;
        let index = reader.u32("index")?;
        let leaf_bytes = usize::from(reader.u16("leaf length")?);
        let leaf = reader.raw("leaf", leaf_bytes)?.to_vec();
        let siblings = (0..path_length(leaf_count)).map(|_| reader.array("sibling").map(Digest));
        let siblings = siblings.collect::<Result<_, _>>()?;
        reader.finish()?;
        Ok(Self { match_id, leaf_count, index, leaf, siblings })
    }
}
