//! `trees.json`: roots and paths of trees of several sizes, and paths that prove nothing.

use nets_core::{Digest, MerkleTree, path_root, sha256};
use serde::{Deserialize, Serialize};

use super::{blessed_file, hex, unhex_array};

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Trees {
    trees: Vec<Tree>,
    refused: Vec<Refused>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Tree {
    leaves: Vec<String>,
    root: String,
    paths: Vec<Vec<String>>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Refused {
    about: String,
    leaf: String,
    index: u32,
    count: u32,
    path: Vec<String>,
    root: String,
}

fn hex_all(digests: &[Digest]) -> Vec<String> {
    digests.iter().map(|digest| hex(&digest.0)).collect()
}

fn unhex_all(texts: &[String]) -> Vec<Digest> {
    texts.iter().map(|text| Digest(unhex_array(text))).collect()
}

fn leaves(count: u8) -> Vec<Digest> {
    (0..count).map(|index| sha256(&[index])).collect()
}

impl Tree {
    fn of(leaves: Vec<Digest>) -> Self {
        let tree = MerkleTree::new(leaves.clone());
        let paths = (0..tree.count()).map(|index| hex_all(&tree.path(index).unwrap())).collect();
        Self { leaves: hex_all(&leaves), root: hex(&tree.root().0), paths }
    }
}

/// Paths that hold but for one thing each.
fn refused() -> Vec<Refused> {
    let tree = MerkleTree::new(leaves(5));
    let of = |about: &str, leaf: u8, index: u32, count: u32, path: Vec<Digest>| Refused {
        about: about.to_owned(),
        leaf: hex(&sha256(&[leaf]).0),
        index,
        count,
        path: hex_all(&path),
        root: hex(&tree.root().0),
    };
    let path = |index| tree.path(index).unwrap();
    let inner_node = Refused {
        leaf: hex(&MerkleTree::new(leaves(2)).root().0),
        ..of("an inner node for a leaf, its path cut", 0, 0, 5, path(0)[1..].to_vec())
    };
    let longer = [path(4), vec![Digest::default()]].concat();
    vec![
        of("another leaf", 3, 2, 5, path(2)),
        of("another index", 2, 3, 5, path(2)),
        of("an index that is not below the count", 4, 5, 5, path(4)),
        of("an index with a bit above the tree's height", 4, 12, 5, path(4)),
        of("a path that is too short", 4, 4, 5, path(4)[..2].to_vec()),
        of("a path that is too long", 4, 4, 5, longer),
        of("a path too short for the count", 4, 4, 9, path(4)),
        of("siblings in another order", 2, 2, 5, path(2).into_iter().rev().collect()),
        inner_node,
    ]
}

#[test]
fn tree_vectors_hold() {
    let sizes = [0, 1, 2, 3, 4, 5, 8, 9, 13];
    let trees = sizes.map(|count| Tree::of(leaves(count))).into();
    let read = blessed_file("trees", &Trees { trees, refused: refused() });
    for tree in read.trees {
        let (leaves, root) = (unhex_all(&tree.leaves), Digest(unhex_array(&tree.root)));
        for ((index, leaf), path) in (0..).zip(&leaves).zip(&tree.paths) {
            let got = path_root(*leaf, index, leaves.len() as u32, &unhex_all(path));
            assert_eq!(got, Ok(root));
        }
        assert_eq!(Tree::of(leaves), tree);
    }
    for case in read.refused {
        let leaf = Digest(unhex_array(&case.leaf));
        let got = path_root(leaf, case.index, case.count, &unhex_all(&case.path));
        assert_ne!(got, Ok(Digest(unhex_array(&case.root))), "{}", case.about);
    }
}
