//! `nets` as the compile worker of an engine: within its limits, past them, and cut off.
//!
//! Whatever happens to the worker, agents play as they always do, only slower.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use nets_runner::sandbox::fast::{CompileWorker, Preparation, Tier};
use nets_runner::sandbox::interpreter::InterpreterEngine;
use nets_runner::sandbox::{AdmittedModule, Decision, Engine, FastEngine, FastOptions, admit};

use crate::case::nets;

const NETS: &str = env!("CARGO_BIN_EXE_nets");

/// A module whose `decide` returns one more than its argument, besides other functions.
fn module(functions: &str) -> Vec<u8> {
    let text = format!(
        "(module (memory 1) {functions} (func (export \"decide\") (param i64) (result i64)
           local.get 0 i64.const 1 i64.add))"
    );
    wat::parse_str(text).unwrap()
}

/// A module that keeps the optimising compiler busy for some four seconds.
fn bomb() -> Vec<u8> {
    let grows = "local.get 1 memory.grow local.set 1 ".repeat(4_000);
    module(&format!("(func (param i64) (local i32) {grows})").repeat(4))
}

/// A module that is worth a worker, and compiles in a fraction of a second.
fn large() -> Vec<u8> {
    let ifs = "local.get 0 i64.eqz if nop end ".repeat(2_500);
    module(&format!("(func (param i64) {ifs})"))
}

fn admitted(bytes: &[u8]) -> Arc<AdmittedModule> {
    Arc::new(admit(bytes).unwrap())
}

fn engine(worker: CompileWorker, cache: Option<&Path>) -> FastEngine {
    let options = FastOptions {
        instances: 2,
        cache: cache.map(Path::to_owned),
        compile_worker: Some(worker),
        ..FastOptions::default()
    };
    FastEngine::new(&options).unwrap()
}

/// A worker of which a shell script makes something; `$0` is `nets`, `$@` what the engine appends.
fn spoilt(script: &str) -> CompileWorker {
    let arguments = ["-c", script, NETS].map(Into::into).to_vec();
    CompileWorker { arguments, ..CompileWorker::new("/bin/sh") }
}

/// The script of a worker that greets and then crashes, whatever the module, unless it is given
/// more time than anybody gets for playing.
const IMPATIENT: &str = "if [ $2 -gt 5 ]; then exec \"$0\" --compile-worker \"$@\"; fi
    \"$0\" --compile-worker \"$@\" | head -c 64; kill -SEGV $$";

/// What the engine says when a module cannot be loaded.
fn complaint(worker: CompileWorker, module: &Arc<AdmittedModule>) -> String {
    engine(worker, None).load(module).map(drop).unwrap_err().to_string()
}

/// Loads a module, sees that it plays as the interpreter does, and returns how it was loaded.
fn prepared(engine: &FastEngine, module: &Arc<AdmittedModule>) -> Preparation {
    let (program, preparation) = engine.prepare(module).unwrap();
    let reference = InterpreterEngine.load(module).unwrap();
    for (fuel, is_enough) in [(5, true), (4, false)] {
        let [ours, theirs] = [&program, &reference]
            .map(|program| program.instantiate().unwrap().decide(41, fuel).unwrap());
        assert_eq!(ours.is_fault(), !is_enough, "{ours:?}");
        assert_eq!(ours, theirs);
    }
    preparation
}

/// Loads a module by an engine that has only the cache to take it from.
fn prepared_from(cache: &Path, module: &Arc<AdmittedModule>) -> Preparation {
    prepared(&engine(CompileWorker::new("/nowhere"), Some(cache)), module)
}

#[test]
fn a_large_module_is_compiled_by_the_worker_and_its_code_is_kept() {
    let cache = tempfile::tempdir().unwrap();
    let module = admitted(&large());
    let first = prepared(&engine(CompileWorker::new(NETS), Some(cache.path())), &module);
    assert_eq!(first, Preparation { tier: Some(Tier::Optimising), given_up: Vec::new() });
    assert_eq!(prepared_from(cache.path(), &module), first);
}

#[test]
fn a_worker_past_its_time_is_followed_by_the_linear_time_compiler() {
    let cache = tempfile::tempdir().unwrap();
    let module = admitted(&bomb());
    let worker = CompileWorker { cpu_seconds: 1, ..CompileWorker::new(NETS) };
    let preparation = prepared(&engine(worker, Some(cache.path())), &module);
    assert_eq!(preparation.tier, Some(Tier::LinearTime));
    let [(Tier::Optimising, reason)] = &preparation.given_up[..] else { panic!("{preparation:?}") };
    assert!(reason.contains("SIGXCPU"), "{reason}");
    // The next time nobody tries the optimising compiler again.
    let again = Preparation { given_up: Vec::new(), ..preparation };
    assert_eq!(prepared_from(cache.path(), &module), again);
}

