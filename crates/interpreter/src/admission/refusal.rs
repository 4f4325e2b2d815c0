//! Why a module is refused: one variant for each rule, with the value found and the value allowed.
//!
//! A refusal is addressed to the agent's author, so its text says what to change.

use alloc::format;
use alloc::string::{String, ToString};

use crate::limits::Limit;

/// Why a module may not play.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AdmissionError {
    /// The bytes do not begin as a module does.
    #[error("it is no WebAssembly module, which begins with the bytes 00 61 73 6d")]
    NoModule,
    /// The module is of a version that no engine here knows.
    #[error("it is of WebAssembly version {got}, expected 1")]
    Version {
        /// The version it names.
        got: u32,
    },
    /// The bytes are not a valid module under the protocol's feature list.
    #[error("not a valid module, at byte {offset}: {message}")]
    Invalid {
        /// Where in the module.
        offset: usize,
        /// What is wrong there.
        message: String,
    },
    /// A number lies above the protocol's limit.
    #[error("{}: {value} {}, at most {} are allowed{}", limit.name, limit.unit, limit.value, in_function(*function))]
    OverLimit {
        /// The limit.
        limit: Limit,
        /// The value found.
        value: u64,
        /// The function it was found in, if the limit is one on functions.
        function: Option<u32>,
    },
    /// The module wants something from its host.
    #[error("the module has {count} imports, none are allowed: build it without a host or WASI")]
    Imports {
        /// The number of imports.
        count: u32,
    },
    /// The module wants to run code before the first decision.
    #[error("the module has a start function, none is allowed: initialise in `decide`")]
    StartFunction,
    /// A segment would be copied by an instruction instead of at the start.
    #[error("segment {index} is passive or declared, only active segments are allowed")]
    PassiveSegment {
        /// The segment's index among those of its section.
        index: u32,
    },
    /// A segment of the table is written as reference expressions.
    #[error("element segment {index} holds expressions, only function indices are allowed")]
    ElementExpressions {
        /// The segment's index.
        index: u32,
    },
    /// The module uses an instruction of a refused proposal.
    #[error("instruction {instruction} at byte {offset} is not allowed")]
    ForbiddenInstruction {
        /// The instruction, as the standard spells it up to case.
        instruction: String,
        /// Where in the module.
        offset: usize,
    },
    /// An active segment does not fit what it is written into.
    #[error("{kind} segment {index} ends at {end}, beyond the initial size {size}")]
    SegmentOutOfBounds {
        /// "data" or "element".
        kind: &'static str,
        /// The segment's index.
        index: u32,
        /// The first byte or entry after the segment.
        end: u64,
        /// The initial bytes of the memory or the entries of the table.
        size: u64,
    },
    /// There is no `decide`.
    #[error("the module must export a function `decide` of type (i64) -> (i64), it has none")]
    MissingDecide,
    /// The export `decide` is something else.
    #[error("the export `decide` must be a function of type (i64) -> (i64), it is {found}")]
    DecideType {
        /// What it is.
        found: String,
    },
    /// The module asks for observations but exports no memory to write them to.
    #[error("the module exports `nets_observation`, so it must also export its memory as `memory`")]
    ObservationWithoutMemory,
    /// The export `nets_observation` is something else.
    #[error("the export `nets_observation` must be an immutable i32 global, it is {found}")]
    ObservationType {
        /// What it is.
        found: String,
    },
}

impl AdmissionError {
    pub(super) fn invalid(error: &wasmparser::Error) -> Self {
        Self::Invalid { offset: error.offset(), message: error.message().to_string() }
    }
}

impl From<wasmparser::Error> for AdmissionError {
    fn from(error: wasmparser::Error) -> Self {
        Self::invalid(&error)
    }
}

fn in_function(function: Option<u32>) -> String {
    function.map(|index| format!(" (function {index})")).unwrap_or_default()
}
