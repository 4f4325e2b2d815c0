//! Members: agents in a league, who they belong to, how they stand, what they are called.

use std::collections::BTreeMap;

use alloy_sol_types::SolEventInterface;
use nets_chain::{Arena, ChainAdapter, IArena};
use nets_core::{Address, AgentId, Digest};
use nets_league::{Entry, Registration, RegistrationBatch};

use crate::artifacts::Artifacts;
use crate::batches::{accepted, batch_with, registrations};
use crate::error::NodeError;
use crate::node::ArenaNode;

/// How many agents an error lists.
const LISTED_MAX: usize = 8;

/// The least digits of an id that name an agent, so that a number does not do so by accident.
const ID_DIGITS_MIN: usize = 4;

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
    /// Whether its owner, or its sponsor, has asked for the stake back.
    pub is_leaving: bool,
    /// Who pays for it, where it came with a batch.
    pub sponsor: Option<Address>,
    /// The batch that it came with, as long as it is not enrolled.
    pub batch: Option<u32>,
}

/// How a member stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberState {
    /// It is entered into the round under way or a later one.
    Active,
    /// No round is paid for. If its owner can pay, it is entered again when the next one opens.
    Unpaid,
    /// Its stake was asked back.
    Leaving,
    /// Its stake was taken back.
    Left,
    /// It was slashed.
    Banned,
}

impl MemberLine {
    /// What the contract has of a member with a record, and the code that it said the member has.
    fn new(member: u32, code_hash: Digest, found: &IArena::Member) -> Self {
        Self {
            member,
            owner: Address(found.owner.into_array()),
            agent: AgentId(found.agentId.0),
            code_hash,
            from: found.from,
            to: found.to,
            stake: found.stake,
            is_banned: found.banned,
            is_leaving: found.unbondedAt != 0,
            sponsor: None,
            batch: None,
        }
    }

    /// A member of a batch that is not enrolled: what its registration says, and its batch.
    fn waiting(
        member: u32,
        registration: &Registration,
        number: u32,
        batch: &IArena::Batch,
    ) -> Self {
        Self {
            member,
            owner: registration.owner,
            agent: registration.agent(),
            code_hash: registration.code_hash,
            from: batch.from,
            to: batch.to,
            stake: batch.stake,
            is_banned: false,
            is_leaving: !batch.unbondedAt.is_zero(),
            sponsor: Some(Address(batch.sponsor.into_array())),
            batch: Some(number),
        }
    }

    /// Who pays for its rounds, and has its stake back.
    pub fn payer(&self) -> Address {
        self.sponsor.unwrap_or(self.owner)
    }
}

/// The code of each member of a league that has a record, from the chain's logs: no contract reads
/// it, so none keeps it.
fn code_hashes(
    arena: &Arena,
    chain: &dyn ChainAdapter,
    league: u64,
) -> Result<BTreeMap<u32, Digest>, NodeError> {
    use IArena::IArenaEvents as Event;
    let contract = arena.deployment().arena;
    let said = chain.logs(0)?.into_iter().filter(|log| log.address == contract);
    let code = |log: nets_chain::Log| match Event::decode_raw_log(&log.topics, &log.data).ok()? {
        Event::Registered(event) if event.league == league => Some((event.member, event.codeHash)),
        Event::Enrolled(event) if event.league == league => Some((event.member, event.codeHash)),
        _ => None,
    };
    let said = said.filter_map(code);
    Ok(said.map(|(member, code_hash)| (member, Digest(code_hash.0))).collect())
}

/// The members of a league on some chain; of those that came with a batch and are not enrolled the
/// artifacts say who they are.
pub(crate) fn members(
    arena: &Arena,
    chain: &dyn ChainAdapter,
    artifacts: &Artifacts,
    league: u64,
    count: u32,
) -> Result<Vec<MemberLine>, NodeError> {
    let members = (0..count).collect::<Vec<_>>();
    lines(arena, chain, artifacts, league, &members)
}

/// A member of a league on some chain.
pub(crate) fn member(
    arena: &Arena,
    chain: &dyn ChainAdapter,
    artifacts: &Artifacts,
    league: u64,
    member: u32,
) -> Result<MemberLine, NodeError> {
    let mut lines = lines(arena, chain, artifacts, league, &[member])?;
    lines.pop().ok_or(NodeError::NoCode { league, member })
}

