//! The commands on an arena where something is wrong: a clear error, exit code 2, nothing lost.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nets_core::sha256;

use crate::case::code_cache;

pub(crate) const NETS: &str = env!("CARGO_BIN_EXE_nets");

pub(crate) fn nets(arena: &Path, words: &[&str]) -> Output {
    nets_with_cache(arena, &code_cache(), words)
}

fn nets_with_cache(arena: &Path, cache: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(NETS);
    command.args(words).env("NETS_ARENA", arena).env("NETS_CACHE", cache).output().unwrap()
}

pub(crate) fn assert_refused(output: &Output, message: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains(message), "expected {message:?} in: {error}");
    assert!(error.starts_with("error: "), "{error}");
}

pub(crate) fn assert_done(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

pub(crate) fn agent(name: &str) -> String {
    format!("{}/../../agents/wasm/{name}.wasm", env!("CARGO_MANIFEST_DIR"))
}

/// A new arena with league bronze and an account.
pub(crate) fn arena(root: &Path) {
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
    assert_refused(&nets(&root, &["standings", "bronze"]), "has no final round");
    assert_refused(&nets(&root, &["standings"]), "no league of this arena has a final round");
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
    assert_refused(&nets(&root, &[&words[..], &["100000"]].concat()), "100000 are needed");
    assert_refused(&nets(&root, &[&words[..], &["1"]].concat()), "a stake of 1 is below the 10");
    let no_module = folder.path().join("text.wasm");
    fs::write(&no_module, "no module").unwrap();
    let words = ["agent", "add", no_module.to_str().unwrap(), "--league", "bronze"];
    assert_refused(&nets(&root, &[&words[..], &["--owner", "ada"]].concat()), "may not play");
    assert_refused(&nets(&root, &["account", "withdraw", "ada", "101"]), "101 are needed");
    assert_refused(&nets(&root, &["round", "open", "bronze"]), "it needs 1");
    assert_eq!(nets(&root, &["account", "list", "--json"]).stdout, before);
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    assert_refused(&nets(Path::new("."), &["init", "/proc/arena"]), "cannot create /proc/arena");
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
    let record = fs::read_dir(records).unwrap().flatten().next().unwrap().path();
    let mut bytes = fs::read(&record).unwrap();
    bytes[200] ^= 4;
    fs::write(&record, bytes).unwrap();
    let output = nets(&root, &["verify", root.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("altered") && text.contains(".match"), "{text}");
}

#[test]
fn a_head_that_was_kept_shows_whether_the_log_still_holds_it() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena(&root);
    let verify = |words: &[&str]| nets(&root, &[&["verify"], words].concat());
    let text = String::from_utf8(verify(&[]).stdout).unwrap();
    let head = text.lines().find_map(|line| line.strip_prefix("head ")).unwrap();
    let head = head.split(' ').nth(1).unwrap();
    assert!(text.contains("league 0, here called bronze: snake"), "{text}");
    assert_done(&nets(&root, &["account", "new", "bo", "--fund", "5"]));
    assert_done(&verify(&["--head", head]));
    let other = verify(&["--head", &"7".repeat(64)]);
    assert_eq!(other.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&other.stdout).contains("does not hold a block"));
    assert_refused_usage(&verify(&["--head", "7"]));
}

fn assert_refused_usage(output: &Output) {
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn too_much_coin_makes_no_account_and_a_file_that_cannot_be_used_is_named_with_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena(&root);
    let before = nets(&root, &["account", "list", "--json"]).stdout;
    let much = u128::MAX.to_string();
    assert_refused(&nets(&root, &["account", "new", "bo", "--fund", &much]), "cannot be given out");
    assert_refused(&nets(&root, &["account", "fund", "ada", &much]), "cannot be given out");
    assert_eq!(nets(&root, &["account", "list", "--json"]).stdout, before);
    let log = root.join("chain").join("blocks.log");
    fs::remove_file(&log).unwrap();
    fs::create_dir(&log).unwrap();
    let output = nets(&root, &["log"]);
    assert_refused(&output, "chain/blocks.log");
    assert!(String::from_utf8_lossy(&output.stderr).contains("permissions"), "{output:?}");
}

