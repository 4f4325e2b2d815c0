//! Every limit the protocol puts on an agent's module and on one call of it.
//!
//! This file owns the numbers and the reason for each; `admission` and `metering` enforce them.
//! The numbers lie far below what any engine accepts, so that no engine's own limit is ever the
//! one that decides, and compiling an admitted module stays cheap. "Real maximum" in a reason is
//! the largest value seen in SQLite and Stockfish compiled to WebAssembly.
//! Invariant: a limit is part of the protocol, so changing one changes
//! [`METERING_VERSION`](super::cost::METERING_VERSION).

/// One limit of the protocol: at most `value` `unit`s of `name`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// What is counted, for example "module size".
    pub name: &'static str,
    /// The largest allowed value.
    pub value: u64,
    /// What one unit of the value is, for example "bytes".
    pub unit: &'static str,
    /// Why the limit is what it is.
    pub reason: &'static str,
}

impl Limit {
    const fn new(name: &'static str, value: u64, unit: &'static str, reason: &'static str) -> Self {
        Self { name, value, unit, reason }
    }
}

/// Bytes in a page of WebAssembly memory.
pub const PAGE_BYTES: u64 = 65_536;

/// The most pages a memory can hold, whatever the module declares: 32 MiB.
pub const MEMORY_PAGES: u32 = 512;

/// The bytes of logical stack that one call may use, summed over its active functions.
///
/// A frame's size is [`frame_bytes`](super::cost::frame_bytes). The largest native frame found is
/// 0.94 of that, so a native stack of four times this limit is never what runs out.
pub const STACK_BYTES: u32 = 16 * 1024 * 1024;

/// The whole file, weights included.
pub const MODULE_SIZE: Limit = Limit::new(
    "module size",
    16 << 20,
    "bytes",
    "room for weights; 16 MiB of data compile in 16 ms",
);

/// All custom sections together; they are dropped before the module runs.
pub const CUSTOM_SIZE: Limit =
    Limit::new("custom sections", 1 << 20, "bytes", "names and debug information do not play");

/// The code section.
pub const CODE_SIZE: Limit = Limit::new(
    "code section",
    1 << 20,
    "bytes",
    "about 1 s to compile at 1 us an instruction; Stockfish has 0.58 MB, SQLite 0.68 MB",
);

/// One function's body.
pub const BODY_SIZE: Limit =
    Limit::new("function body", 128 << 10, "bytes", "compile time grows faster than the body");

/// Instructions in one function, every `block`, `else` and `end` included.
pub const BODY_INSTRUCTIONS: Limit = Limit::new(
    "instructions of a function",
    32_768,
    "instructions",
    "compile time grows faster than the body; real maximum 21,000",
);

/// `loop`, `if`, `br`, `br_if` and `br_table` instructions in one function.
pub const BRANCHES: Limit = Limit::new(
    "branches of a function",
    4_096,
    "branches",
    "compile time is quadratic in branches; real maximum 2,141",
);

/// Branches times locals (parameters included) of one function.
pub const BRANCHES_TIMES_LOCALS: Limit = Limit::new(
    "branches times locals of a function",
    262_144,
    "branch-locals",
    "27 KB of code with 1,000 of each take 20 s to compile; real maximum 113,000",
);

/// Branches times locals, summed over all functions.
pub const BRANCHES_TIMES_LOCALS_SUM: Limit = Limit::new(
    "branches times locals of all functions",
    2_000_000,
    "branch-locals",
    "bounds the compile time of the whole module; real maximum 881,000",
);

/// Functions.
pub const FUNCTIONS: Limit = Limit::new(
    "functions",
    4_096,
    "functions",
    "each takes 40 to 100 us to compile, even empty; SQLite has 2,216",
);

/// Function types.
pub const TYPES: Limit =
    Limit::new("types", 1_024, "types", "99,000 types take 4.8 s to compile on their own");

