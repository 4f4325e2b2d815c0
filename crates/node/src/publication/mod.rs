//! Publication: code that is not available before the seed does not play.
//!
//! In a league with `code-blocks`, a round that opens waits for its seed: the code of its entries may
//! be demanded, and then shown. Here is what there is to do about it, by whoever has the modules or
//! lacks them, and the way of a round through that time. What was demanded and shown is read from the
//! chain's events every time, so whoever is killed goes on where it was.

mod shown;

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

use alloy_primitives::{Address, B256};
use nets_chain::{Account, Call, ChainAdapter, IArena, RoundStatus};
use nets_core::Digest;

use self::shown::Said;
pub(crate) use self::shown::keep_shown;
use crate::dispute::{Deed, DeedKind, PlannedDeed, perform};
use crate::error::NodeError;
use crate::members::{MemberLine, members};
use crate::node::{ArenaNode, League, OPERATOR};
use crate::play::{Progress, check_stop};
use crate::refusal::Refusal;
use crate::round::round_of;

/// The most bytes of a module that can be shown on a chain elsewhere: its nodes take transactions of
/// 128 KiB, and the call around the module needs some of it.
const SHOWN_ELSEWHERE_MAX: usize = 128_000;

/// The most bytes of a module that can be shown on an embedded chain: with the gas that a transaction
/// has there, of which memory takes more and more.
const SHOWN_EMBEDDED_MAX: usize = 12 << 20;

/// The time in which code may be demanded and shown, in blocks.
#[derive(Clone, Copy, Debug)]
struct Window {
    /// From this block on a demand is worth its bond: sources had time to give what is missing.
    demand_from: u64,
    demand_until: u64,
    show_until: u64,
}

impl Window {
    fn of(league: &League, round: &IArena::Round) -> Self {
        let blocks = u64::from(league.terms.codeBlocks);
        Self {
            demand_from: round.openedAt + blocks / 2 + 1,
            demand_until: round.openedAt + blocks,
            show_until: round.openedAt + 2 * blocks,
        }
    }
}

/// The most bytes of a module that its owner, or anybody, can show on the arena's chain.
pub(crate) fn shown_bytes_max(node: &ArenaNode) -> usize {
    if node.is_embedded() { SHOWN_EMBEDDED_MAX } else { SHOWN_ELSEWHERE_MAX }
}

/// What there is to do about the code of a league's members: while a round is Publishing, showing
/// what is demanded and is here, and demanding what no source gives; later, bonds that come back.
pub(crate) fn publication_deeds(
    node: &ArenaNode,
    league: &League,
    number: u32,
    me: Address,
    progress: &dyn Progress,
) -> Result<Vec<PlannedDeed>, NodeError> {
    if league.terms.codeBlocks == 0 {
        return Ok(Vec::new());
    }
    let round = round_of(node, league, number)?;
    let said = Said::read(&node.arena, &node.chain, league.id)?;
    let desk = Desk { node, league, number, window: Window::of(league, &round), said };
    let mut deeds = desk.returns(me)?;
    if round.progress() == RoundStatus::Publishing {
        for line in
            members(&node.arena, &node.chain, &node.artifacts, league.id, round.memberCount)?
        {
            deeds.extend(desk.deed(&line, progress)?);
        }
    }
    Ok(deeds)
}

impl ArenaNode {
    /// Shows the module of a member of a local owner or sponsor, so that nobody can demand it any more;
    /// gives how many bytes it has.
    ///
    /// # Errors
    /// When the module is not here or too large, it was shown before, neither owner nor sponsor is of this arena,
    /// or the chain cannot be written.
    pub fn show_code(&mut self, league: &str, member: u32) -> Result<usize, NodeError> {
        let code_hash = self.member(league, member)?.code_hash;
        let code = self.artifacts.module(&code_hash)?;
        let (got, limit) = (code.len(), shown_bytes_max(self));
        if got > limit {
            let (path, league) = (self.artifacts.module_path(&code_hash), league.to_owned());
            return Err(NodeError::TooLargeToShow { path, league, got, limit });
        }
        let id = self.league_id(league)?;
        let call = IArena::showCodeCall { league: id, member, code: code.into() };
        // Anyone may show it, of a member with a record.
        let line = self.enroll(league, member)?;
        let shower = match self.account_name(&line.owner) {
            Some(owner) => owner,
            None => self.local_payer(league, &line)?,
        };
        let account = self.account(&shower)?;
        let call = self.arena.call(&call);
        let sent = self.arena.send::<IArena::showCodeCall>(&mut self.chain, &account, call);
        sent.map_err(|error| NodeError::about(|| self.agent_in_words(league, &line), error))?;
        Ok(got)
    }
}

/// The rounds that demands for code were made in whose bonds are held, and who made them.
pub(crate) fn code_demands(
    node: &ArenaNode,
    league: u64,
) -> Result<Vec<(u32, Address)>, NodeError> {
    let said = Said::read(&node.arena, &node.chain, league)?;
    Ok(said.demands().map(|((round, _), demander)| (round, demander)).collect())
}

/// One look at a round whose code may be demanded.
struct Desk<'a> {
    node: &'a ArenaNode,
    league: &'a League,
    number: u32,
    window: Window,
    said: Said,
}

