//! Beacons on an embedded chain, which has two.

use std::path::Path;

use alloy_primitives::{Address, B256};
use nets_chain::{Arena, IBeacon, SharedBeacon};
use nets_core::sha256;
use nets_node::{
    ArenaNode, BeaconKind, LeagueFile, LeagueSettings, NodeError, RoundStatus, ShareStep,
    open_round, run_round, verify,
};

use crate::support::{GO_ON, Silent, arena, short_league, two_threads};

const LEAGUE: &str = "silver";
const BOND: u128 = 10;

#[test]
fn an_embedded_chain_refuses_beacons_that_are_worth_nothing_on_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut node = ArenaNode::init(folder.path(), None).unwrap();
    for beacon in [BeaconKind::Drand, BeaconKind::Randao] {
        let league = short_league(&node);
        let league = LeagueSettings { beacon, void_blocks: 400, unbond_blocks: 500, ..league };
        let error = node.create_league(&league).unwrap_err();
        assert!(matches!(error, NodeError::WorthlessBeacon { .. }), "{error}");
        assert!(error.to_string().contains("worth nothing on an embedded chain"), "{error}");
    }
    let league = short_league(&node);
    assert_eq!(league.beacon, BeaconKind::Offline, "what a league is on that names none");
    node.create_league(&league).unwrap();
    let league = node.league(&league.name).unwrap();
    assert_eq!(node.beacon_of(&league), Some(BeaconKind::Offline));
}

#[test]
fn a_league_file_names_beacons_by_their_names_only() {
    let folder = tempfile::tempdir().unwrap();
    let node = ArenaNode::init(folder.path(), None).unwrap();
    let path = node.folder().league_file();
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.replace("unbond-blocks = 16", "unbond-blocks = 500");
    let within = |beacon: &str, void_blocks: u32| {
        let line = format!("system = \"rps\"\nbeacon = \"{beacon}\"");
        let text = text.replace("system = \"rps\"", &line);
        let voids = format!("void-blocks = {void_blocks}");
        std::fs::write(&path, text.replace("void-blocks = 8", &voids)).unwrap();
        LeagueFile::read(&path)
    };
    let with = |beacon: &str| within(beacon, 400);
    let silver = |file: LeagueFile| file.league("silver").unwrap().beacon;
    assert_eq!(silver(with("drand").unwrap()), BeaconKind::Drand);
    assert_eq!(silver(with("randao").unwrap()), BeaconKind::Randao);
    for (beacon, least) in [("drand", 200), ("randao", 400)] {
        let hasty = within(beacon, least - 1).unwrap_err().to_string();
        assert!(hasty.contains(&format!("expected at least {least} with seeds")), "{hasty}");
    }
    let error = with("dice").unwrap_err().to_string();
    assert!(error.contains("dice") && error.contains("offline"), "{error}");
}

fn shared_league(node: &ArenaNode) -> LeagueSettings {
    let beacon = BeaconKind::OfflineShared;
    LeagueSettings { beacon, void_blocks: 60, unbond_blocks: 70, ..short_league(node) }
}

/// An arena with a league on shared seeds and two owners, each with coin for a bond outside.
fn shared_arena(root: &Path) -> ArenaNode {
    let agents = [("ada", "rps-rock"), ("bo", "rps-cycle")];
    let mut node = arena(root, shared_league, &agents);
    for owner in ["ada", "bo"] {
        node.fund_outside(owner, BOND).unwrap();
    }
    node
}

fn beacon(node: &ArenaNode) -> Address {
    node.league(LEAGUE).unwrap().terms.beacon
}

fn outside(node: &ArenaNode, owner: &str) -> u128 {
    node.coin_outside(&node.account(owner).unwrap().address()).unwrap()
}

/// What of an event is said about a value, by the share's owner.
fn shares(node: &ArenaNode, index: u64) -> Vec<B256> {
    use alloy_sol_types::SolEvent;
    let at = beacon(node);
    let logs = node.chain().logs(0).unwrap().into_iter().filter(|log| log.address == at);
    let shown =
        logs.filter_map(|log| SharedBeacon::Shared::decode_raw_log(&log.topics, &log.data).ok());
    shown.filter(|event| event.index == index).map(|event| event.share).collect()
}

