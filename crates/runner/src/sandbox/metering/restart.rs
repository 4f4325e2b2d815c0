//! Which modules can begin anew in an instance that has run, and the function that makes them.
//!
//! Many agents never write memory: all that a match changes of them is globals, and putting those
//! back costs less than a new instance. Tables never change, by admission.
//! Invariant: after the function ran, the module is as it was before its first call.

use wasm_encoder::{Function, Ieee32, Ieee64};
use wasmparser::Operator;

use super::function::Body;
use crate::sandbox::module::{AdmittedModule, Constant};

/// Says whether the memory is after any calls what it was before them.
pub(super) fn can_restart(module: &AdmittedModule, bodies: &[Body<'_>]) -> bool {
    let mut operators = bodies.iter().flat_map(|body| &body.operators);
    module.observation_address().is_none() && !operators.any(changes_memory)
}

/// The function that puts every global back.
pub(super) fn restart(module: &AdmittedModule) -> Function {
    let mut function = Function::new([]);
    let sink = &mut function.instructions();
    for (index, global) in (0..).zip(module.globals()).filter(|(_, global)| global.mutable) {
        match global.initial {
            Constant::I32(value) => sink.i32_const(value),
            Constant::I64(value) => sink.i64_const(value),
            Constant::F32(bits) => sink.f32_const(Ieee32::new(bits)),
            Constant::F64(bits) => sink.f64_const(Ieee64::new(bits)),
            Constant::V128(bits) => sink.v128_const(bits.cast_signed()),
        };
        sink.global_set(index);
    }
    sink.end();
    function
}

/// Says whether an instruction that admission lets through writes memory or makes it grow.
fn changes_memory(operator: &Operator<'_>) -> bool {
    use Operator as O;
    matches!(
        operator,
        O::I32Store { .. }
            | O::I32Store8 { .. }
            | O::I32Store16 { .. }
            | O::I64Store { .. }
            | O::I64Store8 { .. }
            | O::I64Store16 { .. }
            | O::I64Store32 { .. }
            | O::F32Store { .. }
            | O::F64Store { .. }
            | O::V128Store { .. }
            | O::V128Store8Lane { .. }
            | O::V128Store16Lane { .. }
            | O::V128Store32Lane { .. }
            | O::V128Store64Lane { .. }
            | O::MemoryCopy { .. }
            | O::MemoryFill { .. }
            | O::MemoryGrow { .. }
    )
}
