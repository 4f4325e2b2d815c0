//! Completion as a shell asks for it: names of an arena, also while another process has it open.

use std::path::Path;
use std::process::Command;

use crate::arena::{NETS, agent, arena, assert_done, nets};

/// What bash would offer for the last of these words.
fn candidates(arena: &Path, words: &[&str]) -> Vec<String> {
    let mut command = Command::new(NETS);
    command.env("COMPLETE", "bash").env("_CLAP_IFS", "\n").env("NETS_ARENA", arena);
    command
        .env("_CLAP_COMPLETE_INDEX", words.len().to_string())
        .env("_CLAP_COMPLETE_COMP_TYPE", "9");
    let output = command.args(["--", "nets"]).args(words).output().unwrap();
    assert_done(&output);
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn names_of_an_arena_are_completed_while_it_is_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena(&root);
    let modules = [agent("snake-greedy"), agent("snake-scout")];
    let words = ["agent", "add", &modules[0], &modules[1], "--league", "bronze", "--owner", "ada"];
    assert_done(&nets(&root, &words));
    let _open = nets_node::ArenaNode::open(&root).unwrap();
    assert_eq!(candidates(&root, &["round", "run", ""])[0], "bronze");
    assert_eq!(candidates(&root, &["standings", "br"]), ["bronze"]);
    assert_eq!(candidates(&root, &["league", "create", "s"]), ["silver"]);
    assert_eq!(candidates(&root, &["account", "fund", "a"]), ["ada"]);
    assert_eq!(candidates(&root, &["agent", "add", "x.wasm", "--owner", "op"]), ["operator"]);
    let agents = ["snake-greedy", "snake-scout"];
    assert_eq!(candidates(&root, &["agent", "unbond", "sn"]), agents);
    assert_eq!(candidates(&root, &["agent", "withdraw", "snake-s"]), ["snake-scout"]);
    assert_eq!(candidates(&root, &["agent", "renew", "snake-greedy", "--league", ""]), ["bronze"]);
}

#[test]
fn the_arena_of_the_line_comes_before_the_variable() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    arena(&one);
    assert_done(&nets(&two, &["init", two.to_str().unwrap()]));
    let words = ["account", "fund", "--arena", one.to_str().unwrap(), "a"];
    assert_eq!(candidates(&two, &words), ["ada"]);
    assert!(candidates(&two, &["account", "fund", "a"]).is_empty());
}

#[test]
fn without_an_arena_there_are_no_names_and_no_complaints() {
    let nowhere = Path::new("/nowhere");
    assert!(candidates(nowhere, &["account", "fund", "a"]).is_empty());
    assert_eq!(candidates(nowhere, &["agent", "wi"]), ["withdraw"]);
    assert_eq!(candidates(nowhere, &["play", "con"]), ["connect-four"]);
}

#[test]
fn the_scripts_of_all_shells_ask_nets() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = nets(Path::new("."), &["completions", shell]);
        assert_done(&output);
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(script.contains("COMPLETE") && script.contains("nets"), "{shell}: {script}");
    }
}
