//! Seeds: fresh without `--seed`, and the printed command plays the same match again.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::case::nets;

/// Goes up only, so that its score tells where the apples are.
const UP: &str = r#"(module (func (export "decide") (param i64) (result i64) (i64.const 0)))"#;

fn play(folder: &Path, words: &[&str]) -> Value {
    let done = nets(folder).args(words).output().unwrap();
    assert_eq!(String::from_utf8(done.stderr).unwrap(), "");
    serde_json::from_slice(&done.stdout).unwrap()
}

#[test]
fn a_match_without_a_seed_is_fresh_and_its_repeat_command_plays_it_again() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("up.wasm"), wat::parse_str(UP).unwrap()).unwrap();
    let fuel = ["--fuel-base", "98", "--fuel-cap", "99"];
    let words = [&["play", "snake", "up.wasm", "--param", "width=5", "--json"], &fuel[..]].concat();
    let first = play(folder.path(), &words);
    let second = play(folder.path(), &words);
    assert_ne!(first["seed"], second["seed"]);
    assert_ne!(first["match_id"], second["match_id"]);

    let repeat = first["repeat"].as_str().unwrap();
    let mut words: Vec<_> = repeat.split(' ').skip(1).collect();
    words.push("--json");
    assert_eq!(play(folder.path(), &words), first);
}
