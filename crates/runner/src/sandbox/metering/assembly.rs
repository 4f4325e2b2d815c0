//! The instrumented module: the original's sections around the rewritten bodies.
//!
//! Index spaces keep their order and only grow at the end, so the bodies' immediates stay valid.
//! Custom sections and the agent's own exports are left out; what the host needs is exported
//! under names that no agent can take.
//! Invariant: the output depends on the admitted module alone.

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataSection, ElementSection, Elements, ExportKind,
    ExportSection, Function, FunctionSection, GlobalSection, GlobalType, Ieee32, Ieee64,
    InstructionSink, MemorySection, MemoryType, Module, RefType, TableSection, TableType,
    TypeSection, ValType,
};
use wasmparser::{BinaryReader, FunctionBody, OperatorsReader};

use super::call_graph::CallGraph;
use super::carried::Carried;
use super::function::{Body, Context, Globals, rewrite};
use super::restart::{can_restart, restart};
use super::{DECIDE_EXPORT, MEMORY_EXPORT, RESTART_EXPORT, TRAPPED_BY_AGENT, TRAPPED_EXPORT};
use crate::sandbox::admission::FEATURES;
use crate::sandbox::limits::STACK_BYTES;
use crate::sandbox::module::{self, AdmittedModule, Constant, Signature};

/// A module that keeps the protocol's rules by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instrumented {
    /// What an engine runs.
    pub bytes: Vec<u8>,
    /// The most logical stack that a call can use, in bytes, if that is known beforehand; the
    /// module counts its stack only if it is not.
    pub worst_stack: Option<u32>,
    /// Whether there is a [`RESTART_EXPORT`].
    pub can_restart: bool,
}

/// Writes the protocol's rules into a module and returns the bytes for an engine to run.
///
/// # Errors
///
/// Never for a module from admission, whose bodies were read before; the error is the parser's.
pub fn instrument(module: &AdmittedModule) -> Result<Instrumented, wasmparser::Error> {
    let mut types = Types { signatures: module.types().to_vec() };
    let (bodies, worst_stack) = bodies(module, &mut types)?;
    let counts_stack = worst_stack.is_none();
    let first_carrying = types.add_carrying(module, counts_stack);
    let entry_type = types.index(&Signature {
        params: vec![wasmparser::ValType::I64; 2],
        results: vec![wasmparser::ValType::I64; 2],
    });
    let can_restart = can_restart(module, &bodies);
    let restart_type =
        can_restart.then(|| types.index(&Signature { params: vec![], results: vec![] }));
    let added: Vec<u32> = [entry_type].into_iter().chain(restart_type).collect();
    let globals = added_globals(module);
    let context = Context { module, globals, counts_stack, first_carrying };
    let mut code = CodeSection::new();
    for body in &bodies {
        code.function(&rewrite(&context, body));
    }
    code.function(&entry(&context));
    if can_restart {
        code.function(&restart(module));
    }

    let mut output = Module::new();
    output.section(&types.section());
    output.section(&functions(module, first_carrying, &added));
    if let Some(entries) = module.table_entries() {
        output.section(&table(entries));
    }
    if let Some(memory) = module.memory() {
        output.section(&memories(memory));
    }
    output.section(&global_section(module));
    output.section(&exports(module, globals, can_restart));
    output.section(&elements(module));
    output.section(&code);
    output.section(&data(module));
    Ok(Instrumented { bytes: output.finish(), worst_stack, can_restart })
}

/// Reads all bodies, and finds the most stack a call can use if the module need not count it.
fn bodies<'a>(
    module: &'a AdmittedModule,
    types: &mut Types,
) -> Result<(Vec<Body<'a>>, Option<u32>), wasmparser::Error> {
    let mut graph = CallGraph::new(module);
    let mut bodies = Vec::with_capacity(module.functions().len());
    for (index, function) in module.functions().iter().enumerate() {
        let signature = &module.types()[function.type_index as usize];
        let body = read_body(module.bytes(), function, types.results(&signature.results))?;
        graph.add(index, &body.operators);
        bodies.push(body);
    }
    let worst = graph.worst_stack(module).and_then(|worst| u32::try_from(worst).ok());
    Ok((bodies, worst.filter(|&worst| worst <= STACK_BYTES)))
}

fn read_body<'a>(
    bytes: &'a [u8],
    function: &'a module::Function,
    results: BlockType,
) -> Result<Body<'a>, wasmparser::Error> {
    let range = function.body.clone();
    let reader = BinaryReader::new_features(&bytes[range.clone()], range.start, FEATURES);
    let mut locals = Vec::new();
    for local in FunctionBody::new(reader.clone()).get_locals_reader()? {
        let (count, ty) = local?;
        locals.push((count, val_type(ty)));
    }
    let range = function.instructions.clone();
    let reader = BinaryReader::new_features(&bytes[range.clone()], range.start, FEATURES);
    let mut reader = OperatorsReader::new(reader);
    let (mut operators, mut ends) = (Vec::new(), Vec::new());
    while !reader.eof() {
        operators.push(reader.read()?);
        ends.push(reader.original_position());
    }
    Ok(Body { function, locals, results, operators, ends })
}

/// The function behind [`DECIDE_EXPORT`].
fn entry(context: &Context<'_>) -> Function {
    let decide = context.module.decide();
    let carried = context.carried(context.module.signature(decide));
    let mut function = Function::new([]);
    let sink = &mut function.instructions();
    sink.local_get(0);
    let budget = |sink: &mut InstructionSink<'_>| {
        sink.local_get(1);
    };
    let stack = |sink: &mut InstructionSink<'_>| {
        sink.i32_const(STACK_BYTES.cast_signed());
    };
    context.hand_on(sink, carried, budget, stack);
    sink.call(decide).end();
    function
}

