//! The commands on an arena that is on a chain elsewhere.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use nets_testkit::anvil::Anvil;
use serde_json::Value;

use crate::arena::{NETS, assert_done, assert_refused};
use crate::case::code_cache;

fn nets(arena: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(NETS);
    command.args(words).env("NETS_ARENA", arena).env("NETS_CACHE", code_cache());
    command.env("NETS_PASSWORD", "a password").output().unwrap()
}

/// What a command prints as JSON.
fn told(arena: &Path, words: &[&str]) -> Value {
    let output = nets(arena, &[words, &["--json"]].concat());
    assert_done(&output);
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn an_arena_is_put_on_a_chain_elsewhere_and_coin_goes_in_and_out() {
    let Some(anvil) = Anvil::start(&[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let (path, url) = (root.to_str().unwrap(), anvil.url());
    let init = ["init", path, "--chain", &url, "--finality", "0"];
    let operator = told(&root, &init)["operator"].as_str().unwrap().to_owned();
    assert_refused(&nets(&root, &["chain", "status"]), "has no contracts on its chain");
    assert_refused(&nets(&root, &["chain", "deploy"]), "holds 0 wei");
    anvil.set_balance(&operator, 1_000_000_000_000_000_000);
    let status = told(&root, &["chain", "deploy"]);
    assert_eq!(
        (status["chain"].as_str(), status["chain_id"].as_u64()),
        (Some(&*url), Some(31_337))
    );
    assert_eq!(status["contracts"].as_array().unwrap().len(), 8);
    assert_eq!(
        (status["outbox_open"].as_u64(), status["outbox_sent"].as_u64()),
        (Some(0), Some(8))
    );
    assert_eq!(told(&root, &["chain", "status"])["contracts"], status["contracts"]);

    assert_refused(&nets(&root, &["account", "fund", "operator", "5"]), "given new coin");
    assert_done(&nets(&root, &["account", "new", "ada"]));
    let sent = "10000000000000000";
    assert_eq!(told(&root, &["chain", "fund", "ada", sent])["outside"].to_string(), sent);
    let held = told(&root, &["account", "deposit", "ada", "700"]);
    assert_eq!(held["free"], 700);
    assert_eq!(told(&root, &["account", "withdraw", "ada", "200"])["free"], 500);
    let to = "0x00000000000000000000000000000000000000aa";
    told(&root, &["chain", "withdraw", "ada", "1234", "--to", to]);
    let there = anvil.ask("eth_getBalance", &serde_json::json!([to, "latest"]));
    assert_eq!(there, "0x4d2");
    let rich = nets(&root, &["chain", "withdraw", "ada", sent, "--to", to]);
    assert_refused(&rich, "coin outside the arena");

    let log = nets(&root, &["log"]);
    let text = String::from_utf8(log.stdout).unwrap();
    assert!(text.contains("Deposited") && text.contains("Withdrawn"), "{text}");
    assert_eq!(told(&root, &["verify"])["verified"], true);
    drop(anvil);
    assert_refused(
        &nets(&root, &["chain", "status"]),
        &format!("the node at {url} did not answer"),
    );
}

#[test]
fn a_node_that_is_none_and_a_secret_in_a_url_make_no_arena() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let path = root.to_str().unwrap();
    let init = |chain: &str| nets(&root, &["init", path, "--chain", chain]);
    assert_refused(&init("localhost:8545"), "expected a URL that begins with http");
    assert_refused(&init("https://me:secret@rpc.example"), "spells out a password");
    assert_refused(&init("http://rpc.example/${NETS_NO_SUCH_KEY}"), "NETS_NO_SUCH_KEY is not set");
    assert!(!root.exists());
}

#[test]
fn a_command_asks_the_node_that_is_named_and_refuses_one_of_another_chain() {
    let Some(anvil) = Anvil::start(&[]) else { return };
    let other = Anvil::start(&["--timestamp", "1"]).unwrap();
    let third = Anvil::start(&["--chain-id", "5"]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let (path, url) = (root.to_str().unwrap(), anvil.url());
    let init = ["init", path, "--chain", &url, "--finality", "0"];
    let operator = told(&root, &init)["operator"].as_str().unwrap().to_owned();
    anvil.set_balance(&operator, 1_000_000_000_000_000_000);
    told(&root, &["chain", "deploy"]);

    // The node of the settings is down from here on.
    let settings = root.join("arena.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, text.replace(&url, "http://127.0.0.1:1")).unwrap();
    assert_refused(&nets(&root, &["coin"]), "the node at http://127.0.0.1:1 did not answer");
    let by = |url: &str, words: &[&str]| nets(&root, &[words, &["--chain", url]].concat());
    let status = told(&root, &["chain", "status", "--chain", &url]);
    assert_eq!(status["chain"], *url);
    let deposit = ["account", "deposit", "operator", "700"];
    assert_done(&by(&url, &deposit));
    assert_done(&by(&url, &["league", "create", "bronze", "--fund", "500"]));
    assert_done(&by(&url, &["verify"]));
    let now = fs::read_to_string(&settings).unwrap();
    assert!(now.contains("url = \"http://127.0.0.1:1\"") && now.contains("bronze"), "{now}");

    assert_refused(&by(&other.url(), &deposit), "begins with block");
    assert_refused(&by(&third.url(), &deposit), "is of chain 5, expected chain 31337");
    assert_refused(&by("embedded", &deposit), "is not on an embedded chain, but on chain 31337");
    assert_refused(&by("embedded", &["verify"]), "is not on an embedded chain");
    assert_refused(&by("nonsense", &deposit), "expected a URL that begins with http");
    assert_done(&by(&url, &["coin"]));
}
