//! One function body, rewritten.
//!
//! The original instructions are copied byte for byte, but for the numbers of locals, inside blocks
//! that take over the function's own label, so no branch depth or other immediate changes:
//!
//! ```text
//! block                       ;; out of fuel
//!   block                     ;; out of stack, in modules that count it
//!     block (result ...)      ;; the original body; `return` becomes a branch to here
//!       <charges, checks, original instructions>
//!     end
//!     local.get $fuel  return
//!   end  <report> unreachable
//! end  <report> unreachable
//! ```
//!
//! The stack parameter holds what is left for the next callee, so returning restores nothing.
//! Invariant: whatever is inserted leaves the operand stack as the original would have it.

use wasm_encoder::{BlockType, Function, InstructionSink, ValType};
use wasmparser::Operator;

use super::carried::Carried;
use super::nan;
use super::regions::{self, Charges};
use super::scratch::{Scratch, ScratchUse};
use super::{TRAPPED_FUEL, TRAPPED_HOST_MEMORY, TRAPPED_STACK};
use crate::sandbox::cost::{BYTES_FUEL_SHIFT, PAGE_FUEL, entry_fuel};
use crate::sandbox::module::{self, AdmittedModule, Signature};

/// A function without loops and calls that cannot spend more than this is not worth a check of
/// its own: whoever called it checks soon.
const UNCHECKED_FUEL: u64 = 256;

/// Indices of the globals that the pass adds.
#[derive(Clone, Copy)]
pub(super) struct Globals {
    /// The fuel of the function called next, if it does not come as a parameter.
    pub(super) fuel: u32,
    /// The stack left for the function called next, likewise.
    pub(super) stack: u32,
    /// Why the pass trapped.
    pub(super) trapped: u32,
}

/// What a body's rewriting depends on besides the body.
pub(super) struct Context<'a> {
    pub(super) module: &'a AdmittedModule,
    pub(super) globals: Globals,
    /// Whether the module counts its stack.
    pub(super) counts_stack: bool,
    /// The index of the type that rewritten functions of the original's type 0 have; those of
    /// the other types follow.
    pub(super) first_carrying: u32,
}

impl Context<'_> {
    /// Says how the counters come to functions of an original type.
    pub(super) fn carried(&self, original: &Signature) -> Carried {
        Carried::by(original, self.counts_stack)
    }

    /// Hands fuel and stack on to the function called next, whose arguments are on the stack.
    pub(super) fn hand_on(
        &self,
        sink: &mut InstructionSink<'_>,
        callee: Carried,
        fuel: impl Fn(&mut InstructionSink<'_>),
        stack: impl Fn(&mut InstructionSink<'_>),
    ) {
        fuel(sink);
        if !callee.fuel {
            sink.global_set(self.globals.fuel);
        }
        if self.counts_stack {
            stack(sink);
            if !callee.stack {
                sink.global_set(self.globals.stack);
            }
        }
    }
}

/// The instructions of a body and where each ends in the module's bytes.
pub(super) struct Body<'a> {
    pub(super) function: &'a module::Function,
    pub(super) locals: Vec<(u32, ValType)>,
    /// The block type that has the function's results.
    pub(super) results: BlockType,
    pub(super) operators: Vec<Operator<'a>>,
    pub(super) ends: Vec<usize>,
}

/// Rewrites one body.
pub(super) fn rewrite(context: &Context<'_>, body: &Body<'_>) -> Function {
    let charges = regions::charges(&body.operators, entry_fuel(body.function.shape.locals));
    let carried = context.carried(&context.module.types()[body.function.type_index as usize]);
    let plan = Plan::new(context, body, carried, &charges);
    let mut locals = body.locals.clone();
    locals.extend(plan.scratch.uses.iter().map(|used| (1, used.val_type())));
    let mut function = Function::new(locals);
    let mut writer = Writer { context, body, charges: &charges, plan: &plan, carried, nesting: 0 };
    writer.open(&mut function.instructions());
    writer.body(&mut function);
    writer.close(&mut function.instructions());
    function
}

/// What the rewritten body needs.
struct Plan {
    /// Whether it checks its fuel anywhere.
    checks_fuel: bool,
    scratch: Scratch,
}

