//! Reports: what a round came to, for people and programs. A cache of nothing; it can be had again.

use nets_core::{Address, AgentId, Digest, MatchId, Score};
use nets_league::MatchStatus;

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
