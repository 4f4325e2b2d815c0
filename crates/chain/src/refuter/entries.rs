//! Lies about who entered, what it all adds up to, and who is disqualified.

use std::collections::BTreeSet;

use nets_league::{Claim, EntryLeaf, MatchStatus};

use super::{AssertedTree, Refuter, Search};
use crate::bindings::ICourt;

impl Refuter<'_> {
    /// Whether the entries are the active members, all of them and in order. Gives those of which
    /// the leaf is another: in total or disqualification.
    pub(super) fn check_who_entered(&self) -> Search<BTreeSet<u32>> {
        let changed = self.entries.for_each_difference(|index| self.check_entry_place(index))?;
        let (asserted, count) = (self.entries.count(), self.truth.entries.len() as u32);
        if asserted < count {
            return self.missing_entry(asserted);
        }
        Ok(changed)
    }

    fn check_entry_place(&self, index: u32) -> Search<()> {
        if !self.entries.is_in_shape(index)? {
            let node = self.entries.node_proof(index)?;
            let tree = AssertedTree::Entries.number();
            return self.shown(&ICourt::badShapeCall { target: self.target.clone(), tree, node });
        }
        if index >= self.entries.count() {
            // Empty, as is right of a place beyond the count; the count is what is wrong.
            return self.missing_entry(self.entries.count());
        }
        let Ok(leaf) = EntryLeaf::decode(&self.entries.leaf(index)?) else {
            return self.malformed(AssertedTree::Entries, &self.entries, index);
        };
        let entries = self.truth.entries;
        let known = entries.binary_search_by_key(&leaf.member, |entry| entry.member).ok();
        if known.is_none_or(|at| entries[at].agent != leaf.agent) {
            let (target, entry) = (self.target.clone(), self.entries.proof(index)?);
            return self.shown(&ICourt::badEntryCall { target, entry });
        }
        if let Some(first) = index.checked_sub(1)
            && self.entry(first)?.member >= leaf.member
        {
            let (entry, next) = (self.entries.proof(first)?, self.entries.proof(index)?);
            let target = self.target.clone();
            return self.shown(&ICourt::badEntryOrderCall { target, entry, next });
        }
        match known {
            Some(at) if at as u32 != index => self.missing_entry(index),
            _ => Ok(()),
        }
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

    /// The entries whose sums are to be looked at: changed themselves, or in a match that is.
    pub(super) fn concerned(
        &self,
        entries: &BTreeSet<u32>,
        matches: &BTreeSet<u32>,
    ) -> BTreeSet<u32> {
        let seated = matches.iter().flat_map(|&q| self.seated(q)).flatten();
        seated.chain(entries.iter().copied()).collect()
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
