//! Fuel computed by hand from the published rule, instruction by instruction.

use nets_runner::sandbox::{Decision, FaultKind};

use super::agents::{PLENTY, admitted, decide, deciding};

/// Asserts that a body returns `action` after exactly `fuel`, and faults with one less.
fn costs(body: &str, packed: u64, action: u64, fuel: u64) {
    let module = deciding(body);
    let expected = Decision::Action { action, fuel_used: fuel };
    assert_eq!(decide(&module, packed, PLENTY), expected, "with plenty: {body}");
    assert_eq!(decide(&module, packed, fuel), expected, "with exactly enough: {body}");
    let fault = decide(&module, packed, fuel - 1);
    assert_eq!(fault, Decision::Fault(FaultKind::OutOfFuel), "with one too little: {body}");
}

#[test]
fn straight_line_costs_entry_and_each_instruction() {
    costs("local.get $x", 7, 7, 2 + 1);
    costs("local.get $x i64.const 1 i64.add", 7, 8, 2 + 3);
    costs("nop nop i64.const 5", 0, 5, 2 + 3);
}

#[test]
fn entry_costs_a_quarter_of_the_declared_locals_rounded_down() {
    costs("(local i64 i64 i64) local.get $x", 1, 1, 2 + 1);
    costs("(local i64 i64 i64 i64) local.get $x", 1, 1, 3 + 1);
    costs("(local i32 i32 i32 i32 i32 i32 i32) local.get $x", 1, 1, 3 + 1);
}

#[test]
fn divisions_and_roots_cost_more() {
    costs("local.get $x i64.const 3 i64.div_u", 10, 3, 2 + 2 + 8);
    costs("local.get $x i64.const 3 i64.rem_s", 10, 1, 2 + 2 + 8);
    costs("f64.const 9 f64.sqrt i64.trunc_f64_s", 0, 3, 2 + 1 + 8 + 1);
    costs("f32.const 9 f32.const 3 f32.div i64.trunc_f32_u", 0, 3, 2 + 2 + 8 + 1);
    let vector = "f64.const 9 f64x2.splat f64x2.sqrt f64x2.extract_lane 1 i64.trunc_f64_s";
    costs(vector, 0, 3, 2 + 2 + 16 + 2);
}

#[test]
fn structure_costs_nothing_and_branches_one() {
    costs("block br 0 end local.get $x", 4, 4, 2 + 1 + 1);
    costs("block block br 1 i64.const 9 drop end i64.const 9 drop end local.get $x", 4, 4, 2 + 2);
    costs("local.get $x return", 4, 4, 2 + 2);
    costs("local.get $x return i64.const 1 i64.div_u", 4, 4, 2 + 2);
}

#[test]
fn only_the_arm_taken_is_paid() {
    let body = "local.get $x i64.eqz if (result i64) i64.const 8 else
        local.get $x i64.const 2 i64.div_u end";
    costs(body, 0, 8, 2 + 3 + 1);
    costs(body, 6, 3, 2 + 3 + 2 + 8);
    let without_else = "local.get $x i64.eqz if nop nop nop end local.get $x";
    costs(without_else, 0, 0, 2 + 3 + 3 + 1);
    costs(without_else, 1, 1, 2 + 3 + 1);
}

#[test]
fn code_after_an_escaped_block_is_paid_only_when_reached() {
    let body = "block block local.get $x i64.eqz br_if 1 nop end nop nop end local.get $x";
    costs(body, 0, 0, 2 + 3 + 1);
    costs(body, 1, 1, 2 + 3 + 1 + 2 + 1);
    let early_return = "block local.get $x i64.eqz if i64.const 9 return end nop end local.get $x";
    costs(early_return, 0, 9, 2 + 3 + 2);
    costs(early_return, 1, 1, 2 + 3 + 1 + 1);
}

#[test]
fn a_loop_is_paid_for_each_turn() {
    let body = "(local $i i64)
        loop
          local.get $i i64.const 1 i64.add local.tee $i
          local.get $x i64.lt_u br_if 0
        end
        local.get $i";
    for turns in [1, 2, 10, 1_000] {
        costs(body, turns, turns, 2 + 7 * turns + 1);
    }
}

