//! Reports: what a round came to, for people and programs. A cache of nothing; it can be had again.

use nets_core::{Address, AgentId, Digest, MatchId, Score, SeatSet, Termination};
use nets_league::{MatchLeaf, MatchStatus, RankLeaf, RoundResult};

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
    /// The members that forfeited.
    pub forfeits: Vec<u32>,
    /// Why seats forfeited, in words.
    pub faults: Vec<String>,
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
        MatchLine {
            index,
            status: leaf.status,
            id: played.records.get(&index).map(|record| record.spec.id()),
            members: seats[..leaf.seats.len()].iter().map(member).collect(),
            scores: leaf.seats.iter().map(|seat| seat.score).collect(),
            steps: leaf.step_count,
            forfeits: forfeits(played, index, &seats).filter_map(|seat| member(&seat)).collect(),
            faults: played.faults.get(&index).cloned().unwrap_or_default(),
        }
    };
    (0..).zip(played.result.matches()).map(line).collect()
}

/// The entries that forfeited in a match.
fn forfeits(
    played: &PlayedRound,
    index: u32,
    seats: &[Option<u32>; 2],
) -> impl Iterator<Item = Option<u32>> {
    let termination = played.records.get(&index).map(|record| record.outcome.termination);
    let forfeits = match termination {
        Some(Termination::Forfeit(forfeits)) => forfeits,
        _ => SeatSet::EMPTY,
    };
    forfeits.iter().filter_map(|seat| seats.get(seat.index()).copied())
}
