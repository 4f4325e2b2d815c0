//! One function body, rewritten.
//!
//! The original instructions are copied byte for byte, inside blocks that take over the
//! function's own label, so no branch depth, index or immediate changes:
//!
//! ```text
//! block                       ;; out of fuel
//!   block                     ;; out of stack, in modules that count it
//!     block (result ...)      ;; the original body; `return` becomes a branch to here
//!       <charges, checks, original instructions>
//!     end
//!     global.set $fuel  return
//!   end  <report> unreachable
//! end  <report> unreachable
//! ```
//!
//! Fuel lives in a local, which engines keep in a register; the global carries it across calls.
//! The stack global holds what is left for the next callee, so returning restores nothing.
//! Invariant: whatever is inserted leaves the operand stack as the original would have it.

use wasm_encoder::{BlockType, Function, InstructionSink, ValType};
use wasmparser::Operator;

use super::nan::{self, Floats};
use super::regions::{self, Charges};
use super::{TRAPPED_FUEL, TRAPPED_HOST_MEMORY, TRAPPED_STACK};
use crate::sandbox::cost::{BYTES_FUEL_SHIFT, PAGE_FUEL, entry_fuel};
use crate::sandbox::module;

/// A function without loops and calls that cannot spend more than this is not worth a check of
/// its own: whoever called it checks soon.
const UNCHECKED_FUEL: u64 = 256;

/// Indices of the globals that the pass adds.
#[derive(Clone, Copy)]
pub(super) struct Globals {
    pub(super) fuel: u32,
    pub(super) stack: u32,
    pub(super) trapped: u32,
}

/// What a body's rewriting depends on besides the body.
pub(super) struct Context<'a> {
    pub(super) globals: Globals,
    /// Whether the module counts its stack.
    pub(super) counts_stack: bool,
    /// Pages that the memory may reach.
    pub(super) max_pages: u32,
    /// The original module's bytes.
    pub(super) bytes: &'a [u8],
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
    let plan = Plan::new(context, body, &charges);
    let mut locals = body.locals.clone();
    locals.extend(plan.scratch.uses.iter().map(|used| (1, used.val_type())));
    let mut function = Function::new(locals);
    let mut writer = Writer { context, body, charges: &charges, plan: &plan, nesting: 0 };
    writer.open(&mut function.instructions());
    writer.body(&mut function);
    writer.close(&mut function.instructions());
    function
}

/// What the rewritten body needs.
struct Plan {
    /// Whether it checks its fuel anywhere.
    checks_fuel: bool,
    calls: bool,
    scratch: Scratch,
}

impl Plan {
    fn new(context: &Context<'_>, body: &Body<'_>, charges: &Charges) -> Self {
        let mut scratch = Scratch::after(body);
        let (mut calls, mut checks) = (false, charges.total() > UNCHECKED_FUEL);
        for (index, operator) in body.operators.iter().enumerate() {
            match operator {
                Operator::Call { .. } | Operator::CallIndirect { .. } => calls = true,
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
        if context.counts_stack && calls {
            scratch.need(ScratchUse::Stack);
        }
        Self { checks_fuel: checks || calls, calls, scratch }
    }
}

/// What a local that the pass adds is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ScratchUse {
    /// The fuel left, i64.
    Fuel,
    /// The stack left for callees, i32.
    Stack,
    /// The operand of a bulk instruction, i32.
    Operand,
    /// A float result while it is made canonical.
    Float(Floats),
}

impl ScratchUse {
    fn val_type(self) -> ValType {
        match self {
            Self::Fuel => ValType::I64,
            Self::Stack | Self::Operand => ValType::I32,
            Self::Float(Floats::F32) => ValType::F32,
            Self::Float(Floats::F64) => ValType::F64,
            Self::Float(Floats::F32x4 | Floats::F64x2) => ValType::V128,
        }
    }
}

/// The locals that the pass adds after the original ones.
struct Scratch {
    first: u32,
    uses: Vec<ScratchUse>,
}

impl Scratch {
    fn after(body: &Body<'_>) -> Self {
        let shape = body.function.shape;
        let mut scratch = Self { first: shape.params + shape.locals, uses: Vec::new() };
        scratch.need(ScratchUse::Fuel);
        scratch
    }

    fn need(&mut self, wanted: ScratchUse) {
        if !self.uses.contains(&wanted) {
            self.uses.push(wanted);
        }
    }

    /// Returns the index of the local for a use that [`need`](Self::need) was told of.
    fn local(&self, wanted: ScratchUse) -> u32 {
        let found = (self.first..).zip(&self.uses).find(|&(_, &used)| used == wanted);
        debug_assert!(found.is_some(), "a scratch local was not planned");
        found.map_or(self.first, |(local, _)| local)
    }
}

struct Writer<'a> {
    context: &'a Context<'a>,
    body: &'a Body<'a>,
    charges: &'a Charges,
    plan: &'a Plan,
    /// Blocks of the original that are open.
    nesting: u32,
}

