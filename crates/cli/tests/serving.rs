//! `nets serve` and `nets fetch`: an arena's modules for whoever checks its rounds.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::arena::{NETS, agent, arena, assert_done, assert_refused, nets};
use crate::case::code_cache;
use crate::interrupt::interrupt;

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

#[test]
fn a_copy_without_modules_is_verified_with_those_that_are_served() {
    let folder = tempfile::tempdir().unwrap();
    let [root, bare] = ["arena", "bare"].map(|name| folder.path().join(name));
    arena(&root);
    let module = agent("snake-greedy");
    assert_done(&nets(&root, &["agent", "add", &module, "--league", "bronze", "--owner", "ada"]));
    assert_done(&nets(&root, &["round", "run", "bronze"]));
    copy(&root, &bare);
    let modules = bare.join("artifacts/modules");
    fs::remove_dir_all(&modules).unwrap();
    fs::create_dir(&modules).unwrap();
    assert_eq!(nets(&bare, &["verify"]).status.code(), Some(1));

    let mut command = Command::new(NETS);
    command.args(["serve", "--listen", "127.0.0.1:0", "--json"]).env("NETS_ARENA", &root);
    command.env("NETS_CACHE", code_cache()).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut server = command.spawn().unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap());
    let mut first = String::new();
    lines.read_line(&mut first).unwrap();
    let first: Value = serde_json::from_str(&first).unwrap();
    let url = first["serving"].as_str().unwrap();

    let nowhere = nets(&bare, &["fetch", "--source", "nowhere", "--json"]);
    assert_eq!(nowhere.status.code(), Some(1));
    let line: Value = serde_json::from_slice(&nowhere.stdout).unwrap();
    assert_eq!(line["state"], "missing");
    assert_eq!(line["failures"][0], "source nowhere: it has no such file");

    let record = fs::read_dir(bare.join("artifacts/records")).unwrap().flatten().next().unwrap();
    let record = record.path().display().to_string();
    let replay = nets(&bare, &["replay", &record, "--source", url]);
    assert_done(&replay);
    let told = String::from_utf8(replay.stderr).unwrap();
    assert!(told.contains(&format!("comes from {url}")), "{told}");
    fs::remove_dir_all(&modules).unwrap();
    fs::create_dir(&modules).unwrap();
    assert_done(&nets(&bare, &["verify", "--source", url]));
    let here = nets(&bare, &["fetch", "--source", url]);
    assert_done(&here);
    assert!(String::from_utf8(here.stdout).unwrap().contains("here"));

    interrupt(&server);
    let mut rest = String::new();
    lines.read_to_string(&mut rest).unwrap();
    assert!(server.wait().unwrap().success(), "Ctrl-C is how it ends");
    let counts: Value = serde_json::from_str(rest.lines().last().unwrap()).unwrap();
    assert_eq!(
        (counts["served"].as_u64(), counts["early"].as_u64()),
        (Some(2), Some(0)),
        "for replay and for verify"
    );

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    assert_refused(
        &nets(&root, &["serve", "--listen", &address]),
        &format!("cannot listen on {address}"),
    );
}