#[test]
fn a_seed_is_mixed_of_the_operators_secret_and_the_shares_of_local_owners() {
    let folder = tempfile::tempdir().unwrap();
    let mut node = shared_arena(folder.path());
    let league = node.league(LEAGUE).unwrap();
    assert_eq!(node.beacon_of(&league), Some(BeaconKind::OfflineShared));
    assert_ne!(league.terms.beacon, node.contracts().deployment().beacon);
    let report = run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    let index = node.rounds(LEAGUE).unwrap()[0].beacon_index;
    let shares = shares(&node, index);
    assert_eq!(shares.len(), 2);
    assert_ne!(shares[0], shares[1]);
    let draw = Arena::view_of(node.chain(), beacon(&node), &SharedBeacon::drawOfCall { index });
    let mix = shares[0] ^ shares[1];
    let secret = draw.unwrap().secret;
    let expected = sha256(&[&[0x0f], secret.as_slice(), mix.as_slice()].concat());
    let value = Arena::view_of(node.chain(), beacon(&node), &IBeacon::valueCall { index });
    assert_eq!(value.unwrap().0, expected.0);
    assert_eq!((outside(&node, "ada"), outside(&node, "bo")), (BOND, BOND), "bonds are back");
    assert_eq!(report.round, 0);
    // The next round goes on with the next secrets.
    let second = run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    assert_ne!(second.seed, report.seed);
    drop(node);
    assert_eq!(verify(folder.path(), 2, &GO_ON, &Silent).unwrap().rounds, 2);
}

#[test]
fn a_share_that_is_not_shown_is_left_out_and_its_bond_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut node = shared_arena(folder.path());
    // Bo commits, and its key goes away before the share can be shown.
    let index = node.share_seed(LEAGUE, "bo", ShareStep::Commit).unwrap();
    assert_eq!((index, outside(&node, "bo")), (1, 0));
    drop(node);
    let key = folder.path().join("keys/bo.key");
    let away = folder.path().join("bo.key");
    std::fs::rename(&key, &away).unwrap();
    let mut node = ArenaNode::open(folder.path()).unwrap();
    run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    assert_eq!(node.rounds(LEAGUE).unwrap()[0].beacon_index, index);
    assert_eq!(shares(&node, index).len(), 1, "ada's");
    assert_eq!(outside(&node, "ada"), BOND);
    drop(node);
    std::fs::rename(&away, &key).unwrap();
    let mut node = ArenaNode::open(folder.path()).unwrap();
    let late = node.share_seed(LEAGUE, "bo", ShareStep::Show).unwrap_err().to_string();
    assert!(late.contains("TooLate"), "{late}");
    assert_eq!(outside(&node, "bo"), 0);
    drop(node);
    verify(folder.path(), 2, &GO_ON, &Silent).unwrap();
}

#[test]
fn a_share_can_be_taken_back_before_the_secret_and_costs_its_bond() {
    let folder = tempfile::tempdir().unwrap();
    let mut node = shared_arena(folder.path());
    node.share_seed(LEAGUE, "ada", ShareStep::Commit).unwrap();
    assert_eq!(node.share_seed(LEAGUE, "ada", ShareStep::TakeBack).unwrap(), 1);
    assert_eq!(outside(&node, "ada"), BOND);
    node.create_account("cleo", None).unwrap();
    let poor = node.share_seed(LEAGUE, "cleo", ShareStep::Commit).unwrap_err();
    assert!(matches!(poor, NodeError::TooPoorOutside { .. }), "{poor}");
    let early = node.share_seed(LEAGUE, "ada", ShareStep::Show).unwrap_err().to_string();
    assert!(early.contains("NotFrozen"), "{early}");
    // Without shares a round is as on the operator's secrets alone.
    node.transfer("ada", &node.account("cleo").unwrap().address(), BOND).unwrap();
    node.transfer("bo", &node.account("cleo").unwrap().address(), BOND).unwrap();
    open_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    assert_eq!(node.rounds(LEAGUE).unwrap()[0].status, RoundStatus::Seeded);
    assert!(shares(&node, 1).is_empty());

    let hasty = LeagueSettings { name: "hasty".into(), void_blocks: 8, ..shared_league(&node) };
    let error = node.create_league(&hasty).unwrap_err().to_string();
    assert!(error.contains("void-blocks is 8, expected at least 54"), "{error}");
    let plain = LeagueSettings { name: "plain".into(), ..short_league(&node) };
    node.create_league(&plain).unwrap();
    let error = node.share_seed("plain", "ada", ShareStep::Commit).unwrap_err().to_string();
    assert!(error.contains("takes no shares"), "{error}");
}
