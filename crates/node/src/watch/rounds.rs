//! The rounds that a watcher has computed, and what follows from them.

use std::collections::BTreeMap;

use alloy_primitives::Address;
use nets_chain::{ChainAdapter, IArena, RoundStatus};

use super::WatchOptions;
use super::equivocations::reports;
use crate::dispute::{Case, Deed, DeedKind, Dockets, Going, Judged, PlannedDeed, Standing};
use crate::error::NodeError;
use crate::node::{ArenaNode, League};
use crate::play::{PlayedRound, Progress, RoundPlan};
use crate::publication::publication_deeds;
use crate::round::{
    RoundOptions, assert_call, clock_answers, difference_from_final, latest_plan, payout_calls,
    play_known, round_of, slash_calls,
};

/// The latest round of each league, once it is computed.
#[derive(Debug, Default)]
pub(super) struct WatchedRounds {
    rounds: BTreeMap<u64, WatchedRound>,
}

#[derive(Debug)]
struct WatchedRound {
    plan: RoundPlan,
    played: PlayedRound,
    /// Nothing is left to be done.
    is_settled: bool,
}

impl WatchedRounds {
    /// What there is to be said and done about the latest round of a league; none where there is
    /// nothing, or nothing ever was.
    pub(super) fn judge(
        &mut self,
        node: &ArenaNode,
        league: &str,
        me: Address,
        options: WatchOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<Option<(u32, Judged)>, NodeError> {
        let league = node.league(league)?;
        let state = node.view(&IArena::leagueOfCall { league: league.id })?;
        let Some(number) = state.nextRound.checked_sub(1) else { return Ok(None) };
        let code = self.code(node, &league, number, me, options, progress)?;
        let judged = self.outcome(node, &league, number, me, options, progress)?;
        let mut judged = match judged {
            None if code.is_empty() => return Ok(None),
            judged => judged.unwrap_or_default(),
        };
        judged.deeds.extend(code);
        Ok(Some((number, judged)))
    }

    /// What there is to be done about the code of a round's entries.
    fn code(
        &self,
        node: &ArenaNode,
        league: &League,
        number: u32,
        me: Address,
        options: WatchOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<Vec<PlannedDeed>, NodeError> {
        let mut deeds = publication_deeds(node, league, number, me, progress)?;
        let close = IArena::closePublicationCall { league: league.id };
        // Whether it is time, the contract says.
        if options.asserts && league.terms.codeBlocks != 0 && node.view(&close).is_ok() {
            let (kind, name) = (DeedKind::ClosePublication, league.name.clone());
            let deed = Deed::new(kind, name, number, None, String::new());
            deeds.push(PlannedDeed { deed, call: node.arena.call(&close) });
        }
        Ok(deeds)
    }

    /// What there is to be said and done about a round's outcome; none while claims are taken.
    fn outcome(
        &mut self,
        node: &ArenaNode,
        league: &League,
        number: u32,
        me: Address,
        options: WatchOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<Option<Judged>, NodeError> {
        let round = round_of(node, league, number)?;
        let claims_end = league.claims_end(&round);
        let is_final = match round.progress() {
            RoundStatus::Final => true,
            // From the next block on, no claim changes anything.
            RoundStatus::Seeded if node.chain.call_block()? > claims_end => false,
            RoundStatus::Seeded if league.rules.is_signed() => {
                return during_clocks(node, league, number, me, progress).map(Some);
            }
            _ => return Ok(None),
        };
        let id = league.id;
        if !self.is_computed(id, number, is_final) {
            let plan = match latest_plan(node, league, number, &round) {
                Err(error @ NodeError::MissingData { .. }) => {
                    // Other leagues go on; this one is looked at again.
                    let name = &league.name;
                    progress.note(&format!("{name}, round {number}, is not checked: {error}"));
                    return Ok(None);
                }
                plan => plan?,
            };
            let options = RoundOptions { threads: options.threads, stop: options.stop };
            let played = play_known(node, &plan, options, progress)?;
            self.note_unknown(&plan, &played, progress);
            self.rounds.insert(id, WatchedRound { plan, played, is_settled: false });
        }
        let Some(watched) = self.rounds.get_mut(&id) else { return Ok(None) };
        let judged = match is_final {
            false => watched.dispute(node, me, options, progress)?,
            true if watched.is_settled => Judged::default(),
            true => watched.settle(node, league, me, Going { stop: options.stop, progress })?,
        };
        Ok(Some(judged))
    }

    /// Whether a round need not be looked at again. Records that nobody had may be there now, until
    /// they are of no use any more.
    fn is_computed(&self, league: u64, round: u32, is_final: bool) -> bool {
        let is_done = |it: &WatchedRound| is_final || it.played.unknown.is_empty();
        self.rounds.get(&league).is_some_and(|it| it.plan.round == round && is_done(it))
    }

    fn note_unknown(&self, plan: &RoundPlan, played: &PlayedRound, progress: &dyn Progress) {
        let before = self.rounds.get(&plan.league.id).filter(|it| it.plan.round == plan.round);
        let before = before.map(|it| &it.played.unknown);
        if before.is_some_and(|before| *before == played.unknown) || played.unknown.is_empty() {
            return;
        }
        progress.note(&format!(
            "{}, round {}: nobody gives the records of {} matches: whoever asserts it has to show them",
            plan.league.name,
            plan.round,
            played.unknown.len()
        ));
    }
}

/// What is to be done while the clocks of a signed round run.
fn during_clocks(
    node: &ArenaNode,
    league: &League,
    number: u32,
    me: Address,
    progress: &dyn Progress,
) -> Result<Judged, NodeError> {
    let round = round_of(node, league, number)?;
    let plan = latest_plan(node, league, number, &round)?;
    let mut deeds = Vec::new();
    for (index, call) in clock_answers(node, &plan, progress)? {
        let name = league.name.clone();
        let deed = Deed::new(DeedKind::Advance, name, number, None, format!("match {index}"));
        deeds.push(PlannedDeed { deed, call: node.arena.clocks_call(&call) });
    }
    let dockets = Dockets::new(node.arena.deployment().arena);
    // By records that were got just now, too.
    deeds.extend(reports(node, &plan, &dockets, me)?);
    Ok(Judged { standing: Vec::new(), deeds })
}

impl WatchedRound {
    /// Reports of agents that signed two things in the round.
    fn reports(&self, node: &ArenaNode, me: Address) -> Result<Vec<PlannedDeed>, NodeError> {
        if self.plan.signed.is_none() {
            return Ok(Vec::new());
        }
        let round = round_of(node, &self.plan.league, self.plan.round)?;
        reports(node, &self.plan, &Dockets::read(node, round.seededAt)?, me)
    }

    fn deed(&self, kind: DeedKind, about: String, call: nets_chain::Call) -> PlannedDeed {
        let (league, round) = (self.plan.league.name.clone(), self.plan.round);
        PlannedDeed { deed: Deed::new(kind, league, round, None, about), call }
    }

    /// Records for those of these members that wait in their batch.
    fn enrolling(
        &self,
        node: &ArenaNode,
        members: impl Iterator<Item = u32>,
    ) -> Result<Vec<PlannedDeed>, NodeError> {
        let calls = node.enroll_calls(self.plan.league.id, members)?.into_iter();
        let deed = |(member, call)| self.deed(DeedKind::Enroll, format!("member {member}"), call);
        Ok(calls.map(deed).collect())
    }

    /// What is to be done while the round has no outcome.
    fn dispute(
        &self,
        node: &ArenaNode,
        me: Address,
        options: WatchOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<Judged, NodeError> {
        let going = Going { stop: options.stop, progress };
        let mut judged = Case { plan: &self.plan, played: &self.played }.judge(node, me, going)?;
        let right = judged.standing.iter().find(|one| one.standing == Standing::Right);
        let (league, round) = (self.plan.league.id, self.plan.round);
        match right {
            Some(right) => {
                let call = IArena::finalizeCall { league, round, assertion: right.assertion };
                // Whether it is time, the contract says; it is asked in every turn.
                if node.view(&call).is_ok() {
                    let call = node.arena.call(&call);
                    judged.deeds.push(self.deed(DeedKind::Finalize, String::new(), call));
                }
            }
            None if options.asserts && self.played.unknown.is_empty() => {
                let result = self.played.result.assertion();
                let call = node.arena.call(&assert_call(&self.plan, &result));
                let about = format!("{} entries", result.entry_count);
                judged.deeds.push(self.deed(DeedKind::Assert, about, call));
            }
            None => {}
        }
        judged.deeds.extend(self.reports(node, me)?);
        Ok(judged)
    }

    /// What is to be done once it has one: liars slashed, ranks of local owners paid, own bonds back.
    fn settle(
        &mut self,
        node: &ArenaNode,
        league: &League,
        me: Address,
        going: Going<'_>,
    ) -> Result<Judged, NodeError> {
        let (plan, result) = (&self.plan, &self.played.result);
        if !self.played.unknown.is_empty() {
            let mut deeds = Case { plan, played: &self.played }.clear(node, me, going)?;
            deeds.extend(self.reports(node, me)?);
            self.is_settled = deeds.is_empty();
            return Ok(Judged { standing: Vec::new(), deeds });
        }
        if let Some(difference) = difference_from_final(node, plan, result)? {
            going.progress.note(&format!(
                "{}, round {}: what is final is not what its matches come to ({difference}); \
                 nothing of it can be proven from here",
                league.name, plan.round
            ));
            self.is_settled = true;
            return Ok(Judged::default());
        }
        let mut deeds = Case { plan, played: &self.played }.clear(node, me, going)?;
        let slashing = slash_calls(node, plan, result)?;
        deeds.extend(self.enrolling(node, slashing.iter().map(|(member, _)| *member))?);
        for (member, call) in slashing {
            let about = format!("member {member}");
            deeds.push(self.deed(DeedKind::Slash, about, node.arena.call(&call)));
        }
        let local = node.owner_names()?;
        let is_local = |member: u32| {
            let entry = plan.entries.iter().find(|entry| entry.member == member);
            entry.is_some_and(|entry| local.contains_key(&entry.owner))
        };
        let mut paying = payout_calls(node, plan, result)?;
        paying.retain(|(member, _)| is_local(*member));
        deeds.extend(self.enrolling(node, paying.iter().map(|(member, _)| *member))?);
        for (member, call) in paying {
            let about = format!("rank {}, member {member}", call.rank);
            deeds.push(self.deed(DeedKind::Payout, about, node.arena.call(&call)));
        }
        deeds.extend(self.reports(node, me)?);
        self.is_settled = deeds.is_empty();
        Ok(Judged { standing: Vec::new(), deeds })
    }
}
