//! The zoo: modules made to hurt whoever runs them, each with the verdict it gets.
//!
//! One table, walked twice: in this process for the verdicts, which both engines must share, and in
//! a process for each module and engine, which must get there within a second of processor time
//! and 256 MiB. That process measures itself, so nothing here depends on a clock on the wall.
//! Modules that are made to be slow to compile are in `compile_bombs`.

use std::sync::Arc;

use nets_runner::sandbox::interpreter::InterpreterEngine;
use nets_runner::sandbox::limits::{self, Limit};
use nets_runner::sandbox::{AdmissionError, Decision, Engine, FaultKind, admit};
use wasm_encoder::ValType;

use super::agents::fast;
use super::encoded_module::{encoded, repeated};

/// The fuel of a clock as leagues have it by default.
const FUEL: u64 = 10_000_000;

/// What packed observation they are asked with.
const PACKED: u64 = 7;

/// A module and what becomes of it.
struct Hostile {
    name: &'static str,
    bytes: fn() -> Vec<u8>,
    verdict: Verdict,
}

/// What becomes of a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Admission names this limit.
    Over(Limit),
    /// Admission says that it is no valid module.
    Invalid,
    /// Admission finds a start function.
    Starts,
    /// Admission finds a segment that ends too late.
    SegmentOutside,
    /// It is admitted and faults in its first call.
    Fault(FaultKind),
    /// It is admitted and returns, harmless after all.
    Action(u64),
}

use FaultKind as F;
use Verdict::{Action, Fault, Invalid, Over, SegmentOutside, Starts};

const ZOO: &[Hostile] = &[
    hostile("endless loop", || deciding("loop br 0 end unreachable"), Fault(F::OutOfFuel)),
    hostile("endless loop of branches", endless_branches, Fault(F::OutOfFuel)),
    hostile("endless loop of fills", endless_fills, Fault(F::OutOfFuel)),
    hostile("endless loop of divisions", endless_divisions, Fault(F::OutOfFuel)),
    hostile("endless loop over all memory", endless_strides, Fault(F::OutOfFuel)),
    hostile("loop in a start function", start_loop, Starts),
    hostile("recursion", recursion, Fault(F::StackOverflow)),
    hostile("recursion through the table", table_recursion, Fault(F::StackOverflow)),
    hostile("recursion with a thousand locals", wide_recursion, Fault(F::StackOverflow)),
    hostile("more than a thousand locals", || locals(1_025, 1), Over(limits::LOCALS)),
    hostile("billions of locals", || locals(u32::MAX, 1), Over(limits::LOCALS)),
    hostile("a thousand locals in too many functions", || locals(1_024, 65), LOCALS_SUM),
    hostile("a thousand locals, as often as can be", || locals(1_024, 64), Action(PACKED)),
    hostile("growth to the end and beyond", growth, Fault(F::MemoryOutOfBounds)),
    hostile("growth by nothing for ever", endless_growth, Fault(F::OutOfFuel)),
    hostile("memory that is too large", large_memory, Over(limits::MEMORY_SIZE)),
    hostile("a huge table", huge_table, Over(limits::TABLE_ENTRIES)),
    hostile("the largest table, empty", empty_table, Fault(F::IndirectCallToNull)),
    hostile("a huge br_table", || br_tables(60_000, 1), Over(limits::BR_TABLE_TARGETS)),
    hostile("too many br_tables", || br_tables(1_024, 65), Over(limits::BR_TABLE_TARGETS_SUM)),
    hostile("the largest br_tables", || br_tables(1_024, 64), Action(PACKED)),
    hostile("giant data", || vec![0; (16 << 20) + 1], Over(limits::MODULE_SIZE)),
    hostile("the largest data", || data(16_000_000, 0), Action(0xabab_abab_abab_abab)),
    hostile("data beyond memory", || data(16_000_000, 777_217), SegmentOutside),
    hostile("NaN payloads of f32", float_payloads, Action(0x7fc0_0000_7fc0_0000)),
    hostile("NaN payloads of f64", double_payloads, Action(0x7ff8_0000_0000_0000)),
    hostile("numbers in more bytes than needed", || stretched(5), Action(PACKED)),
    hostile("numbers in more bytes than there can be", || stretched(6), Invalid),
    hostile("a count that is a lie", lying_count, Over(limits::TYPES)),
    hostile("a section that never ends", endless_section, Invalid),
    hostile("half a module", half_a_module, Invalid),
    hostile("random bytes", || noise(1 << 20), Invalid),
    hostile("random bytes after a header", headed_noise, Invalid),
    hostile("nothing", Vec::new, Invalid),
];

