//! What the pass writes: as little as the rule allows, under names that no agent can take.

use nets_runner::sandbox::limits::STACK_BYTES;
use nets_runner::sandbox::metering::{DECIDE_EXPORT, TRAPPED_EXPORT, instrument};
use nets_runner::sandbox::{AdmittedModule, Decision};
use wasmparser::{Operator, Parser, Payload};

use super::agents::{PLENTY, admitted, decide, deciding};

/// Returns the instructions of the instrumented `decide`, which has index 0.
fn instrumented(module: &AdmittedModule) -> Vec<String> {
    let bytes = instrument(module).expect("it was admitted").bytes;
    for payload in Parser::new(0).parse_all(&bytes) {
        if let Payload::CodeSectionEntry(body) = payload.expect("valid") {
            let operators = body.get_operators_reader().expect("valid").into_iter();
            let text = |operator: Operator<'_>| format!("{operator:?}");
            return operators.map(|operator| text(operator.expect("valid"))).collect();
        }
    }
    panic!("there is no code");
}

fn count(instructions: &[String], wanted: &str) -> usize {
    instructions.iter().filter(|instruction| instruction.starts_with(wanted)).count()
}

#[test]
fn one_charge_pays_for_code_that_always_runs_together() {
    let module = deciding(
        "block nop end
         local.get $x i64.eqz if nop end
         block nop block nop end nop end
         local.get $x",
    );
    let instructions = instrumented(&module);
    assert_eq!(count(&instructions, "I64Sub"), 2, "the body and the arm: {instructions:?}");
}

#[test]
fn what_follows_a_branch_out_of_a_loop_is_charged_before_it() {
    let module = deciding("block loop local.get $x i64.eqz br_if 1 nop br 0 end end local.get $x");
    let instructions = instrumented(&module);
    assert_eq!(count(&instructions, "I64Sub"), 2, "the body and the loop: {instructions:?}");
    assert_eq!(count(&instructions, "I64Add"), 1, "back on the way out: {instructions:?}");
}

#[test]
fn loops_are_checked_and_short_leaves_are_not() {
    let short = instrumented(&deciding("local.get $x"));
    assert_eq!(count(&short, "BrIf"), 0, "{short:?}");
    let looping = instrumented(&deciding("loop i32.const 0 br_if 0 end local.get $x"));
    assert_eq!(count(&looping, "BrIf"), 3, "entry, loop and its own: {looping:?}");
}

#[test]
fn calls_without_cycles_need_no_stack_code() {
    let module = admitted(
        "(module (table 1 funcref) (elem (i32.const 0) $leaf) (type $t (func (param i64) (result i64)))
           (func (export \"decide\") (param i64) (result i64)
             local.get 0 call $middle i32.const 0 call_indirect (type $leaf_type))
           (type $leaf_type (func (param i64) (result i64)))
           (func $middle (param i64) (result i64) local.get 0 call $leaf)
           (func $leaf (param i64) (result i64) (local i64 i64) local.get 0))",
    );
    let frames: u32 = module.functions().iter().map(|function| function.frame_bytes()).sum();
    let metered = instrument(&module).expect("it was admitted");
    assert_eq!(metered.worst_stack, Some(frames));
}

#[test]
fn possible_cycles_are_counted() {
    let direct = "(module (func $f (export \"decide\") (param i64) (result i64)
        i64.const 0 br 0 call $f))";
    let indirect = "(module (type $t (func (param i64) (result i64)))
        (table 1 funcref) (elem (i32.const 0) $f)
        (func $f (export \"decide\") (param i64) (result i64)
          local.get 0 i32.const 0 call_indirect (type $t)))";
    for text in [direct, indirect] {
        assert_eq!(instrument(&admitted(text)).expect("it was admitted").worst_stack, None);
    }
    // A cycle that `decide` cannot reach is nobody's concern.
    let elsewhere = "(module (func $f call $f)
        (func (export \"decide\") (param i64) (result i64) local.get 0))";
    let module = admitted(elsewhere);
    let worst = instrument(&module).expect("it was admitted").worst_stack;
    assert_eq!(worst, Some(module.functions()[1].frame_bytes()));
    assert!(worst < Some(STACK_BYTES));
}

#[test]
fn agents_cannot_take_the_names_of_the_pass() {
    let module = admitted(&format!(
        "(module (global (export \"{TRAPPED_EXPORT}\") i32 (i32.const 3))
           (func (export \"{DECIDE_EXPORT}\") (param i64 i64) (result i64 i64)
             i64.const 0 i64.const 99)
           (func (export \"decide\") (param i64) (result i64) local.get 0))"
    ));
    let expected = Decision::Action { action: 4, fuel_used: 3 };
    assert_eq!(decide(&module, 4, PLENTY), expected);
}

#[test]
fn custom_sections_do_not_run() {
    let plain = "(module (func (export \"decide\") (param i64) (result i64) local.get 0))";
    let named = "(module (@custom \"note\" \"x\")
        (func $a_name (export \"decide\") (param i64) (result i64) local.get 0))";
    let bytes = |text| instrument(&admitted(text)).expect("it was admitted").bytes;
    assert_eq!(bytes(plain), bytes(named));
}

#[test]
fn functions_of_several_results_keep_them() {
    let module = admitted(
        "(module
           (func $three (param i64) (result i64 f64 i64)
             local.get 0 i64.eqz if i64.const 1 f64.const 2 i64.const 3 return end
             local.get 0 f64.const 20 i64.const 30)
           (func (export \"decide\") (param i64) (result i64) (local f64)
             local.get 0 call $three i64.const 100 i64.mul
             local.set 0 i64.trunc_f64_s i64.add local.get 0 i64.add))",
    );
    let action = |packed| match decide(&module, packed, PLENTY) {
        Decision::Action { action, .. } => action,
        Decision::Fault(kind) => panic!("{kind}"),
    };
    assert_eq!(action(0), 1 + 2 + 300);
    assert_eq!(action(5), 5 + 20 + 3_000);
}
