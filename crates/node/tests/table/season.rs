//! Rounds of signed leagues, from keys to payouts.

use nets_node::{ArenaFolder, ArenaNode, MatchStatus, VerifyError, verify};

use super::stage::{Agent, HASTY, Host, LEAGUE, PATIENT, owner, signed_arena, verified};
use crate::support::{GO_ON, Silent, copy};

#[test]
fn a_round_of_connect_four_between_four_agents_is_played_asserted_and_paid() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let agents = [
        ("ada", "connect-four-search"),
        ("bo", "connect-four-greedy"),
        ("cy", "connect-four-greedy"),
        ("di", "connect-four-search"),
    ];
    let node = signed_arena(&root, "connect-four", &agents.map(|(name, _)| name));
    let owners = agents.map(|(name, _)| owner(&node, name));
    let host = Host::run(node, PATIENT);
    let running: Vec<_> = agents
        .iter()
        .zip(owners)
        .map(|((name, wasm), owner)| Agent::start(folder.path(), (name, owner), host.address, wasm))
        .collect();
    let (node, report) = host.finish();
    let counts: Vec<_> = running.into_iter().map(Agent::finish).collect();
    assert!(counts.iter().all(|it| it.signed > 0 && it.false_words == 0), "{counts:?}");
    let played = report.matches.iter().filter(|line| line.status == MatchStatus::Played).count();
    assert_eq!(played, 4, "each plays two");
    assert!(report.matches.iter().all(|line| line.faults.is_empty()));
    assert_eq!(report.payouts.len(), 3);
    assert_eq!(verified(node).matches, 4);
}

#[test]
fn who_never_comes_is_put_on_the_clock_and_forfeits_where_its_flag_falls() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let node = signed_arena(&root, "connect-four", &["ada", "bo"]);
    let owner = owner(&node, "ada");
    let host = Host::run(node, HASTY);
    let ada = Agent::start(folder.path(), ("ada", owner), host.address, "connect-four-search");
    let (node, report) = host.finish();
    ada.finish();
    let forfeits = report.matches.iter().filter(|line| !line.faults.is_empty()).count();
    assert_eq!(forfeits, 2);
    assert_eq!(node.account_name(&report.standings[0].owner).unwrap(), "ada");
    assert_eq!(verified(node).matches, 2);
}

#[test]
fn one_seat_plays_snake_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let node = signed_arena(&root, "snake", &["ada"]);
    let owner = owner(&node, "ada");
    let host = Host::run(node, PATIENT);
    let ada = Agent::start(folder.path(), ("ada", owner), host.address, "snake-greedy");
    let (node, report) = host.finish();
    assert!(ada.finish().signed > 20);
    assert!(report.matches.iter().all(|line| line.faults.is_empty()));
    verified(node);
}

#[test]
fn verification_names_the_first_action_that_its_agent_did_not_sign() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let node = signed_arena(&root, "snake", &["ada"]);
    let owner = owner(&node, "ada");
    let host = Host::run(node, PATIENT);
    let ada = Agent::start(folder.path(), ("ada", owner), host.address, "snake-greedy");
    let (node, report) = host.finish();
    ada.finish();
    let id = report.matches.iter().find_map(|line| line.id).unwrap();
    let path = node.artifacts().record_path(&id);
    let mut record = node.artifacts().record(&id).unwrap();
    record.steps[3].signatures[0].0[5] ^= 1;
    let arena = node.folder().clone();
    drop(node);
    std::fs::write(&path, record.encode()).unwrap();
    let found = verify(arena.clone(), 2, &GO_ON, &Silent).unwrap_err();
    let text = found.to_string();
    assert!(matches!(found, VerifyError::Altered(_)), "{text}");
    assert!(text.contains("step 3: the action of seat 0 was signed by"), "{text}");
    std::fs::remove_file(&path).unwrap();
    let found = verify(arena, 2, &GO_ON, &Silent).unwrap_err().to_string();
    assert!(found.contains(LEAGUE) && found.contains("its record is not here"), "{found}");
}

#[test]
fn records_that_are_not_here_come_from_sources_that_nobody_believes() {
    let folder = tempfile::tempdir().unwrap();
    let [root, false_one, here] = ["arena", "false", "here"].map(|name| folder.path().join(name));
    let node = signed_arena(&root, "snake", &["ada"]);
    let owner = owner(&node, "ada");
    let host = Host::run(node, PATIENT);
    let ada = Agent::start(folder.path(), ("ada", owner), host.address, "snake-greedy");
    let (node, report) = host.finish();
    ada.finish();
    let ids: Vec<_> = report.matches.iter().filter_map(|line| line.id).collect();
    drop(node);
    for copied in [&false_one, &here] {
        copy(&root, copied);
    }
    let elsewhere = ArenaNode::open(&false_one).unwrap();
    for id in &ids {
        let path = elsewhere.artifacts().record_path(id);
        let mut record = elsewhere.artifacts().record(id).unwrap();
        record.steps[0].signatures[0] = nets_core::Signature::NONE;
        std::fs::write(path, record.encode()).unwrap();
        std::fs::remove_file(here.join(format!("artifacts/records/{id}.match"))).unwrap();
    }
    let with = |source: &std::path::Path| {
        ArenaFolder::new(&here).with_sources(vec![source.display().to_string()])
    };
    let found = verify(with(&false_one), 2, &GO_ON, &Silent).unwrap_err().to_string();
    assert!(found.contains("its record is not here"), "{found}");
    let node = ArenaNode::open(with(&false_one)).unwrap();
    assert!(node.fetch_records(&Silent).unwrap().iter().all(|record| !record.is_here));
    drop(node);
    let node = ArenaNode::open(with(&root)).unwrap();
    let fetched = node.fetch_records(&Silent).unwrap();
    assert!(fetched.len() == ids.len() && fetched.iter().all(|record| record.is_here));
    assert_eq!(verified(node).matches, ids.len() as u32);
}
