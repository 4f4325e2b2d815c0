//! Lies about which matches were played, what they scored and what they add up to.

use std::collections::BTreeSet;

use nets_core::SeatSet;
use nets_league::{MatchLeaf, MatchStatus, SeatLine};

use super::committed::Committed;
use super::{AssertedTree, Refuter, Search, together};
use crate::bindings::ICourt;

impl Refuter<'_> {
    /// Looks at every match whose leaf is another, or which is not known. Gives those where nothing
    /// can be shown.
    pub(super) fn check_matches(&self) -> Search<BTreeSet<u32>> {
        let mut checked = self.matches.for_each_difference(|q| self.check_match(q))?;
        for q in self.unknown() {
            if checked.insert(q) {
                self.check_match(q)?;
            }
        }
        Ok(checked)
    }

    /// Whether a match is told as its entries, its trace and the matches before it have it.
    pub(super) fn check_match(&self, q: u32) -> Search<()> {
        if !self.matches.is_in_shape(q)? {
            let (tree, node) = (AssertedTree::Matches.number(), self.matches.node_proof(0, q)?);
            return self.shown(&ICourt::badShapeCall { target: self.target.clone(), tree, node });
        }
        let leaf = self.match_leaf(q)?;
        let is_known = !self.is_unknown(q);
        let is_changed = !is_known || self.matches.original_leaf(q) != Some(&leaf.encode());
        let is_traced = leaf.status == MatchStatus::Played && is_changed;
        let trace = || if is_traced { self.check_trace(q, &leaf) } else { Ok(()) };
        // A trace that need not be there may be long, and its match need not be looked at.
        let checks: [&dyn Fn() -> Search<()>; 4] = [
            &|| self.check_seated(q),
            &|| self.check_status(q, &leaf),
            &|| self.check_sums(q, &leaf),
            &trace,
        ];
        together(checks.into_iter().map(|check| check())).map(|_| ())
    }

    /// Whether the entries in a match are who they should be.
    fn check_seated(&self, q: u32) -> Search<()> {
        let seated = self.seated(q).into_iter().flatten();
        together(seated.map(|entry| self.check_entry_place(entry))).map(|_| ())
    }

    /// What is said of a match.
    pub(super) fn match_leaf(&self, q: u32) -> Search<MatchLeaf> {
        let bytes = self.matches.leaf(q)?;
        let is_leaf = |leaf: &MatchLeaf| {
            let is_traced = leaf.trace_root.0 != [0; 32];
            let is_whole = match leaf.status {
                MatchStatus::Played => is_traced,
                _ => !is_traced && leaf.step_count == 0,
            };
            leaf.seats.len() == self.seat_count() && is_whole
        };
        match MatchLeaf::decode(&bytes).ok().filter(is_leaf) {
            Some(leaf) => Ok(leaf),
            None => self.malformed(AssertedTree::Matches, &self.matches, q),
        }
    }

    /// What a match is said to have done to an entry in it.
    pub(super) fn line(&self, q: u32, entry: u32) -> Search<SeatLine> {
        let seat = self.seated(q).iter().position(|&seated| seated == Some(entry));
        let leaf = self.match_leaf(q)?;
        Ok(seat.and_then(|seat| leaf.seats.get(seat)).copied().unwrap_or_default())
    }

    /// The entry in each seat of a match.
    pub(super) fn seated(&self, q: u32) -> Vec<Option<u32>> {
        let pairing = self.truth.schedule.pairing(q);
        pairing.map_or_else(Vec::new, |pairing| pairing.seats[..self.seat_count()].to_vec())
    }

    /// The leaves of the entries in a match, as the court takes them.
    pub(super) fn seats(&self, q: u32) -> Search<Vec<ICourt::Proof>> {
        self.seated(q).into_iter().flatten().map(|entry| self.entries.proof(entry)).collect()
    }

    fn check_status(&self, q: u32, leaf: &MatchLeaf) -> Search<()> {
        let (status, losers) = self.status(q)?;
        let is_right = leaf.status == status && self.is_scored_so(q, leaf, losers);
        if is_right {
            return Ok(());
        }
        let call = ICourt::badStatusCall {
            target: self.target.clone(),
            matchProof: self.matches.proof(q)?,
            seats: self.seats(q)?,
        };
        self.shown(&call)
    }

    /// The status that a match's entries give it, and the seats that lose it unplayed.
    fn status(&self, q: u32) -> Search<(MatchStatus, SeatSet)> {
        let seated = self.seated(q);
        let set = |is_in: &[bool]| {
            let seats = (0u8..).zip(is_in).filter(|(_, is_in)| **is_in);
            SeatSet(seats.fold(0, |set, (seat, _)| set | 1 << seat))
        };
        let empty = set(&seated.iter().map(Option::is_none).collect::<Vec<_>>());
        if !empty.is_empty() {
            return Ok((MatchStatus::Bye, empty));
        }
        let entries: Vec<_> = seated.into_iter().flatten().collect();
        let owner = |&entry: &u32| self.truth.entries[entry as usize].owner;
        if let [first, second] = &entries[..]
            && owner(first) == owner(second)
        {
            return Ok((MatchStatus::SameOwner, SeatSet::EMPTY));
        }
        let lost = |&entry: &u32| Ok(self.entry(entry)?.disqualified_at < q);
        let losers = set(&together(entries.iter().map(lost))?);
        let status = if losers.is_empty() { MatchStatus::Played } else { MatchStatus::Walkover };
        Ok((status, losers))
    }

    /// Whether a match that was not played scores what its status gives it, as far as that is known
    /// on chain.
    fn is_scored_so(&self, q: u32, leaf: &MatchLeaf, losers: SeatSet) -> bool {
        let scores = match leaf.status {
            MatchStatus::Played => return true,
            MatchStatus::SameOwner => vec![0; leaf.seats.len()],
            _ if !self.truth.has_step_contract => return true,
            _ => self.truth.system.forfeit_scores(losers),
        };
        let seated = self.seated(q);
        leaf.seats.iter().zip(scores).zip(seated).all(|((line, score), entry)| match entry {
            Some(_) => line.score == score,
            None => *line == SeatLine::default(),
        })
    }

    fn check_sums(&self, q: u32, leaf: &MatchLeaf) -> Search<()> {
        for (seat, entry) in (0u8..).zip(self.seated(q)) {
            let Some(entry) = entry else { continue };
            let before = self.truth.schedule.matches_of(entry).take_while(|&other| other < q);
            let before = before.last();
            let total_before = match before {
                Some(before) => i128::from(self.line(before, entry)?.running_total),
                None => 0,
            };
            let line = leaf.seats[usize::from(seat)];
            if i128::from(line.running_total) == total_before + i128::from(line.score) {
                continue;
            }
            let previous = before.map(|before| self.matches.proof(before)).transpose()?;
            let call = ICourt::badSumCall {
                target: self.target.clone(),
                matchProof: self.matches.proof(q)?,
                seat,
                previous: previous.into_iter().collect(),
            };
            return self.shown(&call);
        }
        Ok(())
    }

    /// A leaf whose bytes are none.
    pub(super) fn malformed<T>(
        &self,
        tree: AssertedTree,
        leaves: &Committed<'_>,
        index: u32,
    ) -> Search<T> {
        let (target, leaf) = (self.target.clone(), leaves.proof(index)?);
        self.shown(&ICourt::malformedLeafCall { target, tree: tree.number(), leaf })
    }
}

impl AssertedTree {
    /// Its number among the trees of a round, as the court has it; traces have a call of their own.
    pub(super) fn number(self) -> u8 {
        match self {
            Self::Entries | Self::Trace(_) => 0,
            Self::Matches => 1,
            Self::Ranks => 2,
        }
    }
}
