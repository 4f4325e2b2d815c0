//! The numbers of SPEC.md, section 7, are the constants of `cost` and `limits`.
//!
//! The tables are read from the document as it is published. To change a number, change both: the
//! document and the constant, and with them the metering version and the vectors, since agents
//! would fare differently. To add an instruction or a limit, add it to the document's table, to
//! `instruction_fuel` or `limits::ALL`, and where a row has new words, to the words known here.

use nets_runner::sandbox::METERING_VERSION;
use nets_runner::sandbox::cost::{
    BYTES_FUEL_SHIFT, FrameShape, PAGE_FUEL, bytes_fuel, entry_fuel, frame_bytes, instruction_fuel,
    pages_fuel,
};
use nets_runner::sandbox::limits::{self, Limit};
use wasmparser::{
    BinaryReader, BlockType, BrTable, Ieee32, Ieee64, MemArg, Operator, OperatorsReader, V128,
};

const SPEC: &str = include_str!("../../../../SPEC.md");

/// The text of a section, from its heading to the next of any level.
fn section(number: &str) -> &'static str {
    let start = SPEC.find(&format!("\n### {number} ")).expect("SPEC.md has the section");
    let body = &SPEC[start + 1..];
    body.split_once("\n#").map_or(body, |(section, _)| section)
}

/// The rows of a section's only table without its head, each as its cells.
fn rows(section: &'static str) -> Vec<[&'static str; 2]> {
    let lines = section.lines().filter_map(|line| line.strip_prefix("| "));
    let cells = lines.map(|line| line.trim_end_matches(" |").split_once(" | ").expect("two cells"));
    cells.skip(1).map(|(label, value)| [label, value]).collect()
}

/// A number as the document writes it, with commas and perhaps a unit of bytes.
fn number(text: &str) -> u64 {
    let (digits, unit) = text.split_once(' ').unwrap_or((text, ""));
    let digits: u64 = digits.replace(',', "").parse().expect("a number");
    match unit {
        "MiB" => digits << 20,
        "KiB" => digits << 10,
        "" | "instructions" => digits,
        unknown => panic!("{text}: the unit {unknown} is not known"),
    }
}

/// A number as the document writes it.
fn grouped(number: u64) -> String {
    match number {
        0..1_000 => number.to_string(),
        _ => format!("{},{:03}", grouped(number / 1_000), number % 1_000),
    }
}

/// Says whether words of the fuel table mean an instruction.
fn covers(words: &str, instruction: &str) -> bool {
    let of = |types: &[&str], operations: &[&str]| {
        instruction.split_once('_').is_some_and(|(of_type, operation)| {
            types.contains(&of_type) && operations.contains(&operation)
        })
    };
    match words {
        "integer division and remainder" => {
            of(&["i32", "i64"], &["div_s", "div_u", "rem_s", "rem_u"])
        }
        "scalar float division and square root" => of(&["f32", "f64"], &["div", "sqrt"]),
        "vector division and square root" => of(&["f32x4", "f64x2"], &["div", "sqrt"]),
        code => {
            let name = code.strip_prefix('`').and_then(|code| code.strip_suffix('`'));
            let name =
                name.unwrap_or_else(|| panic!("{words:?} are words that the test must learn"));
            name.replace('.', "_") == instruction
        }
    }
}

/// A value to make an instruction with; its cost does not depend on it.
trait Sample {
    fn sample() -> Self;
}

macro_rules! samples {
    ($($type:ty => $value:expr;)*) => {
        $(impl Sample for $type {
            fn sample() -> Self {
                $value
            }
        })*
    };
}

samples! {
    u8 => 0;
    u32 => 0;
    i32 => 0;
    i64 => 0;
    [u8; 16] => [0; 16];
    BlockType => BlockType::Empty;
    Ieee32 => 0f32.into();
    Ieee64 => 0f64.into();
    MemArg => MemArg { align: 0, max_align: 0, offset: 0, memory: 0 };
    BrTable<'_> => match read(&[0x0e, 0, 0]) {
        Operator::BrTable { targets } => targets,
        other => panic!("{other:?}"),
    };
    V128 => match read(&[0xfd, 0x0c, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) {
        Operator::V128Const { value } => value,
        other => panic!("{other:?}"),
    };
}