impl Desk<'_> {
    fn planned(&self, kind: DeedKind, round: u32, member: u32, call: Call) -> PlannedDeed {
        let about = format!("member {member}");
        PlannedDeed { deed: Deed::new(kind, self.league.name.clone(), round, None, about), call }
    }

    /// What is to be done about a member's code.
    fn deed(
        &self,
        line: &MemberLine,
        progress: &dyn Progress,
    ) -> Result<Vec<PlannedDeed>, NodeError> {
        let (league, member, code) = (self.league.id, line.member, line.code_hash);
        let next = self.node.chain.call_block()?;
        let planned = |kind, call| vec![self.planned(kind, self.number, member, call)];
        let code_hash = B256::new(code.0);
        if self.said.demander(self.number, member).is_some() {
            if next > self.window.show_until {
                return Ok(Vec::new());
            }
            if self.said.is_shown(&code) {
                let call = IArena::readmitCall { league, member, codeHash: code_hash };
                return Ok(planned(DeedKind::Readmit, self.node.arena.call(&call)));
            }
            let module = self.node.artifacts.module(&code).ok();
            let module = module.filter(|module| module.len() <= shown_bytes_max(self.node));
            let show = |module: Vec<u8>| {
                let call = IArena::showCodeCall { league, member, code: module.into() };
                planned(DeedKind::ShowCode, self.node.arena.call(&call))
            };
            return Ok(module.map(show).unwrap_or_default());
        }
        let is_entry = line.from <= self.number && self.number < line.to;
        let is_time = (self.window.demand_from..=self.window.demand_until).contains(&next);
        if !is_entry || !is_time || self.said.is_shown(&code) || self.is_here(&code, progress)? {
            return Ok(Vec::new());
        }
        // What a batch says of its members is said of all of them, so one of them is enrolled first.
        let enrolling = self.node.enroll_calls(league, line.batch.map(|_| member))?.into_iter();
        let enrolling = enrolling.map(|(_, call)| (DeedKind::Enroll, call));
        let call =
            IArena::demandCodeCall { league, round: self.number, member, codeHash: code_hash };
        let demanding = (DeedKind::DemandCode, self.node.arena.call(&call));
        let deeds = enrolling.chain([demanding]);
        Ok(deeds.map(|(kind, call)| self.planned(kind, self.number, member, call)).collect())
    }

    /// Whether a module is in the folder, or a source gives it now.
    fn is_here(&self, code: &Digest, progress: &dyn Progress) -> Result<bool, NodeError> {
        match self.node.artifacts.obtain_module(code, progress) {
            Ok(_) => Ok(true),
            Err(NodeError::MissingArtifact { .. } | NodeError::NoSource { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The bonds of `me` in demands that nobody answered, of this round and of earlier ones.
    fn returns(&self, me: Address) -> Result<Vec<PlannedDeed>, NodeError> {
        let next = self.node.chain.call_block()?;
        let is_due = |round: u32| round < self.number || next > self.window.show_until;
        let own = self.said.demands().filter(|(_, demander)| *demander == me);
        let due = own.filter(|((round, _), _)| is_due(*round));
        Ok(due
            .map(|((round, member), _)| {
                let league = self.league.id;
                let call = IArena::returnCodeBondCall { league, round, member };
                self.planned(DeedKind::Reclaim, round, member, self.node.arena.call(&call))
            })
            .collect())
    }
}

/// Goes with a round through the time in which code may be demanded and shown, to the naming of the
/// value that its seed is drawn from; does nothing where that is over, but for bonds that come back.
pub(crate) fn publish(
    node: &mut ArenaNode,
    league: &League,
    number: u32,
    stop: &AtomicBool,
    progress: &dyn Progress,
) -> Result<(), NodeError> {
    if league.terms.codeBlocks == 0 {
        return Ok(());
    }
    let operator = node.account(OPERATOR)?;
    let me = Address::new(operator.address().0);
    let mut said = BTreeSet::new();
    loop {
        check_stop(stop)?;
        let deeds = publication_deeds(node, league, number, me, progress)?;
        let performed = perform(node, &operator, deeds)?;
        performed.done.iter().for_each(|deed| progress.note(&deed.to_string()));
        for (deed, reason) in &performed.refused {
            // What is tried again in every block is said once.
            let text = format!("{deed}: refused, {reason}");
            if said.insert(text.clone()) {
                progress.note(&text);
            }
        }
        let round = round_of(node, league, number)?;
        if round.progress() != RoundStatus::Publishing {
            return Ok(());
        }
        if node.chain.call_block()? > Window::of(league, &round).show_until {
            close(node, league, number, &operator)?;
        } else if performed.done.is_empty() {
            node.chain.pass()?;
        }
    }
}

/// Names the value that the round's seed is drawn from, unless somebody else just has.
fn close(
    node: &mut ArenaNode,
    league: &League,
    number: u32,
    operator: &Account,
) -> Result<(), NodeError> {
    let call = IArena::closePublicationCall { league: league.id };
    if let Some(error) = node.refusal(&operator.address(), &call)?
        && let Some(Refusal::TooFewEntries { got, needed }) = Refusal::of(&error)
    {
        let refusal = Refusal::TooFewShown { got, needed };
        return Err(NodeError::Refused { subject: format!("league {}", league.name), refusal });
    }
    let (kind, name) = (DeedKind::ClosePublication, league.name.clone());
    let deed = Deed::new(kind, name, number, None, String::new());
    perform(node, operator, vec![PlannedDeed { deed, call: node.arena.call(&call) }])?;
    Ok(())
}