/// These members, in ascending order.
fn lines(
    arena: &Arena,
    chain: &dyn ChainAdapter,
    artifacts: &Artifacts,
    league: u64,
    members: &[u32],
) -> Result<Vec<MemberLine>, NodeError> {
    let code = code_hashes(arena, chain, league)?;
    let accepted = accepted(arena, chain, league)?;
    let mut read: Option<(u32, RegistrationBatch)> = None;
    let mut lines = Vec::with_capacity(members.len());
    for &member in members {
        let came_with = batch_with(&accepted, member);
        if let (None, Some((number, batch))) = (code.get(&member), came_with) {
            if read.as_ref().is_none_or(|(other, _)| other != number) {
                read = Some((*number, registrations(artifacts, batch)?));
            }
            let index = (member - batch.first) as usize;
            let registration = read.as_ref().and_then(|(_, it)| it.registrations().get(index));
            let registration = registration.ok_or(NodeError::NoCode { league, member })?;
            lines.push(MemberLine::waiting(member, registration, *number, batch));
            continue;
        }
        let found = arena.view(chain, &IArena::memberOfCall { league, member })?;
        let code_hash = code.get(&member).copied().ok_or(NodeError::NoCode { league, member })?;
        let sponsor = came_with.map(|(_, batch)| Address(batch.sponsor.into_array()));
        lines.push(MemberLine { sponsor, ..MemberLine::new(member, code_hash, &found) });
    }
    Ok(lines)
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
        members(&self.arena, &self.chain, &self.artifacts, league, count)
    }

    /// The members of a league, each with how it stands.
    ///
    /// # Errors
    /// When there is no such league or the chain cannot be read.
    pub fn member_states(&self, league: &str) -> Result<Vec<(MemberLine, MemberState)>, NodeError> {
        let members = self.members(league)?;
        let league = self.league(league)?;
        let next = self.view(&IArena::leagueOfCall { league: league.id })?.nextRound;
        let is_under_way = match next.checked_sub(1) {
            None => false,
            Some(round) => {
                self.view(&IArena::roundOfCall { league: league.id, round })?.endedAt == 0
            }
        };
        let first_open = if is_under_way { next - 1 } else { next };
        // Every league requires a stake, and one below it is one that was taken back.
        let required = league.required_stake();
        let state = |line: MemberLine| {
            let state = match line {
                MemberLine { is_banned: true, .. } => MemberState::Banned,
                MemberLine { is_leaving: true, .. } => MemberState::Leaving,
                _ if line.from <= first_open && first_open < line.to => MemberState::Active,
                _ if first_open < line.from && line.from < line.to => MemberState::Active,
                _ if line.stake < required => MemberState::Left,
                _ => MemberState::Unpaid,
            };
            (line, state)
        };
        Ok(members.into_iter().map(state).collect())
    }

    /// The member that `name` means: a local name, a member's number, an id or at least four digits
    /// of its beginning. Where `owner` is given, it must be that account's.
    ///
    /// # Errors
    /// When none or several are meant, the owner is another, or the chain cannot be read.
    pub fn find_agent(
        &self,
        league: &str,
        name: &str,
        owner: Option<&str>,
    ) -> Result<MemberLine, NodeError> {
        let owner = match owner {
            Some(owner) => Some((owner, self.account(owner)?.address())),
            None => None,
        };
        let members = self.members(league)?;
        let meant = members.iter().filter(|line| self.is_meant(line, name));
        let meant: Vec<_> = meant.collect();
        let owned = meant.iter().filter(|line| owner.is_none_or(|(_, owner)| line.owner == owner));
        let owned: Vec<_> = owned.copied().collect();
        match (owned.as_slice(), meant.as_slice()) {
            ([line], _) => Ok(**line),
            ([], [line, ..]) => Err(NodeError::NotOwner {
                agent: self.agent_in_words(league, line),
                owner: self.account_name(&line.owner).unwrap_or_else(|| line.owner.to_string()),
                given: owner.map_or(String::new(), |(owner, _)| owner.to_owned()),
            }),
            ([], []) => Err(self.unknown_agent(league, name, &members)),
            (several, _) => Err(NodeError::AmbiguousAgent {
                league: league.to_owned(),
                agent: name.to_owned(),
                count: several.len(),
                candidates: self.listed(several.iter().copied()),
            }),
        }
    }

    fn is_meant(&self, line: &MemberLine, name: &str) -> bool {
        let digits = name.strip_prefix("0x").unwrap_or(name).to_ascii_lowercase();
        name.parse() == Ok(line.member)
            || self.agent_name(&line.agent) == name
            || digits.len() >= ID_DIGITS_MIN && line.agent.to_string().starts_with(&digits)
    }

    fn unknown_agent(&self, league: &str, name: &str, members: &[MemberLine]) -> NodeError {
        let names = members.iter().map(|line| self.agent_name(&line.agent));
        let near = names
            .map(|known| (strsim::damerau_levenshtein(name, &known), known))
            .filter(|(distance, known)| *distance <= known.chars().count() / 2)
            .min();
        let known = match members {
            [] => "it has no agents yet".to_owned(),
            members => format!("it has {}", self.listed(members.iter())),
        };
        NodeError::UnknownAgent {
            league: league.to_owned(),
            agent: name.to_owned(),
            near: near.map(|(_, known)| known),
            known,
        }
    }

    /// The first of these members, and how many more there are.
    fn listed<'a>(&self, members: impl ExactSizeIterator<Item = &'a MemberLine>) -> String {
        let more = members.len().saturating_sub(LISTED_MAX);
        let line = |line: &MemberLine| {
            let (name, id) = (self.agent_name(&line.agent), line.agent.short());
            format!("{name} (member {}, id {id})", line.member)
        };
        let listed: Vec<_> = members.take(LISTED_MAX).map(line).collect();
        match more {
            0 => listed.join(", "),
            more => format!("{} and {more} more", listed.join(", ")),
        }
    }

    /// A member as errors and notes name it.
    pub(crate) fn agent_in_words(&self, league: &str, line: &MemberLine) -> String {
        format!("agent {} (member {} of {league})", self.agent_name(&line.agent), line.member)
    }
}
