//! Whatever is altered on disk is found, and an intact arena is not accused.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use nets_chain::EmbeddedChain;
use nets_core::{Address, Digest, sha256};
use nets_node::{
    AgentEntry, ArenaNode, LeagueFile, LeagueSettings, NodeError, VerifyError, open_round,
    own_scores, run_round, verify, verify_with_head,
};

use crate::support::{GO_ON, Silent, cut_chain, two_threads};

/// The chain id of embedded chains.
const CHAIN_ID: u64 = 0x6e65_7473;

/// An arena with one short round of rock-paper-scissors.
fn small_arena(root: &Path) {
    let mut node = entered_arena(root);
    run_round(&mut node, "silver", two_threads(), &Silent).unwrap();
    node.flush().unwrap();
}

/// An arena with two agents in a league and no round yet.
fn entered_arena(root: &Path) -> ArenaNode {
    let mut node = ArenaNode::init(root, Some(nets_core::Seed([3; 32]))).unwrap();
    let file = LeagueFile::read(&node.folder().league_file()).unwrap();
    let league = LeagueSettings {
        parameters: [("throws".to_owned(), 2)].into(),
        matches_per_round: 2,
        ..file.league("silver").unwrap().clone()
    };
    node.create_league(&league).unwrap();
    node.fund_league("silver", 1_000).unwrap();
    for (owner, name) in [("ada", "rps-rock"), ("bo", "rps-cycle")] {
        node.create_account(owner, Some(sha256(owner.as_bytes()).0)).unwrap();
        node.fund_account(owner, 500).unwrap();
        let module = format!("{}/../../agents/wasm/{name}.wasm", env!("CARGO_MANIFEST_DIR"));
        let entry = AgentEntry { owner, module: Path::new(&module), stake: None, rounds: 1 };
        node.add_agent("silver", &entry).unwrap();
    }
    node
}

fn log_path(root: &Path) -> PathBuf {
    root.join("chain").join("blocks.log")
}

/// Everything in a folder, with the time at which it was last written.
fn content(folder: &Path) -> Vec<(PathBuf, SystemTime, Vec<u8>)> {
    let entry = |path: PathBuf| match path.is_dir() {
        true => content(&path),
        false => {
            let written = fs::metadata(&path).unwrap().modified().unwrap();
            vec![(path.clone(), written, fs::read(&path).unwrap())]
        }
    };
    files(folder).into_iter().flat_map(entry).collect()
}

fn is_altered(root: &Path) -> bool {
    match verify(root, 1, &GO_ON, &Silent) {
        Ok(_) => false,
        Err(VerifyError::Altered(_)) => true,
        // A log that cannot be trusted is refused when it is opened.
        Err(VerifyError::Unchecked(error)) => panic!("{error}"),
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().flatten().map(|e| e.path()).collect();
    files.sort();
    files
}

/// Flips one bit of every `stride`-th byte of a file in turn.
fn assert_flips_are_found(root: &Path, file: &Path, stride: usize) {
    let good = fs::read(file).unwrap();
    for position in (0..good.len()).step_by(stride) {
        let mut bad = good.clone();
        bad[position] ^= 1 << (position % 8);
        fs::write(file, &bad).unwrap();
        assert!(is_altered(root), "{} byte {position}", file.display());
    }
    fs::write(file, &good).unwrap();
}

#[test]
fn every_altered_artifact_and_log_byte_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    small_arena(&root);
    assert!(!is_altered(&root));
    let artifacts = root.join("artifacts");
    for file in files(&artifacts.join("rules")) {
        assert_flips_are_found(&root, &file, 1);
    }
    for file in files(&artifacts.join("modules")) {
        assert_flips_are_found(&root, &file, 5);
    }
    for file in files(&artifacts.join("records")) {
        assert_flips_are_found(&root, &file, 7);
    }
    // Every bit of small logs is tried in the chain's own tests; this one holds the contracts.
    fs::remove_file(root.join("chain").join("state.cache")).unwrap();
    let log = log_path(&root);
    let size = fs::metadata(&log).unwrap().len() as usize;
    assert_flips_are_found(&root, &log, size / 40);
    let settings = root.join("arena.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, text.replace("number = 0", "number = 1")).unwrap();
    assert!(is_altered(&root));
    fs::write(&settings, text).unwrap();
    assert!(!is_altered(&root));
}

#[test]
fn missing_artifacts_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    small_arena(&root);
    for kind in ["modules", "records", "rules"] {
        let file = files(&root.join("artifacts").join(kind)).remove(0);
        let bytes = fs::read(&file).unwrap();
        fs::remove_file(&file).unwrap();
        assert!(is_altered(&root), "{kind}");
        fs::write(&file, bytes).unwrap();
    }
    assert!(!is_altered(&root));
}