#[test]
fn a_chain_that_is_named_must_be_the_one_that_the_arena_is_on() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena(&root);
    for words in
        [&["coin"][..], &["account", "fund", "ada", "5"], &["verify"], &["watch", "--once"]]
    {
        assert_done(&nets(&root, &[words, &["--chain", "embedded"]].concat()));
        let elsewhere = nets(&root, &[words, &["--chain", "http://127.0.0.1:1"]].concat());
        assert_refused(&elsewhere, "is on an embedded chain, not on one at http://127.0.0.1:1");
        let error = String::from_utf8_lossy(&elsewhere.stderr);
        assert!(error.contains("hint: leave out --chain"), "{error}");
    }
    let other = folder.path().join("other");
    let init = ["init", other.to_str().unwrap(), "--chain", "embedded", "--finality", "3"];
    assert_refused(&nets(&other, &init), "--finality and --fee-max are for a chain elsewhere");
    assert!(!other.exists());
}

#[test]
fn standings_without_a_league_are_those_of_all_that_have_a_result() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena(&root);
    assert_done(&nets(&root, &["account", "fund", "ada", "1000"]));
    assert_done(&nets(&root, &["league", "create", "silver", "gold", "--fund", "900"]));
    for (name, league) in
        [("snake-greedy", "bronze"), ("rps-rock", "silver"), ("rps-cycle", "silver")]
    {
        let module = agent(name);
        assert_done(&nets(&root, &["agent", "add", &module, "--league", league, "--owner", "ada"]));
    }
    let run = |league| nets(&root, &["round", "run", league, "--json"]);
    let told = ["bronze", "silver"].map(run).map(|output| output.stdout);
    let places = |text: &[u8]| {
        let text = String::from_utf8(text.to_vec()).unwrap();
        text.lines().filter(|line| line.contains("\"owner_name\"")).map(str::to_owned).collect()
    };
    let expected: Vec<Vec<String>> = told.iter().map(|text| places(text)).collect();
    let all = nets(&root, &["standings", "--json"]);
    assert_done(&all);
    let all: Vec<String> = places(&all.stdout);
    // The line after the places also says what a run paid, which nobody pays twice.
    assert_eq!(all, expected.concat());
    assert!(all.iter().any(|line| line.contains("silver")), "{all:?}");
    assert_eq!(nets(&root, &["standings", "--round", "0"]).status.code(), Some(2));
}

#[test]
fn a_dispute_is_played_in_a_new_folder_and_not_over_another() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("dispute");
    let words = ["demo", root.to_str().unwrap(), "--dispute"];
    let output = nets(&root, &words);
    assert_done(&output);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("the true outcome is final, 3 ranks are paid"), "{text}");
    assert_refused(&nets(&root, &words), "already there and not empty");
    assert_done(&nets(&root, &["verify", root.to_str().unwrap()]));
}

#[test]
fn a_round_that_was_run_is_told_of_though_its_cache_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena(&root);
    let module = agent("snake-greedy");
    assert_done(&nets(&root, &["agent", "add", &module, "--league", "bronze", "--owner", "ada"]));
    let cache = root.join("chain").join("state.cache");
    fs::remove_file(&cache).unwrap();
    fs::create_dir(&cache).unwrap();
    let output = nets(&root, &["round", "run", "bronze"]);
    assert_done(&output);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        error.contains("warning: cannot write") && error.contains("nothing is lost"),
        "{error}"
    );
    assert!(String::from_utf8_lossy(&output.stdout).contains("bronze, round 0"));
    fs::remove_dir(&cache).unwrap();
    assert_done(&nets(&root, &["standings", "bronze"]));
}

/// The entries of a cache of compiled code, without their endings.
fn entries(cache: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(cache).unwrap().flatten().map(|entry| entry.path());
    let code = paths.filter(|path| path.extension().is_some_and(|end| end == "cwasm"));
    let mut entries: Vec<_> = code.map(|path| path.with_extension("")).collect();
    entries.sort();
    entries
}

