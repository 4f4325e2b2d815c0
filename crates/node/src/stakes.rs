//! Stakes: what the owner of a member can do with what is at stake, and when it gets it back.
//!
//! The contract decides all of it; what it would say is asked of it, not computed again.

use alloy_primitives::Address as ChainAddress;
use alloy_sol_types::SolCall;
use nets_chain::{ArenaError, IArena};
use nets_core::Address;

use crate::error::NodeError;
use crate::members::MemberLine;
use crate::node::ArenaNode;
use crate::refusal::Refusal;

/// When a stake can be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StakeRelease {
    /// In the next block.
    Now,
    /// In block `earliest` at the earliest, `left` blocks before which have still to be made.
    At {
        /// The block.
        earliest: u64,
        /// The blocks to pass before.
        left: u64,
    },
    /// Once this round has ended and the league's window has passed.
    AfterRound(u32),
    /// Not as things stand, and why.
    Never(Refusal),
}

impl ArenaNode {
    /// A member of a league as the contract has it.
    ///
    /// # Errors
    /// When there is none of that number, or the chain cannot be read.
    pub fn member(&self, league: &str, member: u32) -> Result<MemberLine, NodeError> {
        let id = self.league_id(league)?;
        let found = crate::members::member(&self.arena, &self.chain, &self.artifacts, id, member);
        found.map_err(|error| match error {
            NodeError::Arena(error) => NodeError::about(|| format!("league {league}"), error),
            error => error,
        })
    }

    /// Buys further rounds for a member.
    ///
    /// # Errors
    /// When its owner is none of this arena, the contract refuses, or the chain cannot be written.
    pub fn renew_agent(
        &mut self,
        league: &str,
        member: u32,
        rounds: u32,
    ) -> Result<MemberLine, NodeError> {
        let id = self.league_id(league)?;
        self.send_for(league, member, &IArena::renewCall { league: id, member, rounds })?;
        self.member(league, member)
    }

    /// Moves coin from its owner's account to a member's stake.
    ///
    /// # Errors
    /// As for [`ArenaNode::renew_agent`].
    pub fn add_stake(
        &mut self,
        league: &str,
        member: u32,
        amount: u128,
    ) -> Result<MemberLine, NodeError> {
        let id = self.league_id(league)?;
        self.send_for(league, member, &IArena::addStakeCall { league: id, member, amount })?;
        self.member(league, member)
    }

    /// Asks for a member's stake back: it is not in rounds that open from now on. Gives what was
    /// paid back for such rounds.
    ///
    /// # Errors
    /// As for [`ArenaNode::renew_agent`].
    pub fn unbond(&mut self, league: &str, member: u32) -> Result<u128, NodeError> {
        let id = self.league_id(league)?;
        let owner = self.member(league, member)?.payer();
        let (before, _) = self.capital(&owner)?;
        self.send_for(league, member, &IArena::unbondCall { league: id, member })?;
        Ok(self.capital(&owner)?.0.saturating_sub(before))
    }

    /// Takes a member's whole stake back to its owner's account; gives how much it was.
    ///
    /// # Errors
    /// As for [`ArenaNode::renew_agent`]; also when nothing is staked.
    pub fn withdraw_stake(&mut self, league: &str, member: u32) -> Result<u128, NodeError> {
        let id = self.league_id(league)?;
        let line = self.member(league, member)?;
        // The contract would return nothing and forget that the member was leaving.
        if line.stake == 0 && !line.is_banned {
            let subject = self.agent_in_words(league, &line);
            return Err(NodeError::Refused { subject, refusal: Refusal::NothingStaked });
        }
        self.send_for(league, member, &IArena::withdrawStakeCall { league: id, member })?;
        Ok(line.stake)
    }

    /// When a member's stake can be taken back.
    ///
    /// # Errors
    /// When there is no such league or the chain cannot be read.
    pub fn stake_release(
        &self,
        league: &str,
        line: &MemberLine,
    ) -> Result<StakeRelease, NodeError> {
        let league = self.league_id(league)?;
        let (payer, member) = (line.payer(), line.member);
        let refused = match line.batch {
            None => self.refusal(&payer, &IArena::withdrawStakeCall { league, member })?,
            Some(batch) => {
                self.refusal(&payer, &IArena::withdrawBatchStakesCall { league, batch })?
            }
        };
        let Some(error) = refused else { return Ok(StakeRelease::Now) };
        match Refusal::of(&error) {
            Some(Refusal::TooEarly { block, earliest }) => {
                Ok(StakeRelease::At { earliest, left: earliest.saturating_sub(block) })
            }
            Some(Refusal::RoundUnderWay { round }) => Ok(StakeRelease::AfterRound(round)),
            Some(refusal) => Ok(StakeRelease::Never(refusal)),
            None => Err(error.into()),
        }
    }

    /// What the contract would have against a call in the next block, if anything.
    pub(crate) fn refusal<C: SolCall>(
        &self,
        from: &Address,
        call: &C,
    ) -> Result<Option<ArenaError>, NodeError> {
        let calls = [(ChainAddress::new(from.0), self.arena.call(call))];
        let answers = self.arena.try_all::<C>(&self.chain, &calls)?;
        Ok(answers.into_iter().find_map(Result::err))
    }

    /// Sends a call about a member from its owner's account, or its sponsor's.
    fn send_for<C: SolCall>(
        &mut self,
        league: &str,
        member: u32,
        call: &C,
    ) -> Result<C::Return, NodeError> {
        // Alone it can be dealt with only where it has a record of its own.
        let line = self.enroll(league, member)?;
        let owner = self.local_payer(league, &line)?;
        let account = self.account(&owner)?;
        let sent = self.arena.send::<C>(&mut self.chain, &account, self.arena.call(call));
        sent.map_err(|error: ArenaError| {
            NodeError::about(|| self.agent_in_words(league, &line), error)
        })
    }

    /// The name of the account that pays for a member.
    pub(crate) fn local_payer(&self, league: &str, line: &MemberLine) -> Result<String, NodeError> {
        let payer = line.payer();
        self.account_name(&payer).ok_or_else(|| NodeError::ForeignOwner {
            agent: self.agent_in_words(league, line),
            owner: payer,
            known: self.account_names().unwrap_or_default().join(", "),
        })
    }
}
