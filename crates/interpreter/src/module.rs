//! An admitted module: the agent's bytes together with what admission learnt from them.
//!
//! This file owns the description that metering and the engines read; it knows neither how a
//! module is checked (`admission`) nor how it is run.
//! Invariant: an [`AdmittedModule`] exists only if its bytes passed every check of `admission`.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use sha2::{Digest, Sha256};
use wasmparser::{Parser, ValType};

use crate::cost::{FrameShape, frame_bytes};
use crate::limits::PAGE_BYTES;

/// The sections that code does not depend on: custom ones and data.
const CONTENTS: [u8; 2] = [0, 11];

/// A function type: parameters and results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Types of the parameters.
    pub params: Vec<ValType>,
    /// Types of the results.
    pub results: Vec<ValType>,
}

/// One function of the module.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Function {
    /// Index of its type.
    pub type_index: u32,
    /// What its frame is computed from.
    pub shape: FrameShape,
    /// Where its body lies in the module's bytes: local declarations, then instructions.
    pub body: Range<usize>,
    /// Where its instructions lie in the module's bytes, the final `end` included.
    pub instructions: Range<usize>,
    /// `loop`, `if`, `br`, `br_if` and `br_table` instructions.
    pub branches: u32,
    /// `call` and `call_indirect` instructions.
    pub calls: u32,
    /// `call_indirect` instructions.
    pub indirect_calls: u32,
    /// `memory.grow` instructions.
    pub grows: u32,
    /// `memory.copy` and `memory.fill` instructions.
    pub copies: u32,
    /// Targets of all `br_table` instructions, defaults not counted.
    pub br_table_targets: u32,
    /// The sum over its loops of how many loops each lies in, itself included.
    pub loop_depths: u32,
}

impl Function {
    /// Returns the bytes of logical stack that one activation takes.
    pub fn frame_bytes(&self) -> u32 {
        frame_bytes(self.shape)
    }
}

/// The module's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// Pages at the start.
    pub initial_pages: u32,
    /// Pages that `memory.grow` can reach: the declared maximum, else the protocol's.
    pub max_pages: u32,
}

/// A global with its initial value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Global {
    /// Whether code can change it.
    pub mutable: bool,
    /// Its type and first value.
    pub initial: Constant,
}

/// A constant value, floats as their bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constant {
    /// A 32-bit integer.
    I32(i32),
    /// A 64-bit integer.
    I64(i64),
    /// The bits of a 32-bit float.
    F32(u32),
    /// The bits of a 64-bit float.
    F64(u64),
    /// A vector, its first byte the least significant.
    V128(u128),
}

/// An active data segment, known to lie inside the initial memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSegment {
    /// Address of its first byte in memory.
    pub offset: u32,
    /// Where its bytes lie in the module's bytes.
    pub bytes: Range<usize>,
}

/// An active element segment, known to lie inside the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElementSegment {
    /// Table index of its first entry.
    pub offset: u32,
    /// Indices of the functions it writes into the table.
    pub functions: Vec<u32>,
}

/// Sizes of a module, for people who want to know how close to the limits it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Statistics {
    /// Bytes of the whole module.
    pub module_bytes: u64,
    /// Bytes of the code section.
    pub code_bytes: u64,
    /// Bytes of all data segments.
    pub data_bytes: u64,
    /// Bytes of the custom sections, which never run.
    pub custom_bytes: u64,
    /// Functions.
    pub functions: u32,
    /// Instructions of all functions.
    pub instructions: u64,
    /// The largest frame of any function, in bytes of logical stack.
    pub largest_frame_bytes: u32,
}

/// The parts of a module, index spaces as in the original.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) types: Vec<Signature>,
    pub(crate) functions: Vec<Function>,
    pub(crate) table_entries: Option<u32>,
    pub(crate) memory: Option<Memory>,
    pub(crate) globals: Vec<Global>,
    pub(crate) exports: Vec<String>,
    pub(crate) elements: Vec<ElementSegment>,
    pub(crate) data: Vec<DataSegment>,
    pub(crate) decide: u32,
    pub(crate) observation_address: Option<u32>,
    pub(crate) statistics: Statistics,
}

