//! Modules that admission must refuse, each for its own reason, before anything is compiled.

use std::time::{Duration, Instant};

use nets_runner::sandbox::limits::{self, Limit};
use nets_runner::sandbox::{AdmissionError, admit};
use wasm_encoder::{BlockType, Function, Module, ValType};

use super::encoded_module::{encoded, repeated};

/// The part that every agent needs.
const DECIDE: &str = "(func (export \"decide\") (param i64) (result i64) local.get 0)";

/// Admits a module of `DECIDE` and further fields.
fn with(fields: &str) -> Result<(), AdmissionError> {
    let text = format!("(module {fields} {DECIDE})");
    admit_text(&text)
}

fn admit_text(text: &str) -> Result<(), AdmissionError> {
    admit(&wat::parse_str(text).expect("the test's text is well-formed")).map(drop)
}

/// Asserts that admission names `limit` with `value`, and takes no time over it.
fn over(limit: Limit, value: u64, bytes: &[u8]) {
    let start = Instant::now();
    let refused = admit(bytes).map(drop);
    // Generous for a busy machine: bombs aim at minutes.
    assert!(start.elapsed() < Duration::from_secs(20), "slow to refuse {}", limit.name);
    match refused {
        Err(AdmissionError::OverLimit { limit: named, value: found, .. }) => {
            assert_eq!((named, found), (limit, value));
        }
        other => panic!("{} of {value}: {other:?}", limit.name),
    }
}

fn text_over(limit: Limit, value: u64, text: &str) {
    over(limit, value, &wat::parse_str(text).expect("the test's text is well-formed"));
}

#[test]
fn the_smallest_agent_is_admitted() {
    let bytes = wat::parse_str(format!("(module {DECIDE})")).expect("well-formed");
    let module = admit(&bytes).expect("admitted");
    assert_eq!(module.bytes(), bytes);
    assert_eq!(module.decide(), 0);
    assert_eq!(module.exports(), ["decide"]);
    assert_eq!(module.observation_address(), None);
    assert_eq!(module.memory(), None);
    let statistics = module.statistics();
    assert_eq!((statistics.functions, statistics.instructions), (1, 2));
    assert_eq!(statistics.module_bytes, bytes.len() as u64);
    // 64 + 16 * (1 parameter + 1 operand) + 8 * 2 instructions.
    assert_eq!(statistics.largest_frame_bytes, 64 + 32 + 16);
}

#[test]
fn decide_must_be_there_and_of_its_type() {
    assert_eq!(admit_text("(module)"), Err(AdmissionError::MissingDecide));
    for wrong in [
        "(module (func (export \"decide\")))",
        "(module (func (export \"decide\") (param i32) (result i64) i64.const 0))",
        "(module (func (export \"decide\") (param i64 i64) (result i64) i64.const 0))",
        "(module (func (export \"decide\") (param i64) (result i64 i64) i64.const 0 i64.const 0))",
        "(module (memory (export \"decide\") 1))",
        "(module (global (export \"decide\") i64 (i64.const 0)))",
    ] {
        let refused = admit_text(wrong);
        assert!(matches!(refused, Err(AdmissionError::DecideType { .. })), "{wrong}: {refused:?}");
    }
}

#[test]
fn nothing_is_imported() {
    for import in [
        "(import \"env\" \"f\" (func))",
        "(import \"wasi_snapshot_preview1\" \"random_get\" (func (param i32 i32) (result i32)))",
        "(import \"env\" \"memory\" (memory 1))",
        "(import \"env\" \"g\" (global i32))",
        "(import \"env\" \"t\" (table 1 funcref))",
    ] {
        assert_eq!(with(import), Err(AdmissionError::Imports { count: 1 }), "{import}");
    }
}

#[test]
fn nothing_runs_before_the_first_decision() {
    let endless = "(func $f loop br 0 end) (start $f)";
    assert_eq!(with(endless), Err(AdmissionError::StartFunction));
}

