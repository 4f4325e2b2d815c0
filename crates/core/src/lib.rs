//! The protocol of nets as pure functions: Systems, matches, traces, proofs and their bytes.
//!
//! What is here can be recomputed by anyone from its inputs alone, so this crate knows no files,
//! clock, threads, floats or money, and no concrete System. The bytes are specified in SPEC.md and
//! pinned by `vectors/`.
//!
//! Reading order: [`System`] and [`State`] (the rules and one moment of them), [`MatchSpec`] (all
//! that a match depends on), [`Trace`] (what happened, hashed), [`InclusionProof`] (one step of it,
//! proven), [`MatchRecord`] (the portable file).

#![no_std]
#![deny(clippy::disallowed_types, clippy::disallowed_methods, clippy::float_arithmetic)]

extern crate alloc;

mod chance;
mod encoding;
mod greeting;
mod hash;
mod id;
mod match_record;
mod match_spec;
mod merkle;
mod observation;
mod outcome;
mod parameters;
mod seat;
mod signed_action;
mod step_proof;
mod system;
mod trace;

pub use chance::Chance;
pub use encoding::{DecodeError, Reader, Writer};
pub use greeting::Greeting;
pub use hash::{Compression, Digest, Link, SHA256_START, Tag, compressions, hash_tagged, sha256};
pub use id::{Address, AgentId, MatchId, ParseHexError, RulesId, Seed};
pub use match_record::{MatchRecord, RecordError, RecordedStep, SeatIdentity};
pub use match_spec::{FuelClock, MatchSpec, PROTOCOL_VERSION, Rules, SIGNED_METERING_VERSION};
pub use merkle::{EMPTY_NODE, MerkleTree, PathError, parent, path_length, path_root};
pub use observation::{OBSERVATION_HEADER_BYTES, ObservationHeader};
pub use outcome::{Outcome, Termination};
pub use parameters::{DATA, DataSpec, ParameterError, ParameterSpec, ParameterValues};
pub use seat::{MAX_SEATS, Seat, SeatSet};
pub use signed_action::{ActionStatement, AgentKey, KeyError, Signature, Venue};
pub use step_proof::{InclusionProof, ProofError};
pub use system::{
    Action, Descriptor, Ending, Information, Planes, RestoreError, Score, State, Status, StepError,
    System, SystemId,
};
pub use trace::{
    EndLeaf, StepLeaf, Trace, TraceBuilder, observations_hash, state_hash, trace_root,
};
