//! The scorer: takes outcomes in the order of matches, finds false claims, keeps totals.
//!
//! Whether a match is played can depend on the matches before it, since a false claim disqualifies
//! at once. So the scorer is asked what the next match is, and told how it ended.

use std::collections::BTreeMap;

use nets_core::{Address, AgentId, Digest, Score, SeatSet, Seed};
use thiserror::Error;

use crate::claim::Claim;
use crate::leaves::{EntryLeaf, MatchLeaf, MatchStatus, NEVER, SeatLine};
use crate::result::RoundResult;
use crate::schedule::{Pairing, Schedule};

/// An agent in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which member of the league it is.
    pub member: u32,
    /// The account it belongs to.
    pub owner: Address,
    /// The agent.
    pub agent: AgentId,
}

/// What the outcome of a match says about a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchResult {
    /// The score of each seat.
    pub scores: Vec<Score>,
    /// The root of the trace.
    pub trace_root: Digest,
    /// How many steps there were.
    pub step_count: u32,
}

/// The match that comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextMatch {
    /// Its number.
    pub index: u32,
    /// Who is in it.
    pub pairing: Pairing,
    /// Whether it is to be played.
    pub status: MatchStatus,
}

/// A result that the round does not accept.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ScoreError {
    /// All matches were scored already.
    #[error("all {0} matches of the round are scored")]
    Over(u32),
    /// A played match without a result, or the other way round.
    #[error("match {index} is {status:?}: a result is due if and only if it was played")]
    Result {
        /// The match.
        index: u32,
        /// Its status.
        status: MatchStatus,
    },
    /// More or fewer scores than seats.
    #[error("match {index} has {expected} seats, got {got} scores")]
    SeatCount {
        /// The match.
        index: u32,
        /// How many seats the System has.
        expected: usize,
        /// How many scores were given.
        got: usize,
    },
    /// A score that no total can take in: the System that gave it, or its record, is at fault.
    #[error("match {index}: entry {entry} scored {score} on top of {total}, beyond 64 bits")]
    Overflow {
        /// The match.
        index: u32,
        /// The entry.
        entry: u32,
        /// Its score.
        score: Score,
        /// Its total before.
        total: Score,
    },
    /// The round is not over.
    #[error("{scored} of {expected} matches are scored")]
    Unfinished {
        /// How many are.
        scored: u32,
        /// How many there are.
        expected: u32,
    },
}

#[derive(Clone, Copy, Debug)]
struct Standing {
    match_count: u32,
    line: SeatLine,
    disqualified_at: u32,
}

/// A round being scored.
#[derive(Clone, Debug)]
pub struct RoundScorer {
    schedule: Schedule,
    seat_count: usize,
    entries: Vec<Entry>,
    claims: BTreeMap<u32, Claim>,
    /// The scores of a match that the seats in a set lose without playing, by the set.
    forfeit_scores: Vec<Vec<Score>>,
    standings: Vec<Standing>,
    leaves: Vec<MatchLeaf>,
}

impl RoundScorer {
    /// A round of `entries`, none of its matches scored yet.
    ///
    /// `claims` are by member; `forfeit_scores` is the System's.
    pub fn new(
        schedule: Schedule,
        seat_count: u8,
        entries: Vec<Entry>,
        claims: BTreeMap<u32, Claim>,
        forfeit_scores: impl Fn(SeatSet) -> Vec<Score>,
    ) -> Self {
        let line = SeatLine::default();
        let standing = Standing { match_count: 0, line, disqualified_at: NEVER };
        Self {
            schedule,
            seat_count: usize::from(seat_count),
            standings: vec![standing; entries.len()],
            entries,
            claims,
            forfeit_scores: (0..1 << seat_count).map(|set| forfeit_scores(SeatSet(set))).collect(),
            leaves: Vec::new(),
        }
    }

    /// The entries of the round.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The schedule of the round.
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// The match that disqualified `entry`; [`NEVER`] where none has so far.
    pub fn disqualified_at(&self, entry: u32) -> u32 {
        self.standings.get(entry as usize).map_or(NEVER, |standing| standing.disqualified_at)
    }

    /// The leaves of the matches scored so far.
    pub fn leaves(&self) -> &[MatchLeaf] {
        &self.leaves
    }

    /// The seed of match `index`'s chance, from the seed of the round.
    pub fn match_seed(round_seed: &Seed, pairing: &Pairing) -> Seed {
        round_seed.for_match(pairing.seed_index)
    }

    /// The next match to score; none when the round is over.
    pub fn next_match(&self) -> Option<NextMatch> {
        self.upcoming(self.leaves.len() as u32)
    }

    /// Match `index` as it stands now: a claim found false before it may still change its status.
    pub fn upcoming(&self, index: u32) -> Option<NextMatch> {
        let pairing = self.schedule.pairing(index)?;
        Some(NextMatch { index, pairing, status: self.status(&pairing) })
    }

