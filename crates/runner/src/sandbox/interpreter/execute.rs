//! The executor: one loop over the operations of the running function.
//!
//! It implements the rule literally. Before each operation its fixed fuel is subtracted from
//! what the call has left, before each function its entry fuel and its frame, and the call stops
//! the moment either does not suffice. Calls live on an explicit stack of frames, never on the
//! host's.
//!
//! Invariant: `fuel_left` plus all fuel charged is the budget, and `stack_left` plus the frames
//! of the active functions is the stack bound.

use super::function::Function;
use super::machine::{PAGE, Stop};
use super::module::Module;
use super::op::{Branch, Op, Trap};
use super::slot::{Slot, Value};
use crate::sandbox::cost;

/// Why popping cannot fail.
const VALID: &str = "validation guarantees the operand";

/// Where a calling function goes on after the call.
#[derive(Debug, Clone, Copy)]
struct Caller {
    function: u32,
    position: usize,
    base: usize,
}

/// One call into an instance, from its first to its last instruction.
pub(super) struct Execution<'a> {
    module: &'a Module,
    memory: &'a mut Vec<u8>,
    memory_pages_max: u32,
    globals: &'a mut [Slot],
    table: &'a [Option<u32>],
    stack: &'a mut Vec<Slot>,
    fuel_left: u64,
    stack_left: u32,
    callers: Vec<Caller>,
    /// The running function.
    function: &'a Function,
    function_index: u32,
    /// Position of the next operation in its code.
    position: usize,
    /// Index on the stack of its first local.
    base: usize,
}

impl<'a> Execution<'a> {
}
