//! The commands on an arena where something is wrong: a clear error, exit code 2, nothing lost.

use std::path::Path;
use std::process::{Command, Output};

const NETS: &str = env!("CARGO_BIN_EXE_nets");

fn nets(arena: &Path, words: &[&str]) -> Output {
    Command::new(NETS).args(words).env("NETS_ARENA", arena).output().unwrap()
}

fn assert_refused(output: &Output, message: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains(message), "expected {message:?} in: {error}");
    assert!(error.starts_with("error: "), "{error}");
}

fn assert_done(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn agent(name: &str) -> String {
    format!("{}/../../agents/wasm/{name}.wasm", env!("CARGO_MANIFEST_DIR"))
}

/// A new arena with league bronze and an account.
fn arena(root: &Path) {
    assert_done(&nets(root, &["init", root.to_str().unwrap()]));
    assert_done(&nets(root, &["league", "create", "bronze", "--fund", "500"]));
    assert_done(&nets(root, &["account", "new", "ada", "--fund", "100"]));
}

#[test]
fn what_is_not_there_is_named_with_what_is() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    assert_refused(&nets(&root, &["log"]), "is not an arena");
    assert_refused(&nets(&root, &["verify"]), "is not an arena");
    arena(&root);
    let module = agent("snake-greedy");
    let add = |league, owner| {
        nets(&root, &["agent", "add", &module, "--league", league, "--owner", owner])
    };
    assert_refused(&add("tin", "ada"), "no league \"tin\" in this arena; leagues: bronze");
    assert_refused(
        &add("bronze", "bo"),
        "no account \"bo\" in this arena; accounts: ada, operator",
    );
    assert_refused(&nets(&root, &["league", "create", "tin"]), "leagues: bronze, silver, gold");
    assert_refused(&nets(&root, &["standings", "bronze"]), "no such round is final");
    assert_refused(&nets(&root, &["round", "run", "bronze", "--resume"]), "no round under way");
    assert_refused(&nets(&root, &["init", root.to_str().unwrap()]), "already there and not empty");
    assert_refused(&nets(&root, &["account", "new", "Ada!"]), "is no name");
    assert_refused(&nets(&root, &["account", "new", "ada"]), "an account \"ada\" already");
}

#[test]
fn who_cannot_pay_or_play_does_not_enter() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena(&root);
    let before = nets(&root, &["account", "list", "--json"]).stdout;
    let module = agent("snake-greedy");
    let words = ["agent", "add", &module, "--league", "bronze", "--owner", "ada", "--stake"];
    assert_refused(&nets(&root, &[&words[..], &["100000"]].concat()), "BalanceTooLow");
    assert_refused(&nets(&root, &[&words[..], &["1"]].concat()), "StakeTooLow");
    let no_module = folder.path().join("text.wasm");
    std::fs::write(&no_module, "no module").unwrap();
    let words = ["agent", "add", no_module.to_str().unwrap(), "--league", "bronze"];
    assert_refused(&nets(&root, &[&words[..], &["--owner", "ada"]].concat()), "may not play");
    assert_refused(&nets(&root, &["account", "withdraw", "ada", "101"]), "BalanceTooLow");
    assert_refused(&nets(&root, &["round", "open", "bronze"]), "TooFewEntries");
    assert_eq!(nets(&root, &["account", "list", "--json"]).stdout, before);
}

#[test]
fn a_second_process_waits_its_turn() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena(&root);
    let node = nets_node::ArenaNode::open(&root).unwrap();
    assert_refused(&nets(&root, &["log"]), "in use by another nets process");
    drop(node);
    assert_done(&nets(&root, &["log"]));
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    assert_refused(&nets(Path::new("."), &["init", "/proc/arena"]), "cannot create /proc/arena");
}

#[test]
#[cfg(unix)]
fn a_disk_that_fills_up_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena(&root);
    let module = agent("snake-greedy");
    assert_done(&nets(&root, &["agent", "add", &module, "--league", "bronze", "--owner", "ada"]));
    let full_run = |kilobytes: u64| {
        let script = format!("trap '' XFSZ; ulimit -f {kilobytes}; exec \"$0\" \"$@\"");
        let words = ["round", "run", "bronze"];
        let command = ["-c", &script, NETS];
        Command::new("bash").args(command).args(words).env("NETS_ARENA", &root).output().unwrap()
    };
    let log = std::fs::metadata(root.join("chain").join("blocks.log")).unwrap().len() / 1024;
    for room in [0, 1, 2] {
        let output = full_run(log + room);
        assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_done(&nets(&root, &["round", "run", "bronze"]));
    assert_done(&nets(&root, &["verify", root.to_str().unwrap()]));
}

#[test]
fn what_was_altered_is_named_with_exit_code_one() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena(&root);
    let module = agent("snake-greedy");
    assert_done(&nets(&root, &["agent", "add", &module, "--league", "bronze", "--owner", "ada"]));
    assert_done(&nets(&root, &["round", "run", "bronze"]));
    let records = root.join("artifacts").join("records");
    let record = std::fs::read_dir(records).unwrap().flatten().next().unwrap().path();
    let mut bytes = std::fs::read(&record).unwrap();
    bytes[200] ^= 4;
    std::fs::write(&record, bytes).unwrap();
    let output = nets(&root, &["verify", root.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("altered") && text.contains(".match"), "{text}");
}
