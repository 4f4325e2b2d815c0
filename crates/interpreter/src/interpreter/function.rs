//! Lowering one function body to a flat array of operations.
//!
//! This file owns everything that needs the surrounding blocks: where a branch goes, what it
//! takes along, and what a frame of the function costs. Heights come from the validator, which
//! keeps the operand stack's height as the standard's validation algorithm defines it.
//!
//! Invariant: the code ends in `Return`, every position in it is inside the code, and each
//! original instruction that costs fuel has exactly one [`Instr`], which carries that cost.

use alloc::format;
use alloc::vec::Vec;

use wasmparser::{
    BinaryReader, BlockType, FuncValidator, FunctionBody, Operator, OperatorsReader,
    ValidatorResources,
};

use super::lower::lower;
use super::module::{DecodeError, Module, unsupported};
use super::op::{Branch, Instr, Op};
use super::slot::{Slot, Value};
use crate::cost;

/// Why looking up a block cannot fail.
const VALID: &str = "validation guarantees the block";

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

/// An open block. Labels are numbered while a body is lowered; its end turns them into positions.
struct Block {
    /// Where branches to the block go: a loop's start, any other block's end.
    label: u32,
    is_loop: bool,
    /// Where an `if` that has met no `else` yet goes when its condition is zero.
    otherwise: Option<u32>,
}

struct Lowering<'a> {
    module: &'a Module,
    validator: FuncValidator<ValidatorResources>,
    function: Function,
    blocks: Vec<Block>,
    /// The position of each label, once it is known.
    labels: Vec<u32>,
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
        let (blocks, labels) = (Vec::new(), Vec::new());
        Lowering { module, validator, function, blocks, labels }.body(reader)
    }
}

impl Lowering<'_> {
    fn body(mut self, reader: BinaryReader<'_>) -> Result<Function, DecodeError> {
        let mut operators = OperatorsReader::new(reader);
        self.open(false);
        let (mut instructions, mut max_operand_height) = (0, 0);
        while !operators.eof() {
            let (operator, offset) = operators.read_with_offset()?;
            self.validator.op(offset, &operator)?;
            self.operator(&operator)?;
            instructions += 1;
            max_operand_height = max_operand_height.max(self.validator.operand_stack_height());
        }
        operators.finish()?;
        self.place_labels();
        // Modules of many small functions would otherwise take half as much again.
        self.function.code.shrink_to_fit();
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
            O::Br { relative_depth } => Op::Branch(self.branch(*relative_depth)),
            O::BrIf { relative_depth } => Op::BranchIf(self.branch(*relative_depth)),
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

    /// Opens, splits and closes blocks. These instructions cost nothing, `if` excepted.
    fn structure(&mut self, operator: &Operator<'_>) {
        match operator {
            Operator::Block { .. } => self.open(false),
            Operator::Loop { .. } => self.open(true),
            Operator::If { .. } => {
                let otherwise = self.new_label();
                self.emit(Op::JumpIfZero(otherwise), cost::instruction_fuel(operator));
                self.open(false);
                self.innermost().otherwise = Some(otherwise);
            }
            Operator::Else => {
                let block = self.innermost();
                let (end, otherwise) = (block.label, block.otherwise.take());
                self.emit(Op::Jump(end), 0);
                self.place(otherwise);
            }
            _ => self.close(),
        }
    }

    fn open(&mut self, is_loop: bool) {
        let label = self.new_label();
        if is_loop {
            self.place(Some(label));
        }
        self.blocks.push(Block { label, is_loop, otherwise: None });
    }

    /// Ends the innermost block; the last one is the function itself.
    fn close(&mut self) {
        let block = self.blocks.pop().expect(VALID);
        self.place(block.otherwise);
        if !block.is_loop {
            self.place(Some(block.label));
        }
        if self.blocks.is_empty() {
            self.emit(Op::Return, 0);
        }
    }

    fn innermost(&mut self) -> &mut Block {
        self.blocks.last_mut().expect(VALID)
    }

    /// A label whose position is not known yet.
    fn new_label(&mut self) -> u32 {
        self.labels.push(0);
        self.labels.len() as u32 - 1
    }

    /// Puts `label` before the operation that is emitted next.
    fn place(&mut self, label: Option<u32>) {
        if let Some(label) = label {
            self.labels[label as usize] = self.function.code.len() as u32;
        }
    }

    /// Turns the labels in the code into positions.
    fn place_labels(&mut self) {
        let function = &mut self.function;
        let in_code = function.code.iter_mut().filter_map(|instr| match &mut instr.op {
            Op::Jump(target) | Op::JumpIfZero(target) => Some(target),
            Op::Branch(branch) | Op::BranchIf(branch) => Some(&mut branch.target),
            _ => None,
        });
        let in_tables = function.branches.iter_mut().map(|branch| &mut branch.target);
        for target in in_code.chain(in_tables) {
            *target = self.labels[*target as usize];
        }
    }

    /// A branch to the block `depth` blocks out.
    fn branch(&self, depth: u32) -> Branch {
        let frame = self.validator.get_control_frame(depth as usize).expect(VALID);
        let block = &self.blocks[self.blocks.len() - 1 - depth as usize];
        let (parameters, results) = self.block_arity(frame.block_type);
        Branch {
            target: block.label,
            height: self.function.parameters + self.function.locals + frame.height as u32,
            keep: if block.is_loop { parameters } else { results },
        }
    }

    fn branch_table(&mut self, targets: &wasmparser::BrTable<'_>) -> Result<Op, DecodeError> {
        let first = self.function.branches.len() as u32;
        for depth in targets.targets().chain([Ok(targets.default())]) {
            let branch = self.branch(depth?);
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