/// Globals.
pub const GLOBALS: Limit =
    Limit::new("globals", 256, "globals", "each is initialised in every fresh instance");

/// Exports.
pub const EXPORTS: Limit = Limit::new("exports", 64, "exports", "the protocol reads three");

/// Parameters of one function type.
pub const PARAMS: Limit = Limit::new(
    "parameters of a type",
    32,
    "values",
    "4 KB of calls with 900 values grow to 5.8 MB of code; real maximum 15",
);

/// Results of one function type.
pub const RESULTS: Limit =
    Limit::new("results of a type", 8, "values", "as for parameters; real maximum 1");

/// Locals that one function declares besides its parameters.
pub const LOCALS: Limit = Limit::new(
    "locals of a function",
    1_024,
    "locals",
    "each is zeroed on entry and costs the compiler a value per branch; real maximum 90",
);

/// Declared locals, summed over all functions.
pub const LOCALS_SUM: Limit = Limit::new(
    "locals of all functions",
    65_536,
    "locals",
    "a few bytes can declare thousands of locals in each function",
);

/// Operand stack height of one function, in values.
pub const OPERAND_HEIGHT: Limit = Limit::new(
    "operand height of a function",
    1_024,
    "values",
    "bounds its frame; real maximum 24",
);

/// Blocks, loops and ifs open at the same time within one function.
pub const NESTING: Limit = Limit::new(
    "nesting of a function",
    512,
    "blocks",
    "2,000 nested loops take 3.4 s to compile; real maximum 292",
);

/// Targets of one `br_table`, its default not counted.
pub const BR_TABLE_TARGETS: Limit =
    Limit::new("br_table targets", 1_024, "targets", "engines refuse a million; real maximum 348");

/// Targets of all `br_table` instructions of the module, defaults not counted.
pub const BR_TABLE_TARGETS_SUM: Limit = Limit::new(
    "br_table targets of all functions",
    65_536,
    "targets",
    "bounds the compile time of the whole module",
);

/// Data segments.
pub const DATA_SEGMENTS: Limit = Limit::new(
    "data segments",
    1_024,
    "segments",
    "99,000 segments take 7.6 s to compile and 45 ms per fresh instance",
);

/// Element segments.
pub const ELEMENT_SEGMENTS: Limit =
    Limit::new("element segments", 64, "segments", "each is copied into every fresh instance");

/// Tables.
pub const TABLES: Limit = Limit::new("tables", 1, "tables", "compilers emit one");

/// Entries of the table.
pub const TABLE_ENTRIES: Limit =
    Limit::new("table size", 4_096, "entries", "one for each allowed function");

/// Memories.
pub const MEMORIES: Limit = Limit::new("memories", 1, "memories", "compilers emit one");

/// Pages of the memory, as declared at the start and at most.
pub const MEMORY_SIZE: Limit = Limit::new(
    "memory size",
    MEMORY_PAGES as u64,
    "pages",
    "touching 32 MiB takes 23 ms of each match; cache misses cost far more than their fuel",
);

/// Every limit on a module, in the order in which they are documented.
pub const ALL: &[Limit] = &[
    MODULE_SIZE,
    CUSTOM_SIZE,
    CODE_SIZE,
    BODY_SIZE,
    BODY_INSTRUCTIONS,
    BRANCHES,
    BRANCHES_TIMES_LOCALS,
    BRANCHES_TIMES_LOCALS_SUM,
    FUNCTIONS,
    TYPES,
    GLOBALS,
    EXPORTS,
    PARAMS,
    RESULTS,
    LOCALS,
    LOCALS_SUM,
    OPERAND_HEIGHT,
    NESTING,
    BR_TABLE_TARGETS,
    BR_TABLE_TARGETS_SUM,
    DATA_SEGMENTS,
    ELEMENT_SEGMENTS,
    TABLES,
    TABLE_ENTRIES,
    MEMORIES,
    MEMORY_SIZE,
];
