//! What execution costs: the fuel of each instruction and the stack of each frame.
//!
//! The rules are defined over the *original* module, so any engine can implement them:
//!
//! * The fuel of a call is the sum of [`instruction_fuel`] over every instruction executed, plus
//!   [`entry_fuel`] for every function entered (`decide` itself included), plus [`bytes_fuel`] for
//!   each executed `memory.copy` and `memory.fill` and [`pages_fuel`] for each `memory.grow` that
//!   succeeds. All divisions round down.
//! * `block`, `loop`, `else` and `end` cost nothing, whether reached by falling into them or by a
//!   branch. Every other instruction counts once each time it is executed; an instruction in
//!   unreachable code is never executed.
//! * The stack of a call is the sum of [`frame_bytes`] over the active functions.
//!
//! A call whose fuel exceeds its budget, or whose stack exceeds
//! [`STACK_BYTES`](super::limits::STACK_BYTES) at any moment, faults, as does one that traps.
//! Invariant: the metering pass and the interpreter read their numbers here and nowhere else.

use wasmparser::Operator;

/// The version of everything that decides an agent's fuel, faults and admission.
pub const METERING_VERSION: u16 = 1;

/// Returns the fuel of executing `operator` once, without the part that depends on its operands.
pub fn instruction_fuel(operator: &Operator<'_>) -> u32 {
    use Operator as O;
    match operator {
        O::Block { .. } | O::Loop { .. } | O::Else | O::End => 0,
        O::I32DivS | O::I32DivU | O::I32RemS | O::I32RemU => 8,
        O::I64DivS | O::I64DivU | O::I64RemS | O::I64RemU => 8,
        O::F32Div | O::F32Sqrt | O::F64Div | O::F64Sqrt => 8,
        O::F32x4Div | O::F32x4Sqrt | O::F64x2Div | O::F64x2Sqrt => 16,
        O::Call { .. } | O::BrTable { .. } => 4,
        O::CallIndirect { .. } => 8,
        O::MemoryCopy { .. } | O::MemoryFill { .. } => 16,
        O::MemoryGrow { .. } => 1_024,
        _ => 1,
    }
}

/// Returns the fuel of entering a function that declares `locals` locals besides its parameters.
pub const fn entry_fuel(locals: u32) -> u32 {
    2 + locals / 4
}

/// Returns the fuel that `memory.copy` or `memory.fill` of `bytes` bytes costs besides its
/// [`instruction_fuel`], whether or not the range then turns out to be out of bounds.
pub const fn bytes_fuel(bytes: u32) -> u64 {
    (bytes >> BYTES_FUEL_SHIFT) as u64
}

/// Bytes copied or filled for one unit of fuel, as a power of two.
pub const BYTES_FUEL_SHIFT: u32 = 3;

/// Returns the fuel that a successful `memory.grow` by `pages` pages costs besides its
/// [`instruction_fuel`]; one that fails costs nothing more.
pub const fn pages_fuel(pages: u32) -> u64 {
    pages as u64 * PAGE_FUEL
}

/// Fuel for each page that `memory.grow` grants.
pub const PAGE_FUEL: u64 = 1_024;

/// What the size of a function's frame is computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FrameShape {
    /// Parameters, each one value whatever its type.
    pub params: u32,
    /// Locals declared besides the parameters.
    pub locals: u32,
    /// The greatest number of values on the operand stack after any instruction of the body, as
    /// the standard's validation algorithm counts them: from zero at the start, each value one
    /// whatever its type, and in unreachable code only what was pushed since the stack became
    /// polymorphic on top of the height at which the innermost block began.
    pub max_operand_height: u32,
    /// Instructions of the body, each `block`, `loop`, `else` and `end` (the last one too) being
    /// one.
    pub instructions: u32,
}

/// Returns the bytes of logical stack that one activation of a function takes.
///
/// Compilers keep hoisted values in the frame, as many as the body has instructions, so locals and
/// operands alone would not bound it.
pub const fn frame_bytes(shape: FrameShape) -> u32 {
    let values = shape.params + shape.locals + shape.max_operand_height;
    64 + 16 * values + 8 * shape.instructions
}
