//! The interpreter behind the trait that all engines share.

use std::sync::Arc;

use nets_runner::sandbox::interpreter::InterpreterEngine;
use nets_runner::sandbox::{Decision, Engine, FaultKind, Instance, admit};

/// A fresh instance of an admitted module in text form.
fn instance(text: &str) -> Box<dyn Instance> {
    let bytes = wat::parse_str(text).expect("the text is a module");
    let module = Arc::new(admit(&bytes).expect("the module is admitted"));
    let program = InterpreterEngine.load(&module).expect("the module is supported");
    program.instantiate().expect("the host has memory")
}

/// Adds the packed observation to a sum that it keeps from call to call.
const SUM: &str = "(module (global $sum (mut i64) (i64.const 0))
    (func (export \"decide\") (param i64) (result i64)
      global.get $sum local.get 0 i64.add global.set $sum global.get $sum))";

/// Returns the first eight bytes of its observation.
const READ: &str = "(module (memory (export \"memory\") 1)
    (global (export \"nets_observation\") i32 (i32.const 65520))
    (func (export \"decide\") (param i64) (result i64) i32.const 65520 i64.load))";

#[test]
fn state_lives_from_call_to_call_and_not_beyond_the_instance() {
    for _ in 0..2 {
        let mut instance = instance(SUM);
        for (packed, action) in [(5, 5), (2, 7), (u64::MAX, 6)] {
            let expected = Decision::Action { action, fuel_used: 7 };
            assert_eq!(instance.decide(packed, 7), Ok(expected));
        }
    }
}

#[test]
fn a_faulted_instance_never_runs_again() {
    let mut instance = instance(SUM);
    assert_eq!(instance.decide(1, 6), Ok(Decision::Fault(FaultKind::OutOfFuel)));
    assert_eq!(instance.decide(1, 7), Ok(Decision::Fault(FaultKind::AlreadyFaulted)));
}

#[test]
fn the_observation_is_written_where_the_module_asks() {
    let mut instance = instance(READ);
    for value in [1_u64, 0x0102_0304_0506_0708] {
        instance.write_observation(&value.to_le_bytes());
        let expected = Decision::Action { action: value, fuel_used: 4 };
        assert_eq!(instance.decide(0, 100), Ok(expected));
    }
}

#[test]
fn an_observation_that_does_not_fit_is_a_fault() {
    let mut longest = instance(READ);
    longest.write_observation(&[1; 16]);
    assert!(!longest.decide(0, 100).expect("a verdict").is_fault());
    let mut too_long = instance(READ);
    too_long.write_observation(&[1; 17]);
    let lost = Decision::Fault(FaultKind::ObservationOutOfBounds);
    assert_eq!(too_long.decide(0, 100), Ok(lost));
    assert_eq!(too_long.decide(0, 100), Ok(Decision::Fault(FaultKind::AlreadyFaulted)));
}

#[test]
fn a_module_that_asks_for_no_observation_gets_none() {
    let mut instance = instance(SUM);
    instance.write_observation(&[0; 100]);
    assert!(!instance.decide(1, 100).expect("a verdict").is_fault());
}

#[test]
fn each_trap_is_a_fault_of_its_kind() {
    let cases = [
        ("unreachable", FaultKind::Unreachable),
        ("i64.const 1 i64.const 0 i64.div_s", FaultKind::DivisionByZero),
        ("i64.const 1 i64.const 0 i64.rem_u", FaultKind::DivisionByZero),
        ("i64.const 0x8000000000000000 i64.const -1 i64.div_s", FaultKind::IntegerOverflow),
        ("f64.const nan i64.trunc_f64_s", FaultKind::BadConversionToInteger),
        ("i32.const -1 i64.load", FaultKind::MemoryOutOfBounds),
        ("i32.const 3 call_indirect (result i64)", FaultKind::TableOutOfBounds),
        ("i32.const 1 call_indirect (result i64)", FaultKind::IndirectCallToNull),
        ("i32.const 0 call_indirect (result i64)", FaultKind::BadSignature),
    ];
    for (body, kind) in cases {
        let text = format!(
            "(module (memory 1) (table 3 funcref) (elem (i32.const 0) $decide)
               (func $decide (export \"decide\") (param i64) (result i64) {body}))"
        );
        assert_eq!(instance(&text).decide(0, 100), Ok(Decision::Fault(kind)), "{body}");
    }
}
