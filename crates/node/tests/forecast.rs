//! Leagues on data that are shown only after entries have closed.

use std::fs;
use std::path::Path;

use nets_core::{Digest, sha256};
use nets_node::{
    ArenaFolder, ArenaNode, LeagueSettings, NodeError, VerifyError, open_round, run_round, verify,
    void_round,
};

use crate::support::{GO_ON, Silent, arena, copy, short_league, two_threads};

const LEAGUE: &str = "rain";
const AGENTS: [(&str, &str); 3] =
    [("ada", "forecast-last-value"), ("bo", "forecast-random"), ("gil", "rps-rock")];

/// What nobody has seen when agents enter; the last value equals the one before.
const SERIES: &str = "month,millimetres\n1,40\n2,42\n3,41\n4,44\n5,50\n6,50\n";

fn hash() -> Digest {
    sha256(SERIES.as_bytes())
}

fn league(node: &ArenaNode) -> LeagueSettings {
    let numbers = [("from", 2), ("count", 4), ("window", 8), ("decimals", 0), ("levels", 100)];
    LeagueSettings {
        name: LEAGUE.to_owned(),
        system: "forecast".to_owned(),
        parameters: numbers.map(|(name, value)| (name.to_owned(), value)).into(),
        data: Some(format!("0x{}", hash())),
        matches_per_round: 1,
        ..short_league(node)
    }
}

/// An arena whose entries are closed and whose data nobody has.
fn closed(root: &Path) -> ArenaNode {
    let mut node = arena(root, league, &AGENTS);
    open_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    let error = run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap_err();
    let expected = format!("data set {} is not in the arena", hash());
    assert_eq!(error.to_string(), expected);
    node
}

#[test]
fn a_round_on_data_that_nobody_had_is_played_once_they_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let [root, bare] = ["arena", "bare"].map(|name| folder.path().join(name));
    let mut node = closed(&root);
    let needed = node.fetch_data().unwrap();
    assert_eq!((needed[0].hash, needed[0].is_here), (hash(), false));
    drop(node);
    assert_eq!(verify(&root, 2, &GO_ON, &Silent).unwrap().rounds, 0, "it is sound as it waits");

    node = ArenaNode::open(&root).unwrap();
    let other = SERIES.replace("50\n", "51\n");
    let error = node.add_data(other.as_bytes()).unwrap_err().to_string();
    assert!(error.contains(&format!("they wait for {}", hash())), "{error}");
    assert_eq!(node.add_data(SERIES.as_bytes()).unwrap(), [LEAGUE]);
    assert!(node.fetch_data().unwrap()[0].is_here);
    let report = run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    // The last value is the naive forecast; rock answers the lowest value there is.
    let scores = |member| {
        let line = report.standings.iter().find(|line| line.member == member).unwrap();
        line.total
    };
    assert_eq!((scores(0), scores(2)), (0, 1 + 3 + 6 - (41 + 44 + 50 + 50)));
    drop(node);
    let verified = verify(&root, 2, &GO_ON, &Silent).unwrap();
    assert_eq!((verified.rounds, verified.leagues[0].data), (1, Some(hash())));

    copy(&root, &bare);
    let kept = bare.join(format!("artifacts/data/{}.csv", hash()));
    fs::remove_file(&kept).unwrap();
    let error = verify(&bare, 2, &GO_ON, &Silent).unwrap_err();
    assert!(matches!(error, VerifyError::Unchecked(NodeError::MissingData { .. })), "{error}");
    let named = ArenaFolder::new(&bare).with_sources(vec![root.display().to_string()]);
    assert_eq!(verify(named, 2, &GO_ON, &Silent).unwrap(), verified);
    fs::write(&kept, other).unwrap();
    assert!(verify(&bare, 2, &GO_ON, &Silent).unwrap_err().to_string().contains("is damaged"));
}

#[test]
fn a_round_whose_data_never_come_is_given_up_and_entries_are_paid_back() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = closed(&root);
    let price = node.league(LEAGUE).unwrap().terms.entryPrice;
    let voided = void_round(&mut node, LEAGUE, &GO_ON).unwrap();
    assert_eq!(voided.refunds, [0, 1, 2].map(|member| (member, price)));
    drop(node);
    assert_eq!(verify(&root, 2, &GO_ON, &Silent).unwrap().rounds, 0);
}

#[test]
fn data_that_do_not_fit_the_league_are_refused_with_the_line() {
    let folder = tempfile::tempdir().unwrap();
    let narrow = |node: &ArenaNode| {
        let mut league = league(node);
        league.parameters.insert("levels".to_owned(), 50);
        league
    };
    let node = arena(&folder.path().join("arena"), narrow, &[]);
    let error = node.add_data(SERIES.as_bytes()).unwrap_err().to_string();
    assert!(error.ends_with("line 6: 50 is outside of 0 to 49"), "{error}");
    assert!(node.artifacts().data(&hash()).is_err(), "it is not shown");
}

#[cfg(feature = "evm")]
#[test]
fn data_are_served_once_they_are_shown() {
    use std::sync::atomic::{AtomicBool, Ordering};

    use nets_node::{ArtifactId, ArtifactServer, Sources};

    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let node = arena(&root, league, &[]);
    let server = ArtifactServer::bind(&root, "127.0.0.1:0").unwrap();
    let from = Sources::parse(&[format!("http://{}", server.address().unwrap())]).unwrap();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| server.run(&stop, |_| {}));
        let early = from.obtain(ArtifactId::Data(hash()));
        let added = node.add_data(SERIES.as_bytes());
        let shown = from.obtain(ArtifactId::Data(hash()));
        stop.store(true, Ordering::Relaxed);
        assert!(early.unwrap_err()[0].reason.contains("status 404"));
        added.unwrap();
        assert_eq!(shown.unwrap().bytes, SERIES.as_bytes());
    });
}
