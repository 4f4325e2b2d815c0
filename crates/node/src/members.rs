//! Members: agents in a league, and their owners' slots.

use std::fs;
use std::path::Path;

use alloy_primitives::B256;
use nets_chain::{Arena, ChainAdapter, IArena};
use nets_core::{Address, AgentId, Digest};
use nets_league::Entry;
use nets_runner::sandbox::FastOptions;
use nets_runner::{Inadmissible, SeatAgent};

use crate::error::NodeError;
use crate::node::{ArenaNode, League};
use crate::play::fast_engine;

/// A member as the contract has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberLine {
    /// Its number in the league.
    pub member: u32,
    /// Whose it is.
    pub owner: Address,
    /// The agent.
    pub agent: AgentId,
    /// The SHA-256 of its module.
    pub code_hash: Digest,
    /// The first round it is active in.
    pub from: u32,
    /// The first round it is not active in any more.
    pub to: u32,
    /// Its stake.
    pub stake: u128,
    /// Whether it was slashed.
    pub is_banned: bool,
    /// Whether its owner has asked for the stake back.
    pub is_leaving: bool,
}

/// How an agent enters a league.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgentEntry<'a> {
    /// The owner's account.
    pub owner: &'a str,
    /// The file of its module.
    pub module: &'a Path,
    /// Its stake; the league's required one where none is given.
    pub stake: Option<u128>,
    /// How many rounds are paid for at once.
    pub rounds: u32,
}

/// The members of a league on some chain.
pub(crate) fn members(
    arena: &Arena,
    chain: &dyn ChainAdapter,
    league: u64,
    count: u32,
) -> Result<Vec<MemberLine>, NodeError> {
    let line = |member| {
        let found = arena.view(chain, &IArena::memberOfCall { league, member })?;
        Ok(MemberLine {
            member,
            owner: Address(found.owner.into_array()),
            agent: AgentId(found.agentId.0),
            code_hash: Digest(found.codeHash.0),
            from: found.from,
            to: found.to,
            stake: found.stake,
            is_banned: found.banned,
            is_leaving: found.unbondedAt != 0,
        })
    };
    (0..count).map(line).collect()
}

/// Those of the frozen members that are active in a round, as entries, with their code.
pub(crate) fn entries(members: &[MemberLine], round: u32) -> (Vec<Entry>, Vec<Digest>) {
    let active = members.iter().filter(|line| line.from <= round && round < line.to);
    let entry = |line: &MemberLine| {
        let MemberLine { member, owner, agent, code_hash, .. } = *line;
        (Entry { member, owner, agent }, code_hash)
    };
    active.map(entry).unzip()
}

impl ArenaNode {
    /// The members of a league.
    ///
    /// # Errors
    /// When there is no such league or the chain cannot be read.
    pub fn members(&self, league: &str) -> Result<Vec<MemberLine>, NodeError> {
        let league = self.league_id(league)?;
        let count = self.view(&IArena::leagueOfCall { league })?.memberCount;
        members(&self.arena, &self.chain, league, count)
    }

    /// Enters an agent into a league: its module must be admissible, its owner able to pay.
    ///
    /// # Errors
    /// When either is not so, or files or chain cannot be written.
    pub fn add_agent(&mut self, league: &str, entry: &AgentEntry<'_>) -> Result<u32, NodeError> {
        let path = entry.module;
        let module = fs::read(path).map_err(|e| NodeError::io("read", path, e))?;
        let league = self.league(league)?;
        if let Some(reason) = self.inadmissible(&league, &module)? {
            return Err(NodeError::Inadmissible { path: path.to_owned(), reason });
        }
        let code_hash = self.artifacts.put_module(&module)?;
        let stake = entry.stake.unwrap_or(league.required_stake());
        let call = IArena::registerCall {
            league: league.id,
            codeHash: B256::new(code_hash.0),
            stake,
            rounds: entry.rounds,
        };
        let member = self.send(entry.owner, &call)?;
        let agent = AgentId::new(&self.account(entry.owner)?.address(), &code_hash);
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        self.settings.agents.insert(agent.to_string(), name);
        self.settings.write(&self.folder)?;
        Ok(member)
    }

    fn inadmissible(
        &self,
        league: &League,
        module: &[u8],
    ) -> Result<Option<Inadmissible>, NodeError> {
        let options = FastOptions { cache: self.folder.compiled(), ..FastOptions::default() };
        let engine = fast_engine(&options)?;
        let agent = SeatAgent::load(&engine, league.system.as_ref(), module)?;
        Ok(agent.inadmissible().cloned())
    }

    /// Buys further rounds for an agent.
    ///
    /// # Errors
    /// When its owner cannot pay, or the chain cannot be written.
    pub fn renew_agent(
        &mut self,
        owner: &str,
        league: &str,
        member: u32,
        rounds: u32,
    ) -> Result<(), NodeError> {
        let league = self.league_id(league)?;
        self.send(owner, &IArena::renewCall { league, member, rounds })?;
        Ok(())
    }
}
