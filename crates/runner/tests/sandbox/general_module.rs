//! Modules of a general generator, made to show what they computed.
//!
//! The generator exports a random function as `inner`. A `decide` is appended that calls it and
//! folds the mutable globals and the start of memory into the action, since a random function
//! rarely returns what it computed.

use std::ops::Range;

use arbitrary::{Arbitrary, Unstructured};
use wasm_encoder::{
    BlockType, CodeSection, ExportKind, ExportSection, Function, FunctionSection, InstructionSink,
    MemArg, Module, RawSection, SectionId, TypeSection, ValType,
};
use wasm_smith::Config;
use wasmparser::{Parser, Payload};

/// Bytes of memory that the action depends on.
const FOLDED_BYTES: i32 = 2_048;

/// Returns the module with this seed, or `None` if the generator made none from it.
pub(crate) fn bytes(seed: u64) -> Option<Vec<u8>> {
    let noise = noise(seed);
    let mut source = Unstructured::new(&noise);
    let module = wasm_smith::Module::new(config(seed), &mut source).ok()?;
    Some(observable(&module.to_bytes()))
}

fn config(seed: u64) -> Config {
    let shape = "(module (func (export \"inner\") (param i64) (result i64) i64.const 0))";
    let mut config =
        Config::arbitrary(&mut Unstructured::new(&noise(!seed))).expect("enough noise");
    config.exports = Some(wat::parse_str(shape).expect("well-formed"));
    config.available_imports = None;
    config.module_shape = None;
    config.max_imports = 0;
    config.allow_start_export = false;
    config.allowed_instructions = wasm_smith::InstructionKinds::all();
    config.allow_floats = true;
    config.simd_enabled = true;
    config.multi_value_enabled = true;
    config.saturating_float_to_int_enabled = true;
    config.sign_extension_ops_enabled = true;
    config.canonicalize_nans = false;
    config.disallow_traps = false;
    config.allow_invalid_funcs = false;
    config.generate_custom_sections = true;
    config.bulk_memory_enabled = seed.is_multiple_of(4);
    config.reference_types_enabled = false;
    config.exceptions_enabled = false;
    config.gc_enabled = false;
    config.custom_page_sizes_enabled = false;
    config.relaxed_simd_enabled = false;
    config.tail_call_enabled = false;
    config.threads_enabled = false;
    config.shared_everything_threads_enabled = false;
    config.wide_arithmetic_enabled = false;
    config.extended_const_enabled = false;
    config.memory64_enabled = false;
    config.max_memories = 1;
    config.max_tables = 1;
    config.max_instructions = 300;
    config.max_memory32_bytes = 6 * 65_536;
    config.max_table_elements = 100;
    config.min_uleb_size = if seed.is_multiple_of(3) { 5 } else { 1 };
    config
}

/// Bytes for the generator to make choices from.
fn noise(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..1_024).flat_map(|_| next().to_le_bytes()).collect()
}

/// Replaces the exports by a `decide` that folds what `inner` left behind.
fn observable(bytes: &[u8]) -> Vec<u8> {
    let original = Original::read(bytes);
    let mut module = Module::new();
    for (id, range) in &original.sections {
        match *id {
            id if id == SectionId::Type as u8 => module.section(&original.types(bytes, range)),
            id if id == SectionId::Function as u8 => module.section(&original.functions()),
            id if id == SectionId::Export as u8 => module.section(&original.exports()),
            id if id == SectionId::Code as u8 => module.section(&original.code(bytes)),
            id => module.section(&RawSection { id, data: &bytes[range.clone()] }),
        };
    }
    module.finish()
}

/// What of the generated module is needed to append a function.
#[derive(Default)]
struct Original {
    sections: Vec<(u8, Range<usize>)>,
    type_count: u32,
    functions: Vec<u32>,
    bodies: Vec<Range<usize>>,
    globals: Vec<(u32, wasmparser::ValType)>,
    has_memory: bool,
    inner: u32,
}

