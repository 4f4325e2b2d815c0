//! Lies about who entered, what it all adds up to, and who is disqualified.

use std::collections::BTreeSet;

use nets_league::{Claim, EntryLeaf, MatchStatus};

use super::{AssertedTree, Refuter, Search, boundary};
use crate::bindings::ICourt;

impl Refuter<'_> {
    /// Whether there are as many entries as active members.
    ///
    /// Where there are not, the first wrong entry is anywhere: among them is one that is wrong after
    /// one that is right.
    pub(super) fn check_entry_count(&self) -> Search<()> {
        let (asserted, count) = (self.entries.count(), self.truth.entries.len() as u32);
        if asserted == count {
            return Ok(());
        }
        self.wrong_entry(boundary(asserted, |index| self.is_entry_placed(index))?)
    }

    /// Looks at every entry whose leaf is another: whether it is in its place, and what its matches
    /// make it. Gives those of which that is so.
    pub(super) fn check_entries(&self) -> Search<BTreeSet<u32>> {
        self.entries.for_each_difference(|index| {
            self.check_entry_place(index)?;
            self.check_entry_sums(index)?;
            self.truth.schedule.matches_of(index).try_for_each(|q| self.check_match(q))
        })
    }

    /// Refutes an entry that is not the active member that belongs in its place.
    pub(super) fn check_entry_place(&self, index: u32) -> Search<()> {
        if self.is_entry_placed(index)? {
            return Ok(());
        }
        // The first entry that is wrong after one that is right has its neighbour as a witness.
        self.wrong_entry(boundary(index, |index| self.is_entry_placed(index))?)
    }

    fn is_entry_placed(&self, index: u32) -> Search<bool> {
        let leaf = self.placed_entry(index)?;
        let right = self.truth.entries.get(index as usize);
        Ok(right.is_some_and(|entry| entry.member == leaf.member))
    }

    /// Refutes an entry that is wrong, or not there, after one that is right.
    fn wrong_entry(&self, index: u32) -> Search<()> {
        if index < self.entries.count()
            && let Some(first) = index.checked_sub(1)
            && self.entry(first)?.member >= self.entry(index)?.member
        {
            let (entry, next) = (self.entries.proof(first)?, self.entries.proof(index)?);
            let target = self.target.clone();
            return self.shown(&ICourt::badEntryOrderCall { target, entry, next });
        }
        self.missing_entry(index)
    }

    /// The entry in a place, of whichever active member.
    fn placed_entry(&self, index: u32) -> Search<EntryLeaf> {
        if !self.entries.is_in_shape(index)? {
            let node = self.entries.node_proof(0, index)?;
            let tree = AssertedTree::Entries.number();
            return self.shown(&ICourt::badShapeCall { target: self.target.clone(), tree, node });
        }
        let leaf = self.entry(index)?;
        let entries = self.truth.entries;
        let known = entries.binary_search_by_key(&leaf.member, |entry| entry.member).ok();
        if known.is_none_or(|at| entries[at].agent != leaf.agent) {
            let (target, entry) = (self.target.clone(), self.entries.proof(index)?);
            return self.shown(&ICourt::badEntryCall { target, entry });
        }
        Ok(leaf)
    }

    /// The right entry `index` is not there: those before it are, and what is in its place is a later
    /// one or nothing.
    fn missing_entry<T>(&self, index: u32) -> Search<T> {
        let first = index.checked_sub(1);
        let neighbours = first.into_iter().chain((index < self.entries.count()).then_some(index));
        let neighbours = neighbours.map(|at| self.entries.proof(at)).collect::<Search<_>>()?;
        let member = self.truth.entries[index as usize].member;
        let target = self.target.clone();
        self.shown(&ICourt::missingEntryCall { target, member, neighbours })
    }

    /// What is said of an entry.
    pub(super) fn entry(&self, index: u32) -> Search<EntryLeaf> {
        match EntryLeaf::decode(&self.entries.leaf(index)?) {
            Ok(leaf) => Ok(leaf),
            Err(_) => self.malformed(AssertedTree::Entries, &self.entries, index),
        }
    }

    /// Whether an entry's total and disqualification are what its matches make them.
    pub(super) fn check_entry_sums(&self, index: u32) -> Search<()> {
        let leaf = self.entry(index)?;
        let matches: Vec<_> = self.truth.schedule.matches_of(index).collect();
        self.check_disqualification(index, &leaf, &matches)?;
        let total = match matches.last() {
            Some(&q) => self.line(q, index)?.running_total,
            None => 0,
        };
        if leaf.total == total {
            return Ok(());
        }
        let last = matches.last().map(|&q| self.matches.proof(q)).transpose()?;
        let call = ICourt::badTotalCall {
            target: self.target.clone(),
            entry: self.entries.proof(index)?,
            last: last.into_iter().collect(),
        };
        self.shown(&call)
    }

    fn check_disqualification(&self, index: u32, leaf: &EntryLeaf, matches: &[u32]) -> Search<()> {
        let claim = self.truth.claims.get(&leaf.member);
        let is_founded = claim.is_some() && matches.contains(&leaf.disqualified_at);
        if leaf.is_disqualified() && !is_founded {
            return self.bad_disqualification(index, None, None);
        }
        let Some(claim) = claim else { return Ok(()) };
        let until = matches.iter().filter(|&&q| q <= leaf.disqualified_at);
        for (ordinal, &q) in until.enumerate() {
            let is_last = ordinal + 1 == matches.len();
            let is_contradicted = self.is_contradicted(index, claim, q, ordinal, is_last)?;
            if is_contradicted != (q == leaf.disqualified_at) {
                return self.bad_disqualification(index, Some(claim), Some(q));
            }
        }
        Ok(())
    }

    fn is_contradicted(
        &self,
        entry: u32,
        claim: &Claim,
        q: u32,
        ordinal: usize,
        is_last: bool,
    ) -> Search<bool> {
        let line = self.line(q, entry)?;
        Ok(match claim {
            Claim::EachMatch(scores) => {
                self.match_leaf(q)?.status != MatchStatus::Walkover
                    && scores.get(ordinal) != Some(&line.score)
            }
            Claim::Total(total) => is_last && line.running_total != *total,
        })
    }

    fn bad_disqualification(
        &self,
        index: u32,
        claim: Option<&Claim>,
        contradiction: Option<u32>,
    ) -> Search<()> {
        let claim = ICourt::Claim {
            kind: claim.map_or(0, Claim::kind),
            scores: claim.map_or_else(Vec::new, |claim| claim.scores().to_vec()),
        };
        let contradiction = contradiction.map(|q| self.matches.proof(q)).transpose()?;
        let call = ICourt::badDisqualificationCall {
            target: self.target.clone(),
            entry: self.entries.proof(index)?,
            claim,
            contradiction: contradiction.into_iter().collect(),
        };
        self.shown(&call)
    }
}
