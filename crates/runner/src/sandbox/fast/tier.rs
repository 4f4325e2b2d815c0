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

impl Tier {
    /// Returns the tier for a module.
    pub fn for_module(module: &AdmittedModule) -> Self {
        let estimate: u64 = module.functions().iter().map(compile_micros).sum();
        if estimate > PATIENCE_MICROS { Self::LinearTime } else { Self::Optimising }
    }
}

/// Estimates the time to optimise a function, in microseconds, at the worst rates measured.
fn compile_micros(function: &Function) -> u64 {
    let shape = function.shape;
    let instructions = u64::from(shape.instructions);
    let branches = u64::from(function.branches);
    let locals = u64::from(shape.params + shape.locals);
    let each = 60 + instructions;
    // Values hoisted out of a loop all live through it: 30,000 of them take 2.6 s.
    let hoisted = if function.loop_depths == 0 { 0 } else { instructions * instructions / 333 };
    // 2,000 ifs in each of 20 functions take 2 s.
    let joins = branches * branches / 40;
    // Each branch may carry each local: 64 by 1,600 take 0.3 s.
    let carried = branches * locals * 3;
    // 2,000 loops inside each other take 9 s.
    let nested = u64::from(function.loop_depths) * 5;
    // Every value that is live across a call is saved for it: 160 calls over 1,000 values in each
    // of 1,000 functions take 40 s.
    let saved = u64::from(function.calls) * (locals + u64::from(shape.max_operand_height)) / 4;
    each + hoisted + joins + carried + nested + saved
}
