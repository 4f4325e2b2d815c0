//! Whatever is altered on disk is found, and an intact arena is not accused.

use std::fs;
use std::path::{Path, PathBuf};

use nets_node::{
    AgentEntry, ArenaNode, LeagueFile, LeagueSettings, NodeError, VerifyError, run_round, verify,
};

use crate::support::{GO_ON, Silent, two_threads};

/// An arena with one short round of rock-paper-scissors.
fn small_arena(root: &Path) {
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
        node.create_account(owner, Some(nets_core::sha256(owner.as_bytes()).0)).unwrap();
        node.fund_account(owner, 500).unwrap();
        let module = format!("{}/../../agents/wasm/{name}.wasm", env!("CARGO_MANIFEST_DIR"));
        let entry = AgentEntry { owner, module: Path::new(&module), stake: None, rounds: 1 };
        node.add_agent("silver", &entry).unwrap();
    }
    run_round(&mut node, "silver", two_threads(), &Silent).unwrap();
    node.flush().unwrap();
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
    // Every byte of small logs is tried in the chain's own tests; this one holds the contracts.
    let log = root.join("chain").join("blocks.log");
    let size = fs::metadata(&log).unwrap().len() as usize;
    assert_flips_are_found(&root, &log, size / 40);
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
    drop(node);
    fs::remove_file(root.join("chain").join("state.redb")).unwrap();
    assert!(!is_altered(&root));
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
