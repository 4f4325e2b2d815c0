//! Which compiler a module gets: the optimising one unless it would take too long.
//!
//! Admission keeps modules small, but an optimising compiler is quadratic in places and a few
//! kilobytes can still keep it busy for a minute. The estimate charges each such place at the
//! worst rate measured, so a module made to be slow is sent to the compiler that takes linear
//! time, and one that merely looks slow only loses speed.
//! Invariant: the choice depends on the module alone and changes nothing but speed.

use crate::sandbox::module::{AdmittedModule, Function};

/// One of wasmtime's compilers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Cranelift: fast code.
    Optimising,
    /// Winch: code that is 1.4 to 4 times slower, compiled in linear time.
    LinearTime,
}

/// The estimated time above which a module is not worth optimising, in microseconds.
const PATIENCE_MICROS: u64 = 10_000_000;

/// The estimated time up to which a module is compiled without a worker, in microseconds: so
/// little that a process for each of thousands of small agents would cost more than it protects.
const UNWATCHED_MICROS: u64 = 100_000;

impl Tier {
    /// Returns the tier for a module.
    pub fn for_module(module: &AdmittedModule) -> Self {
        if estimate_micros(module) > PATIENCE_MICROS { Self::LinearTime } else { Self::Optimising }
    }

    /// Returns the tiers in the order in which they are tried on a module.
    ///
    /// The linear-time compiler lacks some instructions on some machines, so the optimising one
    /// comes second even for a module that is likely to be too much for it.
    pub(super) fn in_order(module: &AdmittedModule) -> [Self; 2] {
        match Self::for_module(module) {
            Self::Optimising => [Self::Optimising, Self::LinearTime],
            Self::LinearTime => [Self::LinearTime, Self::Optimising],
        }
    }

    /// Returns the tier's name among a compile worker's arguments.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Optimising => "optimising",
            Self::LinearTime => "linear-time",
        }
    }

    /// Returns the tier that a compile worker's argument names.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        [Self::Optimising, Self::LinearTime].into_iter().find(|tier| tier.word() == word)
    }
}

/// Says whether a module might keep a compiler busy for long enough to have it watched.
pub(super) fn is_to_be_watched(module: &AdmittedModule) -> bool {
    estimate_micros(module) > UNWATCHED_MICROS
}

/// Estimates the time to optimise a module, in microseconds, at the worst rates measured.
fn estimate_micros(module: &AdmittedModule) -> u64 {
    // 1,000 types of 32 parameters take 0.5 s.
    let types = 500 * module.types().len() as u64;
    types + module.functions().iter().map(function_micros).sum::<u64>()
}

/// Estimates the time to optimise a function, in microseconds, at the worst rates measured.
fn function_micros(function: &Function) -> u64 {
    let shape = function.shape;
    let [instructions, branches, calls, indirect_calls, grows, copies, targets] = [
        shape.instructions,
        function.branches,
        function.calls,
        function.indirect_calls,
        function.grows,
        function.copies,
        function.br_table_targets,
    ]
    .map(u64::from);
    let locals = u64::from(shape.params + shape.locals);
    let values = locals + u64::from(shape.max_operand_height);
    // 1,500 empty functions take 0.23 s, 60,000 loads 0.18 s, 65,536 targets 0.15 s.
    let each = 150 + instructions * 3 + targets * 3;
    // Values hoisted out of a loop all live through it: 30,000 of them take 2.6 s.
    let hoisted = if function.loop_depths == 0 { 0 } else { instructions * instructions / 333 };
    // The pass writes branches around what it charges by the operand, and an indirect call is
    // checked: 1,000 grows or indirect calls take 0.13 s, 4,000 of them 1.1 s, copies a quarter.
    let checked = indirect_calls + grows;
    let expanded = checked * 60 + copies * 30;
    // 2,000 ifs in each of 20 functions take 2 s.
    let joined = branches + checked * 2 + copies;
    let joins = joined * joined / 40;
    // Each branch may carry each local: 64 by 1,600 take 0.3 s.
    let carried = branches * locals * 3;
    // 2,000 loops inside each other take 9 s.
    let nested = u64::from(function.loop_depths) * 5;
    // 6,000 instructions over 1,000 values take 0.08 s.
    let live = instructions * values / 250;
    // Every value that is live across a call is saved for it: 160 calls over 1,000 values in each
    // of 1,000 functions take 40 s.
    let saved = calls * (20 + values / 4);
    each + hoisted + expanded + joins + carried + nested + live + saved
}
