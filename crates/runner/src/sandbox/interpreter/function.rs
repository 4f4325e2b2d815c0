//! Lowering one function body to a flat array of operations.
//!
//! This file owns everything that needs the surrounding blocks: where a branch goes, what it
//! takes along, and what a frame of the function costs. Heights come from the validator, which
//! keeps the operand stack's height as the standard's validation algorithm defines it.
//!
//! Invariant: the code ends in `Return`, every position in it is inside the code, and each
//! original instruction that costs fuel has exactly one [`Instr`], which carries that cost.

use wasmparser::{
    BinaryReader, BlockType, FrameKind, FuncValidator, FunctionBody, Operator, OperatorsReader,
    ValidatorResources,
};

use super::lower::lower;
use super::module::{DecodeError, Module, unsupported};
use super::op::{Branch, Instr, Op};
use super::slot::{Slot, Value};
use crate::sandbox::cost;

/// A function ready to be executed.
#[derive(Debug, Default)]
pub(super) struct Function {
    pub(super) parameters: u32,
    pub(super) results: u32,
    /// Declared locals, besides the parameters.
    pub(super) locals: u32,
    /// Bytes of logical stack that one activation takes.
    pub(super) frame_bytes: u32,
    /// Fuel charged when the function is entered.
    pub(super) entry_fuel: u32,
    pub(super) code: Vec<Instr>,
    /// Targets of the `br_table` instructions.
    pub(super) branches: Vec<Branch>,
    /// Immediates of 128 bits.
    pub(super) vectors: Vec<Slot>,
}

/// A place that waits for the position of a block's end.
#[derive(Clone, Copy)]
enum Fixup {
    Code(usize),
    Pool(usize),
}

/// An open block.
#[derive(Default)]
struct Block {
    /// Where branches go, if already known: the start of a loop.
    start: Option<u32>,
    /// What must be told the position of the end.
    waiting: Vec<Fixup>,
    /// The jump over the first arm of an `if`.
    over_first_arm: Option<usize>,
}

struct Lowering<'a> {
    module: &'a Module,
    validator: FuncValidator<ValidatorResources>,
    function: Function,
    blocks: Vec<Block>,
}

impl Function {
    /// Validates `body` and lowers it.
    pub(super) fn decode(
        module: &Module,
        mut validator: FuncValidator<ValidatorResources>,
        body: &FunctionBody<'_>,
    ) -> Result<Self, DecodeError> {
        let function_type = module.function_type(validator.index());
        let mut reader = body.get_binary_reader();
        validator.read_locals(&mut reader)?;
        let parameters = function_type.params().len() as u32;
        let locals = validator.len_locals() - parameters;
        let function = Function {
            parameters,
            locals,
            results: function_type.results().len() as u32,
            entry_fuel: cost::entry_fuel(locals),
            ..Function::default()
        };
        let blocks = vec![Block::default()];
        Lowering { module, validator, function, blocks }.body(reader)
    }
}