/// The type section as it grows.
struct Types {
    signatures: Vec<Signature>,
}

impl Types {
    /// Adds for each type of the module, in order, the one that a rewritten function of it has;
    /// returns the index of the first.
    fn add_carrying(&mut self, module: &AdmittedModule, counts_stack: bool) -> u32 {
        let first = self.signatures.len();
        let carrying = |ty| Carried::by(ty, counts_stack).signature(ty);
        self.signatures.extend(module.types().iter().map(carrying));
        u32::try_from(first).unwrap_or(u32::MAX)
    }

    /// Returns the index of a type, adding it if it is new.
    fn index(&mut self, wanted: &Signature) -> u32 {
        let found = self.signatures.iter().position(|signature| signature == wanted);
        let index = found.unwrap_or_else(|| {
            self.signatures.push(wanted.clone());
            self.signatures.len() - 1
        });
        u32::try_from(index).unwrap_or(u32::MAX)
    }

    /// Returns the type of a block that takes nothing and leaves these results.
    fn results(&mut self, results: &[wasmparser::ValType]) -> BlockType {
        match results {
            [] => BlockType::Empty,
            &[result] => BlockType::Result(val_type(result)),
            _ => {
                let signature = Signature { params: Vec::new(), results: results.to_vec() };
                BlockType::FunctionType(self.index(&signature))
            }
        }
    }

    fn section(&self) -> TypeSection {
        let mut section = TypeSection::new();
        for Signature { params, results } in &self.signatures {
            let results = results.iter().map(|&ty| val_type(ty));
            section.ty().function(params.iter().map(|&ty| val_type(ty)), results);
        }
        section
    }
}

fn added_globals(module: &AdmittedModule) -> Globals {
    let first = u32::try_from(module.globals().len()).unwrap_or(u32::MAX);
    Globals { fuel: first, stack: first + 1, trapped: first + 2 }
}

/// The module's functions, rewritten, and after them those of the types `added`.
fn functions(module: &AdmittedModule, first_carrying: u32, added: &[u32]) -> FunctionSection {
    let mut section = FunctionSection::new();
    for function in module.functions() {
        section.function(first_carrying + function.type_index);
    }
    for &added in added {
        section.function(added);
    }
    section
}

fn table(entries: u32) -> TableSection {
    let mut section = TableSection::new();
    section.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: entries.into(),
        maximum: Some(entries.into()),
        shared: false,
    });
    section
}

fn memories(memory: module::Memory) -> MemorySection {
    let mut section = MemorySection::new();
    section.memory(MemoryType {
        minimum: memory.initial_pages.into(),
        maximum: Some(memory.max_pages.into()),
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    section
}

fn global_section(module: &AdmittedModule) -> GlobalSection {
    let mut section = GlobalSection::new();
    for global in module.globals() {
        let (val_type, initial) = constant(global.initial);
        section.global(GlobalType { val_type, mutable: global.mutable, shared: false }, &initial);
    }
    // The order of `added_globals`: fuel, stack, trapped.
    for initial in [Constant::I64(0), Constant::I32(0), Constant::I32(TRAPPED_BY_AGENT)] {
        let (val_type, initial) = constant(initial);
        section.global(GlobalType { val_type, mutable: true, shared: false }, &initial);
    }
    section
}

fn exports(module: &AdmittedModule, globals: Globals, can_restart: bool) -> ExportSection {
    let mut section = ExportSection::new();
    let entry = u32::try_from(module.functions().len()).unwrap_or(u32::MAX);
    section.export(DECIDE_EXPORT, ExportKind::Func, entry);
    if can_restart {
        section.export(RESTART_EXPORT, ExportKind::Func, entry + 1);
    }
    section.export(TRAPPED_EXPORT, ExportKind::Global, globals.trapped);
    if module.memory().is_some() {
        section.export(MEMORY_EXPORT, ExportKind::Memory, 0);
    }
    section
}

fn elements(module: &AdmittedModule) -> ElementSection {
    let mut section = ElementSection::new();
    for segment in module.elements() {
        let offset = ConstExpr::i32_const(segment.offset.cast_signed());
        section.active(None, &offset, Elements::Functions((&segment.functions[..]).into()));
    }
    section
}

fn data(module: &AdmittedModule) -> DataSection {
    let mut section = DataSection::new();
    for segment in module.data() {
        let offset = ConstExpr::i32_const(segment.offset.cast_signed());
        let bytes = &module.bytes()[segment.bytes.clone()];
        section.active(0, &offset, bytes.iter().copied());
    }
    section
}

fn constant(constant: Constant) -> (ValType, ConstExpr) {
    match constant {
        Constant::I32(value) => (ValType::I32, ConstExpr::i32_const(value)),
        Constant::I64(value) => (ValType::I64, ConstExpr::i64_const(value)),
        Constant::F32(bits) => (ValType::F32, ConstExpr::f32_const(Ieee32::new(bits))),
        Constant::F64(bits) => (ValType::F64, ConstExpr::f64_const(Ieee64::new(bits))),
        Constant::V128(bits) => (ValType::V128, ConstExpr::v128_const(bits.cast_signed())),
    }
}

/// Converts a type; admission lets only numbers and vectors through.
fn val_type(ty: wasmparser::ValType) -> ValType {
    match ty {
        wasmparser::ValType::I32 => ValType::I32,
        wasmparser::ValType::I64 => ValType::I64,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        wasmparser::ValType::V128 => ValType::V128,
        wasmparser::ValType::Ref(_) => ValType::FUNCREF,
    }
}