#[test]
fn a_worker_past_its_memory_is_followed_by_the_linear_time_compiler() {
    let module = admitted(&bomb());
    let worker = CompileWorker { memory_bytes: 100 << 20, ..CompileWorker::new(NETS) };
    let preparation = prepared(&engine(worker, None), &module);
    assert_eq!(preparation.tier, Some(Tier::LinearTime), "{preparation:?}");
    let [(Tier::Optimising, reason)] = &preparation.given_up[..] else { panic!("{preparation:?}") };
    assert!(reason.contains("memory allocation"), "{reason}");
}

#[test]
fn a_worker_that_crashes_in_every_tier_is_followed_by_the_interpreter() {
    let cache = tempfile::tempdir().unwrap();
    let module = admitted(&large());
    let engine = engine(spoilt(IMPATIENT), Some(cache.path()));
    let preparation = prepared(&engine, &module);
    assert_eq!(preparation.tier, None);
    let tried: Vec<_> = preparation.given_up.iter().map(|(tier, _)| *tier).collect();
    assert_eq!(tried, [Tier::Optimising, Tier::LinearTime]);
    // The second opinion is then not the interpreter's, but that of a compiler with more patience.
    let second = engine.second_opinion().load(&module).unwrap();
    let decision = second.instantiate().unwrap().decide(1, 99);
    assert!(matches!(decision, Ok(Decision::Action { action: 2, .. })), "{decision:?}");
    // Who asks later must hear again that it is the interpreter that plays.
    let later = self::engine(spoilt(IMPATIENT), Some(cache.path()));
    assert_eq!(prepared(&later, &module).tier, None);
}

#[test]
fn a_second_opinion_can_be_had_of_what_another_process_played() {
    // The engine has loaded neither of them, as when a round goes on where it was interrupted.
    let engine = engine(spoilt(IMPATIENT), None);
    for bytes in [module(""), large()] {
        let second = engine.second_opinion().load(&admitted(&bytes)).unwrap();
        let decision = second.instantiate().unwrap().decide(1, 99);
        assert_eq!(decision, Ok(Decision::Action { action: 2, fuel_used: 5 }));
    }
}

#[test]
fn nobody_is_judged_by_the_interpreter_alone() {
    let module = admitted(&large());
    let script = "\"$0\" --compile-worker \"$@\" | head -c 64; kill -SEGV $$";
    let engine = engine(spoilt(script), None);
    assert_eq!(prepared(&engine, &module).tier, None);
    let refused = engine.second_opinion().load(&module).map(drop).unwrap_err().to_string();
    assert!(refused.contains("only the interpreter manages it"), "{refused}");
}

#[test]
fn a_worker_that_is_killed_from_outside_is_no_reason_to_be_slow_for_ever() {
    let cache = tempfile::tempdir().unwrap();
    let module = admitted(&large());
    let greet_and_die = "\"$0\" --compile-worker \"$@\" | head -c 64; kill -KILL $$";
    let once = format!(
        "if [ $1 = linear-time ]; then exec \"$0\" --compile-worker \"$@\"; fi; {greet_and_die}"
    );
    let preparation = prepared(&engine(spoilt(&once), Some(cache.path())), &module);
    assert_eq!(preparation.tier, Some(Tier::LinearTime));
    let next = prepared(&engine(CompileWorker::new(NETS), Some(cache.path())), &module);
    assert_eq!(next, Preparation { tier: Some(Tier::Optimising), given_up: Vec::new() });
    let error = complaint(spoilt(greet_and_die), &module);
    assert!(error.ends_with("try again"), "{error}");
}

#[test]
fn a_part_of_an_answer_is_never_loaded_and_neither_is_a_changed_one() {
    let module = admitted(&large());
    for spoiler in ["head -c 64", "head -c 65", "head -c 97", "head -c 5000", "tr '\\0' '\\1'"] {
        let script = format!("\"$0\" --compile-worker \"$@\" | {spoiler}");
        let error = complaint(spoilt(&script), &module);
        assert!(error.contains("its answer is not whole"), "{spoiler}: {error}");
    }
}

#[test]
fn a_worker_says_what_is_wrong_with_its_arguments() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, expected) in [
        (&["fastest", "1", "1"][..], "there is no tier \"fastest\""),
        (&["optimising", "soon", "1"], "\"soon\" is no number"),
        (&["optimising"], "expected TIER SECONDS BYTES, got no SECONDS"),
    ] {
        let output = nets(folder.path()).arg("--compile-worker").args(arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(expected), "{said}");
        assert_eq!((output.status.code(), &output.stdout[..]), (Some(2), &b""[..]));
    }
}

#[test]
fn the_command_line_is_its_own_worker() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bomb.wasm"), bomb()).unwrap();
    // Two seconds for this process and two for each worker: if it compiled the bomb by itself, or
    // waited for the optimising compiler to end, it would not live to tell.
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -t 2 && exec \"$0\" \"$@\"", NETS]).current_dir(folder.path());
    command.args(["agent", "check", "bomb.wasm", "--system", "rps", "--json"]);
    let output = command.env("NETS_CACHE", folder.path()).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.code().is_some(), "it was killed: {:?}", output.status);
    assert!(said.contains("\"admissible\":true") && said.contains("\"trial\":{"), "{said}");
}