#[test]
fn observations_need_a_constant_address_and_an_exported_memory() {
    let good = "(memory (export \"memory\") 1)
                (global (export \"nets_observation\") i32 (i32.const 64))";
    assert_eq!(with(good), Ok(()));
    let no_memory = "(memory 1) (global (export \"nets_observation\") i32 (i32.const 64))";
    assert_eq!(with(no_memory), Err(AdmissionError::ObservationWithoutMemory));
    for wrong in [
        "(global (export \"nets_observation\") (mut i32) (i32.const 64))",
        "(global (export \"nets_observation\") i64 (i64.const 64))",
        "(func (export \"nets_observation\"))",
    ] {
        let refused = with(&format!("(memory (export \"memory\") 1) {wrong}"));
        assert!(matches!(refused, Err(AdmissionError::ObservationType { .. })), "{refused:?}");
    }
}

#[test]
fn segments_are_active_and_in_bounds() {
    let passive = "(memory 1) (data \"x\")";
    assert_eq!(with(passive), Err(AdmissionError::PassiveSegment { index: 0 }));
    let declared = "(func $f) (elem declare func $f)";
    assert_eq!(with(declared), Err(AdmissionError::PassiveSegment { index: 0 }));
    let expressions = "(table 1 funcref) (elem (i32.const 0) funcref (ref.null func))";
    assert_eq!(with(expressions), Err(AdmissionError::ElementExpressions { index: 0 }));
    assert_eq!(with("(memory 1) (data (i32.const 65535) \"x\")"), Ok(()));
    let data = "(memory 1) (data (i32.const 65535) \"xy\")";
    let error =
        AdmissionError::SegmentOutOfBounds { kind: "data", index: 0, end: 65_537, size: 65_536 };
    assert_eq!(with(data), Err(error));
    let wrapping = "(memory 1) (data (i32.const -1) \"xy\")";
    let refused = with(wrapping);
    assert!(matches!(refused, Err(AdmissionError::SegmentOutOfBounds { .. })), "{refused:?}");
    let elements = "(table 1 funcref) (func $f) (elem (i32.const 0) $f $f)";
    let error = AdmissionError::SegmentOutOfBounds { kind: "element", index: 0, end: 2, size: 1 };
    assert_eq!(with(elements), Err(error));
}

#[test]
fn instructions_of_refused_proposals_are_named() {
    for (instruction, fields) in [
        (
            "MemoryInit",
            "(memory 1) (data $d \"x\") (func i32.const 0 i32.const 0 i32.const 0 memory.init $d)",
        ),
        ("TableGrow", "(table 1 funcref) (func ref.null func i32.const 1 table.grow drop)"),
        ("TableSize", "(table 1 funcref) (func table.size drop)"),
        ("RefNull", "(func ref.null func drop)"),
        ("TypedSelect", "(func i32.const 1 i32.const 1 i32.const 1 select (result i32) drop)"),
        ("ReturnCall", "(func $f return_call $f)"),
    ] {
        match with(fields) {
            Err(AdmissionError::ForbiddenInstruction { instruction: found, .. }) => {
                assert!(found == instruction || found == "RefNull", "{instruction}: {found}");
            }
            // A passive segment is refused where it stands, which may be before the code.
            Err(AdmissionError::PassiveSegment { .. }) => assert_eq!(instruction, "MemoryInit"),
            other => panic!("{instruction}: {other:?}"),
        }
    }
}

#[test]
fn other_proposals_are_invalid() {
    for fields in [
        "(memory 1 1 shared) (func i32.const 0 i32.atomic.load drop)",
        "(memory 1) (func i32.const 0 i32.atomic.load drop)",
        "(func (param v128) (result v128) local.get 0 local.get 0 i8x16.relaxed_swizzle)",
        "(func (param externref))",
        "(func (param funcref))",
        "(memory i64 1)",
        "(tag)",
        "(global i32 (i32.add (i32.const 1) (i32.const 2)))",
        "(global $a i32 (i32.const 1)) (global i32 (global.get $a))",
        "(type (struct))",
        "(func (result i64 i64) i64.const 0 i64.const 0 i64.const 0 i64.const 0 i64.add128)",
        "(memory 1 (pagesize 1))",
    ] {
        let refused = with(fields);
        assert!(matches!(refused, Err(AdmissionError::Invalid { .. })), "{fields}: {refused:?}");
    }
}

#[test]
fn counts_of_sections_are_limited() {
    let many = |count: u64, field: &str| field.repeat(usize::try_from(count).expect("small"));
    let text = |count: u64, field: &str| format!("(module {} {DECIDE})", many(count, field));
    text_over(limits::FUNCTIONS, 4_097, &text(4_096, "(func)"));
    text_over(limits::GLOBALS, 257, &text(257, "(global i32 (i32.const 0))"));
    let data = format!("(module (memory 1) {} {DECIDE})", many(1_025, "(data (i32.const 0) \"\")"));
    text_over(limits::DATA_SEGMENTS, 1_025, &data);
    let elements =
        format!("(module (table 1 funcref) {} {DECIDE})", many(65, "(elem (i32.const 0))"));
    text_over(limits::ELEMENT_SEGMENTS, 65, &elements);
    let exports: String = (0..64).map(|n| format!("(export \"e{n}\" (func 0))")).collect();
    text_over(limits::EXPORTS, 65, &format!("(module {exports} {DECIDE})"));
    let types: String = (0..1_025).map(|_| "(type (func (param i32)))").collect();
    text_over(limits::TYPES, 1_026, &format!("(module {types} {DECIDE})"));
    text_over(limits::MEMORIES, 2, &format!("(module (memory 1) (memory 1) {DECIDE})"));
    text_over(limits::TABLES, 2, &format!("(module (table 1 funcref) (table 1 funcref) {DECIDE})"));
}

#[test]
fn memory_and_table_are_limited() {
    assert_eq!(with("(memory 512 512)"), Ok(()));
    text_over(limits::MEMORY_SIZE, 513, &format!("(module (memory 513) {DECIDE})"));
    text_over(limits::MEMORY_SIZE, 65_536, &format!("(module (memory 65536) {DECIDE})"));
    text_over(limits::MEMORY_SIZE, 513, &format!("(module (memory 1 513) {DECIDE})"));
    assert_eq!(with("(table 4096 funcref)"), Ok(()));
    text_over(limits::TABLE_ENTRIES, 4_097, &format!("(module (table 4097 funcref) {DECIDE})"));
    let huge = format!("(module (table 10000000 funcref) {DECIDE})");
    text_over(limits::TABLE_ENTRIES, 10_000_000, &huge);
}

#[test]
fn types_are_limited() {
    let params = "(param i64)".repeat(33);
    text_over(limits::PARAMS, 33, &format!("(module (type (func {params})) {DECIDE})"));
    let results = "(result i64)".repeat(9);
    text_over(limits::RESULTS, 9, &format!("(module (type (func {results})) {DECIDE})"));
}

#[test]
fn sizes_are_limited() {
    let over_size = vec![0; (16 << 20) + 1];
    over(limits::MODULE_SIZE, (16 << 20) + 1, &over_size);
    let mut custom = wat::parse_str(format!("(module {DECIDE})")).expect("well-formed");
    let mut module = Module::new();
    module.section(&wasm_encoder::CustomSection {
        name: "names".into(),
        data: vec![0; 1 << 20].into(),
    });
    custom.extend_from_slice(&module.finish()[8..]);
    match admit(&custom) {
        Err(AdmissionError::OverLimit { limit, .. }) => assert_eq!(limit, limits::CUSTOM_SIZE),
        other => panic!("{other:?}"),
    }
}

fn nop(function: &mut Function) {
    function.instructions().nop();
}

fn empty_if(function: &mut Function) {
    function.instructions().i32_const(1).if_(BlockType::Empty).end();
}

#[test]
fn bodies_are_limited() {
    // A constant of ten bytes makes a body large with few instructions.
    let wide = repeated(13_000, |function| {
        function.instructions().i64_const(i64::MIN).drop();
    });
    match admit(&encoded(&[], wide, 1)) {
        Err(AdmissionError::OverLimit { limit, .. }) => assert_eq!(limit, limits::BODY_SIZE),
        other => panic!("{other:?}"),
    }
    assert!(admit(&encoded(&[], repeated(32_766, nop), 1)).is_ok());
    over(limits::BODY_INSTRUCTIONS, 32_769, &encoded(&[], repeated(32_767, nop), 1));
    assert!(admit(&encoded(&[], repeated(4_096, empty_if), 1)).is_ok());
    over(limits::BRANCHES, 4_097, &encoded(&[], repeated(4_097, empty_if), 1));
    let code = encoded(&[], repeated(32_000, nop), 40);
    match admit(&code) {
        Err(AdmissionError::OverLimit { limit, .. }) => assert_eq!(limit, limits::CODE_SIZE),
        other => panic!("{other:?}"),
    }
}

#[test]
fn locals_are_limited() {
    let none = |_: &mut Function| {};
    assert!(admit(&encoded(&[(1_024, ValType::I64)], none, 1)).is_ok());
    over(limits::LOCALS, 1_025, &encoded(&[(1_025, ValType::I64)], none, 1));
    over(limits::LOCALS, 49_000, &encoded(&[(49_000, ValType::I64)], none, 200));
    over(limits::LOCALS, u32::MAX.into(), &encoded(&[(u32::MAX, ValType::I64)], none, 1));
    over(limits::LOCALS_SUM, 66_560, &encoded(&[(1_024, ValType::I64)], none, 65));
}

#[test]
fn branches_times_locals_are_limited() {
    let product = |locals, branches, functions| {
        encoded(&[(locals, ValType::I64)], repeated(branches, empty_if), functions)
    };
    // The parameter counts as a local.
    assert!(admit(&product(63, 1_600, 1)).is_ok());
    over(limits::BRANCHES_TIMES_LOCALS, 1_000 * 1_001, &product(1_000, 1_000, 1));
    over(limits::BRANCHES_TIMES_LOCALS_SUM, 20 * 102_400, &product(63, 1_600, 20));
}

#[test]
fn operands_and_nesting_are_limited() {
    let deep = |height| {
        move |function: &mut Function| {
            let sink = &mut function.instructions();
            for _ in 0..height {
                sink.i32_const(1);
            }
            for _ in 0..height {
                sink.drop();
            }
        }
    };
    assert!(admit(&encoded(&[], deep(1_024), 1)).is_ok());
    over(limits::OPERAND_HEIGHT, 1_025, &encoded(&[], deep(1_025), 1));
    let nested = |depth| {
        move |function: &mut Function| {
            let sink = &mut function.instructions();
            for _ in 0..depth {
                sink.loop_(BlockType::Empty);
            }
            for _ in 0..depth {
                sink.end();
            }
        }
    };
    assert!(admit(&encoded(&[], nested(512), 1)).is_ok());
    over(limits::NESTING, 513, &encoded(&[], nested(513), 1));
    over(limits::NESTING, 513, &encoded(&[], nested(2_000), 1));
}

#[test]
fn branch_tables_are_limited() {
    let table = |targets: u32, count: u32| {
        encoded(
            &[],
            repeated(count, move |function| {
                let targets = vec![0; targets as usize];
                let sink = &mut function.instructions();
                sink.block(BlockType::Empty).local_get(0).i32_wrap_i64().br_table(targets, 0).end();
            }),
            1,
        )
    };
    assert!(admit(&table(1_024, 1)).is_ok());
    over(limits::BR_TABLE_TARGETS, 1_025, &table(1_025, 1));
    over(limits::BR_TABLE_TARGETS, 60_000, &table(60_000, 1));
    over(limits::BR_TABLE_TARGETS_SUM, 66_560, &table(1_024, 65));
}

#[test]
fn numbers_in_more_bytes_than_needed_are_allowed() {
    let text = format!("(module {DECIDE})");
    let bytes = wat::parse_str(text).expect("well-formed");
    // `local.get 0` with its index in five bytes; the body and section grow by four each.
    let short = [0x0a, 0x06, 0x01, 0x04, 0x00, 0x20, 0x00, 0x0b];
    let long = [0x0a, 0x0a, 0x01, 0x08, 0x00, 0x20, 0x80, 0x80, 0x80, 0x80, 0x00, 0x0b];
    let start = bytes.windows(short.len()).position(|window| window == short).expect("a body");
    let stretched = [&bytes[..start], &long[..], &bytes[start + short.len()..]].concat();
    let module = admit(&stretched).expect("admitted");
    assert_ne!(module.code_hash(), admit(&bytes).expect("admitted").code_hash());
    let shapes: Vec<_> = module.functions().iter().map(|function| function.shape).collect();
    let original = admit(&bytes).expect("admitted");
    assert!(original.functions().iter().map(|function| function.shape).eq(shapes));
}

#[test]
fn cut_or_changed_modules_are_refused_or_admitted_but_never_panic() {
    let bytes = wat::parse_str(nets_testkit::modules::random_agent::text(1)).expect("well-formed");
    // Cut before its names, or before its data and names, it is a module again.
    let whole = (0..bytes.len()).filter(|&length| admit(&bytes[..length]).is_ok()).count();
    assert_eq!(whole, 2);
    let (mut admitted, mut refused) = (0, 0);
    for position in 0..bytes.len() {
        for bit in [0x01, 0x10, 0x80] {
            let mut changed = bytes.clone();
            changed[position] ^= bit;
            match admit(&changed) {
                Ok(_) => admitted += 1,
                Err(_) => refused += 1,
            }
        }
    }
    assert!(admitted > 0 && refused > 0, "{admitted} admitted, {refused} refused");
}

#[test]
fn noise_is_refused() {
    let mut state = 1u64;
    for length in 0..400 {
        let mut noise = b"\0asm\x01\0\0\0".to_vec();
        noise.extend((0..length).map(|_| {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            (state >> 56) as u8
        }));
        assert!(admit(&noise).is_err(), "{noise:?}");
        assert!(admit(&noise[8..]).is_err(), "{noise:?}");
    }
}
