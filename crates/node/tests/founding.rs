//! An arena is founded whole, or the same command founds it.

use std::fs;
use std::path::Path;

use nets_core::Seed;
use nets_node::{ArenaNode, NodeError};

const SEED: Option<Seed> = Some(Seed([5; 32]));

fn is_occupied(root: &Path, seed: Option<Seed>) -> bool {
    matches!(ArenaNode::init(root, seed), Err(NodeError::Occupied { .. }))
}

#[test]
fn a_founding_that_did_not_end_is_made_over() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let head = ArenaNode::init(&root, SEED).unwrap().head().unwrap();
    // As if it had been killed before the last step, with a key cut short.
    fs::remove_file(root.join("arena.toml")).unwrap();
    fs::write(root.join("keys").join("operator.key"), "").unwrap();
    assert_eq!(ArenaNode::init(&root, SEED).unwrap().head().unwrap(), head);
}

#[test]
fn an_arena_that_was_never_opened_is_given_again_to_who_has_its_seed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let head = ArenaNode::init(&root, SEED).unwrap().head().unwrap();
    assert_eq!(ArenaNode::init(&root, SEED).unwrap().head().unwrap(), head);
    assert!(is_occupied(&root, None), "who wants secrets of chance gets no known ones");
    drop(ArenaNode::open(&root).unwrap());
    assert!(is_occupied(&root, SEED), "it is somebody's now");
}

#[test]
fn what_is_not_of_a_founding_is_never_removed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    drop(ArenaNode::init(&root, SEED).unwrap());
    drop(ArenaNode::open(&root).unwrap());
    // An arena whose settings are lost still has its keys.
    fs::remove_file(root.join("arena.toml")).unwrap();
    assert!(is_occupied(&root, SEED));
    assert!(root.join("keys").join("operator.key").exists());
}
