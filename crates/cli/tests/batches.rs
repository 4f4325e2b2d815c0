//! Registrations in batches, as a sponsor and its owners make them.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::arena::{agent, arena, assert_done, assert_refused, nets};

fn json(root: &Path, words: &[&str]) -> Vec<Value> {
    let output = nets(root, &[words, &["--json"]].concat());
    assert_done(&output);
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The lines that owners send their sponsor.
fn signed(root: &Path) -> String {
    let mut lines = String::new();
    for (owner, module) in [("bo", "snake-greedy"), ("cy", "snake-scout")] {
        assert_done(&nets(root, &["account", "new", owner]));
        let module = agent(module);
        let sign = ["batch", "sign", &module, "--league", "bronze", "--owner", owner];
        let output = nets(root, &[&sign[..], &["--sponsor", "ada"]].concat());
        assert_done(&output);
        lines.push_str(&String::from_utf8(output.stdout).unwrap());
    }
    lines
}

#[test]
fn a_sponsors_agents_play_and_their_owners_are_paid() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena(&root);
    let file = folder.path().join("bronze.jsonl");
    fs::write(&file, signed(&root)).unwrap();
    let of_ada = ["--league", "bronze", "--sponsor", "ada"];
    let make = [&["batch", "make", file.to_str().unwrap()][..], &of_ada].concat();
    let made = json(&root, &make);
    assert_eq!((&made[0]["count"], &made[0]["nonce"]), (&2.into(), &0.into()));
    let made_root = made[0]["root"].as_str().unwrap().to_owned();

    let propose = [&["batch", "propose", &made_root][..], &of_ada].concat();
    assert_refused(&nets(&root, &propose), "free coin");
    assert_done(&nets(&root, &["account", "fund", "ada", "5000"]));
    let proposed = json(&root, &propose);
    assert_eq!(proposed[0]["status"], "proposed");
    let of_bronze = ["--league", "bronze"];
    let accept = [&["batch", "accept", "0"][..], &of_bronze].concat();
    assert_refused(&nets(&root, &accept), "too early");
    let watched = json(&root, &["watch", "--once"]);
    assert!(watched.is_empty(), "it has what it would demand: {watched:?}");
    assert_done(&nets(&root, &["chain", "advance", "1000"]));
    let accepted = json(&root, &accept);
    assert_eq!((&accepted[0]["first"], &accepted[0]["count"]), (&0.into(), &2.into()));
    assert_refused(&nets(&root, &accept), "it is accepted, expected proposed");

    assert_done(&nets(&root, &["round", "run", "bronze"]));
    let owners: Vec<_> = json(&root, &["account", "list"]);
    let won = |name: &str| {
        let line = owners.iter().find(|line| line["name"] == name).unwrap();
        line["free"].as_u64().unwrap()
    };
    assert!(won("bo") > 0 && won("cy") > 0, "{owners:?}");
    let list = json(&root, &["batch", "list", "--league", "bronze"]);
    assert_eq!((&list[0]["enrolled"], &list[0]["here"]), (&2.into(), &true.into()));
    assert_done(&nets(&root, &["verify", root.to_str().unwrap()]));
    let text = nets(&root, &["batch", "list", "--league", "bronze"]);
    assert!(String::from_utf8_lossy(&text.stdout).contains("accepted"));
    assert_refused(&nets(&root, &["batch", "unbond", "7", "--league", "bronze"]), "no batch 7");
}

#[test]
fn a_sponsor_takes_its_agents_out_again() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena(&root);
    assert_done(&nets(&root, &["account", "fund", "ada", "5000"]));
    let file = folder.path().join("bronze.jsonl");
    fs::write(&file, signed(&root)).unwrap();
    let of_ada = ["--league", "bronze", "--sponsor", "ada"];
    let made = json(&root, &[&["batch", "make", file.to_str().unwrap()][..], &of_ada].concat());
    let made_root = made[0]["root"].as_str().unwrap();
    json(&root, &[&["batch", "propose", made_root, "--rounds", "2"][..], &of_ada].concat());
    assert_done(&nets(&root, &["chain", "advance", "1000"]));
    let on_batch = |verb| ["batch", verb, "0", "--league", "bronze"];
    json(&root, &on_batch("accept"));
    let renewed = json(&root, &[&on_batch("renew")[..], &["--rounds", "3"]].concat());
    assert_eq!((&renewed[0]["from"], &renewed[0]["to"]), (&0.into(), &5.into()));
    let enrolled = json(&root, &["batch", "enroll", "snake-scout", "--league", "bronze"]);
    assert!(enrolled[0]["agent"].is_string());
    let left = json(&root, &on_batch("unbond"));
    assert_eq!((&left[0]["leaving"], &left[0]["enrolled"]), (&true.into(), &1.into()));
    assert_refused(&nets(&root, &on_batch("withdraw")), "too early");
    assert_done(&nets(&root, &["agent", "unbond", "snake-scout", "--league", "bronze"]));
    assert_done(&nets(&root, &["chain", "advance", "1000"]));
    json(&root, &on_batch("withdraw"));
    assert_done(&nets(&root, &["agent", "withdraw", "snake-scout", "--league", "bronze"]));
    let accounts = json(&root, &["account", "list"]);
    let ada = accounts.iter().find(|line| line["name"] == "ada").unwrap();
    assert_eq!(ada["free"], 5100, "all of it is back");
}

#[test]
fn a_line_that_is_wrong_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena(&root);
    let file = folder.path().join("bronze.jsonl");
    let lines = signed(&root);
    let make = ["batch", "make", file.to_str().unwrap(), "--league", "bronze", "--sponsor", "ada"];
    fs::write(&file, format!("{lines}{{\n")).unwrap();
    assert_refused(&nets(&root, &make), "line 3");
    fs::write(&file, lines.replace("\"nonce\":0", "\"nonce\":1")).unwrap();
    assert_refused(&nets(&root, &make), "line 1: it is for batch 1 of");
    let (first, _) = lines.split_once('\n').unwrap();
    fs::write(&file, format!("{first}\n{first}\n")).unwrap();
    assert_refused(&nets(&root, &make), "line 2: this agent is there twice");
    fs::remove_file(&file).unwrap();
    assert_refused(&nets(&root, &make), "cannot read the registrations");
}
