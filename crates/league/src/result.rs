//! The result of a round: three trees, and the assertion that commits to them.

use std::cmp::Reverse;

use nets_core::{Digest, MerkleTree, PathError};

use crate::leaves::{EntryLeaf, MatchLeaf, RankLeaf, leaf_hash};

/// What is posted about a round; its size does not depend on the number of agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// How many entries there are.
    pub entry_count: u32,
    /// The root of the entries.
    pub entries_root: Digest,
    /// The root of the matches.
    pub matches_root: Digest,
    /// The root of the ranks.
    pub ranks_root: Digest,
}

/// A round in full.
#[derive(Clone, Debug)]
pub struct RoundResult {
    entries: Vec<EntryLeaf>,
    matches: Vec<MatchLeaf>,
    ranks: Vec<RankLeaf>,
    entries_tree: MerkleTree,
    matches_tree: MerkleTree,
    ranks_tree: MerkleTree,
}

impl RoundResult {
    /// The result of these entries and matches: ranks them and builds the trees.
    pub fn new(entries: Vec<EntryLeaf>, matches: Vec<MatchLeaf>) -> Self {
        let ranks = rank(&entries);
        let entry_hashes = entries.iter().map(|leaf| leaf_hash(&leaf.encode())).collect();
        let match_hashes = matches.iter().map(|leaf| leaf_hash(&leaf.encode())).collect();
        let rank_hashes = ranks.iter().map(|leaf| leaf_hash(&leaf.encode())).collect();
        Self {
            entries_tree: MerkleTree::new(entry_hashes),
            matches_tree: MerkleTree::new(match_hashes),
            ranks_tree: MerkleTree::new(rank_hashes),
            entries,
            matches,
            ranks,
        }
    }

    /// What is posted.
    pub fn assertion(&self) -> Assertion {
        Assertion {
            entry_count: self.entries.len() as u32,
            entries_root: self.entries_tree.root(),
            matches_root: self.matches_tree.root(),
            ranks_root: self.ranks_tree.root(),
        }
    }

    /// The entries in their order.
    pub fn entries(&self) -> &[EntryLeaf] {
        &self.entries
    }

    /// The matches in their order.
    pub fn matches(&self) -> &[MatchLeaf] {
        &self.matches
    }

    /// The places from the first to the last.
    pub fn ranks(&self) -> &[RankLeaf] {
        &self.ranks
    }

    /// The path of entry `index`.
    ///
    /// # Errors
    /// When there is no such entry.
    pub fn entry_path(&self, index: u32) -> Result<Vec<Digest>, PathError> {
        self.entries_tree.path(index)
    }

    /// The path of match `index`.
    ///
    /// # Errors
    /// When there is no such match.
    pub fn match_path(&self, index: u32) -> Result<Vec<Digest>, PathError> {
        self.matches_tree.path(index)
    }

    /// The path of place `index`.
    ///
    /// # Errors
    /// When there is no such place.
    pub fn rank_path(&self, index: u32) -> Result<Vec<Digest>, PathError> {
        self.ranks_tree.path(index)
    }
}

/// A total order: no two entries share (disqualified, total, number).
fn rank(entries: &[EntryLeaf]) -> Vec<RankLeaf> {
    let leaf = |(entry, leaf): (u32, &EntryLeaf)| RankLeaf {
        entry,
        total: leaf.total,
        is_disqualified: leaf.is_disqualified(),
    };
    let mut ranks: Vec<_> = (0..).zip(entries).map(leaf).collect();
    ranks.sort_by_key(|leaf| (leaf.is_disqualified, Reverse(leaf.total), leaf.entry));
    ranks
}
