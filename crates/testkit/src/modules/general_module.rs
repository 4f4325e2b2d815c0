//! Modules of a general generator, made to show what they computed.
//!
//! The generator exports a random function as `inner`. A `decide` is appended that calls it and
//! folds the mutable globals and the start of memory into the action, since a random function
//! rarely returns what it computed.

use arbitrary::{Arbitrary, Unstructured};
use wasm_encoder::{BlockType, Function, InstructionSink, MemArg, ValType};
use wasm_smith::Config;

use super::original::{Original, val_type};

/// Bytes of memory that the action depends on.
const FOLDED_BYTES: i32 = 2_048;

/// Returns the module with this seed, or `None` if the generator made none from it.
///
/// # Panics
/// Never: what it is built from is well-formed.
pub fn bytes(seed: u64) -> Option<Vec<u8>> {
    let noise = noise(seed);
    let mut source = Unstructured::new(&noise);
    let module = wasm_smith::Module::new(config(seed), &mut source).ok()?;
    let original = Original::read(module.to_bytes(), "inner");
    Some(original.with_decide(&observing(&original)))
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

/// `decide`: calls `inner`, then folds globals and memory into its result.
fn observing(original: &Original) -> Function {
    const HASH: u32 = 1;
    const ADDRESS: u32 = 2;
    let mut function = Function::new([(1, ValType::I64), (1, ValType::I32)]);
    let sink = &mut function.instructions();
    sink.local_get(0).call(original.inner).local_set(HASH);
    for &(index, ty) in &original.globals {
        sink.global_get(index);
        to_i64(sink, ty);
        fold(sink, HASH);
    }
    if original.has_memory {
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