impl Lowering<'_> {
    fn body(mut self, reader: BinaryReader<'_>) -> Result<Function, DecodeError> {
        let mut operators = OperatorsReader::new(reader);
        let (mut instructions, mut max_operand_height) = (0, 0);
        while !operators.eof() {
            let (operator, offset) = operators.read_with_offset()?;
            self.validator.op(offset, &operator)?;
            self.operator(&operator)?;
            instructions += 1;
            max_operand_height = max_operand_height.max(self.validator.operand_stack_height());
        }
        operators.finish()?;
        let mut function = self.function;
        function.frame_bytes = cost::frame_bytes(cost::FrameShape {
            params: function.parameters,
            locals: function.locals,
            max_operand_height,
            instructions,
        });
        Ok(function)
    }

    fn operator(&mut self, operator: &Operator<'_>) -> Result<(), DecodeError> {
        use Operator as O;
        let op = match operator {
            O::Block { .. } | O::Loop { .. } | O::If { .. } | O::Else | O::End => {
                self.structure(operator);
                return Ok(());
            }
            O::Unreachable => Op::Unreachable,
            O::Nop => Op::Nop,
            O::Br { relative_depth } => Op::Branch(self.branch_here(*relative_depth)),
            O::BrIf { relative_depth } => Op::BranchIf(self.branch_here(*relative_depth)),
            O::BrTable { targets } => self.branch_table(targets)?,
            O::Return => Op::Return,
            O::Call { function_index } => Op::Call(*function_index),
            O::CallIndirect { type_index, .. } => Op::CallIndirect {
                function_type: self.module.canonical_types[*type_index as usize],
            },
            O::Drop => Op::Drop,
            O::Select | O::TypedSelect { .. } => Op::Select,
            O::LocalGet { local_index } => Op::LocalGet(*local_index),
            O::LocalSet { local_index } => Op::LocalSet(*local_index),
            O::LocalTee { local_index } => Op::LocalTee(*local_index),
            O::GlobalGet { global_index } => Op::GlobalGet(*global_index),
            O::GlobalSet { global_index } => Op::GlobalSet(*global_index),
            O::I32Const { value } => Op::Const((*value as u32).into()),
            O::I64Const { value } => Op::Const(*value as u64),
            O::F32Const { value } => Op::Const(value.bits().into()),
            O::F64Const { value } => Op::Const(value.bits()),
            O::V128Const { value } => Op::ConstVector(self.vector(*value.bytes())),
            O::I8x16Shuffle { lanes } => Op::Shuffle(self.vector(*lanes)),
            O::MemorySize { .. } => Op::MemorySize,
            O::MemoryGrow { .. } => Op::MemoryGrow,
            O::MemoryCopy { .. } => Op::MemoryCopy,
            O::MemoryFill { .. } => Op::MemoryFill,
            other => match lower(other) {
                Some(op) => op,
                None => return unsupported(format!("instruction {other:?}")),
            },
        };
        self.emit(op, cost::instruction_fuel(operator));
        Ok(())
    }

    fn emit(&mut self, op: Op, cost: u32) {
        self.function.code.push(Instr { op, cost });
    }

    /// The position of the next operation.
    fn position(&self) -> u32 {
        self.function.code.len() as u32
    }

    /// Opens, splits and closes blocks. These instructions cost nothing, `if` excepted.
    fn structure(&mut self, operator: &Operator<'_>) {
        match operator {
            Operator::Block { .. } => self.blocks.push(Block::default()),
            Operator::Loop { .. } => {
                let start = Some(self.position());
                self.blocks.push(Block { start, ..Block::default() });
            }
            Operator::If { .. } => {
                let over_first_arm = Some(self.function.code.len());
                self.emit(Op::JumpIfZero(0), cost::instruction_fuel(operator));
                self.blocks.push(Block { over_first_arm, ..Block::default() });
            }
            Operator::Else => {
                let jump = self.function.code.len();
                self.emit(Op::Jump(0), 0);
                if let Some(block) = self.blocks.last_mut() {
                    block.waiting.push(Fixup::Code(jump));
                    if let Some(over) = block.over_first_arm.take() {
                        self.resolve(Fixup::Code(over));
                    }
                }
            }
            _ => self.end(),
        }
    }

    fn end(&mut self) {
        if let Some(block) = self.blocks.pop() {
            for fixup in block.waiting {
                self.resolve(fixup);
            }
            if let Some(over) = block.over_first_arm {
                self.resolve(Fixup::Code(over));
            }
        }
        if self.blocks.is_empty() {
            self.emit(Op::Return, 0);
        }
    }

    /// Makes `fixup` go to the current position.
    fn resolve(&mut self, fixup: Fixup) {
        let here = self.position();
        match fixup {
            Fixup::Pool(index) => self.function.branches[index].target = here,
            Fixup::Code(index) => match &mut self.function.code[index].op {
                Op::Jump(target) | Op::JumpIfZero(target) => *target = here,
                Op::Branch(branch) | Op::BranchIf(branch) => branch.target = here,
                other => unreachable!("{other:?} goes nowhere"),
            },
        }
    }

    /// The branch of the operation that is emitted next.
    fn branch_here(&mut self, depth: u32) -> Branch {
        let here = self.function.code.len();
        self.branch(depth, Fixup::Code(here))
    }

    /// A branch to the label `depth` blocks out, which will be stored at `place`.
    fn branch(&mut self, depth: u32, place: Fixup) -> Branch {
        let frame = self.validator.get_control_frame(depth as usize).copied();
        let frame = frame.expect("the validator has accepted the label");
        let (parameters, results) = self.block_arity(frame.block_type);
        let keep = if frame.kind == FrameKind::Loop { parameters } else { results };
        let height = self.function.parameters + self.function.locals + frame.height as u32;
        let index = self.blocks.len() - 1 - depth as usize;
        let block = &mut self.blocks[index];
        if block.start.is_none() {
            block.waiting.push(place);
        }
        Branch { target: block.start.unwrap_or(0), height, keep }
    }

    fn branch_table(&mut self, targets: &wasmparser::BrTable<'_>) -> Result<Op, DecodeError> {
        let first = self.function.branches.len() as u32;
        for depth in targets.targets().chain([Ok(targets.default())]) {
            let place = Fixup::Pool(self.function.branches.len());
            let branch = self.branch(depth?, place);
            self.function.branches.push(branch);
        }
        Ok(Op::BranchTable { first, count: targets.len() + 1 })
    }

    /// How many values a block takes and leaves.
    fn block_arity(&self, block_type: BlockType) -> (u32, u32) {
        match block_type {
            BlockType::Empty => (0, 0),
            BlockType::Type(_) => (0, 1),
            BlockType::FuncType(index) => {
                let block_type = &self.module.types[index as usize];
                (block_type.params().len() as u32, block_type.results().len() as u32)
            }
        }
    }

    /// Adds a 128-bit immediate to the pool.
    fn vector(&mut self, bytes: [u8; 16]) -> u32 {
        self.function.vectors.push(u128::from_le_bytes(bytes).into_slot());
        self.function.vectors.len() as u32 - 1
    }
}
