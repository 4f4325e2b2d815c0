//! Reports: what a round came to, for people and programs. A cache of nothing; it can be had again.

use std::fmt;

use nets_core::{Address, AgentId, Digest, MatchId, Outcome, Score, Seat, SeatSet, Termination};
use nets_league::{MatchLeaf, MatchStatus, RankLeaf, RoundResult};
use nets_runner::FaultReport;

use crate::play::{PlayedRound, RoundPlan};

/// A round that is over.
#[derive(Clone, Debug)]
pub struct RoundReport {
    /// The league.
    pub league: String,
    /// The round.
    pub round: u32,
    /// The round's seed.
    pub seed: nets_core::Seed,
    /// The agents from first to last.
    pub standings: Vec<StandingLine>,
    /// The matches in their order.
    pub matches: Vec<MatchLine>,
    /// What was paid in this run of the command.
    pub payouts: Vec<PayoutLine>,
    /// The members slashed in this run of the command, with what their slashing burnt and paid.
    pub slashed: Vec<u32>,
}

/// An agent's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingLine {
    /// Its place, counted from 0.
    pub rank: u32,
    /// Its member.
    pub member: u32,
    /// Its agent.
    pub agent: AgentId,
    /// The SHA-256 of its module.
    pub code_hash: Digest,
    /// Its owner.
    pub owner: Address,
    /// Its total score.
    pub total: Score,
    /// The match that contradicts its owner's claim, if one does.
    pub disqualified_at: Option<u32>,
    /// What the place is paid; 0 for the disqualified.
    pub payout: u128,
}

/// A match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchLine {
    /// Its number.
    pub index: u32,
    /// Whether it was played.
    pub status: MatchStatus,
    /// Its id, where it was played.
    pub id: Option<MatchId>,
    /// The member in each seat.
    pub members: Vec<Option<u32>>,
    /// The score of each seat.
    pub scores: Vec<Score>,
    /// How many steps it had.
    pub steps: u32,
    /// The seats that forfeited.
    pub forfeits: SeatSet,
    /// Why seats forfeited.
    pub faults: Vec<FaultLine>,
}

/// Why a seat forfeited, as it is kept for people: a line of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultLine {
    /// The seat and the step it was asked for; none where the line was changed.
    pub at: Option<(Seat, u32)>,
    /// Why.
    pub failure: String,
}

impl From<&FaultReport> for FaultLine {
    fn from(fault: &FaultReport) -> Self {
        Self { at: Some((fault.seat, fault.step)), failure: fault.failure.to_string() }
    }
}

impl From<&str> for FaultLine {
    fn from(line: &str) -> Self {
        let parse = || -> Option<Self> {
            let (seat, rest) = line.strip_prefix("seat ")?.split_once(" at step ")?;
            let (step, failure) = rest.split_once(": ")?;
            let at = Some((Seat(seat.parse().ok()?), step.parse().ok()?));
            Some(Self { at, failure: failure.to_owned() })
        };
        parse().unwrap_or_else(|| Self { at: None, failure: line.to_owned() })
    }
}

impl fmt::Display for FaultLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some((seat, step)) => write!(formatter, "{seat} at step {step}: {}", self.failure),
            None => formatter.write_str(&self.failure),
        }
    }
}

/// A payout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayoutLine {
    /// The place.
    pub rank: u32,
    /// The member.
    pub member: u32,
    /// How much.
    pub amount: u128,
}

/// The report of a round that was played, with what was paid and whom it slashed just now.
pub(crate) fn report(
    plan: &RoundPlan,
    played: &PlayedRound,
    payouts: Vec<PayoutLine>,
    slashed: Vec<u32>,
) -> RoundReport {
    RoundReport {
        league: plan.league.name.clone(),
        round: plan.round,
        seed: plan.seed,
        standings: standings(plan, &played.result),
        matches: match_lines(plan, played),
        payouts,
        slashed,
    }
}

/// The places of a round, from first to last.
pub(crate) fn standings(plan: &RoundPlan, result: &RoundResult) -> Vec<StandingLine> {
    let line = |(rank, leaf): (u32, &RankLeaf)| {
        let (entry, entry_leaf) = (leaf.entry as usize, result.entries()[leaf.entry as usize]);
        StandingLine {
            rank,
            member: entry_leaf.member,
            agent: entry_leaf.agent,
            code_hash: plan.code[entry],
            owner: plan.entries[entry].owner,
            total: leaf.total,
            disqualified_at: leaf.is_disqualified.then_some(entry_leaf.disqualified_at),
            payout: if leaf.is_disqualified { 0 } else { plan.league.payout(rank) },
        }
    };
    (0..).zip(result.ranks()).map(line).collect()
}

fn match_lines(plan: &RoundPlan, played: &PlayedRound) -> Vec<MatchLine> {
    let line = |(index, leaf): (u32, &MatchLeaf)| {
        let pairing = played.schedule.pairing(index);
        let seats = pairing.map_or([None; 2], |pairing| pairing.seats);
        let member = |seat: &Option<u32>| seat.map(|entry| plan.entries[entry as usize].member);
        let faults = played.faults.get(&index);
        MatchLine {
            index,
            status: leaf.status,
            id: played.records.get(&index).map(|record| record.spec.id()),
            members: seats[..leaf.seats.len()].iter().map(member).collect(),
            scores: leaf.seats.iter().map(|seat| seat.score).collect(),
            steps: leaf.step_count,
            forfeits: forfeits(played, index),
            faults: faults.into_iter().flatten().map(|line| line.as_str().into()).collect(),
        }
    };
    (0..).zip(played.result.matches()).map(line).collect()
}

/// The seats that forfeited in a match.
fn forfeits(played: &PlayedRound, index: u32) -> SeatSet {
    match played.records.get(&index).map(|record| record.outcome.termination) {
        Some(Termination::Forfeit(forfeits)) => forfeits,
        _ => SeatSet::EMPTY,
    }
}

/// The first thing in which two outcomes of a match differ, and what each says of it.
pub(crate) fn outcome_difference(a: &Outcome, b: &Outcome) -> Option<[String; 2]> {
    let facts = |outcome: &Outcome| {
        let list = |numbers: Vec<String>| numbers.join(" : ");
        let scores = list(outcome.scores.iter().map(Score::to_string).collect());
        let fuel = list(outcome.fuel_used.iter().map(u64::to_string).collect());
        [
            format!("scores {scores}"),
            outcome.termination.to_string(),
            format!("{} steps", outcome.step_count),
            format!("fuel used {fuel}"),
            format!("trace root {}", outcome.trace_root),
        ]
    };
    facts(a).into_iter().zip(facts(b)).find(|(a, b)| a != b).map(Into::into)
}
