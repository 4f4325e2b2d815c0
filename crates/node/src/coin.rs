//! Where the arena's coin is: every unit, and what it is held for.

use std::collections::BTreeSet;

use alloy_primitives::Address as ChainAddress;
use nets_chain::{ChainAdapter, IArena};
use nets_core::Address;

use crate::batches::{BatchStatus, accepted, all_batches, batch_with};
use crate::dispute::Dockets;
use crate::error::NodeError;
use crate::events::events;
use crate::node::ArenaNode;
use crate::publication::code_demands;

/// How many rounds can be paid for ahead.
const ROUNDS_AHEAD_MAX: u32 = 32;

/// What coin is held for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CoinUse {
    /// An owner's account.
    Account,
    /// The stakes of an owner's agents.
    Stake,
    /// A league's purse.
    Purse,
    /// Entry prices of a round that is not open yet.
    Fees,
    /// Payouts of a round that are not paid yet.
    Reserve,
    /// Entry prices of a void round that are not paid back yet.
    Refund,
    /// The bond of an assertion.
    Bond,
    /// The bonds of a demand, for code too.
    Demand,
    /// Stakes, entry prices and the bond of a batch that is proposed.
    Batch,
    /// Nobody, for ever.
    Burnt,
}

/// Coin that the arena holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldCoin {
    /// What for.
    pub held_for: CoinUse,
    /// Whose it is, where it is somebody's.
    pub owner: Option<Address>,
    /// The league, where it is held for one: its local name or its number.
    pub league: Option<String>,
    /// The round, where it is held for one.
    pub round: Option<u32>,
    /// How much.
    pub amount: u128,
}

/// All coin of an arena.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArenaCoin {
    /// What it is held for; amounts of 0 are left out.
    pub held: Vec<HeldCoin>,
    /// What the contract holds by the chain's own account: the sum of the above.
    pub balance: u128,
}

impl ArenaCoin {
    /// The sum of all that is held for something.
    pub fn sum(&self) -> u128 {
        self.held.iter().map(|held| held.amount).fold(0, u128::saturating_add)
    }
}

impl ArenaNode {
    /// Where all coin of the arena is.
    ///
    /// # Errors
    /// When the chain cannot be read.
    pub fn coin(&self) -> Result<ArenaCoin, NodeError> {
        let mut held = Vec::new();
        for owner in self.owners()? {
            let (free, stakes) = self.capital(&owner)?;
            let of_owner = |held_for, amount| HeldCoin {
                held_for,
                owner: Some(owner),
                league: None,
                round: None,
                amount,
            };
            held.extend([of_owner(CoinUse::Account, free), of_owner(CoinUse::Stake, stakes)]);
        }
        for league in 0..self.view(&IArena::leagueCountCall {})? {
            held.extend(self.league_coin(league)?);
        }
        held.extend(self.demanded_coin()?);
        let burnt = self.view(&IArena::burntCall {})?;
        held.push(HeldCoin {
            held_for: CoinUse::Burnt,
            owner: None,
            league: None,
            round: None,
            amount: burnt,
        });
        held.retain(|held| held.amount > 0);
        let balance = self.chain.balance(self.arena.deployment().arena)?;
        Ok(ArenaCoin { held, balance: u128::try_from(balance).unwrap_or(u128::MAX) })
    }

    /// Everybody who ever had an account with the arena.
    fn owners(&self) -> Result<BTreeSet<Address>, NodeError> {
        use IArena::IArenaEvents as Event;
        let owner = |event: Event| match event {
            Event::Deposited(event) => Some(event.owner),
            Event::Registered(event) => Some(event.owner),
            Event::ResultAsserted(event) => Some(event.asserter),
            Event::AssertionKilled(event) => Some(event.refuter),
            Event::Readmitted(event) => Some(event.shower),
            Event::Slashed(event) => Some(event.reporter),
            Event::BatchProposed(event) => Some(event.sponsor),
            Event::RegistrationsDemanded(event) => Some(event.demander),
            Event::RegistrationsShown(event) => Some(event.answerer),
            Event::BatchCancelled(event) => Some(event.refuter),
            Event::Enrolled(event) => Some(event.owner),
            _ => None,
        };
        let said = events(self, 0)?.into_iter();
        let owners = said.filter_map(|(_, event)| owner(event));
        Ok(owners.map(|owner: ChainAddress| Address(owner.into_array())).collect())
    }

