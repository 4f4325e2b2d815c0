//! Runs the cases: parses a file, runs its commands in a folder of their own, compares.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nets_core::{Action, Digest, MatchRecord, Termination};

/// The folder that the cases are in.
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases");

/// The binary, with nothing of the tester's own settings.
pub(crate) fn nets(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nets"));
    command.current_dir(folder).stdin(Stdio::null());
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "NETS_ARENA"] {
        command.env_remove(variable);
    }
    command.env("NETS_CACHE", code_cache());
    command
}

/// Compiled code is kept between tests, never in the tester's own cache.
pub(crate) fn code_cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache")
}

#[test]
fn every_case_prints_what_it_says() {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(CASES).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    assert!(paths.len() > 10, "the cases are not there");
    let wrong: Vec<_> = paths.iter().filter_map(|path| difference(path)).collect();
    assert!(wrong.is_empty(), "{}\n(BLESS=1 writes what is printed now)", wrong.join("\n"));
}

/// What is wrong with a case; with `BLESS=1` nothing is, and the file is written anew.
fn difference(path: &Path) -> Option<String> {
    let expected = fs::read_to_string(path).unwrap();
    let got = perform(&expected);
    if std::env::var_os("BLESS").is_some() {
        fs::write(path, got).unwrap();
        return None;
    }
    let mut lines = expected.lines().zip(got.lines()).enumerate();
    let (number, (expected_line, got_line)) = match lines.find(|(_, (a, b))| a != b) {
        Some(found) => found,
        None if expected == got => return None,
        None => (expected.lines().count().min(got.lines().count()), ("(length differs)", "")),
    };
    let name = path.file_name()?.to_string_lossy();
    let line = number + 1;
    Some(format!("{name}, line {line}:\n  expected {expected_line}\n  got      {got_line}"))
}

/// A case with what its commands print now.
fn perform(case: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut now = String::new();
    for line in case.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            writeln!(now, "{line}").unwrap();
            now.push_str(&run(command, folder.path()));
        } else if let Some(directive) = line.strip_prefix("% ") {
            writeln!(now, "{line}").unwrap();
            prepare(directive, folder.path());
        } else if line.starts_with('#') || line.is_empty() {
            writeln!(now, "{line}").unwrap();
        }
    }
    now
}

/// Runs `nets …`, its stdout optionally sent to a file with ` > FILE`.
fn run(command: &str, folder: &Path) -> String {
    let (command, target) = match command.split_once(" > ") {
        Some((command, target)) => (command, Some(target)),
        None => (command, None),
    };
    let (variables, words) = words(command);
    let mut process = nets(folder);
    process.envs(variables).args(words);
    if let Some(target) = target {
        let path = folder.join(target);
        process.stdout(fs::OpenOptions::new().create(true).append(true).open(path).unwrap());
    }
    let done = process.output().unwrap();
    let mut printed = String::new();
    for (mark, bytes) in [('|', &done.stdout), ('!', &done.stderr)] {
        for line in String::from_utf8(bytes.clone()).unwrap().lines() {
            // Escape codes are shown as text, so that a case shows where there are none.
            let line = line.replace('\u{1b}', "␛");
            writeln!(printed, "{mark} {line}").unwrap();
        }
    }
    writeln!(printed, "= {}", done.status.code().expect("ended by a signal")).unwrap();
    printed.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// The words after `nets`, and the variables set before it.
fn words(command: &str) -> (Vec<(String, String)>, Vec<String>) {
    let mut all = command.split(' ').map(str::to_owned);
    let before = all.by_ref().take_while(|word| word != "nets");
    let pair = |word: String| {
        let (name, value) = word.split_once('=').expect("a variable before `nets`");
        (name.to_owned(), value.to_owned())
    };
    let variables = before.map(pair).collect();
    (variables, all.filter(|word| !word.is_empty()).collect())
}

/// Puts something into the folder.
fn prepare(directive: &str, folder: &Path) {
    let words: Vec<_> = directive.splitn(3, ' ').collect();
    let file = folder.join(words[1]);
    match (words[0], words.get(2).copied().unwrap_or_default()) {
        ("wat", text) => fs::write(file, wat::parse_str(text).unwrap()).unwrap(),
        ("text", text) => fs::write(file, text).unwrap(),
        ("lines", words) => fs::write(file, words.replace(' ', "\n")).unwrap(),
        ("cut", size) => {
            let bytes = fs::read(&file).unwrap();
            fs::write(file, &bytes[..size.parse().unwrap()]).unwrap();
        }
        ("flip", offset) => {
            let mut bytes = fs::read(&file).unwrap();
            bytes[offset.parse::<usize>().unwrap()] ^= 1;
            fs::write(file, bytes).unwrap();
        }
        ("forge", what) => {
            let mut record = MatchRecord::decode(&fs::read(&file).unwrap()).unwrap();
            forge(&mut record, what);
            fs::write(file, record.encode()).unwrap();
        }
        (unknown, _) => panic!("no directive {unknown:?}"),
    }
}

/// Makes a record say what is not so, under a right checksum.
fn forge(record: &mut MatchRecord, what: &str) {
    match what {
        "modules" => record.modules.clear(),
        "step" => record.steps[0].actions[0] = Action(1),
        "end" => record.outcome.termination = Termination::StepLimit,
        "score" => record.outcome.scores[0] += 1,
        "fuel" => record.outcome.fuel_used[0] += 1,
        "root" => record.outcome.trace_root = Digest([7; 32]),
        "version" => record.spec.rules.system.version = 9,
        "metering" => record.spec.rules.metering_version = 9,
        unknown => panic!("nothing to forge called {unknown:?}"),
    }
}
