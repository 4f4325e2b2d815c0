//! Compile workers that are none: the engine says so, and never hangs, whatever the program does.
//!
//! What a worker of this build does is tested with the command `nets`, which is one. Which modules
//! go to one is tested here, by a worker that is missing.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use nets_runner::sandbox::fast::CompileWorker;
use nets_runner::sandbox::{AdmittedModule, Engine, FastEngine, FastOptions, admit};

use super::agents::{admitted, deciding};
use super::compile_bombs::repeated;

/// A module that is large enough to go to a worker: two thousand branches that join.
fn large() -> Arc<AdmittedModule> {
    deciding(&format!("{} local.get 0", "local.get 0 i64.eqz if nop end ".repeat(2_500)))
}

fn with_worker(worker: CompileWorker) -> FastEngine {
    let options =
        FastOptions { instances: 1, compile_worker: Some(worker), ..FastOptions::default() };
    FastEngine::new(&options).expect("the engine starts")
}

/// What the engine says when a shell script is its compile worker.
fn complaint(script: &str) -> String {
    let worker = CompileWorker {
        arguments: vec!["-c".into(), script.into()],
        patience: Duration::from_secs(30),
        ..CompileWorker::new("/bin/sh")
    };
    complaint_of(worker)
}

fn complaint_of(worker: CompileWorker) -> String {
    let engine = with_worker(worker);
    let small =
        admitted("(module (func (export \"decide\") (param i64) (result i64) local.get 0))");
    assert!(engine.load(&small).is_ok(), "a small module needs no worker");
    engine.load(&large()).map(drop).expect_err("there is no worker").to_string()
}

#[test]
fn a_program_that_is_missing_is_named() {
    let complaint = complaint_of(CompileWorker::new("/nowhere/nets"));
    assert!(complaint.contains("cannot start the compile worker /nowhere/nets"), "{complaint}");
}

#[test]
fn another_program_is_no_worker_however_it_ends() {
    for script in [
        "true",
        "exit 3",
        "echo hello",
        "cat",
        "head -c 100 /dev/zero; kill -9 $$",
        "kill -SEGV $$",
        "exec >&- 2>&-; cat > /dev/null",
    ] {
        let complaint = complaint(script);
        assert!(complaint.contains("is no compile worker of this build"), "{script}: {complaint}");
    }
}

#[test]
fn what_a_program_complains_of_is_passed_on() {
    let complaint = complaint("echo cannot open shared object >&2; exit 127");
    assert!(complaint.contains("cannot open shared object"), "{complaint}");
}

#[test]
fn a_program_that_does_not_answer_is_ended_with_its_children() {
    let worker = |script: &str| CompileWorker {
        arguments: vec!["-c".into(), script.into()],
        patience: Duration::from_millis(200),
        ..CompileWorker::new("/bin/sh")
    };
    // The second one answers nothing and reads nothing, but its child holds the pipes.
    for script in ["exec sleep 1000", "sleep 1000; true", "cat > /dev/null; sleep 1000 & wait"] {
        let complaint = complaint_of(worker(script));
        assert!(complaint.contains("did not answer within 200ms"), "{script}: {complaint}");
        assert!(complaint.contains("try again"), "{script}: {complaint}");
    }
    let complaint = complaint_of(worker("exec >&- 2>&-; sleep 1000"));
    assert!(complaint.contains("is no compile worker of this build"), "{complaint}");
}

#[test]
fn whatever_takes_a_compiler_long_is_for_the_worker() {
    let engine = with_worker(CompileWorker::new("/nowhere/nets"));
    let kinds = "(type (func (param i32))) ".repeat(1_000);
    let types =
        format!("(module {kinds} (func (export \"decide\") (param i64) (result i64) i64.const 1))");
    let targets = format!("block local.get 0 i32.wrap_i64 br_table {} end ", "0 ".repeat(1_000));
    for (name, module) in [
        ("types", admitted(&types)),
        ("functions", repeated(1_000, "")),
        ("targets", repeated(1, &targets.repeat(60))),
        ("grows", repeated(1, &"i32.const 0 memory.grow drop ".repeat(1_000))),
        ("copies", repeated(2, &"i32.const 0 i32.const 1 i32.const 2 memory.copy ".repeat(2_000))),
        ("loads", repeated(3, &"i32.const 0 i32.load drop ".repeat(10_000))),
        (
            "calls",
            repeated(
                1_000,
                &"call $eight call $eight call $eight call $eight call $sink ".repeat(2),
            ),
        ),
    ] {
        let refused = engine.load(&module).map(drop).expect_err(name).to_string();
        assert!(refused.contains("/nowhere/nets"), "{name}: {refused}");
    }
}

#[test]
fn the_example_agents_that_are_no_networks_need_no_worker() {
    let engine = with_worker(CompileWorker::new("/nowhere/nets"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agents/wasm");
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("the agents are there") {
        let path = entry.expect("readable").path();
        // The code of a network is written out, line after line, and may be watched as any large code.
        let is_network = |name: &str| name.ends_with("-neural");
        let name = path.file_stem().and_then(|name| name.to_str());
        if path.extension().is_none_or(|extension| extension != "wasm")
            || name.is_some_and(is_network)
        {
            continue;
        }
        let Ok(module) = admit(&fs::read(&path).expect("readable")) else { continue };
        assert!(engine.load(&Arc::new(module)).is_ok(), "{}", path.display());
        count += 1;
    }
    assert!(count >= 10, "only {count} agents");
}