const LOCALS_SUM: Verdict = Over(limits::LOCALS_SUM);

const fn hostile(name: &'static str, bytes: fn() -> Vec<u8>, verdict: Verdict) -> Hostile {
    Hostile { name, bytes, verdict }
}

fn text(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("the test's text is well-formed")
}

/// A module with one page of memory whose `decide` has the given body.
fn deciding(body: &str) -> Vec<u8> {
    text(&format!("(module (memory 1) (func (export \"decide\") (param i64) (result i64) {body}))"))
}

fn endless_branches() -> Vec<u8> {
    deciding("block loop i32.const 0 br_if 1 i32.const 0 br_table 0 1 end end local.get 0")
}

fn endless_fills() -> Vec<u8> {
    deciding("loop i32.const 0 i32.const 1 i32.const 65536 memory.fill br 0 end unreachable")
}

fn endless_divisions() -> Vec<u8> {
    deciding("(local i64) loop i64.const -3 local.get 0 i64.div_s local.set 1 br 0 end unreachable")
}

/// Each step reads and writes another page, as far from the one before as can be.
fn endless_strides() -> Vec<u8> {
    text(
        "(module (memory 512) (func (export \"decide\") (param i64) (result i64) (local $at i32)
           loop
             local.get $at local.get $at i64.load i64.const 1 i64.add i64.store
             local.get $at i32.const 20320325 i32.add i32.const 0x1fffff0 i32.and local.set $at
             br 0
           end unreachable))",
    )
}

fn start_loop() -> Vec<u8> {
    text(
        "(module (func $endless loop br 0 end) (start $endless)
           (func (export \"decide\") (param i64) (result i64) local.get 0))",
    )
}

fn recursion() -> Vec<u8> {
    text(
        "(module (func $again (export \"decide\") (param i64) (result i64)
           local.get 0 call $again i64.const 1 i64.add))",
    )
}

fn table_recursion() -> Vec<u8> {
    text(
        "(module (type $decide (func (param i64) (result i64))) (table 1 funcref)
           (elem (i32.const 0) $again)
           (func $again (export \"decide\") (param i64) (result i64)
             local.get 0 i32.const 0 call_indirect (type $decide) i64.const 1 i64.add))",
    )
}

fn wide_recursion() -> Vec<u8> {
    text(&format!(
        "(module (func $again (export \"decide\") (param i64) (result i64) (local {})
           local.get 0 call $again i64.const 1 i64.add))",
        "i64 ".repeat(1_024)
    ))
}

fn locals(count: u32, functions: u32) -> Vec<u8> {
    encoded(&[(count, ValType::I64)], |_| {}, functions)
}

/// Grows and writes into each page, then writes after the last one.
fn growth() -> Vec<u8> {
    deciding(
        "(local $page i32)
         loop
           i32.const 1 memory.grow drop
           local.get $page i32.const 65536 i32.mul i64.const -1 i64.store
           local.get $page i32.const 1 i32.add local.set $page br 0
         end unreachable",
    )
}

fn endless_growth() -> Vec<u8> {
    deciding("loop i32.const 0 memory.grow drop br 0 end unreachable")
}

fn large_memory() -> Vec<u8> {
    text("(module (memory 65536) (func (export \"decide\") (param i64) (result i64) local.get 0))")
}

