//! The rounds of a league as the chain has them.

use nets_chain::{IArena, RoundStatus};
use nets_core::{Address, Seed};

use super::plan::round_of;
use crate::error::NodeError;
use crate::node::ArenaNode;

/// A round that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundLine {
    /// Its number.
    pub round: u32,
    /// How far it is.
    pub status: RoundStatus,
    /// How many agents are entered.
    pub entries: u32,
    /// Which value of the league's beacon its seed is drawn from.
    pub beacon_index: u64,
    /// Its seed, once it is drawn.
    pub seed: Option<Seed>,
    /// The block in which its entries froze.
    pub opened_at: u64,
    /// The block in which its seed was drawn.
    pub seeded_at: Option<u64>,
    /// The block in which it ended.
    pub ended_at: Option<u64>,
    /// What is held for payouts that are not paid yet.
    pub reserved: u128,
    /// What is held for refunds that are not paid yet.
    pub refunds: u128,
    /// How many assertions of its outcome were posted.
    pub assertions: u32,
    /// Who asserted the outcome that is final.
    pub asserter: Option<Address>,
}

impl ArenaNode {
    /// The rounds of a league that were ever opened, from the first on.
    ///
    /// # Errors
    /// When there is no such league or the chain cannot be read.
    pub fn rounds(&self, league: &str) -> Result<Vec<RoundLine>, NodeError> {
        let league = self.league(league)?;
        let count = self.view(&IArena::leagueOfCall { league: league.id })?.nextRound;
        let line = |number| {
            let round = round_of(self, &league, number)?;
            let asserter = match round.progress() {
                RoundStatus::Final => {
                    let assertion = round.finalAssertion;
                    let call =
                        IArena::assertionOfCall { league: league.id, round: number, assertion };
                    Some(Address(self.view(&call)?.asserter.into_array()))
                }
                _ => None,
            };
            let block = |number: u64| (number != 0).then_some(number);
            Ok(RoundLine {
                round: number,
                status: round.progress(),
                entries: round.entryCount,
                beacon_index: round.beaconIndex,
                seed: block(round.seededAt).map(|_| Seed(round.seed.0)),
                opened_at: round.openedAt,
                seeded_at: block(round.seededAt),
                ended_at: block(round.endedAt),
                reserved: round.reserved,
                refunds: round.refunds,
                assertions: round.assertionCount,
                asserter,
            })
        };
        (0..count).map(line).collect()
    }
}
