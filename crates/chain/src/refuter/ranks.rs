//! Lies about the ranking.

use std::cmp::Reverse;

use nets_league::RankLeaf;

use super::committed::Original;
use super::{AssertedTree, Refuter, Search, boundary};
use crate::bindings::ICourt;

impl Refuter<'_> {
    /// Looks at the ranks where any is another, or where an entry is. All entries are known by then.
    ///
    /// From the first rank that is another on each is too low for its place, as long as they are in
    /// order; they cannot be all the way, so there are neighbours that are not.
    pub(super) fn check_ranks(&self, are_entries_changed: bool) -> Search<()> {
        if self.ranks.is_right() && !are_entries_changed {
            return Ok(());
        }
        let expected = self.expected_ranks()?;
        let leaves = expected.iter().map(|leaf| leaf.encode()).collect();
        let ranks = self.ranks.beside(Original::new(leaves));
        let Some(first) = ranks.difference(0)? else { return Ok(()) };
        self.check_rank_place(first)?;
        let is_too_low = |index: u32| -> Search<bool> {
            self.check_rank_place(index)?;
            let leaf = self.check_rank(index)?;
            Ok(expected.get(index as usize).is_some_and(|right| key(&leaf) > key(right)))
        };
        if !is_too_low(first)? {
            return self.bad_rank_order(first);
        }
        let after = first + 1;
        let beyond = boundary(self.ranks.count() - after, |more| is_too_low(after + more))?;
        self.bad_rank_order(after + beyond)
    }

    /// The ranks that follow from what is said of the entries.
    fn expected_ranks(&self) -> Search<Vec<RankLeaf>> {
        let rank = |index| {
            let entry = self.entry(index)?;
            let is_disqualified = entry.is_disqualified();
            Ok(RankLeaf { entry: index, total: entry.total, is_disqualified })
        };
        let mut ranks = (0..self.entries.count()).map(rank).collect::<Search<Vec<_>>>()?;
        ranks.sort_by_key(key);
        Ok(ranks)
    }

    /// Refutes a rank that does not come after the one before it.
    fn bad_rank_order(&self, index: u32) -> Search<()> {
        let (rank, next) = (self.ranks.proof(index - 1)?, self.ranks.proof(index)?);
        let target = self.target.clone();
        self.shown(&ICourt::badRankOrderCall { target, rank, next })
    }

    fn check_rank_place(&self, index: u32) -> Search<()> {
        if self.ranks.is_in_shape(index)? {
            return Ok(());
        }
        let (tree, node) = (AssertedTree::Ranks.number(), self.ranks.node_proof(0, index)?);
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
