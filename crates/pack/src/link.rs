//! A network and its System's adapter in one module.
//!
//! An adapter is what reads an observation and chooses an action; it asks a network in between. It is a
//! module whose imports are three functions of `"nets"`: `settings: () -> i32`, the address of what it is
//! told; `network: (i32) -> i32`, from the address of a tensor to that of the policy; and `value: () ->
//! f32`, what the last run said a position is worth. Here they become functions of the module itself, so
//! that it imports nothing. The network's memory begins where the adapter's ends.

use std::convert::Infallible;

use thiserror::Error;
use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataSection, ElementSection, ExportSection, Function,
    FunctionSection, GlobalSection, InstructionSink, MemorySection, MemoryType, Module,
    TableSection, TypeSection, ValType,
};
use wasmparser::{Parser, Payload, TypeRef};

use crate::emit::{Call, Network};

const PAGE_BYTES: usize = 65_536;
/// The names of what an adapter imports, in the order in which this file makes them.
const IMPORTS: [&str; 3] = ["settings", "network", "value"];

/// An adapter that nothing can be linked to.
#[derive(Debug, Error)]
pub enum LinkError {
    /// Bytes that are no module.
    #[error("the adapter is no module: {0}")]
    Module(#[from] wasmparser::BinaryReaderError),
    /// A module of another kind.
    #[error("the module is no adapter: {0}")]
    Adapter(String),
}

impl From<reencode::Error<Infallible>> for LinkError {
    fn from(error: reencode::Error<Infallible>) -> Self {
        Self::Adapter(error.to_string())
    }
}

/// What an adapter asks a network for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heads {
    /// The output that says how much each action is preferred.
    pub policy: usize,
    /// The output whose first number says what the position is worth.
    pub value: Option<usize>,
}

/// A module that reads observations and chooses actions.
#[derive(Clone, Copy, Debug)]
pub struct Adapter<'a> {
    bytes: &'a [u8],
    memory: MemoryType,
}

impl<'a> Adapter<'a> {
    /// Reads as much of an adapter as a network needs to know.
    ///
    /// # Errors
    /// When it is no module, or has no memory.
    pub fn read(bytes: &'a [u8]) -> Result<Self, LinkError> {
        for payload in Parser::new(0).parse_all(bytes) {
            if let Payload::MemorySection(section) = payload? {
                let memory = section.into_iter().next().transpose()?;
                let memory = memory.map(|memory| reencode::RoundtripReencoder.memory_type(memory));
                let memory =
                    memory.transpose()?.ok_or_else(|| LinkError::Adapter("no memory".into()))?;
                return Ok(Self { bytes, memory });
            }
        }
        Err(LinkError::Adapter("no memory".into()))
    }

    /// The first address that is free for a network.
    pub fn end(&self) -> usize {
        self.memory.minimum as usize * PAGE_BYTES
    }

    /// The module of adapter and network, which was emitted from [`Adapter::end`] on. `settings` are
    /// what the adapter is told.
    ///
    /// # Errors
    /// When the adapter has other imports than an adapter.
    pub fn link(
        &self,
        network: &Network,
        heads: &Heads,
        settings: &[u8],
    ) -> Result<Vec<u8>, LinkError> {
        let mut linker = Linker::default();
        linker.memory(self.memory, network.end + settings.len());
        for payload in Parser::new(0).parse_all(self.bytes) {
            linker.section(payload?)?;
        }
        linker.add(network, heads, settings);
        Ok(linker.finish())
    }
}

/// The sections of the module in the making.
#[derive(Default)]
struct Linker {
    types: TypeSection,
    functions: FunctionSection,
    tables: TableSection,
    memories: MemorySection,
    globals: GlobalSection,
    exports: ExportSection,
    elements: ElementSection,
    code: CodeSection,
    data: DataSection,
    indices: Indices,
}

/// The functions of an adapter by their new numbers.
#[derive(Default)]
struct Indices {
    /// For each import of the adapter its place in [`IMPORTS`].
    imports: Vec<usize>,
    /// How many functions the adapter has itself.
    own: u32,
}

impl Reencode for Indices {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, reencode::Error<Infallible>> {
        // Its own come first, then those that it imported.
        let imported = self.imports.get(function as usize).map(|&place| self.own + place as u32);
        Ok(imported.unwrap_or_else(|| function - self.imports.len() as u32))
    }
}

impl Linker {
    fn memory(&mut self, memory: MemoryType, end: usize) {
        let minimum = memory.minimum.max(end.div_ceil(PAGE_BYTES) as u64);
        self.memories.memory(MemoryType { minimum, ..memory });
    }