impl Plan {
    fn new(context: &Context<'_>, body: &Body<'_>, carried: Carried, charges: &Charges) -> Self {
        let mut scratch = Scratch::after(body, carried);
        if carried.fuel_param().is_none() {
            scratch.need(ScratchUse::Fuel);
        }
        let (mut calls, mut checks) = (false, charges.total() > UNCHECKED_FUEL);
        for (index, operator) in body.operators.iter().enumerate() {
            match operator {
                Operator::Call { .. } => calls = true,
                Operator::CallIndirect { .. } => {
                    calls = true;
                    scratch.need(ScratchUse::Operand);
                }
                Operator::Loop { .. } => checks = true,
                Operator::MemoryCopy { .. }
                | Operator::MemoryFill { .. }
                | Operator::MemoryGrow { .. } => {
                    checks = true;
                    scratch.need(ScratchUse::Operand);
                }
                _ => {}
            }
            if let Some(floats) = nan::needs_canonical(&body.operators, index) {
                scratch.need(ScratchUse::Float(floats));
            }
        }
        if context.counts_stack && carried.stack_param().is_none() {
            scratch.need(ScratchUse::Stack);
        }
        Self { checks_fuel: checks || calls, scratch }
    }
}

struct Writer<'a> {
    context: &'a Context<'a>,
    body: &'a Body<'a>,
    charges: &'a Charges,
    plan: &'a Plan,
    carried: Carried,
    /// Blocks of the original that are open.
    nesting: u32,
}