#[test]
fn a_second_process_is_told_to_wait_and_a_lost_cache_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    small_arena(&root);
    let node = ArenaNode::open(&root).unwrap();
    let refused = ArenaNode::open(&root).unwrap_err();
    assert!(matches!(refused, NodeError::Arena(_)), "{refused}");
    assert!(refused.to_string().contains("in use by another nets process"), "{refused}");
    let ada = node.account("ada").unwrap().address();
    let capital = node.capital(&ada).unwrap();
    drop(node);
    fs::remove_file(root.join("chain").join("state.cache")).unwrap();
    assert!(!is_altered(&root));
    assert_eq!(ArenaNode::open(&root).unwrap().capital(&ada).unwrap(), capital);
}

#[test]
fn a_file_that_a_killed_process_left_half_written_accuses_nobody_and_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    small_arena(&root);
    let records = root.join("artifacts").join("records");
    let part = records.join(".part-abc");
    fs::write(&part, "NETSREC1 and no").unwrap();
    assert!(!is_altered(&root));
    drop(ArenaNode::open(&root).unwrap());
    assert!(!part.exists());
    fs::write(records.join("abc.match"), "NETSREC1 and no").unwrap();
    assert!(is_altered(&root), "any other file there is no artifact");
}

#[test]
fn a_missing_emptied_or_foreign_log_is_altered_and_no_new_one_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    small_arena(&root);
    let log = log_path(&root);
    let good = fs::read(&log).unwrap();
    fs::remove_file(root.join("chain").join("state.cache")).unwrap();
    for left in [0, 15, 16] {
        fs::write(&log, &good[..left]).unwrap();
        assert!(is_altered(&root), "{left} bytes");
        assert!(ArenaNode::open(&root).is_err(), "{left} bytes");
    }
    fs::remove_file(&log).unwrap();
    assert!(is_altered(&root));
    assert!(ArenaNode::open(&root).is_err());
    assert!(files(&root.join("chain")).is_empty(), "nothing is made in its place");
    // Blocks that are sound, but create no contracts.
    let mut chain = EmbeddedChain::create(&root.join("chain"), CHAIN_ID).unwrap();
    chain.grant(Address([1; 20]), 5).unwrap();
    drop(chain);
    assert!(is_altered(&root));
    assert!(ArenaNode::open(&root).is_err());
}

#[test]
fn verifying_believes_no_cache_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    small_arena(&root);
    let cache = root.join("chain").join("state.cache");
    for bytes in [fs::read(&cache).unwrap(), b"damaged".to_vec(), Vec::new()] {
        fs::write(&cache, bytes).unwrap();
        let before = content(&root);
        assert!(!is_altered(&root));
        assert_eq!(content(&root), before);
    }
    // A block that was being written when the process was killed was never acknowledged.
    let log = log_path(&root);
    let good = fs::read(&log).unwrap();
    fs::write(&log, [&good[..], &[7; 11]].concat()).unwrap();
    let before = content(&root);
    assert_eq!(verify(&root, 1, &GO_ON, &Silent).unwrap().torn_bytes, 11);
    assert_eq!(content(&root), before);
}

#[test]
fn a_log_without_a_block_that_the_cache_has_seen_is_altered() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    small_arena(&root);
    ArenaNode::open(&root).unwrap().flush().unwrap();
    let log = log_path(&root);
    let good = fs::read(&log).unwrap();
    let head = verify(&root, 1, &GO_ON, &Silent).unwrap().head.number;
    let cache = fs::read(root.join("chain").join("state.cache")).unwrap();
    let refused = |root: &Path| match verify(root, 1, &GO_ON, &Silent) {
        Err(VerifyError::Altered(difference)) => difference,
        other => panic!("{other:?}"),
    };
    fs::write(&log, &good[..good.len() - 1]).unwrap();
    let one_byte = refused(&root);
    assert!(one_byte.contains(&format!("but block {head} was acknowledged")), "{one_byte}");
    cut_chain(&root, head - 2);
    fs::write(root.join("chain").join("state.cache"), cache).unwrap();
    let whole_blocks = refused(&root);
    assert!(whole_blocks.contains(&format!("ends with block {}", head - 2)), "{whole_blocks}");
    fs::write(&log, good).unwrap();
    assert!(!is_altered(&root));
}