    /// Takes over a section of the adapter.
    fn section(&mut self, payload: Payload<'_>) -> Result<(), LinkError> {
        let indices = &mut self.indices;
        match payload {
            Payload::TypeSection(section) => {
                indices.parse_type_section(&mut self.types, section)?
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    self.import(import?)?;
                }
            }
            Payload::FunctionSection(section) => {
                indices.own = section.count();
                indices.parse_function_section(&mut self.functions, section)?;
            }
            Payload::TableSection(section) => {
                indices.parse_table_section(&mut self.tables, section)?
            }
            Payload::GlobalSection(section) => {
                indices.parse_global_section(&mut self.globals, section)?
            }
            Payload::ExportSection(section) => {
                indices.parse_export_section(&mut self.exports, section)?
            }
            Payload::ElementSection(section) => {
                indices.parse_element_section(&mut self.elements, section)?;
            }
            Payload::CodeSectionEntry(body) => indices.parse_function_body(&mut self.code, body)?,
            Payload::DataSection(section) => indices.parse_data_section(&mut self.data, section)?,
            _ => {}
        }
        Ok(())
    }

    fn import(&mut self, import: wasmparser::Import<'_>) -> Result<(), LinkError> {
        let place = IMPORTS.iter().position(|&name| import.module == "nets" && import.name == name);
        match (place, import.ty) {
            (Some(place), TypeRef::Func(_)) => self.indices.imports.push(place),
            _ => {
                let wrong = format!(
                    "it imports {:?} of {:?}; an adapter imports the functions {IMPORTS:?} of \"nets\"",
                    import.name, import.module
                );
                return Err(LinkError::Adapter(wrong));
            }
        }
        Ok(())
    }

    /// Adds what was imported, then the routines, then the data.
    fn add(&mut self, network: &Network, heads: &Heads, settings: &[u8]) {
        let first_routine = self.indices.own + IMPORTS.len() as u32;
        let mut told = Function::new([]);
        told.instructions().i32_const(network.end as i32).end();
        self.function(&[], &[ValType::I32], &told.into_raw_body());
        let run = run(network, heads.policy, first_routine);
        self.function(&[ValType::I32], &[ValType::I32], &run.into_raw_body());
        self.function(&[], &[ValType::F32], &worth(network, heads.value).into_raw_body());
        for routine in &network.routines {
            let parameters = vec![ValType::I32; routine.parameters as usize];
            self.function(&parameters, &[], &routine.code);
        }
        for data in &network.data {
            self.bytes(data.address, &data.bytes);
        }
        self.bytes(network.end, settings);
    }

    fn function(&mut self, parameters: &[ValType], results: &[ValType], code: &[u8]) {
        let kind = self.types.len();
        self.types.ty().function(parameters.iter().copied(), results.iter().copied());
        self.functions.function(kind);
        self.code.raw(code);
    }

    fn bytes(&mut self, address: usize, bytes: &[u8]) {
        let address = ConstExpr::i32_const(address as i32);
        self.data.active(0, &address, bytes.iter().copied());
    }

    fn finish(self) -> Vec<u8> {
        let mut module = Module::new();
        module.section(&self.types).section(&self.functions);
        if !self.tables.is_empty() {
            module.section(&self.tables);
        }
        module.section(&self.memories);
        if !self.globals.is_empty() {
            module.section(&self.globals);
        }
        module.section(&self.exports);
        if !self.elements.is_empty() {
            module.section(&self.elements);
        }
        module.section(&self.code).section(&self.data);
        module.finish()
    }
}

/// From the address of a tensor to that of the policy.
fn run(network: &Network, policy: usize, first_routine: u32) -> Function {
    let mut function = Function::new([]);
    let mut op = function.instructions();
    if let Some(&(address, bytes)) = network.inputs.first() {
        op.i32_const(address as i32).local_get(0).i32_const(bytes as i32).memory_copy(0, 0);
    }
    if !network.setup.is_empty() {
        let word = wasm_encoder::MemArg { offset: network.ready as u64, align: 2, memory_index: 0 };
        op.i32_const(0).i32_load(word).i32_eqz().if_(BlockType::Empty);
        calls(&mut op, &network.setup, first_routine);
        op.i32_const(0).i32_const(1).i32_store(word).end();
    }
    calls(&mut op, &network.calls, first_routine);
    op.i32_const(network.outputs[policy] as i32).end();
    function
}

fn calls(op: &mut InstructionSink<'_>, calls: &[Call], first_routine: u32) {
    for call in calls {
        for &address in &call.addresses {
            op.i32_const(address as i32);
        }
        op.call(first_routine + call.routine as u32);
    }
}

fn worth(network: &Network, value: Option<usize>) -> Function {
    let mut function = Function::new([]);
    match value {
        Some(output) => {
            let at = wasm_encoder::MemArg { offset: 0, align: 2, memory_index: 0 };
            function.instructions().i32_const(network.outputs[output] as i32).f32_load(at).end();
        }
        None => {
            function.instructions().f32_const(0.0.into()).end();
        }
    }
    function
}
