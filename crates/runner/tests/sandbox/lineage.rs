//! Modules that differ in their data alone share code, and nothing else.

use std::path::Path;
use std::sync::Arc;

use nets_runner::sandbox::interpreter::InterpreterEngine;
use nets_runner::sandbox::{AdmittedModule, Decision, Engine, FastEngine, FastOptions, Instance};

use super::agents::{PLENTY, admitted};

/// Returns the number in its data and what it counted so far, and counts.
fn agent(number: u16) -> Arc<AdmittedModule> {
    let [low, high] = number.to_le_bytes();
    with(&format!("(i32.const 8) \"\\{low:02x}\\{high:02x}\""), 7)
}

fn with(data: &str, global: u32) -> Arc<AdmittedModule> {
    admitted(&format!(
        r#"(module
            (memory 1)
            (global $counts i32 (i32.const {global}))
            (data {data})
            (data (i32.const 16) "\01")
            (func (export "decide") (param i64) (result i64)
                (i32.store8 (i32.const 16) (i32.add (i32.load8_u (i32.const 16)) (i32.const 1)))
                (i64.add
                    (i64.load16_u (i32.const 8))
                    (i64.mul (i64.const 1000) (i64.load8_u (i32.const 16))))))"#
    ))
}

fn engine(cache: Option<&Path>) -> FastEngine {
    let options = FastOptions {
        instances: 4,
        cache: cache.map(Path::to_owned),
        compile_worker: None,
        ..FastOptions::default()
    };
    FastEngine::new(&options).expect("the engine starts")
}

fn decided(instance: &mut dyn Instance) -> (u64, u64) {
    match instance.decide(0, PLENTY).expect("a verdict") {
        Decision::Action { action, fuel_used } => (action, fuel_used),
        Decision::Fault(kind) => panic!("{kind}"),
    }
}

/// Two decisions of a fresh instance.
fn twice(engine: &dyn Engine, module: &Arc<AdmittedModule>) -> [(u64, u64); 2] {
    let mut instance = engine.load(module).expect("it loads").instantiate().expect("there is room");
    [(); 2].map(|()| decided(instance.as_mut()))
}

fn compiled(cache: &Path) -> usize {
    let entries = std::fs::read_dir(cache).expect("the directory exists");
    let paths = entries.map(|entry| entry.expect("readable").path());
    paths.filter(|path| path.extension().is_some_and(|found| found == "cwasm")).count()
}

#[test]
fn a_thousand_of_one_lineage_are_compiled_twice_in_all() {
    let cache = tempfile::tempdir().expect("a directory");
    let engine = engine(Some(cache.path()));
    for number in 0..1_000 {
        let module = agent(number);
        assert_eq!(module.lineage(), agent(0).lineage());
        let fast = twice(&engine, &module);
        assert_eq!(
            fast.map(|(action, _)| action),
            [2000 + u64::from(number), 3000 + u64::from(number)]
        );
        assert_eq!(fast, twice(&InterpreterEngine, &module));
        assert_eq!(compiled(cache.path()), if number == 0 { 1 } else { 2 });
    }
    // The first one as well when it comes again.
    assert_eq!(twice(&engine, &agent(0))[0].0, 2000);
}

#[test]
fn instances_begin_with_their_own_data_whoever_was_there_before() {
    let engine = engine(None);
    let modules: Vec<_> = (0..3).map(agent).collect();
    let programs: Vec<_> = modules.iter().map(|it| engine.load(it).expect("it loads")).collect();
    for turn in 0..12 {
        let number = turn * 5 % 3;
        let mut instance = programs[number].instantiate().expect("there is room");
        for count in 2..5 {
            assert_eq!(decided(instance.as_mut()).0, count * 1000 + number as u64);
        }
    }
}

#[test]
fn whatever_else_differs_is_another_lineage() {
    let own = agent(1);
    for other in [with("(i32.const 8) \"\\01\"", 8), with("(i32.const 8) \"\\01\"", 9)] {
        assert_ne!(other.lineage(), own.lineage());
    }
    // Where data stand is no part of the code.
    let moved = with("(i32.const 12) \"\\05\"", 7);
    assert_eq!(moved.lineage(), own.lineage());
    let engine = engine(None);
    for (module, expected) in [(own, 2001), (moved, 2000), (agent(3), 2003)] {
        assert_eq!(twice(&engine, &module)[0].0, expected);
    }
}