#[test]
fn a_loop_left_in_the_middle_is_paid_up_to_there() {
    let body = "(local $i i64)
        block loop
          local.get $i local.get $x i64.ge_u br_if 1
          local.get $i i64.const 1 i64.add local.set $i
          br 0
        end end
        local.get $i";
    for turns in [0, 1, 5] {
        costs(body, turns, turns, 2 + 4 + turns * (4 + 1 + 4) + 1);
    }
}

#[test]
fn what_was_paid_ahead_of_a_branch_out_of_a_loop_is_paid_back() {
    let body = "(local $i i64)
        block block loop
          local.get $i i64.const 1 i64.add local.tee $i
          i64.const 3 i64.gt_u br_if 1
          nop nop local.get $i local.get $x i64.eq br_if 2
          nop br 0
        end end
          nop nop nop
        end
        local.get $i";
    costs(body, 1, 1, 2 + 7 + 6 + 1);
    costs(body, 2, 2, 2 + (7 + 6 + 2) + 7 + 6 + 1);
    costs(body, 9, 4, 2 + 3 * (7 + 6 + 2) + 7 + 3 + 1);
    let outer_loop = "(local $i i64)
        loop
          local.get $i i64.const 1 i64.add local.set $i
          loop
            local.get $i local.get $x i64.lt_u br_if 1
            nop nop local.get $i i64.const 3 i64.lt_u br_if 0
          end
        end
        local.get $i";
    costs(outer_loop, 5, 5, 2 + 4 * (4 + 4) + (4 + 4 + 6) + 1);
}

#[test]
fn a_callee_never_sees_fuel_that_was_paid_ahead() {
    let module = admitted(
        "(module
           (func $leaf (param i64) (result i64) loop end local.get 0)
           (func (export \"decide\") (param $x i64) (result i64) (local $i i64)
             block loop
               local.get $i call $leaf local.get $x i64.ge_u br_if 1
               nop nop nop nop nop nop nop nop
               local.get $i i64.const 1 i64.add local.set $i
               br 0
             end end
             local.get $i))",
    );
    for turns in [0, 1, 6] {
        let test = 1 + 4 + (2 + 1) + 3;
        let fuel_used = 2 + test + turns * (8 + 4 + 1 + test) + 1;
        let expected = Decision::Action { action: turns, fuel_used };
        assert_eq!(decide(&module, turns, PLENTY), expected);
        assert_eq!(decide(&module, turns, fuel_used), expected);
        let fault = decide(&module, turns, fuel_used - 1);
        assert_eq!(fault, Decision::Fault(FaultKind::OutOfFuel));
    }
}