#[test]
fn compiled_code_inside_an_arena_is_never_executed() {
    let folder = tempfile::tempdir().unwrap();
    let [root, own, foreign] = ["arena", "own", "foreign"].map(|name| folder.path().join(name));
    arena(&root);
    let add = |cache: &Path, name: &str| {
        let module = agent(name);
        let words = ["agent", "add", &module, "--league", "bronze", "--owner", "ada"];
        nets_with_cache(&root, cache, &words)
    };
    assert_done(&add(&foreign, "snake-greedy"));
    assert_done(&add(&foreign, "snake-wanderer"));
    // Each agent's code under the other one's name, tagged with the key that lies beside it.
    let key = fs::read(foreign.join("key")).unwrap();
    let entries = entries(&foreign);
    let [first, second] = &entries[..] else { panic!("{entries:?}") };
    let codes = [second, first].map(|entry| fs::read(entry.with_extension("cwasm")).unwrap());
    for (entry, code) in [first, second].into_iter().zip(codes) {
        let name = entry.file_name().unwrap().to_str().unwrap().as_bytes();
        let parts = [&key[..], &sha256(name).0, &sha256(&code).0].concat();
        fs::write(entry.with_extension("tag"), sha256(&sha256(&parts).0).0).unwrap();
        fs::write(entry.with_extension("cwasm"), code).unwrap();
    }
    fs::rename(&foreign, root.join("cache")).unwrap();
    assert_done(&nets_with_cache(&root, &own, &["round", "run", "bronze"]));
    assert_done(&nets_with_cache(&root, &own, &["verify"]));
    assert_eq!(fs::read_dir(root.join("cache")).unwrap().count(), 5, "nor is any kept there");
}

#[test]
fn a_number_of_threads_is_a_number_from_one_on_however_large() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena(&root);
    let module = agent("snake-greedy");
    assert_done(&nets(&root, &["agent", "add", &module, "--league", "bronze", "--owner", "ada"]));
    let run = |threads| nets(&root, &["round", "run", "bronze", "--threads", threads]);
    assert_refused(&run("0"), "leave --threads out to use all cores");
    assert_done(&run("18446744073709551615"));
    assert_done(&run("100000"));
}

#[test]
fn a_late_claim_is_told_when_to_claim() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    assert_done(&nets(&root, &["init", root.to_str().unwrap()]));
    edit_leagues(&root, "claim-blocks = 64", "claim-blocks = 1");
    assert_done(&nets(&root, &["league", "create", "bronze", "--fund", "500"]));
    let module = agent("snake-greedy");
    for owner in ["ada", "bo"] {
        assert_done(&nets(&root, &["account", "new", owner, "--fund", "100"]));
        let words = ["agent", "add", &module, "--league", "bronze", "--owner", owner];
        assert_done(&nets(&root, &words));
    }
    assert_done(&nets(&root, &["round", "open", "bronze"]));
    let both = ["round", "claim", "bronze", "--member", "0", "--member", "1"];
    assert_done(&nets(&root, &both));
    let late = nets(&root, &both);
    assert_refused(&late, "too late to claim in round 0 of league bronze");
    assert!(String::from_utf8_lossy(&late.stderr).contains("hint: claim right after"));
}

/// Changes the terms of the first league in leagues.toml.
fn edit_leagues(root: &Path, from: &str, to: &str) {
    let path = root.join("leagues.toml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn terms_that_cannot_be_are_said_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    assert_done(&nets(&root, &["init", root.to_str().unwrap()]));
    let create = ["league", "create", "bronze"];
    let refused = |from: &str, to: &str, message: &str| {
        edit_leagues(&root, from, to);
        let output = nets(&root, &create);
        assert_refused(&output, message);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(error.contains("hint: correct it in leagues.toml"), "{error}");
        edit_leagues(&root, to, from);
    };
    refused(
        "matches-per-round = 8",
        "matches-per-round = 65",
        "league bronze: matches-per-round is 65, expected 1 to 64",
    );
    refused(
        "payout-multiplier = 1",
        "payout-multiplier = 0",
        "payout-multiplier is 0, expected 1 to",
    );
    refused("assertion-bond = 100", "assertion-bond = 0", "assertion-bond is 0, expected 1 to");
    refused("claim-bond = 10", "claim-bond = 0", "so a false claim would cost nothing");
    assert_done(&nets(&root, &create));
    assert_refused(&nets(&root, &create), "there is a league \"bronze\" already");
}
