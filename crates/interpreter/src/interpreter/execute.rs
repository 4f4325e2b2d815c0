//! The executor: one loop over the operations of the running function.
//!
//! It implements the rule literally. Before each operation its fixed fuel is subtracted from
//! what the call has left, before each function its entry fuel and its frame, and the call stops
//! the moment either does not suffice. Calls live on an explicit stack of frames, never on the
//! host's.
//!
//! Invariant: `fuel_left` plus all fuel charged is the budget, and `stack_left` plus the frames
//! of the active functions is the stack bound.

use alloc::vec::Vec;
use core::ops::Range;
use core::slice;

use super::function::Function;
use super::machine::{PAGE, State, Stop};
use super::module::Module;
use super::op::{Branch, Instr, Op, Trap};
use super::slot::{Slot, Value};
use crate::cost;

/// Why popping and going on cannot fail.
const VALID: &str = "validation guarantees the operand, and `Return` the end of the code";

/// A function that is running, or waiting for one that it has called.
#[derive(Debug)]
struct Activation<'a> {
    function: &'a Function,
    /// The operations that come next in its code.
    next: slice::Iter<'a, Instr>,
    /// Index on the stack of its first local.
    base: usize,
}

impl Activation<'_> {
    /// Goes on at a position of the code.
    fn go_to(&mut self, position: u32) {
        self.next = self.function.code[position as usize..].iter();
    }
}

/// One call into an instance, from its first to its last instruction.
#[derive(Debug)]
pub(super) struct Execution<'a> {
    module: &'a Module,
    state: &'a mut State,
    fuel_left: u64,
    stack_left: u32,
    callers: Vec<Activation<'a>>,
}

impl<'a> Execution<'a> {
    /// A call that may use `budget` fuel and `stack_bytes` bytes of logical stack.
    pub(super) fn new(
        module: &'a Module,
        state: &'a mut State,
        budget: u64,
        stack_bytes: u32,
    ) -> Self {
        let (fuel_left, stack_left) = (budget, stack_bytes);
        Self { module, state, fuel_left, stack_left, callers: Vec::new() }
    }

    /// Runs function `index`, whose arguments are all that is on the stack, and leaves its
    /// results there. Returns the fuel that is left.
    pub(super) fn run(mut self, index: u32) -> Result<u64, Stop> {
        let mut running = self.enter(index)?;
        loop {
            let instr = running.next.next().expect(VALID);
            self.spend(instr.cost.into())?;
            match instr.op {
                Op::Unreachable => return Err(Trap::Unreachable.into()),
                Op::Jump(target) => running.go_to(target),
                Op::JumpIfZero(target) => {
                    if self.pop::<u32>() == 0 {
                        running.go_to(target);
                    }
                }
                Op::Branch(branch) => self.branch(&mut running, branch),
                Op::BranchIf(branch) => {
                    if self.pop::<u32>() != 0 {
                        self.branch(&mut running, branch);
                    }
                }
                Op::BranchTable { first, count } => {
                    let choice = first + self.pop::<u32>().min(count - 1);
                    let branch = running.function.branches[choice as usize];
                    self.branch(&mut running, branch);
                }
                Op::Return => match self.leave(running) {
                    Some(caller) => running = caller,
                    None => return Ok(self.fuel_left),
                },
                Op::Call(callee) => running = self.call(running, callee)?,
                Op::CallIndirect { function_type } => {
                    let callee = self.indirect_callee(function_type)?;
                    running = self.call(running, callee)?;
                }
                Op::LocalGet(index) => {
                    let slot = self.state.stack[running.base + index as usize];
                    self.push(slot);
                }
                Op::LocalSet(index) => {
                    let slot = self.pop();
                    self.state.stack[running.base + index as usize] = slot;
                }
                Op::LocalTee(index) => {
                    let slot = *self.top();
                    self.state.stack[running.base + index as usize] = slot;
                }
                Op::ConstVector(index) => {
                    self.push(running.function.vectors[index as usize]);
                }
                Op::Shuffle(index) => self.shuffle(running.function.vectors[index as usize]),
                op => self.plain(op)?,
            }
        }
    }