impl Writer<'_> {
    /// Opens the outer blocks and takes the frame off the stack.
    fn open(&self, sink: &mut InstructionSink<'_>) {
        if self.plan.checks_fuel {
            sink.block(BlockType::Empty);
        }
        if self.context.counts_stack {
            sink.block(BlockType::Empty);
        }
        sink.block(self.body.results);
        let Globals { fuel, stack, .. } = self.context.globals;
        if self.context.counts_stack {
            let frame = self.body.function.frame_bytes().cast_signed();
            match self.carried.stack_param() {
                Some(stack) => sink.local_get(stack),
                None => sink.global_get(stack),
            };
            sink.i32_const(frame).i32_sub().local_tee(self.stack());
            sink.i32_const(0).i32_lt_s().br_if(1);
        }
        if !self.carried.fuel {
            sink.global_get(fuel).local_set(self.fuel());
        }
    }

    fn body(&mut self, function: &mut Function) {
        let mut start = self.body.function.instructions.start;
        for (index, operator) in self.body.operators.iter().enumerate() {
            self.charge(&mut function.instructions(), index);
            let end = self.body.ends[index];
            let back = self.charges.back(index);
            match operator {
                Operator::BrIf { relative_depth } if back > 0 => {
                    self.leave_loop(&mut function.instructions(), *relative_depth, back);
                }
                _ => self.instruction(function, operator, &self.context.module.bytes()[start..end]),
            }
            if let Some(floats) = nan::needs_canonical(&self.body.operators, index) {
                let scratch = self.plan.scratch.local(ScratchUse::Float(floats));
                nan::canonicalise(&mut function.instructions(), floats, scratch);
            }
            start = end;
        }
    }

    /// Closes the outer blocks after the original's last `end` has closed the innermost.
    fn close(&self, sink: &mut InstructionSink<'_>) {
        sink.local_get(self.fuel());
        let outer =
            [(self.context.counts_stack, TRAPPED_STACK), (self.plan.checks_fuel, TRAPPED_FUEL)];
        if outer.iter().any(|&(present, _)| present) {
            sink.return_();
        }
        for (_, reason) in outer.into_iter().filter(|&(present, _)| present) {
            sink.end();
            self.trap(sink, reason);
        }
        sink.end();
    }

    /// Charges the region that begins here, and checks at the function's and each loop's start.
    fn charge(&self, sink: &mut InstructionSink<'_>, index: usize) {
        let (due, ahead) = (self.charges.before(index), self.charges.ahead(index));
        let operators = &self.body.operators;
        let after_loop = index > 0 && matches!(operators[index - 1], Operator::Loop { .. });
        if self.plan.checks_fuel && (index == 0 || after_loop) {
            sink.local_get(self.fuel()).i64_const(due.cast_signed()).i64_lt_s();
            sink.br_if(self.out_of_fuel());
        }
        if due + ahead > 0 {
            sink.local_get(self.fuel()).i64_const((due + ahead).cast_signed()).i64_sub();
            sink.local_set(self.fuel());
        }
    }

    /// Makes the i64 on top of the stack the fuel left, and faults if it is negative.
    fn set_fuel(&self, sink: &mut InstructionSink<'_>) {
        sink.local_tee(self.fuel()).i64_const(0).i64_lt_s().br_if(self.out_of_fuel());
    }

    /// The depth of the block whose end reports that the fuel has run out.
    fn out_of_fuel(&self) -> u32 {
        self.nesting + 1 + u32::from(self.context.counts_stack)
    }

    /// Replaces a branch out of a loop, before which was paid what comes after it.
    fn leave_loop(&self, sink: &mut InstructionSink<'_>, depth: u32, back: u64) {
        sink.if_(BlockType::Empty);
        sink.local_get(self.fuel()).i64_const(back.cast_signed()).i64_add();
        sink.local_set(self.fuel()).br(depth + 1).end();
    }

    fn instruction(&mut self, function: &mut Function, operator: &Operator<'_>, bytes: &[u8]) {
        match operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                self.nesting += 1;
                function.raw(bytes.iter().copied());
            }
            Operator::End => {
                self.nesting = self.nesting.saturating_sub(1);
                function.raw(bytes.iter().copied());
            }
            Operator::Return => {
                function.instructions().br(self.nesting);
            }
            Operator::LocalGet { local_index } => {
                function.instructions().local_get(self.carried.local(*local_index));
            }
            Operator::LocalSet { local_index } => {
                function.instructions().local_set(self.carried.local(*local_index));
            }
            Operator::LocalTee { local_index } => {
                function.instructions().local_tee(self.carried.local(*local_index));
            }
            Operator::Call { function_index } => {
                self.call(&mut function.instructions(), *function_index);
            }
            Operator::CallIndirect { type_index, table_index } => {
                self.call_indirect(&mut function.instructions(), *type_index, *table_index);
            }
            Operator::MemoryCopy { .. } | Operator::MemoryFill { .. } => {
                self.charge_bytes(&mut function.instructions());
                function.raw(bytes.iter().copied());
            }
            Operator::MemoryGrow { .. } => self.grow(&mut function.instructions()),
            _ => {
                function.raw(bytes.iter().copied());
            }
        }
    }

    fn call(&self, sink: &mut InstructionSink<'_>, function: u32) {
        self.hand_on(sink, self.context.module.signature(function));
        sink.call(function).local_set(self.fuel());
    }

    /// Calls what the table's entry names that is on top of the stack, above the arguments.
    fn call_indirect(&self, sink: &mut InstructionSink<'_>, original_type: u32, table: u32) {
        let entry = self.plan.scratch.local(ScratchUse::Operand);
        sink.local_set(entry);
        self.hand_on(sink, &self.context.module.types()[original_type as usize]);
        let carrying = self.context.first_carrying + original_type;
        sink.local_get(entry).call_indirect(table, carrying).local_set(self.fuel());
    }

    fn hand_on(&self, sink: &mut InstructionSink<'_>, callee: &Signature) {
        let get = |local: u32| {
            move |sink: &mut InstructionSink<'_>| {
                sink.local_get(local);
            }
        };
        let stack = if self.context.counts_stack { self.stack() } else { 0 };
        self.context.hand_on(sink, self.context.carried(callee), get(self.fuel()), get(stack));
    }

    /// Charges for the number of bytes on top of the stack, and leaves it there.
    fn charge_bytes(&self, sink: &mut InstructionSink<'_>) {
        let bytes = self.plan.scratch.local(ScratchUse::Operand);
        sink.local_set(bytes).local_get(self.fuel());
        sink.local_get(bytes).i64_extend_i32_u().i64_const(BYTES_FUEL_SHIFT.into()).i64_shr_u();
        sink.i64_sub();
        self.set_fuel(sink);
        sink.local_get(bytes);
    }

    /// Replaces `memory.grow`: -1 if the pages wanted exceed what the rule leaves, else the old
    /// size after charging for them, and no verdict if the host refuses.
    fn grow(&mut self, sink: &mut InstructionSink<'_>) {
        let pages = self.plan.scratch.local(ScratchUse::Operand);
        sink.local_set(pages);
        sink.i32_const(self.max_pages().cast_signed()).memory_size(0).i32_sub();
        sink.local_get(pages).i32_lt_u();
        sink.if_(BlockType::Result(ValType::I32)).i32_const(-1).else_();
        self.nesting += 1;
        sink.local_get(self.fuel()).local_get(pages).i64_extend_i32_u();
        sink.i64_const(PAGE_FUEL.cast_signed()).i64_mul().i64_sub();
        self.set_fuel(sink);
        sink.local_get(pages).memory_grow(0).local_tee(pages);
        sink.i32_const(-1).i32_eq().if_(BlockType::Empty);
        self.trap(sink, TRAPPED_HOST_MEMORY);
        sink.end().local_get(pages).end();
        self.nesting -= 1;
    }

    /// Pages that the memory may reach.
    fn max_pages(&self) -> u32 {
        self.context.module.memory().map_or(0, |memory| memory.max_pages)
    }

    fn trap(&self, sink: &mut InstructionSink<'_>, reason: i32) {
        sink.i32_const(reason).global_set(self.context.globals.trapped).unreachable();
    }

    fn fuel(&self) -> u32 {
        let param = self.carried.fuel_param();
        param.unwrap_or_else(|| self.plan.scratch.local(ScratchUse::Fuel))
    }

    fn stack(&self) -> u32 {
        let param = self.carried.stack_param();
        param.unwrap_or_else(|| self.plan.scratch.local(ScratchUse::Stack))
    }
}
