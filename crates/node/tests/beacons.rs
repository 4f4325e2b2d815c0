//! Beacons on an embedded chain, which has one.

use nets_node::{ArenaNode, BeaconKind, LeagueFile, LeagueSettings, NodeError};

use crate::support::short_league;

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
