//! What a match leaves behind never shows in the next, whether its instance is used again or not.

use std::sync::Arc;

use nets_runner::sandbox::{
    AdmittedModule, Decision, Engine, FastEngine, FastOptions, Instance, Program,
};

use super::agents::{PLENTY, admitted, deciding, loaded};

/// Three decisions of a match, which then ends.
fn played(program: &Arc<dyn Program>) -> Vec<Decision> {
    let mut instance = program.instantiate().expect("there is room for an instance");
    let decisions = (0..3).map(|packed| instance.decide(packed, PLENTY).expect("a verdict"));
    let decisions = decisions.collect();
    instance.finish();
    decisions
}

fn assert_matches_are_alike(module: &Arc<AdmittedModule>, what: &str) {
    let program = loaded(module);
    let first = played(&program);
    assert_ne!(first[0], first[1], "{what} shows within a match");
    for _ in 0..3 {
        assert_eq!(played(&program), first, "{what} shows in the next match");
    }
}

fn engine(instances: u32) -> FastEngine {
    let options = FastOptions { instances, compile_worker: None, ..FastOptions::default() };
    FastEngine::new(&options).expect("the engine starts")
}

/// Counts its calls in a global.
fn counting(step: u32) -> Arc<AdmittedModule> {
    admitted(&format!(
        r#"(module (global $calls (mut i64) (i64.const {step}))
            (func (export "decide") (param i64) (result i64)
                (global.set $calls (i64.add (global.get $calls) (i64.const {step})))
                (global.get $calls)))"#
    ))
}

#[test]
fn every_kind_of_global_is_put_back() {
    let kinds = [
        ("i32", "i32.const 7", "i32.add (i32.const 1)", "i64.extend_i32_u"),
        ("i64", "i64.const -7", "i64.add (i64.const 1)", "i64.add (i64.const 0)"),
        ("f32", "f32.const 0.5", "f32.add (f32.const 1)", "i64.trunc_sat_f32_s"),
        ("f64", "f64.const -0.5", "f64.add (f64.const 1)", "i64.trunc_sat_f64_s"),
        (
            "v128",
            "v128.const i64x2 3 4",
            "i64x2.add (v128.const i64x2 1 1)",
            "i64x2.extract_lane 1",
        ),
    ];
    for (kind, initial, add_one, to_i64) in kinds {
        let module = admitted(&format!(
            r#"(module (global $fixed i32 (i32.const 3)) (global $kept (mut {kind}) ({initial}))
                (func (export "decide") (param i64) (result i64)
                    (global.set $kept ({add_one} (global.get $kept)))
                    ({to_i64} (global.get $kept))))"#
        ));
        assert_matches_are_alike(&module, kind);
    }
}

#[test]
fn whatever_writes_memory_leaves_nothing() {
    let value = |kind: &str| match kind {
        "i32" => "(i32.add (i32.const 1) (i32.load (i32.const 64)))".to_owned(),
        "v128" => "(v128.not (v128.load (i32.const 64)))".to_owned(),
        kind => format!("({kind}.reinterpret_i{0} (i{0}.const 0x3ff1234567))", &kind[1..]),
    };
    let plain = ["i32.store", "i32.store8", "i32.store16"].map(|store| (store, value("i32")));
    let wide = "(i64.add (i64.const 1) (i64.load (i32.const 64)))";
    let wide = ["i64.store", "i64.store8", "i64.store16", "i64.store32"]
        .map(|store| (store, wide.to_owned()));
    let floats = [
        ("f32.store", "(f32.const 1.5)".to_owned()),
        ("f64.store", "(f64.const 1.5)".to_owned()),
        ("v128.store", value("v128")),
    ];
    let lanes = ["v128.store8_lane 0", "v128.store16_lane 0", "v128.store32_lane 0"]
        .into_iter()
        .chain(["v128.store64_lane 0"])
        .map(|store| (store, value("v128")));
    let stores = plain.into_iter().chain(wide).chain(floats).chain(lanes);
    let stores = stores.map(|(store, value)| format!("({store} (i32.const 64) {value})"));
    let bulk = [
        "(memory.fill (i32.const 64) (i32.const 1) (i32.const 4))",
        "(memory.copy (i32.const 64) (i32.const 128) (i32.const 4))",
        "(drop (memory.grow (i32.const 1)))",
    ];
    for write in stores.chain(bulk.map(str::to_owned)) {
        let module = admitted(&format!(
            r#"(module (memory 1 9) (data (i32.const 128) "abcd")
                (func (export "decide") (param i64) (result i64) (local $before i64)
                    (local.set $before (i64.add
                        (i64.load (i32.const 64)) (i64.extend_i32_u (memory.size))))
                    {write}
                    (local.get $before)))"#
        ));
        assert_matches_are_alike(&module, &write);
    }
}

#[test]
fn what_the_host_wrote_is_gone_too() {
    let module = admitted(
        r#"(module (memory (export "memory") 1) (global (export "nets_observation") i32 (i32.const 256))
            (func (export "decide") (param i64) (result i64) (i64.load (i32.const 256))))"#,
    );
    let program = loaded(&module);
    let mut first = program.instantiate().expect("there is room for an instance");
    first.write_observation(&[7; 16]);
    let seen = first.decide(0, PLENTY).expect("a verdict");
    assert!(matches!(seen, Decision::Action { action: 0x0707_0707_0707_0707, .. }), "{seen:?}");
    first.finish();
    let mut second = program.instantiate().expect("there is room for an instance");
    let seen = second.decide(0, PLENTY).expect("a verdict");
    assert!(matches!(seen, Decision::Action { action: 0, .. }), "{seen:?}");
}

#[test]
fn an_instance_that_faulted_is_not_used_again() {
    let body = "(if (i64.eqz (local.get $x)) (then (unreachable))) (i64.const 5)";
    let program = loaded(&deciding(body));
    for _ in 0..3 {
        let mut instance = program.instantiate().expect("there is room for an instance");
        assert!(matches!(instance.decide(1, PLENTY), Ok(Decision::Action { action: 5, .. })));
        assert!(matches!(instance.decide(0, PLENTY), Ok(Decision::Fault(_))));
        instance.finish();
    }
}

#[test]
fn seats_of_one_agent_in_one_match_share_nothing() {
    let program = loaded(&counting(1));
    played(&program);
    let mut seats = [(); 2].map(|()| program.instantiate().expect("there is room"));
    let ask = |seat: &mut Box<dyn Instance>| seat.decide(0, PLENTY).expect("a verdict");
    let [first, second] = seats.each_mut().map(ask);
    assert_eq!(first, second);
}

#[test]
fn those_that_wait_keep_no_place_from_others() {
    let engine = engine(2);
    let programs: Vec<_> =
        (1..5).map(|step| engine.load(&counting(step)).expect("it loads")).collect();
    for _ in 0..2 {
        for (step, pair) in (1_u64..).zip(programs.windows(2)) {
            let mut seats = [&pair[0], &pair[1]].map(|it| it.instantiate().expect("there is room"));
            let actions = seats.each_mut().map(|seat| seat.decide(0, PLENTY).expect("a verdict"));
            let expected = |step: u64| Decision::Action { action: 2 * step, fuel_used: 7 };
            assert_eq!(actions, [expected(step), expected(step + 1)]);
            seats.into_iter().for_each(Instance::finish);
        }
    }
    let seats = [(); 2].map(|()| programs[0].instantiate().expect("there is room"));
    let third = programs[1].instantiate();
    assert!(third.is_err(), "only two have a place");
    drop(seats);
}
