//! Files that a command reads and writes: nothing is lost by a path that was mistaken, and nothing
//! that never ends is read.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::arena::{agent, arena, assert_done, nets};
use crate::case;

/// A folder with an agent `a.wasm` and a record of it, `g.match`.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(agent("snake-greedy"), folder.path().join("a.wasm")).unwrap();
    assert_done(&run(folder.path(), &["play", "snake", "a.wasm", "--record", "g.match"]));
    folder
}

fn run(folder: &Path, words: &[&str]) -> Output {
    case::nets(folder).args(words).output().unwrap()
}

fn assert_refused_with_hint(output: &Output, message: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains(message) && error.contains("\nhint: "), "expected {message:?}: {error}");
}

/// A command that is refused, after which the file is as it was.
fn assert_kept(folder: &Path, file: &str, words: &[&str], message: &str) {
    let before = fs::read(folder.join(file)).unwrap();
    assert_refused_with_hint(&run(folder, words), message);
    assert_eq!(fs::read(folder.join(file)).unwrap(), before, "{file} was changed by {words:?}");
}

#[test]
fn what_a_command_reads_is_not_overwritten() {
    let folder = folder();
    let root = folder.path();
    symlink("a.wasm", root.join("b.wasm")).unwrap();
    fs::hard_link(root.join("g.match"), root.join("h.match")).unwrap();
    let read = "which this command reads";
    assert_kept(root, "g.match", &["prove", "g.match", "--step", "1", "-o", "g.match"], read);
    assert_kept(root, "g.match", &["prove", "g.match", "--step", "1", "-o", "./h.match"], read);
    let module = ["prove", "g.match", "--step", "1", "--module", "a.wasm", "-o", "a.wasm"];
    assert_kept(root, "a.wasm", &module, read);
    assert_kept(root, "a.wasm", &["play", "snake", "a.wasm", "--record", "a.wasm"], read);
    assert_kept(root, "a.wasm", &["play", "snake", "a.wasm", "--record", "b.wasm"], read);
}

#[test]
fn a_file_of_another_kind_is_not_overwritten_and_one_of_the_same_is() {
    let folder = folder();
    let root = folder.path();
    fs::write(root.join("notes"), "dear diary").unwrap();
    let play = |record| vec!["play", "snake", "a.wasm", "--seed", "2a", "--record", record];
    let prove = |proof| vec!["prove", "g.match", "--step", "1", "-o", proof];
    assert_kept(root, "notes", &play("notes"), "is not a match record");
    assert_kept(root, "notes", &prove("notes"), "is not a proof");
    for words in [prove("a.proof"), prove("a.proof"), play("h.match"), play("h.match")] {
        assert_done(&run(root, &words));
    }
    assert_kept(root, "a.proof", &play("a.proof"), "is not a match record");
    fs::write(root.join("empty"), "").unwrap();
    assert_done(&run(root, &play("empty")));
    let ours = root.join("arena");
    arena(&ours);
    let log = "arena/chain/blocks.log";
    assert_kept(root, log, &play(log), "is not a match record");
}

#[test]
fn a_proof_for_stdout_goes_there_and_nowhere_else() {
    let folder = folder();
    let root = folder.path();
    assert_done(&run(root, &["prove", "g.match", "--step", "1", "-o", "1.proof"]));
    let streamed = run(root, &["prove", "g.match", "--step", "1", "-o", "-"]);
    assert_done(&streamed);
    assert_eq!(streamed.stdout, fs::read(root.join("1.proof")).unwrap());
    assert!(!root.join("-").exists());
    let both = ["prove", "g.match", "--step", "1", "-o", "-", "--json"];
    assert_eq!(run(root, &both).status.code(), Some(2));
    assert_refused_with_hint(&run(root, &["play", "snake", "a.wasm", "--record", "-"]), "stdout");
}

#[test]
fn no_more_is_read_than_a_file_of_its_kind_can_have() {
    let folder = folder();
    let root = folder.path();
    // Without blocks on the disk, and too long to be read into memory.
    let huge = fs::File::create(root.join("huge")).unwrap();
    huge.set_len(1 << 42).unwrap();
    let nothing = "0".repeat(64);
    let arena_folder = root.join("arena");
    arena(&arena_folder);
    let add = ["agent", "add", "huge", "--league", "bronze", "--owner", "ada", "--arena", "arena"];
    for words in [
        &["agent", "check", "huge"][..],
        &["play", "snake", "huge"],
        &["replay", "huge"],
        &["check-proof", "huge", "--root", &nothing],
        &add,
    ] {
        assert_refused_with_hint(&run(root, words), "expected at most");
    }
    let endless = fs::File::open("/dev/zero").unwrap();
    let mut command = case::nets(root);
    let output =
        command.args(["agent", "check", "-"]).stdin(Stdio::from(endless)).output().unwrap();
    assert_refused_with_hint(&output, "expected at most");
}

#[test]
fn a_device_or_a_pipe_is_refused_before_it_is_opened() {
    let folder = folder();
    let root = folder.path();
    assert!(Command::new("mkfifo").arg(root.join("pipe")).status().unwrap().success());
    for path in ["pipe", "/dev/zero"] {
        assert_refused_with_hint(&run(root, &["agent", "check", path]), "a device or a pipe");
        assert_refused_with_hint(&run(root, &["replay", path]), "a device or a pipe");
    }
    assert_done(&nets(root, &["systems"]));
}

#[test]
fn an_agent_goes_into_no_device_and_no_pipe() {
    use std::os::unix::fs::FileTypeExt;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    assert!(Command::new("mkfifo").arg(root.join("pipe")).status().unwrap().success());
    let model = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/examples/othello-positions.onnx");
    for path in ["pipe", "/dev/null", "/dev/full"] {
        let words = ["pack", model, "--system", "othello", "-o", path];
        assert_refused_with_hint(&run(root, &words), "it is a device or a pipe");
    }
    assert!(fs::metadata(root.join("pipe")).unwrap().file_type().is_fifo());
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    assert_eq!(fs::read_dir(root).unwrap().count(), 1);
}
