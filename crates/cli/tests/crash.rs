//! `kill -9` at any instant loses nothing: a league whose process is killed a hundred times ends
//! with the standings, balances and log of one that was never disturbed.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const NETS: &str = env!("CARGO_BIN_EXE_nets");
const KILLS: u32 = 100;
const LEAGUE: &str = "bronze";

fn nets(arena: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(NETS);
    command.args(words).env("NETS_ARENA", arena).env("NETS_CACHE", crate::case::code_cache());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn output(arena: &Path, words: &[&str]) -> String {
    let mut command = nets(arena, words);
    let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    let result = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{words:?}: {result}{error}");
    result
}

fn agent(name: &str) -> String {
    format!("{}/../../agents/wasm/{name}.wasm", env!("CARGO_MANIFEST_DIR"))
}

/// An arena with a league of six agents, one of which has a false claim to come.
fn found(arena: &Path) {
    output(arena, &["init", arena.to_str().unwrap(), "--seed", "1"]);
    output(arena, &["league", "create", LEAGUE, "--fund", "900000"]);
    for (owner, name) in [
        ("ada", "snake-greedy"),
        ("bo", "snake-drifter"),
        ("cy", "trapper"),
        ("di", "snake-wanderer"),
    ] {
        output(arena, &["account", "new", owner, "--fund", "5000"]);
        let module = agent(name);
        output(arena, &["agent", "add", &module, "--league", LEAGUE, "--owner", owner]);
    }
    output(arena, &["round", "open", LEAGUE]);
    output(arena, &["round", "claim", LEAGUE, "--member", "0"]);
    output(arena, &["round", "claim", LEAGUE, "--member", "3", "--total", "99999"]);
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// A small generator, so that a failure can be had again.
struct Lottery(u64);

impl Lottery {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound.max(1)
    }
}

/// What must be the same in the end.
fn state(arena: &Path) -> [String; 3] {
    let log = output(arena, &["log", "--json"]);
    let standings = output(arena, &["standings", LEAGUE, "--json"]);
    [log, standings, output(arena, &["account", "list", "--json"])]
}

fn rounds_final(arena: &Path) -> usize {
    output(arena, &["log", "--json"]).matches("RoundFinal").count()
}

#[test]
fn a_round_killed_at_a_hundred_instants_ends_as_if_undisturbed() {
    let folder = tempfile::tempdir().unwrap();
    let [founded, killed, calm] =
        ["founded", "killed", "calm"].map(|name| folder.path().join(name));
    found(&founded);
    copy(&founded, &killed);
    copy(&founded, &calm);
    let start = Instant::now();
    output(&calm, &["round", "run", LEAGUE]);
    let whole = start.elapsed().as_micros() as u64;
    let mut lottery = Lottery(2_026);
    let mut kills = 0;
    while kills < KILLS {
        let mut process = nets(&killed, &["round", "run", LEAGUE]).spawn().unwrap();
        sleep(Duration::from_micros(lottery.below(whole)));
        if process.try_wait().unwrap().is_none() {
            process.kill().unwrap();
            kills += 1;
        }
        process.wait().unwrap();
    }
    // A round may be under way, in which case the next run ends it, or not.
    nets(&killed, &["round", "run", LEAGUE, "--resume"]).status().unwrap();
    // Agents may be entered again for a round that was not opened yet.
    output(&killed, &["round", "run", LEAGUE]);
    let rounds = rounds_final(&killed);
    for _ in 1..rounds {
        output(&calm, &["round", "run", LEAGUE]);
    }
    assert_eq!(state(&killed), state(&calm), "after {rounds} rounds and {kills} kills");
    output(&killed, &["verify", killed.to_str().unwrap()]);
}

/// Runs a command again and again, killed each time after a while, until it ends by itself.
fn run_killed(words: &[&str], whole: Duration, lottery: &mut Lottery) -> u32 {
    let mut kills = 0;
    loop {
        let mut process = nets(Path::new("."), words).spawn().unwrap();
        // A little longer each time, so that it ends on the slowest machine.
        let longest = whole.as_micros() as u64 * u64::from(kills + 4) / 32;
        sleep(Duration::from_micros(lottery.below(longest)));
        if process.try_wait().unwrap().is_none() {
            process.kill().unwrap();
            kills += 1;
            process.wait().unwrap();
        } else {
            assert!(process.wait().unwrap().success(), "{words:?} after {kills} kills");
            return kills;
        }
    }
}

fn head(arena: &Path) -> String {
    output(arena, &["log", "--json"]).lines().last().unwrap().to_owned()
}

#[test]
fn a_killed_demonstration_goes_on_and_ends_with_the_same_chain() {
    let folder = tempfile::tempdir().unwrap();
    let calm = folder.path().join("calm");
    let start = Instant::now();
    let season = output(&calm, &["demo", calm.to_str().unwrap()]);
    let whole = start.elapsed();
    let mut lottery = Lottery(7);
    for attempt in 0..3 {
        let killed = folder.path().join(format!("killed-{attempt}"));
        let kills = run_killed(&["demo", killed.to_str().unwrap()], whole, &mut lottery);
        assert_eq!(head(&killed), head(&calm), "after {kills} kills");
        let again = output(&killed, &["demo", killed.to_str().unwrap()]);
        let moved = again.replace(killed.to_str().unwrap(), calm.to_str().unwrap());
        assert_eq!(moved, season, "after {kills} kills");
    }
}

#[test]
fn a_killed_init_can_be_run_again() {
    let folder = tempfile::tempdir().unwrap();
    let calm = folder.path().join("calm");
    let start = Instant::now();
    output(&calm, &["init", calm.to_str().unwrap(), "--seed", "1"]);
    let whole = start.elapsed();
    let mut lottery = Lottery(11);
    for attempt in 0..10 {
        let killed = folder.path().join(format!("killed-{attempt}"));
        let words = ["init", killed.to_str().unwrap(), "--seed", "1"];
        let kills = run_killed(&words, whole, &mut lottery);
        assert_eq!(head(&killed), head(&calm), "after {kills} kills");
    }
}