fn huge_table() -> Vec<u8> {
    text(
        "(module (table 10000000 funcref)
           (func (export \"decide\") (param i64) (result i64) local.get 0))",
    )
}

fn empty_table() -> Vec<u8> {
    text(
        "(module (type $decide (func (param i64) (result i64))) (table 4096 funcref)
           (func (export \"decide\") (param i64) (result i64)
             local.get 0 i32.const 4095 call_indirect (type $decide)))",
    )
}

fn br_tables(targets: u32, count: u32) -> Vec<u8> {
    let table = move |function: &mut wasm_encoder::Function| {
        let sink = &mut function.instructions();
        sink.block(wasm_encoder::BlockType::Empty).local_get(0).i32_wrap_i64();
        sink.br_table(vec![0; targets as usize], 0).end();
    };
    encoded(&[], repeated(count, table), 1)
}

/// Weights as large as they can be; `decide` returns the last of them.
fn data(bytes: usize, offset: u32) -> Vec<u8> {
    use wasm_encoder::{
        CodeSection, ConstExpr, DataSection, ExportKind, ExportSection, Function, FunctionSection,
        MemArg, MemorySection, MemoryType, Module, TypeSection,
    };
    let mut types = TypeSection::new();
    types.ty().function([ValType::I64], [ValType::I64]);
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut memories = MemorySection::new();
    let minimum = 256;
    memories.memory(MemoryType {
        minimum,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut exports = ExportSection::new();
    exports.export("decide", ExportKind::Func, 0);
    let mut code = CodeSection::new();
    let mut function = Function::new([]);
    let last = MemArg { offset: bytes as u64 - 8, align: 0, memory_index: 0 };
    function.instructions().i32_const(0).i64_load(last).end();
    code.function(&function);
    let mut segments = DataSection::new();
    let offset = ConstExpr::i32_const(offset.cast_signed());
    segments.active(0, &offset, std::iter::repeat_n(0xab, bytes));
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&memories).section(&exports);
    module.section(&code).section(&segments);
    module.finish()
}

/// Two NaNs with payloads and signs, each through arithmetic; their bits side by side.
fn float_payloads() -> Vec<u8> {
    deciding(
        "f32.const -nan:0x123456 f32.const 1 f32.add i32.reinterpret_f32 i64.extend_i32_u
         f32.const nan:0x7fffff f32.const -nan:0x1 f32.min i32.reinterpret_f32 i64.extend_i32_u
         i64.const 32 i64.shl i64.or",
    )
}

/// The sign of a NaN that arithmetic made, and that of another that is promoted from a payload.
fn double_payloads() -> Vec<u8> {
    deciding(
        "f64.const 0 f64.const 0 f64.div i64.reinterpret_f64
         f32.const -nan:0x2aaaaa f64.promote_f32 i64.reinterpret_f64 i64.or",
    )
}

/// A module of which one index takes so many bytes, with zeros at its upper end.
fn stretched(length: usize) -> Vec<u8> {
    let whole = encoded(&[], |_| {}, 1);
    let short = [0x20, 0x00, 0x0b];
    let start = whole.windows(3).position(|window| window == short).expect("local.get 0, end");
    let index = [&vec![0x80; length - 1][..], &[0x00]].concat();
    let mut bytes = [&whole[..start + 1], &index[..], &whole[start + 2..]].concat();
    // Before the instructions come the sizes of section and body, the count of bodies between.
    bytes[start - 4] += index.len() as u8 - 1;
    bytes[start - 2] += index.len() as u8 - 1;
    bytes
}

const HEADER: &[u8] = b"\0asm\x01\0\0\0";

/// A type section of four billion types in six bytes.
fn lying_count() -> Vec<u8> {
    [HEADER, &[1, 5, 0xff, 0xff, 0xff, 0xff, 0x0f]].concat()
}

fn endless_section() -> Vec<u8> {
    [HEADER, &[10, 0xff, 0xff, 0xff, 0xff, 0x0f, 1]].concat()
}

fn half_a_module() -> Vec<u8> {
    let whole = data(1_000_000, 0);
    whole[..whole.len() / 2].to_vec()
}

fn noise(length: usize) -> Vec<u8> {
    let mut state = 1u64;
    let next = || {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        (state >> 56) as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}

fn headed_noise() -> Vec<u8> {
    [HEADER, &noise(1 << 20)[..]].concat()
}

/// What becomes of a module on an engine.
fn verdict(bytes: &[u8], engine: &dyn Engine) -> Verdict {
    let module = match admit(bytes) {
        Ok(module) => Arc::new(module),
        Err(AdmissionError::OverLimit { limit, .. }) => return Over(limit),
        Err(AdmissionError::Invalid { .. } | AdmissionError::NoModule) => return Invalid,
        Err(AdmissionError::StartFunction) => return Starts,
        Err(AdmissionError::SegmentOutOfBounds { .. }) => return SegmentOutside,
        Err(other) => panic!("{other:?}"),
    };
    let program = engine.load(&module).expect("it loads");
    let mut instance = program.instantiate().expect("there is room");
    match instance.decide(PACKED, FUEL).expect("a verdict") {
        Decision::Action { action, .. } => Action(action),
        Decision::Fault(kind) => Fault(kind),
    }
}

fn engine(name: &str) -> &'static dyn Engine {
    if name == InterpreterEngine.name() { &InterpreterEngine } else { fast() }
}

const ENGINES: [&str; 2] = ["wasmtime", "interpreter"];

#[test]
fn each_hostile_module_gets_its_verdict_on_both_engines() {
    for Hostile { name, bytes, verdict: expected } in ZOO {
        let bytes = bytes();
        for engine_name in ENGINES {
            assert_eq!(verdict(&bytes, engine(engine_name)), *expected, "{name} on {engine_name}");
        }
    }
}

/// What each process may use, besides what it takes to start.
#[cfg(target_os = "linux")]
mod resources {
    use std::fs;
    use std::process::Command;

    use super::{ENGINES, Hostile, ZOO, engine, verdict};

    const CPU_MILLIS_MAX: u64 = 1_000;
    const MEMORY_KIB_MAX: u64 = 256 << 10;

    /// Names the module and the engine for a process that is to deal with one.
    const TASK: &str = "NETS_HOSTILE_TASK";

    /// The name of the test that such a process runs.
    const ALONE: &str = "sandbox::hostile::resources::one_module_alone";

    /// The processor time of this process so far, in milliseconds, user and system.
    fn cpu_millis() -> u64 {
        let stat = fs::read_to_string("/proc/self/stat").expect("Linux has it");
        let (_, after_name) = stat.rsplit_once(')').expect("the name is in brackets");
        let fields: Vec<&str> = after_name.split_whitespace().collect();
        // Fields 14 and 15 of the line, in ticks; Linux shows a hundred in a second everywhere.
        let ticks = |index: usize| fields[index].parse::<u64>().expect("a number");
        (ticks(11) + ticks(12)) * 10
    }

    /// The most memory that this process has had at a time, in KiB.
    fn peak_kib() -> u64 {
        let status = fs::read_to_string("/proc/self/status").expect("Linux has it");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = line.and_then(|line| line.split_whitespace().next()).expect("a number");
        number.parse().expect("a number")
    }

    /// Does nothing unless a process was started for it.
    #[test]
    fn one_module_alone() {
        let Ok(task) = std::env::var(TASK) else { return };
        let (engine_name, name) = task.split_once(' ').expect("an engine and a name");
        let hostile = ZOO.iter().find(|hostile| hostile.name == name).expect("it is in the zoo");
        let bytes = (hostile.bytes)();
        assert_eq!(verdict(&bytes, engine(engine_name)), hostile.verdict);
        let (cpu_millis, peak_kib) = (cpu_millis(), peak_kib());
        println!("{cpu_millis} ms, {} MiB", peak_kib >> 10);
        assert!(cpu_millis <= CPU_MILLIS_MAX, "{cpu_millis} ms of processor time");
        assert!(peak_kib <= MEMORY_KIB_MAX, "{peak_kib} KiB of memory");
    }

    #[test]
    fn each_hostile_module_takes_at_most_a_second_and_256_mib() {
        let this_program = std::env::current_exe().expect("it has a path");
        for Hostile { name, .. } in ZOO {
            for engine_name in ENGINES {
                // One that would never end is ended by the system.
                let mut process = Command::new("sh");
                process.args(["-c", "ulimit -t 20 && exec \"$0\" \"$@\""]).arg(&this_program);
                process.args([ALONE, "--exact", "--nocapture", "--test-threads=1"]);
                let process = process.env(TASK, format!("{engine_name} {name}")).output();
                let output = process.expect("a process starts");
                let said = [&output.stdout[..], &output.stderr].concat();
                let said = String::from_utf8_lossy(&said);
                assert!(output.status.success(), "{name} on {engine_name}: {said}");
                let used = said.lines().find(|line| line.ends_with(" MiB"));
                println!("{name} on {engine_name}: {}", used.expect("it dealt with the module"));
            }
        }
    }
}
