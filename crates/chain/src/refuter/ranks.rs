//! Lies about the ranking.

use std::cmp::Reverse;

use nets_league::RankLeaf;

use super::{AssertedTree, Refuter, Search};
use crate::bindings::ICourt;

impl Refuter<'_> {
    /// Looks at every rank where any is another, or where an entry is.
    pub(super) fn check_ranks(&self, are_entries_changed: bool) -> Search<()> {
        if self.ranks.is_right() && !are_entries_changed {
            return Ok(());
        }
        self.ranks.for_each_difference(|index| self.check_rank_place(index))?;
        let mut before: Option<RankLeaf> = None;
        for index in 0..self.ranks.count() {
            let leaf = self.check_rank(index)?;
            if let Some(first) = before
                && key(&first) >= key(&leaf)
            {
                let (rank, next) = (self.ranks.proof(index - 1)?, self.ranks.proof(index)?);
                let target = self.target.clone();
                return self.shown(&ICourt::badRankOrderCall { target, rank, next });
            }
            before = Some(leaf);
        }
        Ok(())
    }

    fn check_rank_place(&self, index: u32) -> Search<()> {
        if self.ranks.is_in_shape(index)? {
            return Ok(());
        }
        let (tree, node) = (AssertedTree::Ranks.number(), self.ranks.node_proof(index)?);
        self.shown(&ICourt::badShapeCall { target: self.target.clone(), tree, node })
    }

    /// Whether a rank says of its entry what the entry says of itself.
    fn check_rank(&self, index: u32) -> Search<RankLeaf> {
        let Ok(leaf) = RankLeaf::decode(&self.ranks.leaf(index)?) else {
            return self.malformed(AssertedTree::Ranks, &self.ranks, index);
        };
        let is_there = leaf.entry < self.entries.count();
        if is_there {
            let named = self.entry(leaf.entry)?;
            if (leaf.total, leaf.is_disqualified) == (named.total, named.is_disqualified()) {
                return Ok(leaf);
            }
        }
        let entry = is_there.then(|| self.entries.proof(leaf.entry)).transpose()?;
        let call = ICourt::badRankCall {
            target: self.target.clone(),
            rank: self.ranks.proof(index)?,
            entry: entry.into_iter().collect(),
        };
        self.shown(&call)
    }
}

fn key(leaf: &RankLeaf) -> (bool, Reverse<i64>, u32) {
    (leaf.is_disqualified, Reverse(leaf.total), leaf.entry)
}
