//! Answering the chain: a match of the agent's whose clock runs there goes on there, host or no host.

use std::time::{Duration, Instant};

use alloy_primitives::Address as ChainAddress;
use nets_chain::clocks::IClocks;
use nets_chain::{IArena, RoundStatus};
use nets_core::{Address, SeatIdentity};
use nets_league::MatchStatus;
use nets_runner::SignedMatch;

use crate::clocked::{ClockedMatch, advance_calls};
use crate::error::NodeError;
use crate::node::{ArenaNode, League};
use crate::play::Progress;
use crate::round::{latest_plan, round_of};
use crate::table::wire::{OfferedMatch, OfferedSeat};

/// How often the chain is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// An arena on a chain elsewhere, and the account that pays for the agent's moves there.
#[derive(Debug)]
pub struct ChainAnswers {
    node: ArenaNode,
    account: String,
    looked: Option<Instant>,
}

/// A match of the agent's that is on the clock.
#[derive(Debug)]
pub(super) struct Summons {
    /// The match, as a host would offer it.
    pub(super) offered: OfferedMatch,
    /// What the chain has of it.
    pub(super) clocked: ClockedMatch,
}

impl ChainAnswers {
    /// Answers on the chain of an open arena, by an account of its folder.
    ///
    /// # Errors
    /// When there is no such account.
    pub fn new(node: ArenaNode, account: &str) -> Result<Self, NodeError> {
        node.account(account)?;
        Ok(Self { node, account: account.to_owned(), looked: None })
    }

    /// The matches of an agent whose clocks have been started, if it is time to look.
    pub(super) fn summons(
        &mut self,
        owner: &Address,
        key: &Address,
    ) -> Result<Vec<Summons>, NodeError> {
        if self.looked.is_some_and(|looked| looked.elapsed() < LOOK) {
            return Ok(Vec::new());
        }
        self.looked = Some(Instant::now());
        let mut summons = Vec::new();
        for name in self.node.league_names() {
            let league = self.node.league(&name)?;
            if league.rules.is_signed() {
                summons.extend(self.summons_of(&league, owner, key)?);
            }
        }
        Ok(summons)
    }

    fn summons_of(
        &self,
        league: &League,
        owner: &Address,
        key: &Address,
    ) -> Result<Vec<Summons>, NodeError> {
        let state = self.node.view(&IArena::leagueOfCall { league: league.id })?;
        let Some(number) = state.nextRound.checked_sub(1) else { return Ok(Vec::new()) };
        let round = round_of(&self.node, league, number)?;
        if round.progress() != RoundStatus::Seeded {
            return Ok(Vec::new());
        }
        let plan = latest_plan(&self.node, league, number, &round)?;
        let (scorer, own) = (plan.scorer()?, SeatIdentity::of_key(*owner, *key));
        let mut summons = Vec::new();
        for index in 0..scorer.schedule().match_count() {
            let next = scorer.upcoming(index);
            let Some(next) = next.filter(|it| it.status == MatchStatus::Played) else { continue };
            let (spec, seats) = plan.spec(&next);
            let seat = seats.iter().position(|seat| *seat == own);
            let clocked = plan.clocked(&next).filter(|it| !it.is_over && it.fallen.is_none());
            let (Some(seat), Some(clocked), Some(venue)) = (seat, clocked, plan.venue(index))
            else {
                continue;
            };
            let of_seat = |it: &SeatIdentity| OfferedSeat {
                owner: it.owner,
                key: it.key().unwrap_or_default(),
            };
            let offered = OfferedMatch {
                spec,
                seats: seats.iter().map(of_seat).collect(),
                chain_id: venue.chain_id,
                arena: venue.arena,
                league: venue.league,
                round: venue.round,
                match_index: venue.match_index,
                seat: seat as u8,
                move_seconds: 0,
            };
            summons.push(Summons { offered, clocked: clocked.clone() });
        }
        Ok(summons)
    }

    /// Brings what was played to the chain.
    pub(super) fn bring(
        &mut self,
        signed: &SignedMatch,
        clocked: &ClockedMatch,
        progress: &dyn Progress,
    ) -> Result<(), NodeError> {
        let account = self.node.keys.account(&self.account)?;
        let from = ChainAddress::new(account.address().0);
        let calls = advance_calls(signed, Some(clocked)).into_iter();
        let calls: Vec<_> = calls.map(|it| (from, self.node.arena.clocks_call(&it))).collect();
        let answers = self.node.arena.try_all::<IClocks::advanceCall>(&self.node.chain, &calls)?;
        if let Some(refused) = answers.into_iter().find_map(Result::err) {
            // Somebody else was first, most often.
            progress.note(&refused.to_string());
            return Ok(());
        }
        let calls: Vec<_> = calls.into_iter().map(|(_, call)| (&account, call)).collect();
        self.node.arena.send_all::<IClocks::advanceCall>(&mut self.node.chain, &calls)?;
        let id = signed.spec().id();
        progress.note(&format!("match {id}: answered on the chain at step {}", signed.step()));
        Ok(())
    }
}
