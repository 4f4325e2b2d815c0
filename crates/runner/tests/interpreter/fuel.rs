//! Fuel of small modules, added up by hand from the cost table.

use nets_runner::sandbox::interpreter::Stop;

use super::decide;

/// A module whose `decide` has this body.
fn body(instructions: &str) -> String {
    format!(
        "(module (memory 1 3) (func (export \"decide\") (param i64) (result i64) {instructions}\n))"
    )
}

/// Fails unless `decide(argument)` uses exactly `expected` fuel and faults with one less.
fn assert_fuel(text: &str, argument: u64, expected: u64) {
    let completion = decide(text, argument, u64::MAX).expect("the call ends");
    assert_eq!(completion.fuel_used, expected, "{text}");
    let completion = decide(text, argument, expected).expect("the budget is enough");
    assert_eq!(completion.fuel_used, expected, "{text}");
    assert_eq!(decide(text, argument, expected - 1), Err(Stop::Fuel), "{text}");
}

#[test]
fn simple_instructions_cost_one_and_entry_two() {
    // Entry 2; three instructions; `end` is free.
    assert_fuel(&body("local.get 0 i64.const 1 i64.add"), 5, 2 + 3);
    assert_fuel(&body("nop nop local.get 0 i64.const 1 drop"), 5, 2 + 5);
}

#[test]
fn every_fourth_local_makes_entry_dearer() {
    assert_fuel(&body("(local i32 i32 i32) local.get 0"), 0, 2 + 1);
    assert_fuel(&body("(local i32 i32 i32 v128) local.get 0"), 0, 2 + 1 + 1);
    assert_fuel(&body("(local f64 f64 f64 f64 f64 f64 f64 f64 f64) local.get 0"), 0, 2 + 2 + 1);
}

#[test]
fn only_executed_instructions_cost() {
    let text = body(
        "block
           local.get 0 i64.eqz br_if 0      ;; 3
           local.get 0 i64.const 7 i64.mul  ;; 3, unless skipped
           return                           ;; 1
         end
         i64.const 9                        ;; 1
         return                             ;; 1
         unreachable nop nop                ;; never",
    );
    assert_fuel(&text, 0, 2 + 3 + 1 + 1);
    assert_fuel(&text, 1, 2 + 3 + 3 + 1);
}

#[test]
fn each_turn_of_a_loop_costs_its_body() {
    // Seven instructions a turn; the `loop` itself is free each time.
    let text = body(
        "loop
           local.get 0 i64.const 1 i64.sub local.tee 0 i64.const 0 i64.ne br_if 0
         end
         local.get 0",
    );
    assert_fuel(&text, 1, 2 + 7 + 1);
    assert_fuel(&text, 1_000, 2 + 7 * 1_000 + 1);
}

#[test]
fn if_costs_one_and_else_nothing() {
    let text = body(
        "local.get 0 i32.wrap_i64
         if (result i64)
           i64.const 1 i64.const 2 i64.add
         else
           i64.const 3
         end",
    );
    assert_fuel(&text, 1, 2 + 2 + 1 + 3);
    assert_fuel(&text, 0, 2 + 2 + 1 + 1);
    let text = body("local.get 0 i32.wrap_i64 if nop nop end local.get 0");
    assert_fuel(&text, 1, 2 + 2 + 1 + 2 + 1);
    assert_fuel(&text, 0, 2 + 2 + 1 + 1);
}

#[test]
fn br_table_costs_four_wherever_it_goes() {
    let text = body(
        "block block block
           local.get 0 i32.wrap_i64 br_table 0 1 2
         end nop end nop end
         local.get 0",
    );
    assert_fuel(&text, 0, 2 + 2 + 4 + 2 + 1);
    assert_fuel(&text, 1, 2 + 2 + 4 + 1 + 1);
    assert_fuel(&text, 2, 2 + 2 + 4 + 1);
    assert_fuel(&text, 3_000_000_000, 2 + 2 + 4 + 1);
}

#[test]
fn calls_cost_their_instruction_and_the_entry_of_the_callee() {
    let text = "(module
        (func $five (result i64) (local i64 i64 i64 i64) i64.const 5)
        (table 2 funcref) (elem (i32.const 1) $five)
        (func (export \"decide\") (param i64) (result i64)
          call $five
          i32.const 1 call_indirect (result i64)
          i64.add))";
    // Twice the callee's 3 + 1; `call` 4; the index 1 and `call_indirect` 8; the sum 1; entry 2.
    assert_fuel(text, 0, 2 + 4 + (3 + 1) + 1 + 8 + (3 + 1) + 1);
}

#[test]
fn recursion_costs_the_sum_of_its_calls() {
    let text = "(module
        (func $fib (export \"decide\") (param i64) (result i64)
          local.get 0 i64.const 2 i64.lt_u
          if (result i64) local.get 0
          else
            local.get 0 i64.const 1 i64.sub call $fib
            local.get 0 i64.const 2 i64.sub call $fib
            i64.add
          end))";
    // A leaf: entry 2, test 4, result 1. An inner call: 2 + 4 + two times (3 + 4) + 1.
    // fib(10) makes 177 calls, 89 of them leaves; its value is 55.
    let completion = decide(text, 10, u64::MAX).expect("the call ends");
    assert_eq!(completion.results, [55]);
    assert_fuel(text, 10, 89 * 7 + 88 * 21);
}

#[test]
fn divisions_and_roots_have_their_own_prices() {
    for (instruction, price) in
        [("i64.div_s", 8), ("i64.div_u", 8), ("i64.rem_s", 8), ("i64.rem_u", 8), ("i64.mul", 1)]
    {
        let text = body(&format!("local.get 0 i64.const 3 {instruction}"));
        assert_fuel(&text, 7, 2 + 2 + price);
    }
    let scalar = "local.get 0 f64.convert_i64_u f64.sqrt i64.trunc_sat_f64_s";
    assert_fuel(&body(scalar), 7, 2 + 2 + 8 + 1);
    let vector = "local.get 0 i64x2.splat local.get 0 i64x2.splat f32x4.div i64x2.extract_lane 0";
    assert_fuel(&body(vector), 7, 2 + 4 + 16 + 1);
}

#[test]
fn copy_and_fill_cost_an_eighth_of_their_bytes() {
    for instruction in ["memory.copy", "memory.fill"] {
        for (bytes, extra) in [(0, 0), (7, 0), (8, 1), (15, 1), (65_536, 8_192)] {
            let operands = format!("i32.const 0 i32.const 0 i32.const {bytes}");
            let text = body(&format!("{operands} {instruction} local.get 0"));
            assert_fuel(&text, 0, 2 + 3 + 16 + extra + 1);
        }
    }
}

#[test]
fn growing_costs_for_each_page_granted() {
    let text = body("local.get 0 i32.wrap_i64 memory.grow i64.extend_i32_s");
    assert_fuel(&text, 0, 2 + 2 + 1_024 + 1);
    assert_fuel(&text, 2, 2 + 2 + 1_024 + 2 * 1_024 + 1);
    // The declared maximum is 3 pages, one is there: three more are refused and not paid for.
    assert_fuel(&text, 3, 2 + 2 + 1_024 + 1);
}