/// An agent's module that passed admission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdmittedModule {
    bytes: Vec<u8>,
    code_hash: [u8; 32],
    parts: Parts,
}

impl AdmittedModule {
    pub(crate) fn new(bytes: Vec<u8>, code_hash: [u8; 32], parts: Parts) -> Self {
        Self { bytes, code_hash, parts }
    }

    /// Returns a hash of all that the module is but its data and custom sections: modules that have
    /// the same differ in the first contents of their memory at most.
    ///
    /// It is computed anew each time, as only engines that compile want it.
    pub fn lineage(&self) -> [u8; 32] {
        let mut lineage = Sha256::new();
        let sections = Parser::new(0).parse_all(&self.bytes).map_while(Result::ok);
        let sections = sections.filter_map(|payload| payload.as_section());
        for (id, range) in sections.filter(|(id, _)| !CONTENTS.contains(id)) {
            lineage.update([id]);
            lineage.update((range.len() as u64).to_le_bytes());
            lineage.update(self.bytes.get(range).unwrap_or_default());
        }
        lineage.finalize().into()
    }

    /// Returns the module with nothing in its memory.
    pub fn without_data(&self) -> Self {
        let mut bare = self.clone();
        bare.parts.data.clear();
        bare
    }

    /// Says whether `bytes` bytes fit into the initial memory where the module wants its
    /// observations, if it wants them.
    pub fn has_room_for_observation(&self, bytes: u32) -> bool {
        let end = |address| u64::from(address) + u64::from(bytes);
        self.observation_address().is_none_or(|address| end(address) <= self.initial_bytes())
    }

    /// Returns the size of the memory at the start, in bytes.
    pub fn initial_bytes(&self) -> u64 {
        self.memory().map_or(0, |memory| u64::from(memory.initial_pages) * PAGE_BYTES)
    }

    /// Returns the original bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the SHA-256 of the original bytes.
    pub fn code_hash(&self) -> [u8; 32] {
        self.code_hash
    }

    /// Returns the index of the function that is exported as `decide`.
    pub fn decide(&self) -> u32 {
        self.parts.decide
    }

    /// Returns the address at which the module wants its observations, if it wants them.
    pub fn observation_address(&self) -> Option<u32> {
        self.parts.observation_address
    }

    /// Returns the function types.
    pub fn types(&self) -> &[Signature] {
        &self.parts.types
    }

    /// Returns the functions.
    pub fn functions(&self) -> &[Function] {
        &self.parts.functions
    }

    /// Returns the type of the function with index `function`.
    ///
    /// # Panics
    ///
    /// Panics if the module has no such function.
    pub fn signature(&self, function: u32) -> &Signature {
        &self.parts.types[self.parts.functions[function as usize].type_index as usize]
    }

    /// Returns the number of entries of the table, if there is one; it never grows.
    pub fn table_entries(&self) -> Option<u32> {
        self.parts.table_entries
    }

    /// Returns the memory, if there is one.
    pub fn memory(&self) -> Option<Memory> {
        self.parts.memory
    }

    /// Returns the globals.
    pub fn globals(&self) -> &[Global] {
        &self.parts.globals
    }

    /// Returns the names of the exports in their order.
    pub fn exports(&self) -> &[String] {
        &self.parts.exports
    }

    /// Returns the element segments in their order, which is the order in which they are written.
    pub fn elements(&self) -> &[ElementSegment] {
        &self.parts.elements
    }

    /// Returns the data segments in their order, which is the order in which they are written.
    pub fn data(&self) -> &[DataSegment] {
        &self.parts.data
    }

    /// Returns the module's sizes.
    pub fn statistics(&self) -> Statistics {
        self.parts.statistics
    }
}