#[test]
fn leagues_whose_numbers_or_names_were_exchanged_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = entered_arena(&root);
    let file = LeagueFile::read(&node.folder().league_file()).unwrap();
    let twin = LeagueSettings { name: "twin".to_owned(), ..file.league("silver").unwrap().clone() };
    node.create_league(&twin).unwrap();
    let other = LeagueSettings { name: "other".to_owned(), ..twin };
    node.create_league(&other).unwrap();
    drop(node);
    let report = verify(&root, 1, &GO_ON, &Silent).unwrap();
    let names: Vec<_> = report.leagues.iter().filter_map(|league| league.name.clone()).collect();
    assert_eq!(names, ["silver", "twin", "other"]);
    assert_eq!(report.leagues[0].parameters, [("throws", 2)]);
    let settings = root.join("arena.toml");
    let good = fs::read_to_string(&settings).unwrap();
    let swap = |a: &str, b: &str| good.replace(a, "\0").replace(b, a).replace('\0', b);
    for (a, b) in [("number = 0", "number = 1"), ("number = 1", "number = 2")] {
        fs::write(&settings, swap(a, b)).unwrap();
        assert!(is_altered(&root), "{a} and {b}");
        assert!(ArenaNode::open(&root).unwrap().league("twin").is_err());
    }
    for (a, b) in [("leagues.silver", "leagues.twin"), ("leagues.twin", "leagues.other")] {
        fs::write(&settings, swap(a, b)).unwrap();
        assert!(is_altered(&root), "{a} and {b}");
    }
    fs::write(&settings, good.replace("number = 1", "number = 7")).unwrap();
    assert!(is_altered(&root), "there is no such league");
    fs::write(&settings, good).unwrap();
    assert!(!is_altered(&root));
}

#[test]
fn artifacts_are_checked_where_no_round_is_final() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = entered_arena(&root);
    node.flush().unwrap();
    drop(node);
    let artifacts = root.join("artifacts");
    for file in [files(&artifacts.join("rules")), files(&artifacts.join("modules"))].concat() {
        let good = fs::read(&file).unwrap();
        let size = good.len();
        assert_flips_are_found(&root, &file, size / 3);
        fs::remove_file(&file).unwrap();
        assert!(is_altered(&root), "{} is missing", file.display());
        fs::write(&file, good).unwrap();
    }
    let mut node = ArenaNode::open(&root).unwrap();
    open_round(&mut node, "silver", two_threads(), &Silent).unwrap();
    drop(node);
    assert!(!is_altered(&root), "no match was played yet");
    let node = ArenaNode::open(&root).unwrap();
    own_scores(&node, "silver", 0, two_threads(), &Silent).unwrap();
    drop(node);
    let records = files(&artifacts.join("records"));
    assert_eq!(records.len(), 2);
    assert!(!is_altered(&root));
    assert_flips_are_found(&root, &records[0], 31);
    let good = fs::read(&records[0]).unwrap();
    let stranger = artifacts.join("records").join(format!("{}.match", Digest([7; 32])));
    fs::rename(&records[0], &stranger).unwrap();
    assert!(is_altered(&root), "no round has this match");
    fs::remove_file(&stranger).unwrap();
    assert!(!is_altered(&root), "a round that is not over may lack records");
    fs::write(&records[0], good).unwrap();
    assert!(!is_altered(&root));
}

#[test]
fn more_coin_than_there_can_be_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = entered_arena(&root);
    let head = node.head().unwrap();
    for amount in [u128::MAX, u128::MAX - 1_000] {
        let refused = node.fund_account("ada", amount);
        assert!(matches!(refused, Err(NodeError::TooMuchCoin { .. })), "{refused:?}");
        let refused = node.fund_league("silver", amount);
        assert!(matches!(refused, Err(NodeError::TooMuchCoin { .. })), "{refused:?}");
    }
    assert_eq!(node.head().unwrap(), head);
    node.fund_account("ada", 7).unwrap();
    assert_eq!(node.head().unwrap().number, head.number + 1, "grant and deposit are one block");
    node.fund_league("silver", 7).unwrap();
    assert_eq!(node.head().unwrap().number, head.number + 2);
    drop(node);
    assert!(!is_altered(&root));
}

#[test]
fn a_cut_log_is_found_by_a_head_that_was_kept() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = entered_arena(&root);
    let before = Digest(node.head().unwrap().hash.0);
    node.fund_account("ada", 7).unwrap();
    let after = Digest(node.head().unwrap().hash.0);
    drop(node);
    let log = log_path(&root);
    let with = |head| verify_with_head(&root, Some(head), 1, &GO_ON, &Silent);
    assert_eq!(with(before).unwrap().head.hash.0, after.0);
    assert!(with(after).is_ok());
    let good = fs::read(&log).unwrap();
    let mut last = 16;
    let mut next = last;
    while next < good.len() {
        last = next;
        next += 12 + u32::from_le_bytes(good[last..last + 4].try_into().unwrap()) as usize + 33;
    }
    fs::write(&log, &good[..last]).unwrap();
    // Whoever cuts the log can take away the cache, too.
    fs::remove_file(root.join("chain").join("state.cache")).unwrap();
    assert_eq!(with(before).unwrap().head.hash.0, before.0, "an earlier moment of the arena");
    let error = with(after).unwrap_err();
    assert!(matches!(error, VerifyError::Altered(_)), "{error}");
}