impl Writer<'_> {
    /// Opens the outer blocks, loads the fuel and checks the stack.
    fn open(&self, sink: &mut InstructionSink<'_>) {
        let Globals { fuel, stack, .. } = self.context.globals;
        if self.plan.checks_fuel {
            sink.block(BlockType::Empty);
        }
        if self.context.counts_stack {
            sink.block(BlockType::Empty);
        }
        sink.block(self.body.results);
        if self.context.counts_stack {
            let frame = self.body.function.frame_bytes().cast_signed();
            sink.global_get(stack).i32_const(frame).i32_sub();
            if self.plan.calls {
                sink.local_tee(self.plan.scratch.local(ScratchUse::Stack));
            }
            sink.i32_const(0).i32_lt_s().br_if(1);
        }
        sink.global_get(fuel).local_set(self.fuel());
    }

    fn body(&mut self, function: &mut Function) {
        let mut start = self.body.function.instructions.start;
        for (index, operator) in self.body.operators.iter().enumerate() {
            self.charge(&mut function.instructions(), index);
            let end = self.body.ends[index];
            self.instruction(function, operator, &self.context.bytes[start..end]);
            if let Some(floats) = nan::needs_canonical(&self.body.operators, index) {
                let scratch = self.plan.scratch.local(ScratchUse::Float(floats));
                nan::canonicalise(&mut function.instructions(), floats, scratch);
            }
            start = end;
        }
    }

    /// Closes the outer blocks after the original's last `end` has closed the innermost.
    fn close(&self, sink: &mut InstructionSink<'_>) {
        sink.local_get(self.fuel()).global_set(self.context.globals.fuel);
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
        let fuel = self.charges.before(index);
        let operators = &self.body.operators;
        let after_loop = index > 0 && matches!(operators[index - 1], Operator::Loop { .. });
        let check = self.plan.checks_fuel && (index == 0 || after_loop);
        if fuel > 0 {
            sink.local_get(self.fuel()).i64_const(fuel.cast_signed()).i64_sub();
            self.set_fuel(sink, check);
        } else if check {
            sink.local_get(self.fuel());
            self.set_fuel(sink, check);
        }
    }

    /// Makes the i64 on top of the stack the fuel left, and faults if it is negative.
    fn set_fuel(&self, sink: &mut InstructionSink<'_>, check: bool) {
        if !check {
            sink.local_set(self.fuel());
            return;
        }
        let out_of_fuel = self.nesting + 1 + u32::from(self.context.counts_stack);
        sink.local_tee(self.fuel()).i64_const(0).i64_lt_s().br_if(out_of_fuel);
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
            Operator::Call { .. } | Operator::CallIndirect { .. } => {
                self.before_call(&mut function.instructions());
                function.raw(bytes.iter().copied());
                let sink = &mut function.instructions();
                sink.global_get(self.context.globals.fuel).local_set(self.fuel());
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

    fn before_call(&self, sink: &mut InstructionSink<'_>) {
        let Globals { fuel, stack, .. } = self.context.globals;
        sink.local_get(self.fuel()).global_set(fuel);
        if self.context.counts_stack {
            sink.local_get(self.plan.scratch.local(ScratchUse::Stack)).global_set(stack);
        }
    }

    /// Charges for the number of bytes on top of the stack, and leaves it there.
    fn charge_bytes(&self, sink: &mut InstructionSink<'_>) {
        let bytes = self.plan.scratch.local(ScratchUse::Operand);
        sink.local_set(bytes).local_get(self.fuel());
        sink.local_get(bytes).i64_extend_i32_u().i64_const(BYTES_FUEL_SHIFT.into()).i64_shr_u();
        sink.i64_sub();
        self.set_fuel(sink, true);
        sink.local_get(bytes);
    }

    /// Replaces `memory.grow`: -1 if the pages wanted exceed what the rule leaves, else the old
    /// size after charging for them, and no verdict if the host refuses.
    fn grow(&mut self, sink: &mut InstructionSink<'_>) {
        let pages = self.plan.scratch.local(ScratchUse::Operand);
        sink.local_set(pages);
        sink.i32_const(self.context.max_pages.cast_signed()).memory_size(0).i32_sub();
        sink.local_get(pages).i32_lt_u();
        sink.if_(BlockType::Result(ValType::I32)).i32_const(-1).else_();
        self.nesting += 1;
        sink.local_get(self.fuel()).local_get(pages).i64_extend_i32_u();
        sink.i64_const(PAGE_FUEL.cast_signed()).i64_mul().i64_sub();
        self.set_fuel(sink, true);
        sink.local_get(pages).memory_grow(0).local_tee(pages);
        sink.i32_const(-1).i32_eq().if_(BlockType::Empty);
        self.trap(sink, TRAPPED_HOST_MEMORY);
        sink.end().local_get(pages).end();
        self.nesting -= 1;
    }

    fn trap(&self, sink: &mut InstructionSink<'_>, reason: i32) {
        sink.i32_const(reason).global_set(self.context.globals.trapped).unreachable();
    }

    fn fuel(&self) -> u32 {
        self.plan.scratch.local(ScratchUse::Fuel)
    }
}
