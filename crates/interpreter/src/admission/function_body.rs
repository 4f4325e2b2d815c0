//! The check of one function body: validation, limits, and what its frame is computed from.
//!
//! Knows nothing of sections. Each instruction is validated and counted in the same step, so a
//! body is given up at the first instruction over a limit.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::vec::Vec;

use wasmparser::{
    BinaryReader, FuncValidator, FunctionBody, Operator, OperatorsReader, ValidatorResources,
};

use super::{AdmissionError, FEATURES};
use crate::limits::{self, Limit};
use crate::module::Function;

/// Sums over the bodies read so far.
#[derive(Debug, Default)]
pub(super) struct BodyTotals {
    functions: u32,
    locals: u64,
    branches_times_locals: u64,
    br_table_targets: u64,
}

/// Reads and checks one body and completes `function` from it.
pub(super) fn read(
    body: &FunctionBody<'_>,
    validator: &mut FuncValidator<ValidatorResources>,
    mut function: Function,
    params: u32,
    totals: &mut BodyTotals,
) -> Result<Function, AdmissionError> {
    let place = Place { function: totals.functions };
    totals.functions += 1;
    place.at_most(limits::BODY_SIZE, body.range().len() as u64)?;
    function.body = body.range();
    function.shape.params = params;

    let mut reader = body.get_binary_reader();
    reader.set_features(FEATURES);
    function.shape.locals = read_locals(&mut reader, validator, place)?;
    totals.locals += u64::from(function.shape.locals);
    place.at_most(limits::LOCALS_SUM, totals.locals)?;

    function.instructions = reader.original_position()..body.range().end;
    let mut operators = OperatorsReader::new(reader);
    let mut open = OpenBlocks::default();
    while !operators.eof() {
        let (operator, offset) = operators.read_with_offset()?;
        count(&operator, offset, &mut function, totals, place)?;
        validator.op(offset, &operator)?;
        function.loop_depths = function.loop_depths.saturating_add(open.step(&operator));
        let shape = &mut function.shape;
        shape.max_operand_height = shape.max_operand_height.max(validator.operand_stack_height());
        place.at_most(limits::OPERAND_HEIGHT, shape.max_operand_height.into())?;
        // The function's own frame is not a block.
        let nesting = validator.control_stack_height().saturating_sub(1);
        place.at_most(limits::NESTING, nesting.into())?;
    }
    operators.finish()?;
    check_product(&function, totals, place)?;
    Ok(function)
}

fn read_locals(
    reader: &mut BinaryReader<'_>,
    validator: &mut FuncValidator<ValidatorResources>,
    place: Place,
) -> Result<u32, AdmissionError> {
    let mut locals = 0u64;
    for _ in 0..reader.read_var_u32()? {
        let offset = reader.original_position();
        let count = reader.read_var_u32()?;
        locals += u64::from(count);
        place.at_most(limits::LOCALS, locals)?;
        validator.define_locals(offset, count, reader.read()?)?;
    }
    Ok(super::narrow(locals))
}

/// Counts one instruction against the limits and refuses those of other proposals by name.
fn count(
    operator: &Operator<'_>,
    offset: usize,
    function: &mut Function,
    totals: &mut BodyTotals,
    place: Place,
) -> Result<(), AdmissionError> {
    function.shape.instructions += 1;
    place.at_most(limits::BODY_INSTRUCTIONS, function.shape.instructions.into())?;
    if is_forbidden(operator) {
        return Err(forbidden(operator, offset));
    }
    if let Operator::BrTable { targets } = operator {
        place.at_most(limits::BR_TABLE_TARGETS, targets.len().into())?;
        function.br_table_targets += targets.len();
        totals.br_table_targets += u64::from(targets.len());
        place.at_most(limits::BR_TABLE_TARGETS_SUM, totals.br_table_targets)?;
    }
    match operator {
        Operator::Call { .. } => function.calls += 1,
        Operator::CallIndirect { .. } => {
            function.calls += 1;
            function.indirect_calls += 1;
        }
        Operator::MemoryGrow { .. } => function.grows += 1,
        Operator::MemoryCopy { .. } | Operator::MemoryFill { .. } => function.copies += 1,
        _ => {}
    }
    if is_branch(operator) {
        function.branches += 1;
        place.at_most(limits::BRANCHES, function.branches.into())?;
    }
    Ok(())
}

fn check_product(
    function: &Function,
    totals: &mut BodyTotals,
    place: Place,
) -> Result<(), AdmissionError> {
    let locals = u64::from(function.shape.params + function.shape.locals);
    let product = u64::from(function.branches) * locals;
    place.at_most(limits::BRANCHES_TIMES_LOCALS, product)?;
    totals.branches_times_locals += product;
    place.at_most(limits::BRANCHES_TIMES_LOCALS_SUM, totals.branches_times_locals)
}

fn is_branch(operator: &Operator<'_>) -> bool {
    matches!(
        operator,
        Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::Br { .. }
            | Operator::BrIf { .. }
            | Operator::BrTable { .. }
    )
}

/// Says whether an instruction belongs to a proposal of which agents may use other parts.
fn is_forbidden(operator: &Operator<'_>) -> bool {
    use Operator as O;
    matches!(
        operator,
        O::MemoryInit { .. }
            | O::DataDrop { .. }
            | O::TableInit { .. }
            | O::ElemDrop { .. }
            | O::TableCopy { .. }
            | O::TableFill { .. }
            | O::TableGet { .. }
            | O::TableSet { .. }
            | O::TableGrow { .. }
            | O::TableSize { .. }
            | O::RefNull { .. }
            | O::RefIsNull
            | O::RefFunc { .. }
            | O::TypedSelect { .. }
            | O::ReturnCall { .. }
            | O::ReturnCallIndirect { .. }
    )
}

pub(super) fn forbidden(operator: &Operator<'_>, offset: usize) -> AdmissionError {
    let text = format!("{operator:?}");
    let name = text.split([' ', '{', '(']).next().unwrap_or_default();
    AdmissionError::ForbiddenInstruction { instruction: name.to_owned(), offset }
}

/// The blocks that are open, `true` for each loop.
#[derive(Default)]
struct OpenBlocks {
    blocks: Vec<bool>,
    loops: u32,
}

impl OpenBlocks {
    /// Follows one instruction and returns, if it is a `loop`, how many loops are now open.
    fn step(&mut self, operator: &Operator<'_>) -> u32 {
        match operator {
            Operator::Block { .. } | Operator::If { .. } => self.blocks.push(false),
            Operator::Loop { .. } => {
                self.blocks.push(true);
                self.loops += 1;
                return self.loops;
            }
            Operator::End => self.loops -= u32::from(self.blocks.pop() == Some(true)),
            _ => {}
        }
        0
    }
}

/// The function that a limit is checked for.
#[derive(Clone, Copy)]
struct Place {
    function: u32,
}

impl Place {
    fn at_most(self, limit: Limit, value: u64) -> Result<(), AdmissionError> {
        if value > limit.value {
            let function = Some(self.function);
            return Err(AdmissionError::OverLimit { limit, value, function });
        }
        Ok(())
    }
}
