//! Random modules, for whoever compares ways to run them.
//!
//! [`random_agent`] makes programs that run long, [`general_module`] short and strange ones; both fold
//! all that they computed into what they answer. [`among`] makes players of them.

pub mod general_module;
mod original;
pub mod random_agent;

use wasm_encoder::{Function, ValType};

use self::original::Original;

/// The module with its answers mixed, each bit of them, into a number below `actions`.
///
/// # Panics
/// When the module is not valid, imports something or exports no `decide`.
pub fn among(actions: u64, module: Vec<u8>) -> Vec<u8> {
    const ANSWER: u32 = 1;
    let original = Original::read(module, "decide");
    let mut function = Function::new([(1, ValType::I64)]);
    let sink = &mut function.instructions();
    sink.local_get(0).call(original.inner).local_tee(ANSWER);
    sink.local_get(ANSWER).i64_const(32).i64_shr_u().i64_xor();
    sink.i64_const(0x9e37_79b9_7f4a_7c15_u64.cast_signed()).i64_mul();
    sink.i64_const(32).i64_shr_u();
    sink.i64_const(actions.cast_signed()).i64_rem_u().end();
    original.with_decide(&function)
}