#[test]
fn functions_of_any_number_of_parameters_share_one_count() {
    // Counters come as parameters to few-parameter functions and in globals to the others.
    let params = |count: usize| "i64 ".repeat(count);
    let function = |count: usize, next: usize| {
        let arguments = "local.get 0 ".repeat(next);
        format!(
            "(func $f{count} (param {}) (result i64) (local i64)
               local.get 0 i64.const 1 i64.sub local.tee 0 i64.eqz
               if (result i64) i64.const 7 else {arguments} i32.const {next}
                 call_indirect (param {}) (result i64) local.tee {count} end)",
            params(count),
            params(next),
        )
    };
    let functions: String = (1..=6).map(|count| function(count, count % 6 + 1)).collect();
    let module = admitted(&format!(
        "(module (table 7 funcref) (elem (i32.const 1) $f1 $f2 $f3 $f4 $f5 $f6) {functions}
           (func (export \"decide\") (param i64) (result i64) local.get 0 call $f1))"
    ));
    for depth in 1..=20_u64 {
        let call = |count: u64| count % 6 + 1 + 1 + 8 + 1;
        let calls: u64 = (1..depth).map(|level| call((level - 1) % 6 + 1)).sum();
        let fuel_used = 2 + 1 + 4 + depth * (2 + 6) + calls + 1;
        let expected = Decision::Action { action: 7, fuel_used };
        assert_eq!(decide(&module, depth, PLENTY), expected, "depth {depth}");
        assert_eq!(decide(&module, depth, fuel_used), expected, "depth {depth}");
        let fault = decide(&module, depth, fuel_used - 1);
        assert_eq!(fault, Decision::Fault(FaultKind::OutOfFuel), "depth {depth}");
    }
}

#[test]
fn a_table_of_branches_costs_four() {
    let body = "block block block local.get $x i32.wrap_i64 br_table 0 1 2 end
        nop end nop nop end local.get $x";
    costs(body, 0, 0, 2 + 6 + 1 + 2 + 1);
    costs(body, 1, 1, 2 + 6 + 2 + 1);
    costs(body, 9, 9, 2 + 6 + 1);
}

#[test]
fn copy_and_fill_cost_an_eighth_of_their_bytes_rounded_down() {
    for (bytes, extra) in [(0, 0), (7, 0), (8, 1), (1_000, 125), (65_536, 8_192)] {
        let fill = format!("i32.const 0 i32.const 1 i32.const {bytes} memory.fill local.get $x");
        costs(&fill, 3, 3, 2 + 3 + 16 + extra + 1);
        let copy = format!("i32.const 0 i32.const 0 i32.const {bytes} memory.copy local.get $x");
        costs(&copy, 3, 3, 2 + 3 + 16 + extra + 1);
    }
}

#[test]
fn growing_costs_for_each_page_granted() {
    let body = "local.get $x i32.wrap_i64 memory.grow i64.extend_i32_u";
    costs(body, 0, 1, 2 + 2 + 1_024 + 1);
    costs(body, 1, 1, 2 + 2 + 2_048 + 1);
    costs(body, 511, 1, 2 + 2 + 512 * 1_024 + 1);
    costs(body, 512, u64::from(u32::MAX), 2 + 2 + 1_024 + 1);
    costs(body, 0xffff_ffff, u64::from(u32::MAX), 2 + 2 + 1_024 + 1);
}

#[test]
fn the_declared_maximum_ends_growth_below_the_protocols() {
    let module = admitted(
        "(module (memory 1 3) (func (export \"decide\") (param i64) (result i64)
           local.get 0 i32.wrap_i64 memory.grow i64.extend_i32_u))",
    );
    let fuel = 2 + 2 + 1_024 + 1;
    let granted = Decision::Action { action: 1, fuel_used: fuel + 2_048 };
    assert_eq!(decide(&module, 2, PLENTY), granted);
    let refused = Decision::Action { action: u64::from(u32::MAX), fuel_used: fuel };
    assert_eq!(decide(&module, 3, PLENTY), refused);
}

#[test]
fn calls_cost_the_call_and_the_callees_entry() {
    let module = admitted(
        "(module
           (table 2 funcref) (elem (i32.const 0) $double $double)
           (func $double (param i64) (result i64) (local i64 i64 i64 i64)
             local.get 0 i64.const 2 i64.mul)
           (func (export \"decide\") (param i64) (result i64)
             local.get 0 call $double i32.const 1 call_indirect (param i64) (result i64)))",
    );
    let callee = 3 + 3;
    let fuel_used = 2 + 1 + 4 + callee + 1 + 8 + callee;
    let expected = Decision::Action { action: 20, fuel_used };
    assert_eq!(decide(&module, 5, PLENTY), expected);
    assert_eq!(decide(&module, 5, fuel_used), expected);
    assert_eq!(decide(&module, 5, fuel_used - 1), Decision::Fault(FaultKind::OutOfFuel));
}

#[test]
fn recursion_is_paid_for_each_activation() {
    let module = admitted(
        "(module (func $sum (export \"decide\") (param i64) (result i64)
           local.get 0 i64.eqz if (result i64) i64.const 0 else
             local.get 0 i64.const 1 i64.sub call $sum local.get 0 i64.add end))",
    );
    let fuel_used = |depth: u64| depth * (2 + 3 + 3 + 4 + 2) + 2 + 3 + 1;
    for depth in [0, 1, 2, 100] {
        let action = depth * (depth + 1) / 2;
        let expected = Decision::Action { action, fuel_used: fuel_used(depth) };
        assert_eq!(decide(&module, depth, PLENTY), expected);
        assert_eq!(decide(&module, depth, fuel_used(depth)), expected);
        let fault = decide(&module, depth, fuel_used(depth) - 1);
        assert_eq!(fault, Decision::Fault(FaultKind::OutOfFuel));
    }
}