fn read(code: &'static [u8]) -> Operator<'static> {
    OperatorsReader::new(BinaryReader::new(code, 0)).read().expect("an instruction")
}

/// Every instruction that agents may use, by its name with underscores.
fn instructions() -> Vec<(&'static str, Operator<'static>)> {
    macro_rules! allowed {
        ($(@$proposal:ident $op:ident $({ $($arg:ident: $type:ty),* })?
            => $visit:ident ($($rest:tt)*))*) => {
            [$(allowed!(of $proposal $op $({ $($arg)* })? $visit)),*]
        };
        (of mvp $($rest:tt)*) => { allowed!(one $($rest)*) };
        (of sign_extension $($rest:tt)*) => { allowed!(one $($rest)*) };
        (of saturating_float_to_int $($rest:tt)*) => { allowed!(one $($rest)*) };
        (of simd $($rest:tt)*) => { allowed!(one $($rest)*) };
        (of bulk_memory MemoryCopy $($rest:tt)*) => { allowed!(one MemoryCopy $($rest)*) };
        (of bulk_memory MemoryFill $($rest:tt)*) => { allowed!(one MemoryFill $($rest)*) };
        (of $proposal:ident $($rest:tt)*) => { None };
        (one $op:ident $({ $($arg:ident)* })? $visit:ident) => {
            Some((stringify!($visit), Operator::$op $({ $($arg: Sample::sample()),* })?))
        };
    }
    let all = wasmparser::for_each_operator!(allowed);
    let named = all.into_iter().flatten();
    named.map(|(visit, operator)| (visit.trim_start_matches("visit_"), operator)).collect()
}

#[test]
fn the_fuel_of_every_instruction_is_that_of_its_row() {
    let instructions = instructions();
    assert!(instructions.len() > 400, "only {} instructions", instructions.len());
    let rows = rows(section("7.3"));
    let (others, named) = rows.split_last().expect("a table");
    assert_eq!(others[0], "every other");
    let mut rest = instructions.clone();
    for [label, fuel] in named {
        let words = label.split(';').flat_map(|part| part.split(", ")).map(str::trim);
        for words in words {
            let meant = |name: &&str| covers(words, name);
            let of_row: Vec<_> = rest.extract_if(.., |(name, _)| meant(&&**name)).collect();
            assert!(!of_row.is_empty(), "SPEC.md: {words} is no instruction, or in two rows");
            for (name, operator) in of_row {
                assert_eq!(u64::from(instruction_fuel(&operator)), number(fuel), "{name}");
            }
        }
    }
    for (name, operator) in rest {
        assert_eq!(u64::from(instruction_fuel(&operator)), number(others[1]), "{name}");
    }
}

#[test]
fn the_fuel_of_entering_copying_and_growing_is_what_the_text_says() {
    let text = section("7.3");
    // What the functions say is written as the document writes it, and must be found there.
    let entry_step = (1..).find(|&locals| entry_fuel(locals) > entry_fuel(0)).expect("a step");
    for sentence in [
        format!("plus `{} + locals div {entry_step}` for every function entered", entry_fuel(0)),
        format!("plus `n div {}` for each `memory.copy` or `memory.fill`", 1 << BYTES_FUEL_SHIFT),
        format!("plus {} for each page that `memory.grow` grants", grouped(PAGE_FUEL)),
        format!("Metering is version {METERING_VERSION}."),
    ] {
        assert!(text.contains(&sentence), "SPEC.md, 7.3 does not say: {sentence}");
    }
    for amount in [0, 1, 3, 4, 7, 8, 1_023, 1_024, 65_536, u32::MAX] {
        assert_eq!(entry_fuel(amount), entry_fuel(0) + amount / entry_step);
        assert_eq!(bytes_fuel(amount), u64::from(amount) / (1 << BYTES_FUEL_SHIFT));
        assert_eq!(pages_fuel(amount), u64::from(amount) * PAGE_FUEL);
    }
}

#[test]
fn the_frame_and_the_stack_are_what_the_text_says() {
    let shape = |params, locals, max_operand_height, instructions| FrameShape {
        params,
        locals,
        max_operand_height,
        instructions,
    };
    let empty = frame_bytes(shape(0, 0, 0, 0));
    let value = frame_bytes(shape(1, 0, 0, 0)) - empty;
    let instruction = frame_bytes(shape(0, 0, 0, 1)) - empty;
    for [params, locals, height, instructions] in
        [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [32, 1_024, 1_024, 32_768]]
    {
        let expected = empty + value * (params + locals + height) + instruction * instructions;
        assert_eq!(frame_bytes(shape(params, locals, height, instructions)), expected);
    }
    let text = section("7.3");
    for sentence in [
        format!(
            "The frame of a function is `{empty} + {value} · (parameters + locals + greatest \
             operand height) + {instruction} · instructions` bytes"
        ),
        format!("or its stack exceeds {} MiB.", limits::STACK_BYTES >> 20),
    ] {
        assert!(text.contains(&sentence), "SPEC.md, 7.3 does not say: {sentence}");
    }
    assert_eq!(limits::STACK_BYTES % (1 << 20), 0);
}

#[test]
fn every_limit_is_what_its_row_says() {
    let meant: &[(&str, &[Limit])] = &[
        ("module · custom sections", &[limits::MODULE_SIZE, limits::CUSTOM_SIZE]),
        (
            "code section · body of a function",
            &[limits::CODE_SIZE, limits::BODY_SIZE, limits::BODY_INSTRUCTIONS],
        ),
        ("branches (`loop`, `if`, `br`, `br_if`, `br_table`) of a function", &[limits::BRANCHES]),
        (
            "branches × locals (parameters included), of a function · of all",
            &[limits::BRANCHES_TIMES_LOCALS, limits::BRANCHES_TIMES_LOCALS_SUM],
        ),
        (
            "functions · types · globals · exports",
            &[limits::FUNCTIONS, limits::TYPES, limits::GLOBALS, limits::EXPORTS],
        ),
        ("parameters · results of a type", &[limits::PARAMS, limits::RESULTS]),
        ("locals of a function · of all", &[limits::LOCALS, limits::LOCALS_SUM]),
        ("operand height · nesting", &[limits::OPERAND_HEIGHT, limits::NESTING]),
        (
            "`br_table` targets, of one · of all (the default not counted)",
            &[limits::BR_TABLE_TARGETS, limits::BR_TABLE_TARGETS_SUM],
        ),
        ("data · element segments", &[limits::DATA_SEGMENTS, limits::ELEMENT_SEGMENTS]),
        (
            "tables · entries · memories · pages, initial and maximum",
            &[limits::TABLES, limits::TABLE_ENTRIES, limits::MEMORIES, limits::MEMORY_SIZE],
        ),
    ];
    let rows = rows(section("7.4"));
    let labels: Vec<_> = rows.iter().map(|[label, _]| *label).collect();
    let known: Vec<_> = meant.iter().map(|(label, _)| *label).collect();
    assert_eq!(labels, known, "the rows of SPEC.md, 7.4 and those that the test knows");
    for ([label, values], (_, limits)) in rows.iter().zip(meant) {
        let values = values.split(" · ").flat_map(|value| value.split(" and ")).map(number);
        let constants = limits.iter().map(|limit| limit.value);
        assert!(
            values.clone().eq(constants),
            "{label}: {:?}, {limits:?}",
            values.collect::<Vec<_>>()
        );
    }
    let listed: Vec<_> = meant.iter().flat_map(|(_, limits)| *limits).copied().collect();
    for limit in limits::ALL {
        let count = listed.iter().filter(|listed| *listed == limit).count();
        assert_eq!(count, 1, "SPEC.md, 7.4 has {} {count} times", limit.name);
    }
    assert_eq!(listed.len(), limits::ALL.len());
}

#[test]
fn memory_grows_to_the_pages_that_the_text_says() {
    let sentence =
        format!("the declared maximum or {} pages would be exceeded", limits::MEMORY_PAGES);
    assert!(section("7.2").contains(&sentence), "SPEC.md, 7.2 does not say: {sentence}");
}
