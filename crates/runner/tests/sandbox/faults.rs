//! Agents that fail: each failure is one fault, bounded by fuel, and ends the instance.

use nets_runner::sandbox::interpreter::InterpreterEngine;
use nets_runner::sandbox::{
    AdmittedModule, Decision, Engine, FaultKind, MATCH_THREAD_STACK_BYTES, limits::STACK_BYTES,
    on_match_stack,
};
use std::sync::Arc;

use super::agents::{PLENTY, admitted, decide, deciding, fast, loaded};

/// Asserts the kind of fault, on both engines.
fn faults(module: &Arc<AdmittedModule>, packed: u64, fuel: u64, kind: FaultKind) {
    let engines: [&dyn Engine; 2] = [fast(), &InterpreterEngine];
    for engine in engines {
        let program = engine.load(module).expect("it loads");
        let mut instance = program.instantiate().expect("there is room");
        let decision = instance.decide(packed, fuel).expect("a verdict");
        assert_eq!(decision, Decision::Fault(kind), "{}", engine.name());
        let again = instance.decide(packed, fuel).expect("a verdict");
        assert_eq!(again, Decision::Fault(FaultKind::AlreadyFaulted), "{}", engine.name());
    }
}

#[test]
fn endless_loops_run_out_of_fuel() {
    for body in [
        "loop br 0 end unreachable",
        "(local i64) loop local.get 1 i64.const 1 i64.add local.set 1 br 0 end unreachable",
        "block loop i32.const 0 br_if 1 br 0 end end local.get 0",
        "loop i32.const 1 br_if 0 end local.get 0",
        "loop i32.const 0 i32.const 1 i32.const 65536 memory.fill br 0 end unreachable",
        "loop i32.const 0 memory.grow drop br 0 end unreachable",
    ] {
        faults(&deciding(body), 0, 100_000, FaultKind::OutOfFuel);
    }
}

#[test]
fn a_loop_at_the_largest_budget_still_ends_by_fuel_of_its_copies() {
    // Each fill costs 8,208, so even a large budget ends after few of them.
    let body = "loop i32.const 0 i32.const 1 i32.const 65536 memory.fill br 0 end unreachable";
    faults(&deciding(body), 0, 10_000_000, FaultKind::OutOfFuel);
}

#[test]
fn calls_without_end_overflow_the_stack_at_the_rules_depth() {
    let text = |nops: usize| {
        format!(
            "(module
               (func $down (param i64) (result i64)
                 local.get 0 i64.eqz if (result i64) i64.const 0 else
                   local.get 0 i64.const 1 i64.sub call $down end)
               (func (export \"decide\") (param i64) (result i64)
                 {} local.get 0 call $down))",
            "nop ".repeat(nops)
        )
    };
    let frames = |module: &AdmittedModule| -> Vec<u64> {
        module.functions().iter().map(|function| function.frame_bytes().into()).collect()
    };
    // Each nop makes a frame 8 bytes larger, so the deepest call can use the last byte of stack.
    let bare = frames(&admitted(&text(0)));
    let spare = (u64::from(STACK_BYTES) - bare[1]) % bare[0];
    let module = admitted(&text(usize::try_from(spare / 8).expect("small")));
    let frames = frames(&module);
    assert_eq!((u64::from(STACK_BYTES) - frames[1]) % frames[0], 0);
    let deepest = (u64::from(STACK_BYTES) - frames[1]) / frames[0] - 1;
    let action = decide(&module, deepest, PLENTY);
    assert!(!action.is_fault(), "{action:?} at depth {deepest}");
    faults(&module, deepest + 1, PLENTY, FaultKind::StackOverflow);
    faults(&module, u64::MAX, PLENTY, FaultKind::StackOverflow);
}

#[test]
fn a_frame_that_cannot_fit_faults_without_recursion() {
    // A call of $eight and one of $sink are two bytes each, so a frame of 18 KB is 350 bytes.
    let body = format!("{} {}", "call $eight ".repeat(128), "call $sink ".repeat(32));
    let function = |index: usize| {
        let next = index + 1;
        format!("(func $f{index} (param i64) (result i64) {body} local.get 0 call $f{next})")
    };
    let functions: String = (0..1_000).map(function).collect();
    let eight = format!("(func $eight (result {}) {})", "i64 ".repeat(8), "i64.const 1 ".repeat(8));
    let text = format!(
        "(module {functions} {eight} (func $sink (param {}))
           (func $f1000 (param i64) (result i64) local.get 0)
           (func (export \"decide\") (param i64) (result i64)
             local.get 0 i64.const 60 i64.lt_u if (result i64) local.get 0 else
               local.get 0 call $f0 end))",
        "i64 ".repeat(32)
    );
    let module = admitted(&text);
    let stack: u64 = module.functions().iter().map(|f| u64::from(f.frame_bytes())).sum();
    assert!(stack > STACK_BYTES.into(), "the test needs more than the stack, has {stack}");
    assert!(!decide(&module, 0, PLENTY).is_fault(), "the deep path is not taken");
    faults(&module, 60, PLENTY, FaultKind::StackOverflow);
}