    /// Executes an operation that needs nothing of the running function but its operands.
    #[inline(always)]
    fn plain(&mut self, op: Op) -> Result<(), Stop> {
        match op {
            Op::Nop => {}
            Op::Drop => drop(self.pop::<Slot>()),
            Op::Select => self.select(),
            Op::GlobalGet(index) => self.push(self.state.globals[index as usize]),
            Op::GlobalSet(index) => self.state.globals[index as usize] = self.pop(),
            Op::Const(bits) => self.push(bits),
            Op::Unary(f) => f(self.top()),
            Op::Binary(f) => {
                let [left, right] = self.state.stack.last_chunk_mut().expect(VALID);
                f(left, right);
                self.state.stack.pop();
            }
            Op::Ternary(f) => {
                let third = self.pop();
                let second = self.pop();
                let first = self.top();
                *first = f(*first, second, third);
            }
            Op::TrappingUnary(f) => self.unary(f)?,
            Op::TrappingBinary(f) => self.binary(f)?,
            Op::ExtractLane { lane, extract } => {
                let top = self.top();
                *top = extract(*top, lane);
            }
            Op::ReplaceLane { lane, replace } => {
                let value = self.pop();
                let top = self.top();
                *top = replace(*top, value, lane);
            }
            Op::Load { offset, load } => {
                let State { memory, stack, .. } = &mut *self.state;
                let slot = stack.last_mut().expect(VALID);
                load(memory, address(*slot, offset), slot)?;
            }
            Op::Store { offset, store } => {
                let value = self.pop();
                let address = self.pop_address(offset);
                store(&mut self.state.memory, address, value)?;
            }
            Op::LoadLane { offset, lane, bytes } => self.load_lane(offset, lane, bytes)?,
            Op::StoreLane { offset, lane, bytes } => self.store_lane(offset, lane, bytes)?,
            Op::MemorySize => self.push(self.pages()),
            Op::MemoryGrow => self.grow()?,
            Op::MemoryCopy => self.copy()?,
            Op::MemoryFill => self.fill()?,
            // These need the running function, so `run` executes them.
            Op::Unreachable
            | Op::Jump(_)
            | Op::JumpIfZero(_)
            | Op::Branch(_)
            | Op::BranchIf(_)
            | Op::BranchTable { .. }
            | Op::Return
            | Op::Call(_)
            | Op::CallIndirect { .. }
            | Op::LocalGet(_)
            | Op::LocalSet(_)
            | Op::LocalTee(_)
            | Op::ConstVector(_)
            | Op::Shuffle(_) => {}
        }
        Ok(())
    }

    fn unary(&mut self, f: impl Fn(Slot) -> Result<Slot, Trap>) -> Result<(), Trap> {
        let top = self.top();
        *top = f(*top)?;
        Ok(())
    }

    fn binary(&mut self, f: impl Fn(Slot, Slot) -> Result<Slot, Trap>) -> Result<(), Trap> {
        let right = self.pop();
        self.unary(|left| f(left, right))
    }

    fn select(&mut self) {
        let (condition, other) = (self.pop::<u32>(), self.pop());
        if condition == 0 {
            *self.top() = other;
        }
    }

    fn load_lane(&mut self, offset: u32, lane: u8, bytes: u8) -> Result<(), Trap> {
        let mut vector = self.pop::<Slot>().to_le_bytes();
        let address = self.pop_address(offset);
        let source = self.range(address, bytes.into())?;
        vector[lane_range(lane, bytes)].copy_from_slice(&self.state.memory[source]);
        self.push(Slot::from_le_bytes(vector));
        Ok(())
    }

    fn store_lane(&mut self, offset: u32, lane: u8, bytes: u8) -> Result<(), Trap> {
        let vector = self.pop::<Slot>().to_le_bytes();
        let address = self.pop_address(offset);
        let target = self.range(address, bytes.into())?;
        self.state.memory[target].copy_from_slice(&vector[lane_range(lane, bytes)]);
        Ok(())
    }

    /// Charges `fuel`, or stops the call if less is left.
    fn spend(&mut self, fuel: u64) -> Result<(), Stop> {
        self.fuel_left = self.fuel_left.checked_sub(fuel).ok_or(Stop::Fuel)?;
        Ok(())
    }

    fn push<T: Value>(&mut self, value: T) {
        self.state.stack.push(value.into_slot());
    }

    fn pop<T: Value>(&mut self) -> T {
        T::from_slot(self.state.stack.pop().expect(VALID))
    }

    fn top(&mut self) -> &mut Slot {
        self.state.stack.last_mut().expect(VALID)
    }