impl Original {
    fn read(bytes: &[u8]) -> Self {
        let mut original = Self::default();
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload.expect("the generator makes valid modules");
            if let Some((id, range)) = payload.as_section() {
                original.sections.push((id, range));
            }
            original.payload(payload);
        }
        original
    }

    fn payload(&mut self, payload: Payload<'_>) {
        match payload {
            Payload::TypeSection(section) => self.type_count = section.count(),
            Payload::FunctionSection(section) => {
                self.functions = section.into_iter().map(|ty| ty.expect("valid")).collect();
            }
            Payload::CodeSectionEntry(body) => self.bodies.push(body.range()),
            Payload::MemorySection(section) => self.has_memory = section.count() > 0,
            Payload::GlobalSection(section) => {
                for (index, global) in (0..).zip(section) {
                    let ty = global.expect("valid").ty;
                    if ty.mutable {
                        self.globals.push((index, ty.content_type));
                    }
                }
            }
            Payload::ExportSection(section) => {
                let exports = section.into_iter().map(|export| export.expect("valid"));
                let inner = exports.into_iter().find(|export| export.name == "inner");
                self.inner = inner.expect("the configuration asks for it").index;
            }
            _ => {}
        }
    }

    fn types(&self, bytes: &[u8], range: &Range<usize>) -> TypeSection {
        let mut types = TypeSection::new();
        let reader = wasmparser::BinaryReader::new(&bytes[range.clone()], range.start);
        let section = wasmparser::TypeSectionReader::new(reader).expect("valid");
        for ty in section.into_iter_err_on_gc_types() {
            let ty = ty.expect("valid");
            let convert = |types: &[wasmparser::ValType]| -> Vec<ValType> {
                types.iter().map(|&ty| val_type(ty)).collect()
            };
            types.ty().function(convert(ty.params()), convert(ty.results()));
        }
        types.ty().function([ValType::I64], [ValType::I64]);
        types
    }

    fn functions(&self) -> FunctionSection {
        let mut section = FunctionSection::new();
        self.functions.iter().for_each(|&ty| {
            section.function(ty);
        });
        section.function(self.type_count);
        section
    }

    fn exports(&self) -> ExportSection {
        let mut section = ExportSection::new();
        let decide = u32::try_from(self.functions.len()).expect("a small number");
        section.export("decide", ExportKind::Func, decide);
        section
    }

    fn code(&self, bytes: &[u8]) -> CodeSection {
        let mut section = CodeSection::new();
        for body in &self.bodies {
            section.raw(&bytes[body.clone()]);
        }
        section.function(&self.decide());
        section
    }

    /// `decide`: calls `inner`, then folds globals and memory into its result.
    fn decide(&self) -> Function {
        const HASH: u32 = 1;
        const ADDRESS: u32 = 2;
        let mut function = Function::new([(1, ValType::I64), (1, ValType::I32)]);
        let sink = &mut function.instructions();
        sink.local_get(0).call(self.inner).local_set(HASH);
        for &(index, ty) in &self.globals {
            sink.global_get(index);
            to_i64(sink, ty);
            fold(sink, HASH);
        }
        if self.has_memory {
            sink.memory_size(0).if_(BlockType::Empty).loop_(BlockType::Empty);
            sink.local_get(ADDRESS).i64_load(MemArg { offset: 0, align: 3, memory_index: 0 });
            fold(sink, HASH);
            sink.local_get(ADDRESS).i32_const(8).i32_add().local_tee(ADDRESS);
            sink.i32_const(FOLDED_BYTES).i32_lt_u().br_if(0).end().end();
            sink.memory_size(0).i64_extend_i32_u();
            fold(sink, HASH);
        }
        sink.local_get(HASH).end();
        function
    }
}

/// Mixes the i64 on top of the stack into a local.
fn fold(sink: &mut InstructionSink<'_>, hash: u32) {
    sink.local_get(hash).i64_const(0x0100_0000_01b3).i64_mul().i64_xor().local_set(hash);
}

fn to_i64(sink: &mut InstructionSink<'_>, ty: wasmparser::ValType) {
    match val_type(ty) {
        ValType::I32 => sink.i64_extend_i32_u(),
        ValType::F32 => sink.i32_reinterpret_f32().i64_extend_i32_u(),
        ValType::F64 => sink.i64_reinterpret_f64(),
        ValType::V128 => sink.i64x2_extract_lane(1),
        _ => sink,
    };
}

fn val_type(ty: wasmparser::ValType) -> ValType {
    match ty {
        wasmparser::ValType::I32 => ValType::I32,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        wasmparser::ValType::V128 => ValType::V128,
        _ => ValType::I64,
    }
}
