//! Compiled code on disk: used again by the node that wrote it, ignored in every other case.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use nets_runner::sandbox::{Decision, Engine, FastEngine, FastOptions};

use super::agents::{PLENTY, admitted};

/// An agent that returns a constant, so that code of another agent shows.
fn agent(constant: u64) -> std::sync::Arc<nets_runner::sandbox::AdmittedModule> {
    admitted(&format!(
        "(module (func (export \"decide\") (param i64) (result i64) i64.const {constant}))"
    ))
}

fn engine(directory: &Path) -> FastEngine {
    let options =
        FastOptions { instances: 4, cache: Some(directory.to_owned()), ..FastOptions::default() };
    FastEngine::new(&options).expect("the engine starts")
}

/// Runs an agent in a new engine on a cache directory and returns its action.
fn action(directory: &Path, constant: u64) -> u64 {
    let program = engine(directory).load(&agent(constant)).expect("it loads");
    let mut instance = program.instantiate().expect("there is room");
    match instance.decide(0, PLENTY).expect("a verdict") {
        Decision::Action { action, .. } => action,
        Decision::Fault(kind) => panic!("{kind}"),
    }
}

fn files(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("the directory exists");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    files.sort();
    files
}

fn written(path: &Path) -> SystemTime {
    fs::metadata(path).and_then(|metadata| metadata.modified()).expect("the file exists")
}

#[test]
fn code_is_compiled_once_and_loaded_after_that() {
    let directory = tempfile::tempdir().expect("a directory");
    assert_eq!(action(directory.path(), 1), 1);
    let [code] = &files(directory.path(), "cwasm")[..] else { panic!("one entry expected") };
    let first = written(code);
    assert_eq!(action(directory.path(), 1), 1);
    assert_eq!(written(code), first, "the entry was written again");
    assert_eq!(action(directory.path(), 2), 2);
    assert_eq!(files(directory.path(), "cwasm").len(), 2);
    assert!(files(directory.path(), "tmp").is_empty());
}

#[test]
fn changed_code_is_compiled_again_and_never_run() {
    let directory = tempfile::tempdir().expect("a directory");
    assert_eq!(action(directory.path(), 1), 1);
    let [code] = &files(directory.path(), "cwasm")[..] else { panic!("one entry expected") };
    let good = fs::read(code).expect("readable");
    let mut flipped = good.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    for bad in [&flipped[..], &good[..good.len() / 2], &[], b"not code"] {
        fs::write(code, bad).expect("writable");
        assert_eq!(action(directory.path(), 1), 1);
        assert_eq!(fs::read(code).expect("readable"), good, "the entry was repaired");
    }
}

#[test]
fn code_of_one_agent_is_never_taken_for_anothers() {
    let directory = tempfile::tempdir().expect("a directory");
    assert_eq!(action(directory.path(), 1), 1);
    let first = files(directory.path(), "cwasm").remove(0);
    assert_eq!(action(directory.path(), 2), 2);
    let second = files(directory.path(), "cwasm").into_iter().find(|path| *path != first);
    let second = second.expect("two entries");
    fs::copy(&first, &second).expect("writable");
    fs::copy(first.with_extension("tag"), second.with_extension("tag")).expect("writable");
    assert_eq!(action(directory.path(), 2), 2);
}

#[test]
fn code_of_another_node_is_not_loaded() {
    let theirs = tempfile::tempdir().expect("a directory");
    let ours = tempfile::tempdir().expect("a directory");
    assert_eq!(action(theirs.path(), 1), 1);
    assert_eq!(action(ours.path(), 2), 2);
    let tag = files(theirs.path(), "tag").remove(0);
    let code = tag.with_extension("cwasm");
    let copied = ours.path().join(code.file_name().expect("a file"));
    fs::copy(&code, &copied).expect("writable");
    fs::copy(&tag, copied.with_extension("tag")).expect("writable");
    let foreign_tag = fs::read(&tag).expect("readable");
    assert_eq!(action(ours.path(), 1), 1);
    assert_ne!(fs::read(copied.with_extension("tag")).expect("readable"), foreign_tag);
}

#[test]
fn a_directory_that_cannot_be_made_is_an_error_with_its_path() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("file");
    fs::write(&file, "in the way").expect("writable");
    let options = FastOptions { cache: Some(file.clone()), ..FastOptions::default() };
    let error = FastEngine::new(&options).expect_err("a file is no directory");
    assert!(error.to_string().contains(&file.display().to_string()), "{error}");
}
