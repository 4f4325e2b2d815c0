//! Modules that are admitted and still made to keep a compiler busy.

use std::sync::Arc;

use nets_runner::sandbox::fast::Tier;
use nets_runner::sandbox::{AdmittedModule, Decision, FaultKind, Instance};

use super::agents::{PLENTY, admitted, fast};

/// A module of `count` functions with the same body and a `decide` that calls none of them.
pub(crate) fn repeated(count: usize, body: &str) -> Arc<AdmittedModule> {
    let function = format!("(func (param i64) (result i64) (local i64) {body} local.get 0)");
    admitted(&format!(
        "(module (memory 1) (table 1 funcref) (type $decide (func (param i64) (result i64)))
           {} (func $eight (result {}) {}) (func $sink (param {}))
           (func (export \"decide\") (param i64) (result i64) local.get 0))",
        function.repeat(count),
        "i64 ".repeat(8),
        "i64.const 1 ".repeat(8),
        "i64 ".repeat(32),
    ))
}

fn invariants(count: usize) -> String {
    let each = |n| format!("local.get 0 i64.const {n} i64.mul local.get 1 i64.add local.set 1 ");
    let body: String = (0..count).map(each).collect();
    format!("loop {body} local.get 1 i64.const 9 i64.lt_u br_if 0 end")
}

#[test]
fn modules_made_to_be_slow_get_the_compiler_that_takes_linear_time() {
    let loops = format!("{}{}", "loop ".repeat(500), "i32.const 0 br_if 0 end ".repeat(500));
    let saved = format!("{}{}", "call $eight ".repeat(128), "call $sink ".repeat(32));
    let call_indirect = "local.get 0 i32.const 7 call_indirect (type $decide)";
    let fill = "i32.const 0 i32.const 1 i32.const 2 memory.fill ";
    for (name, module) in [
        ("nested loops", repeated(150, &loops)),
        ("values across calls", repeated(1_000, &saved)),
        ("loop invariants", repeated(8, &invariants(5_000))),
        ("ifs", repeated(40, &"local.get 0 i32.wrap_i64 if end ".repeat(4_000))),
        ("grows", repeated(30, &"i32.const 0 memory.grow drop ".repeat(4_000))),
        ("indirect calls", repeated(15, &format!("{call_indirect} drop ").repeat(6_000))),
        ("fills", repeated(16, &fill.repeat(6_000))),
    ] {
        assert_eq!(Tier::for_module(&module), Tier::LinearTime, "{name}");
    }
}

#[test]
fn ordinary_modules_are_optimised() {
    let ordinary = repeated(
        2_000,
        &"local.get 0 i32.wrap_i64 if call $eight call $eight
        call $eight call $eight call $sink end "
            .repeat(20),
    );
    assert_eq!(Tier::for_module(&ordinary), Tier::Optimising);
    assert_eq!(Tier::for_module(&repeated(0, "")), Tier::Optimising);
}

#[test]
fn frames_full_of_hoisted_values_overflow_the_logical_stack_first() {
    let module = admitted(&format!(
        "(module (func $f (export \"decide\") (param i64) (result i64) (local i64)
           {} local.get 0 i64.const 1 i64.add call $f))",
        invariants(1_500)
    ));
    for tier in [Tier::Optimising, Tier::LinearTime] {
        let Ok(program) = fast().load_with(&module, tier) else { continue };
        let mut instance: Box<dyn Instance> = program.instantiate().expect("there is room");
        let overflow = Decision::Fault(FaultKind::StackOverflow);
        assert_eq!(instance.decide(3, PLENTY), Ok(overflow), "{tier:?}");
    }
}