    fn demanded_coin(&self) -> Result<Vec<HeldCoin>, NodeError> {
        let dockets = Dockets::read(self, 0)?;
        let bonds = dockets.open().map(|demand| {
            let league = demand.league;
            let bond = self.view(&IArena::termsOfCall { league })?.demandBond;
            Ok(HeldCoin {
                held_for: CoinUse::Demand,
                owner: Some(Address(demand.demander.into_array())),
                league: Some(self.league_name(league)),
                round: Some(demand.round),
                amount: bond.saturating_mul(u128::from(demand.bonds)),
            })
        });
        bonds.collect()
    }

    fn league_coin(&self, league: u64) -> Result<Vec<HeldCoin>, NodeError> {
        let name = self.league_name(league);
        let of_league = |held_for, round, owner, amount| {
            let league = Some(name.clone());
            HeldCoin { held_for, owner, league, round, amount }
        };
        let terms = self.view(&IArena::termsOfCall { league })?;
        let state = self.view(&IArena::leagueOfCall { league })?;
        let mut held = vec![of_league(CoinUse::Purse, None, None, state.purse)];
        for number in 0..state.nextRound {
            let round = self.view(&IArena::roundOfCall { league, round: number })?;
            held.push(of_league(CoinUse::Reserve, Some(number), None, round.reserved));
            held.push(of_league(CoinUse::Refund, Some(number), None, round.refunds));
            for assertion in 0..round.assertionCount {
                let call = IArena::assertionOfCall { league, round: number, assertion };
                let posted = self.view(&call)?;
                let asserter = Address(posted.asserter.into_array());
                let bond = if posted.is_live() { terms.assertionBond } else { 0 };
                held.push(of_league(CoinUse::Bond, Some(number), Some(asserter), bond));
            }
        }
        for (round, demander) in code_demands(self, league)? {
            let demander = Some(Address(demander.into_array()));
            held.push(of_league(CoinUse::Demand, Some(round), demander, terms.demandBond));
        }
        held.extend(self.batch_coin(league, &terms, &of_league)?);
        // Rounds are bought so many ahead at most, the next one included.
        let last = state.nextRound.saturating_add(ROUNDS_AHEAD_MAX);
        for number in state.nextRound..last {
            let round = self.view(&IArena::roundOfCall { league, round: number })?;
            let fees = terms.entryPrice.saturating_mul(u128::from(round.entryCount));
            held.push(of_league(CoinUse::Fees, Some(number), None, fees));
        }
        Ok(held)
    }

    /// What is held for batches: all of it while they are proposed, their stakes once they are not.
    fn batch_coin(
        &self,
        league: u64,
        terms: &IArena::LeagueTerms,
        of_league: &dyn Fn(CoinUse, Option<u32>, Option<Address>, u128) -> HeldCoin,
    ) -> Result<Vec<HeldCoin>, NodeError> {
        let mut held = Vec::new();
        let accepted = accepted(&self.arena, &self.chain, league)?;
        for batch in all_batches(&self.arena, &self.chain, league)? {
            let sponsor = Some(Address(batch.sponsor.into_array()));
            let demands = u128::from(batch.openDemands).saturating_mul(terms.demandBond);
            held.push(of_league(CoinUse::Demand, None, None, demands));
            let count = u128::from(batch.count);
            match BatchStatus::of(&batch) {
                BatchStatus::Proposed => {
                    let fees = terms.entryPrice.saturating_mul(batch.to.into());
                    let paid = batch.stake.saturating_add(fees).saturating_mul(count);
                    let amount = paid.saturating_add(terms.assertionBond);
                    held.push(of_league(CoinUse::Batch, None, sponsor, amount));
                }
                BatchStatus::Accepted => {
                    let waiting = count - u128::from(batch.enrolled);
                    let amount = batch.stake.saturating_mul(waiting);
                    held.push(of_league(CoinUse::Stake, None, sponsor, amount));
                }
                BatchStatus::Cancelled | BatchStatus::Withdrawn => {}
            }
        }
        // Of those that are enrolled, each has its own.
        for (_, event) in events(self, 0)? {
            let IArena::IArenaEvents::Enrolled(enrolled) = event else { continue };
            if enrolled.league != league {
                continue;
            }
            let call = IArena::memberOfCall { league, member: enrolled.member };
            let sponsor = batch_with(&accepted, enrolled.member);
            let sponsor = sponsor.map(|(_, batch)| Address(batch.sponsor.into_array()));
            held.push(of_league(CoinUse::Stake, None, sponsor, self.view(&call)?.stake));
        }
        Ok(held)
    }

    fn league_name(&self, league: u64) -> String {
        let mut names = self.settings.leagues.iter();
        let name = names.find(|(_, entry)| entry.number == league);
        name.map_or_else(|| league.to_string(), |(name, _)| name.clone())
    }
}
