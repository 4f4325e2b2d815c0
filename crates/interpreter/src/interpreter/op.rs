//! The instructions that the interpreter executes, one flat array of them for each function.
//!
//! A WebAssembly instruction becomes at most one [`Instr`]; `block`, `loop` and `end` become
//! none, because branches are resolved to positions. Everything that only maps values to values
//! is a function pointer, so that the tables in `lower` are the semantics and the executor has
//! nothing to say about arithmetic.
//!
//! Invariant: an [`Instr`] carries the full fixed price of the original instruction it stands
//! for; what depends on operands is charged by the executor.

use super::slot::Slot;

/// Why an instruction trapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trap {
    /// `unreachable` was executed.
    Unreachable,
    /// An integer was divided by zero.
    DivisionByZero,
    /// The result does not fit its integer type.
    IntegerOverflow,
    /// A NaN was converted to an integer.
    InvalidConversion,
    /// A memory access reaches past the end of the memory.
    MemoryOutOfBounds,
    /// An indirect call's index is not inside the table.
    TableOutOfBounds,
    /// An indirect call met an empty table entry.
    UninitializedElement,
    /// An indirect call met a function of another type.
    IndirectCallTypeMismatch,
}

/// Where a branch goes and what it takes along.
#[derive(Debug, Clone, Copy)]
pub(super) struct Branch {
    /// Position in the function's code.
    pub(super) target: u32,
    /// Slots of the frame, locals included, that stay below the kept values.
    pub(super) height: u32,
    /// How many values from the top of the stack go along.
    pub(super) keep: u32,
}

/// Puts its result in the place of the slot, as slots are large and most results small.
pub(super) type UnaryFn = fn(&mut Slot);
/// Puts its result in the place of the first slot.
pub(super) type BinaryFn = fn(&mut Slot, &Slot);
pub(super) type TernaryFn = fn(Slot, Slot, Slot) -> Slot;
pub(super) type TrappingUnaryFn = fn(Slot) -> Result<Slot, Trap>;
pub(super) type TrappingBinaryFn = fn(Slot, Slot) -> Result<Slot, Trap>;
/// Puts its result into the slot.
pub(super) type LoadFn = fn(&[u8], u64, &mut Slot) -> Result<(), Trap>;
pub(super) type StoreFn = fn(&mut [u8], u64, Slot) -> Result<(), Trap>;
pub(super) type ExtractLaneFn = fn(Slot, u32) -> Slot;
pub(super) type ReplaceLaneFn = fn(Slot, Slot, u32) -> Slot;

/// One executable operation.
#[derive(Debug, Clone, Copy)]
pub(super) enum Op {
    Unreachable,
    /// Go to a position without touching the stack: the end of a taken `if` arm.
    Jump(u32),
    /// Pop a condition; go to the position if it is zero: `if`.
    JumpIfZero(u32),
    Branch(Branch),
    BranchIf(Branch),
    /// Pop an index into `count` entries of the function's branch pool; the last is the default.
    BranchTable {
        first: u32,
        count: u32,
    },
    Return,
    Call(u32),
    /// Pop a table index; the function found there must have this canonical type.
    CallIndirect {
        function_type: u32,
    },
    LocalGet(u32),
    LocalSet(u32),
    LocalTee(u32),
    /// Push an entry of the function's vector pool.
    ConstVector(u32),
    /// Pick bytes of two vectors by the indices in an entry of the function's vector pool.
    Shuffle(u32),
    // What follows needs nothing of the function it is in; execution simply goes on after it.
    /// Costs fuel and does nothing: `nop`, and reinterpretations of the same bits.
    Nop,
    Drop,
    Select,
    GlobalGet(u32),
    GlobalSet(u32),
    Const(u64),
    Unary(UnaryFn),
    Binary(BinaryFn),
    Ternary(TernaryFn),
    TrappingUnary(TrappingUnaryFn),
    TrappingBinary(TrappingBinaryFn),
    ExtractLane {
        lane: u32,
        extract: ExtractLaneFn,
    },
    ReplaceLane {
        lane: u32,
        replace: ReplaceLaneFn,
    },
    Load {
        offset: u32,
        load: LoadFn,
    },
    Store {
        offset: u32,
        store: StoreFn,
    },
    /// Load `bytes` bytes into one lane of a vector.
    LoadLane {
        offset: u32,
        lane: u8,
        bytes: u8,
    },
    /// Store one lane of `bytes` bytes.
    StoreLane {
        offset: u32,
        lane: u8,
        bytes: u8,
    },
    MemorySize,
    MemoryGrow,
    MemoryCopy,
    MemoryFill,
}

/// An operation and the fixed fuel it costs each time it is executed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Instr {
    pub(super) op: Op,
    pub(super) cost: u32,
}
