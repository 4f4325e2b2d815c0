//! What final rounds still owe: payouts that nobody pulled, liars that nobody slashed.
//!
//! That is no alteration, since a process may have died before it; but whoever verifies wants to
//! know of it.

use std::collections::BTreeSet;

use nets_chain::IArena;

use super::Verifier;
use crate::report::standings;

/// A final round that is not settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwingRound {
    /// The league, as it is called here.
    pub league: String,
    /// The round.
    pub round: u32,
    /// Ranks whose payout was not pulled.
    pub unpaid_ranks: Vec<u32>,
    /// Members that made a false claim and were not slashed.
    pub unslashed_members: Vec<u32>,
}

/// What was settled so far.
#[derive(Default)]
pub(super) struct Settled {
    /// League, round and rank of each payout.
    paid: BTreeSet<(u64, u32, u32)>,
    /// League and number of each member that was slashed.
    slashed: BTreeSet<(u64, u32)>,
}

impl Settled {
    pub(super) fn payout(&mut self, event: &IArena::PayoutClaimed) {
        self.paid.insert((event.league, event.round, event.rank));
    }

    pub(super) fn slashing(&mut self, event: &IArena::Slashed) {
        self.slashed.insert((event.league, event.member));
    }
}

impl Verifier<'_> {
    /// The final rounds that owe something. What a slashed member did not pull is not owed.
    pub(super) fn owing(&self) -> Vec<OwingRound> {
        let rounds = self.finals.iter().map(|(&(league, round), played)| {
            let is_slashed = |member| self.settled.slashed.contains(&(league, member));
            let lines = standings(&played.plan, &played.result).into_iter();
            let (liars, honest): (Vec<_>, Vec<_>) = lines
                .filter(|line| !is_slashed(line.member))
                .partition(|line| line.disqualified_at.is_some());
            let unpaid = honest.iter().filter(|line| {
                line.payout > 0 && !self.settled.paid.contains(&(league, round, line.rank))
            });
            OwingRound {
                league: self.name(league),
                round,
                unpaid_ranks: unpaid.map(|line| line.rank).collect(),
                unslashed_members: liars.iter().map(|line| line.member).collect(),
            }
        });
        let owes =
            |it: &OwingRound| !it.unpaid_ranks.is_empty() || !it.unslashed_members.is_empty();
        rounds.filter(owes).collect()
    }
}
