//! The gate: here on one thread and on several, with blessed digests, and in other builds.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, thread};

use nets_core::sha256;
use nets_determinism::{Digests, Script, answers};
use nets_testkit::blessed;
use wasmtime::{Engine, Instance, Module, Store};

use crate::matches;

/// Names the program to compare with.
const PROGRAM: &str = "NETS_DETERMINISM_PROGRAM";

/// Names the module to compare with.
const MODULE: &str = "NETS_DETERMINISM_MODULE";

const THREADS: usize = 4;

#[test]
fn matches_give_the_blessed_digests_and_the_same_on_any_number_of_threads() {
    let mut text = String::new();
    for (system, scripts) in matches::by_system() {
        let alone: Vec<_> = scripts.iter().map(played).collect();
        assert_eq!(on_threads(&scripts), alone, "{system}");
        let steps: usize = scripts.iter().map(|script| script.steps.len()).sum();
        let results: Vec<u8> = alone.iter().flat_map(|digests| digests.results.0).collect();
        let (count, digest) = (scripts.len(), sha256(&results));
        writeln!(text, "{system}: {count} matches, {steps} steps, {digest}").unwrap();
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/digests.txt");
    blessed::compare(&file, &text).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn other_builds_give_the_same_digests() {
    let scripts: Vec<_> = matches::by_system().into_values().flatten().collect();
    let text: String = scripts.iter().map(|script| format!("{script}\n")).collect();
    let (program, module) = (env::var(PROGRAM).ok(), env::var(MODULE).ok());
    if program.is_none() && module.is_none() {
        return;
    }
    let here = answers(&text);
    if let Some(program) = program {
        same(&scripts, &here, &by_program(&program, &text), &program);
    }
    if let Some(module) = module {
        same(&scripts, &here, &by_module(&module, &text), &module);
    }
}

fn played(script: &Script) -> Digests {
    script.play().unwrap_or_else(|error| panic!("{error}, playing\n{script}"))
}

/// The digests in the order of the scripts, whichever thread played which.
fn on_threads(scripts: &[Script]) -> Vec<Digests> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(script) = scripts.get(index) else { break done };
            done.push((index, played(script)));
        }
    };
    let mut done: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, digests)| digests).collect()
}

fn same(scripts: &[Script], here: &str, there: &str, place: &str) {
    assert_eq!(here.lines().count(), scripts.len());
    assert_eq!(there.lines().count(), scripts.len(), "{place} answers\n{there}");
    for (script, (here, there)) in scripts.iter().zip(here.lines().zip(there.lines())) {
        assert!(here.starts_with("results "), "{here}");
        assert_eq!(here, there, "left is this build, right {place}, playing\n{script}");
    }
}

fn by_program(program: &str, text: &str) -> String {
    let mut child = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{PROGRAM}: {program}: {error}"));
    // It reads everything before it writes anything.
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{program}: {}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

fn by_module(file: &str, text: &str) -> String {
    let bytes = fs::read(file).unwrap_or_else(|error| panic!("{MODULE}: {file}: {error}"));
    let engine = Engine::default();
    let module = Module::new(&engine, bytes).unwrap();
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    let memory = instance.get_memory(&mut store, "memory").unwrap();
    let room = instance.get_typed_func::<u32, u32>(&mut store, "room").unwrap();
    let place = room.call(&mut store, text.len() as u32).unwrap();
    memory.write(&mut store, place as usize, text.as_bytes()).unwrap();
    let play = instance.get_typed_func::<(), u32>(&mut store, "play").unwrap();
    let place = play.call(&mut store, ()).unwrap();
    let size = instance.get_typed_func::<(), u32>(&mut store, "size").unwrap();
    let mut answers = vec![0; size.call(&mut store, ()).unwrap() as usize];
    memory.read(&store, place as usize, &mut answers).unwrap();
    String::from_utf8(answers).unwrap()
}
