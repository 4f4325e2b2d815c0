//! Batches of registrations: what owners signed, in one tree.
//!
//! Who signed what is not known here, since signatures are the chain's; only the bytes of leaves and
//! their order are.

use nets_core::{
    Address, AgentId, DecodeError, Digest, MerkleTree, PathError, Reader, Tag, Writer,
};
use thiserror::Error;

use crate::leaves::leaf_hash;

const KIND_REGISTRATION: u8 = 0x07;

/// The bytes of a signature, `r ‖ s ‖ v`.
pub const SIGNATURE_BYTES: usize = 65;

/// The bytes of a registration leaf.
pub const REGISTRATION_BYTES: usize = 119;

/// An agent that its owner wants to be a member with a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The owner.
    pub owner: Address,
    /// The SHA-256 of the agent's module, or in a signed league its key.
    pub code_hash: Digest,
    /// What the owner signed it with.
    pub signature: [u8; SIGNATURE_BYTES],
}

impl Registration {
    /// The agent.
    pub fn agent(&self) -> AgentId {
        AgentId::new(&self.owner, &self.code_hash)
    }

    /// The bytes that are hashed.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u8(Tag::Leaf as u8).u8(KIND_REGISTRATION);
        writer.raw(&self.owner.0).raw(&self.code_hash.0).raw(&self.signature);
        writer.finish()
    }

    /// Reads the bytes that are hashed.
    ///
    /// # Errors
    /// When they are no registration leaf.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let got: [u8; 2] = reader.array("leaf kind")?;
        if got != [Tag::Leaf as u8, KIND_REGISTRATION] {
            let expected = format!("0 {KIND_REGISTRATION}");
            return Err(DecodeError::value("leaf kind", expected, format!("{got:?}")));
        }
        let owner = Address(reader.array("owner")?);
        let code_hash = Digest(reader.array("code hash")?);
        let signature = reader.array("signature")?;
        reader.finish()?;
        Ok(Self { owner, code_hash, signature })
    }
}

/// Bytes that are not a file of registrations.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BatchError {
    /// The file is cut, or something is behind it.
    #[error("a batch has {REGISTRATION_BYTES} bytes for each registration, got {got} bytes")]
    Length {
        /// How many bytes there are.
        got: usize,
    },
    /// One of them is none.
    #[error("registration {index}: {error}")]
    Leaf {
        /// Which.
        index: u32,
        /// Why not.
        error: DecodeError,
    },
}

/// Registrations as one root stands for them.
#[derive(Clone, Debug)]
pub struct RegistrationBatch {
    registrations: Vec<Registration>,
    tree: MerkleTree,
}

impl RegistrationBatch {
    /// These registrations, in the order that a batch has them in.
    pub fn sorted(mut registrations: Vec<Registration>) -> Self {
        registrations.sort_by_cached_key(Registration::agent);
        Self::new(registrations)
    }

    /// These registrations as they are.
    pub fn new(registrations: Vec<Registration>) -> Self {
        let hashes = registrations.iter().map(|leaf| leaf_hash(&leaf.encode())).collect();
        Self { tree: MerkleTree::new(hashes), registrations }
    }

    /// Reads a batch's file: its leaves, one behind the other.
    ///
    /// # Errors
    /// When the bytes are none.
    pub fn decode(bytes: &[u8]) -> Result<Self, BatchError> {
        let leaves = bytes.chunks_exact(REGISTRATION_BYTES);
        if !leaves.remainder().is_empty() {
            return Err(BatchError::Length { got: bytes.len() });
        }
        let leaf = |(index, leaf)| {
            Registration::decode(leaf).map_err(|error| BatchError::Leaf { index, error })
        };
        Ok(Self::new((0..).zip(leaves).map(leaf).collect::<Result<_, _>>()?))
    }

    /// The bytes of its file.
    pub fn encode(&self) -> Vec<u8> {
        self.registrations.iter().flat_map(Registration::encode).collect()
    }

    /// What is proposed.
    pub fn root(&self) -> Digest {
        self.tree.root()
    }

    /// How many registrations there are.
    pub fn count(&self) -> u32 {
        self.registrations.len() as u32
    }

    /// The registrations in their order.
    pub fn registrations(&self) -> &[Registration] {
        &self.registrations
    }

    /// The path of registration `index`.
    ///
    /// # Errors
    /// When there is no such registration.
    pub fn path(&self, index: u32) -> Result<Vec<Digest>, PathError> {
        self.tree.path(index)
    }

    /// The siblings from the node `height` levels above the leaves at `position` up, lowest first.
    pub fn node_path(&self, height: usize, position: u32) -> Vec<Digest> {
        let top = nets_core::path_length(self.count());
        (height..top).map(|at| self.tree.node(at, (position >> (at - height)) ^ 1)).collect()
    }

    /// The first registration whose agent is not before the next one's; none where all ascend.
    pub fn first_disorder(&self) -> Option<u32> {
        let agents: Vec<_> = self.registrations.iter().map(Registration::agent).collect();
        let found = agents.windows(2).position(|pair| pair[0] >= pair[1]);
        found.map(|index| index as u32)
    }
}