    /// Charges for a function and makes its frame over the arguments on the stack.
    fn enter(&mut self, index: u32) -> Result<Activation<'a>, Stop> {
        let function = &self.module.functions[index as usize];
        self.spend(function.entry_fuel.into())?;
        self.stack_left = self.stack_left.checked_sub(function.frame_bytes).ok_or(Stop::Stack)?;
        let base = self.state.stack.len() - function.parameters as usize;
        self.state.stack.resize(self.state.stack.len() + function.locals as usize, 0);
        Ok(Activation { function, next: function.code.iter(), base })
    }

    fn call(&mut self, caller: Activation<'a>, callee: u32) -> Result<Activation<'a>, Stop> {
        let running = self.enter(callee)?;
        self.callers.try_reserve(1).map_err(|_| Stop::HostMemory)?;
        self.callers.push(caller);
        Ok(running)
    }

    /// Ends `running`: its results take the place of its frame. Returns who goes on, if anyone.
    fn leave(&mut self, running: Activation<'a>) -> Option<Activation<'a>> {
        self.stack_left += running.function.frame_bytes;
        self.keep(running.function.results as usize, running.base);
        self.callers.pop()
    }

    fn branch(&mut self, running: &mut Activation<'a>, branch: Branch) {
        running.go_to(branch.target);
        self.keep(branch.keep as usize, running.base + branch.height as usize);
    }

    /// Drops what lies on the stack between `height` and the top `count` slots.
    fn keep(&mut self, count: usize, height: usize) {
        let stack = &mut self.state.stack;
        let first = stack.len() - count;
        if first != height {
            stack.copy_within(first.., height);
            stack.truncate(height + count);
        }
    }

    fn indirect_callee(&mut self, function_type: u32) -> Result<u32, Trap> {
        let index = self.pop::<u32>() as usize;
        let entry = self.state.table.get(index).ok_or(Trap::TableOutOfBounds)?;
        let callee = entry.ok_or(Trap::UninitializedElement)?;
        let actual = self.module.function_types[callee as usize];
        if self.module.canonical_types[actual as usize] == function_type {
            Ok(callee)
        } else {
            Err(Trap::IndirectCallTypeMismatch)
        }
    }

    fn shuffle(&mut self, indices: Slot) {
        let second = self.pop::<Slot>().to_le_bytes();
        let first = self.top().to_le_bytes();
        let bytes = indices.to_le_bytes().map(|index| {
            let index = usize::from(index);
            if index < 16 { first[index] } else { second[index - 16] }
        });
        *self.top() = Slot::from_le_bytes(bytes);
    }

    fn pop_address(&mut self, offset: u32) -> u64 {
        address(self.pop(), offset)
    }

    /// The indices of `bytes` bytes at `address`, all inside the memory.
    fn range(&self, address: u64, bytes: u64) -> Result<Range<usize>, Trap> {
        let end = address + bytes;
        if end > self.state.memory.len() as u64 {
            return Err(Trap::MemoryOutOfBounds);
        }
        Ok(address as usize..end as usize)
    }

    fn pages(&self) -> u32 {
        (self.state.memory.len() / PAGE) as u32
    }

    /// Grows the memory, or pushes -1 if it would exceed its maximum; nothing else makes it fail.
    fn grow(&mut self) -> Result<(), Stop> {
        let (old, more) = (self.pages(), self.pop::<u32>());
        if more > self.state.memory_pages_max - old {
            self.push(-1_i32);
            return Ok(());
        }
        self.spend(cost::pages_fuel(more))?;
        let bytes = more as usize * PAGE;
        let memory = &mut self.state.memory;
        memory.try_reserve_exact(bytes).map_err(|_| Stop::HostMemory)?;
        memory.resize(memory.len() + bytes, 0);
        self.push(old);
        Ok(())
    }

    fn copy(&mut self) -> Result<(), Stop> {
        let (bytes, source, target) = (self.pop::<u32>(), self.pop::<u32>(), self.pop::<u32>());
        self.spend(cost::bytes_fuel(bytes))?;
        let source = self.range(source.into(), bytes.into())?;
        let target = self.range(target.into(), bytes.into())?;
        self.state.memory.copy_within(source, target.start);
        Ok(())
    }

    fn fill(&mut self) -> Result<(), Stop> {
        let (bytes, value, target) = (self.pop::<u32>(), self.pop::<u8>(), self.pop::<u32>());
        self.spend(cost::bytes_fuel(bytes))?;
        let target = self.range(target.into(), bytes.into())?;
        self.state.memory[target].fill(value);
        Ok(())
    }
}

/// The sum of the dynamic address on the stack and the static offset; it cannot wrap.
fn address(slot: Slot, offset: u32) -> u64 {
    u64::from(u32::from_slot(slot)) + u64::from(offset)
}

/// The bytes of a vector that make up one lane.
fn lane_range(lane: u8, bytes: u8) -> Range<usize> {
    let start = usize::from(lane) * usize::from(bytes);
    start..start + usize::from(bytes)
}