    fn status(&self, pairing: &Pairing) -> MatchStatus {
        let seats = &pairing.seats[..self.seat_count];
        if seats.contains(&None) {
            return MatchStatus::Bye;
        }
        let owners: Vec<_> =
            self.in_seats(pairing).map(|entry| self.entries[entry].owner).collect();
        if owners.len() == 2 && owners[0] == owners[1] {
            return MatchStatus::SameOwner;
        }
        match self.in_seats(pairing).any(|entry| self.standings[entry].disqualified_at != NEVER) {
            true => MatchStatus::Walkover,
            false => MatchStatus::Played,
        }
    }

    fn in_seats(&self, pairing: &Pairing) -> impl Iterator<Item = usize> {
        let seats = pairing.seats;
        seats.into_iter().take(self.seat_count).flatten().map(|entry| entry as usize)
    }

    /// Scores the next match: `result` is its outcome if it was played, none otherwise.
    ///
    /// # Errors
    /// When there is no next match or the result does not fit it; nothing changes then.
    pub fn score(&mut self, result: Option<MatchResult>) -> Result<(), ScoreError> {
        let over = ScoreError::Over(self.schedule.match_count());
        let NextMatch { index, pairing, status } = self.next_match().ok_or(over)?;
        let result = match (status, result) {
            (MatchStatus::Played, Some(result)) => result,
            (MatchStatus::Played, None) | (_, Some(_)) => {
                return Err(ScoreError::Result { index, status });
            }
            (_, None) => MatchResult {
                scores: self.unplayed_scores(&pairing, status),
                trace_root: Digest::default(),
                step_count: 0,
            },
        };
        let MatchResult { scores, trace_root, step_count } = result;
        if scores.len() != self.seat_count {
            let (expected, got) = (self.seat_count, scores.len());
            return Err(ScoreError::SeatCount { index, expected, got });
        }
        for (&entry, &score) in pairing.seats.iter().zip(&scores) {
            self.check_total(index, entry, score)?;
        }
        let seats = pairing.seats.iter().zip(scores);
        let seats = seats.map(|(entry, score)| match entry {
            Some(entry) => self.score_seat(*entry, index, score, status),
            None => SeatLine::default(),
        });
        let seats = seats.collect();
        self.leaves.push(MatchLeaf { status, trace_root, step_count, seats });
        Ok(())
    }

    fn check_total(&self, index: u32, entry: Option<u32>, score: Score) -> Result<(), ScoreError> {
        let Some(entry) = entry else { return Ok(()) };
        let total = self.standings[entry as usize].line.running_total;
        match total.checked_add(score) {
            Some(_) => Ok(()),
            None => Err(ScoreError::Overflow { index, entry, score, total }),
        }
    }

    fn unplayed_scores(&self, pairing: &Pairing, status: MatchStatus) -> Vec<Score> {
        if status == MatchStatus::SameOwner {
            return vec![0; self.seat_count];
        }
        let loses = |entry: &Option<u32>| {
            entry.is_none_or(|e| self.standings[e as usize].disqualified_at != NEVER)
        };
        let empty_only = status == MatchStatus::Bye;
        let losers = pairing.seats.iter().take(self.seat_count).enumerate();
        let losers = losers.filter(|(_, e)| if empty_only { e.is_none() } else { loses(e) });
        let set = losers.fold(0, |set, (seat, _)| set | 1 << seat);
        let mut scores = self.forfeit_scores[set].clone();
        for (score, entry) in scores.iter_mut().zip(pairing.seats) {
            if entry.is_none() {
                *score = 0;
            }
        }
        scores
    }

    fn score_seat(
        &mut self,
        entry: u32,
        index: u32,
        score: Score,
        status: MatchStatus,
    ) -> SeatLine {
        let matches_per_entry = self.schedule.matches_per_entry();
        let standing = &mut self.standings[entry as usize];
        let j = standing.match_count as usize;
        standing.match_count += 1;
        standing.line.score = score;
        standing.line.running_total += score;
        let is_contradicted = match self.claims.get(&self.entries[entry as usize].member) {
            // Its owner knows the score of every match but of a walkover, which somebody's lie makes.
            Some(Claim::EachMatch(claimed)) => {
                status != MatchStatus::Walkover && claimed.get(j) != Some(&score)
            }
            Some(Claim::Total(claimed)) => {
                standing.match_count == matches_per_entry && standing.line.running_total != *claimed
            }
            None => false,
        };
        if is_contradicted && standing.disqualified_at == NEVER {
            standing.disqualified_at = index;
        }
        standing.line
    }

    /// The result of the round.
    ///
    /// # Errors
    /// When not all matches are scored.
    pub fn finish(self) -> Result<RoundResult, ScoreError> {
        let (scored, expected) = (self.leaves.len() as u32, self.schedule.match_count());
        if scored != expected {
            return Err(ScoreError::Unfinished { scored, expected });
        }
        let entries = self.entries.iter().zip(&self.standings);
        let entries = entries.map(|(entry, standing)| EntryLeaf {
            member: entry.member,
            agent: entry.agent,
            total: standing.line.running_total,
            disqualified_at: standing.disqualified_at,
        });
        Ok(RoundResult::new(entries.collect(), self.leaves))
    }
}
