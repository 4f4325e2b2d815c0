//! Ctrl-C: a round stops between blocks and matches, and a second one ends the process at once.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

const NETS: &str = env!("CARGO_BIN_EXE_nets");

/// How often a test looks whether something has happened; nothing is said about how soon it does.
const GLANCE: Duration = Duration::from_millis(20);

fn command(arena: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(NETS);
    command.args(words).env("NETS_ARENA", arena).env("NETS_CACHE", crate::case::code_cache());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn done(arena: &Path, words: &[&str]) {
    let output = command(arena, words).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// An arena with league bronze, changed, and an agent that burns all its fuel.
fn arena(root: &Path, changes: &[(&str, &str)]) {
    done(root, &["init", root.to_str().unwrap()]);
    let path = root.join("leagues.toml");
    let mut text = fs::read_to_string(&path).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    fs::write(path, text).unwrap();
    done(root, &["league", "create", "bronze", "--fund", "500"]);
    done(root, &["account", "new", "ada", "--fund", "100"]);
    let burner = format!("{}/../../agents/wasm/burner.wasm", env!("CARGO_MANIFEST_DIR"));
    done(root, &["agent", "add", &burner, "--league", "bronze", "--owner", "ada"]);
    done(root, &["round", "open", "bronze"]);
}

fn log_bytes(root: &Path) -> u64 {
    fs::metadata(root.join("chain").join("blocks.log")).unwrap().len()
}

fn record_count(root: &Path) -> usize {
    let records = fs::read_dir(root.join("artifacts").join("records")).unwrap();
    records.flatten().filter(|e| e.path().extension().is_some_and(|x| x == "match")).count()
}

fn wait_for(process: &mut Child, has_happened: impl Fn() -> bool) {
    while !has_happened() {
        assert!(process.try_wait().unwrap().is_none(), "it ended before it was interrupted");
        sleep(GLANCE);
    }
}

pub(crate) fn interrupt(process: &Child) {
    let id = process.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
}

fn assert_stopped(output: &Output) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("stopped before the end"), "{error}");
    assert_eq!(error.matches("everything done so far is kept").count(), 1, "{error}");
}

#[test]
fn ctrl_c_stops_between_blocks() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena(&root, &[("claim-blocks = 64", "claim-blocks = 100000")]);
    let before = log_bytes(&root);
    let mut process = command(&root, &["round", "run", "bronze"]).spawn().unwrap();
    wait_for(&mut process, || log_bytes(&root) > before);
    interrupt(&process);
    assert_stopped(&process.wait_with_output().unwrap());
    assert_eq!(record_count(&root), 0, "the window was not waited for");
}

#[test]
fn ctrl_c_stops_between_matches() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let clock = [
        ("fuel-base = 10_000_000", "fuel-base = 300_000_000"),
        ("fuel-cap = 20_000_000", "fuel-cap = 300_000_000"),
    ];
    let many = [("matches-per-round = 8", "matches-per-round = 64")];
    arena(&root, &[&clock[..], &many].concat());
    let words = ["round", "run", "bronze", "--threads", "1"];
    let mut process = command(&root, &words).spawn().unwrap();
    wait_for(&mut process, || record_count(&root) > 0);
    interrupt(&process);
    assert_stopped(&process.wait_with_output().unwrap());
    assert!(record_count(&root) < 64, "the matches that were not begun were not played");
}

#[test]
fn a_second_ctrl_c_ends_even_a_decision_that_takes_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let clock = [
        ("fuel-base = 10_000_000", "fuel-base = 1_000_000_000_000"),
        ("fuel-cap = 20_000_000", "fuel-cap = 1_000_000_000_000"),
    ];
    arena(&root, &[&clock[..], &[("claim-blocks = 64", "claim-blocks = 1")]].concat());
    let before = log_bytes(&root);
    let mut process = command(&root, &["round", "run", "bronze"]).spawn().unwrap();
    wait_for(&mut process, || log_bytes(&root) > before);
    // The block was the last before the matches; they begin and do not end.
    sleep(Duration::from_secs(1));
    interrupt(&process);
    sleep(GLANCE);
    assert!(process.try_wait().unwrap().is_none(), "the decision under way is waited for");
    interrupt(&process);
    assert_eq!(process.wait().unwrap().code(), Some(130));
    done(&root, &["log"]);
}