#[test]
fn deep_recursion_runs_on_any_thread() {
    let module = admitted(
        "(module (func $sum (export \"decide\") (param i64) (result i64)
           local.get 0 i64.eqz if (result i64) i64.const 0 else
             local.get 0 i64.const 1 i64.sub call $sum local.get 0 i64.add end))",
    );
    let program = loaded(&module);
    let run = move || {
        let mut instance = program.instantiate().expect("there is room");
        instance.decide(50_000, PLENTY).expect("a verdict")
    };
    let expected = 50_000 * 50_001 / 2;
    let check = move |decision| match decision {
        Decision::Action { action, .. } => assert_eq!(action, expected),
        Decision::Fault(kind) => panic!("{kind}"),
    };
    let small = std::thread::Builder::new().stack_size(256 * 1024);
    let on_small = run.clone();
    check(small.spawn(on_small).expect("a thread").join().expect("no panic"));
    let large = std::thread::Builder::new().stack_size(MATCH_THREAD_STACK_BYTES);
    let on_large = run.clone();
    check(large.spawn(on_large).expect("a thread").join().expect("no panic"));
    check(on_match_stack(run));
}

#[test]
fn traps_are_faults() {
    for (body, kind) in [
        ("unreachable", FaultKind::Unreachable),
        ("i64.const 1 i64.const 0 i64.div_u", FaultKind::DivisionByZero),
        ("i64.const 1 i64.const 0 i64.rem_s", FaultKind::DivisionByZero),
        ("i64.const -9223372036854775808 i64.const -1 i64.div_s", FaultKind::IntegerOverflow),
        ("f64.const nan i64.trunc_f64_s", FaultKind::BadConversionToInteger),
        ("i32.const 65529 i64.load", FaultKind::MemoryOutOfBounds),
        ("i32.const -1 i64.load offset=4294967295", FaultKind::MemoryOutOfBounds),
        ("i32.const -8 i64.const 1 i64.store local.get 0", FaultKind::MemoryOutOfBounds),
        (
            "i32.const 65535 i32.const 0 i32.const 2 memory.fill local.get 0",
            FaultKind::MemoryOutOfBounds,
        ),
        (
            "i32.const 0 i32.const -1 i32.const 1 memory.copy local.get 0",
            FaultKind::MemoryOutOfBounds,
        ),
    ] {
        faults(&deciding(body), 0, PLENTY, kind);
    }
}

#[test]
fn wrong_indirect_calls_are_faults() {
    let module = admitted(
        "(module (type $t (func (param i64) (result i64))) (table 3 funcref)
           (func $other) (elem (i32.const 0) $other)
           (func (export \"decide\") (param i64) (result i64)
             local.get 0 local.get 0 i32.wrap_i64 call_indirect (type $t)))",
    );
    faults(&module, 0, PLENTY, FaultKind::BadSignature);
    faults(&module, 1, PLENTY, FaultKind::IndirectCallToNull);
    faults(&module, 3, PLENTY, FaultKind::TableOutOfBounds);
    faults(&module, u64::MAX, PLENTY, FaultKind::TableOutOfBounds);
}

#[test]
fn memory_ends_at_the_protocols_limit_not_at_the_hosts() {
    let body = "(local $grown i64)
        block loop
          i32.const 1 memory.grow i32.const -1 i32.eq br_if 1
          local.get $grown i64.const 1 i64.add local.set $grown br 0
        end end
        local.get $grown";
    let module = deciding(body);
    match decide(&module, 0, PLENTY) {
        Decision::Action { action, .. } => assert_eq!(action, 511),
        Decision::Fault(kind) => panic!("{kind}"),
    }
}

#[test]
fn a_fuel_budget_of_nothing_is_a_fault() {
    faults(&deciding("local.get 0"), 0, 0, FaultKind::OutOfFuel);
    faults(&deciding("local.get 0"), 0, 2, FaultKind::OutOfFuel);
    assert!(!decide(&deciding("local.get 0"), 0, 3).is_fault());
}

#[test]
fn the_largest_budget_is_counted_exactly() {
    let expected = Decision::Action { action: 3, fuel_used: 3 };
    assert_eq!(decide(&deciding("local.get 0"), 3, u64::MAX), expected);
}

#[test]
fn state_lives_within_an_instance_and_not_beyond() {
    let module = admitted(
        "(module (memory 1) (global $calls (mut i64) (i64.const 0))
           (func (export \"decide\") (param i64) (result i64)
             global.get $calls i64.const 1 i64.add global.set $calls
             i32.const 8 i32.const 8 i64.load i64.const 256 i64.add i64.store
             global.get $calls i32.const 8 i64.load i64.add))",
    );
    let program = loaded(&module);
    for _ in 0..3 {
        let mut instance = program.instantiate().expect("there is room");
        for call in 1..=3 {
            match instance.decide(0, PLENTY).expect("a verdict") {
                Decision::Action { action, .. } => assert_eq!(action, 257 * call),
                Decision::Fault(kind) => panic!("{kind}"),
            }
        }
    }
}
