//! Cases: a round as it is, against every assertion of it.

use std::collections::BTreeSet;

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::{SolInterface, SolValue};
use nets_chain::demands::IDemands::{self, Demand};
use nets_chain::{
    Arena, Call, ChainAdapter, ChainError, Finding, Following, IArena, ICourt, Refutation,
    SignedRound, Truth, refute,
};
use nets_core::{Digest, Seat, Trace};
use nets_league::Assertion;

use super::answers::answer;
use super::descent::{in_words, is_answer_due};
use super::docket::Docket;
use super::{Deed, DeedKind, Dockets, Going, PlannedDeed};
use crate::error::NodeError;
use crate::node::ArenaNode;
use crate::play::{PlayedRound, RoundPlan};
use crate::seals::{Retraced, retrace};

/// A round with all that it comes to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case<'a> {
    pub(crate) plan: &'a RoundPlan,
    pub(crate) played: &'a PlayedRound,
}

/// How an assertion that stands is to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is what the round comes to; in a signed league also what it may as well come to, since its
    /// agents signed that too.
    Right,
    /// It is wrong, and this function of the court shows it.
    Refutable(&'static str),
    /// It is wrong, and what shows it is hidden behind so many things.
    Hidden(usize),
    /// It is another than the round comes to, since this seat in this match is said to have decided
    /// otherwise; that is shown in a trial.
    Tried(u32, Seat),
    /// It is another than the round comes to, and what is wrong cannot be shown: in this match an
    /// agent is said to have decided otherwise.
    Beyond(u32),
}

impl Standing {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Refutable(_) => "refutable",
            Self::Hidden(_) => "hidden",
            Self::Tried(..) => "tried",
            Self::Beyond(_) => "beyond",
        }
    }
}

/// An assertion whose bond is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JudgedAssertion {
    /// Its number.
    pub assertion: u32,
    /// Who asserted it.
    pub asserter: Address,
    /// How it is to be seen.
    pub standing: Standing,
}

/// What there is to be said of a round's assertions, and to be done.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    pub(crate) standing: Vec<JudgedAssertion>,
    pub(crate) deeds: Vec<PlannedDeed>,
}

/// One assertion, with what is known of it.
pub(super) struct Hearing<'a> {
    pub(super) case: Case<'a>,
    pub(super) node: &'a ArenaNode,
    pub(super) me: Address,
    pub(super) assertion: u32,
    pub(super) docket: &'a Docket,
    pub(super) trials: &'a Following,
    /// The block that calls are tried in.
    pub(super) now: u64,
    pub(super) going: Going<'a>,
}

impl<'a> Case<'a> {
    /// Judges every assertion that stands, for an account that is ready to act.
    pub(crate) fn judge(
        self,
        node: &ArenaNode,
        me: Address,
        going: Going<'_>,
    ) -> Result<Judged, NodeError> {
        let mut judged = Judged::default();
        let dockets = self.dockets(node)?;
        for (assertion, posted) in self.posted(node)? {
            let hearing = self.hearing(node, me, assertion, &dockets, going)?;
            if !posted.is_live() {
                judged.deeds.extend(hearing.clear());
                continue;
            }
            let (standing, deeds) = hearing.judge(&posted)?;
            let asserter = posted.asserter;
            judged.standing.push(JudgedAssertion { assertion, asserter, standing });
            judged.deeds.extend(deeds);
        }
        let is_open = |question: &B256| {
            dockets.trials().open().any(|(_, open)| open.trial.question == *question)
        };
        node.runs.keep(self.plan.league.id, is_open);
        Ok(judged)
    }

    /// Takes back what an account has put up in a round that is over: the bonds of its demands and of
    /// its assertions.
    pub(crate) fn clear(
        self,
        node: &ArenaNode,
        me: Address,
        going: Going<'_>,
    ) -> Result<Vec<PlannedDeed>, NodeError> {
        let mut deeds = Vec::new();
        let (league, round, dockets) = (self.plan.league.id, self.plan.round, self.dockets(node)?);
        for (assertion, posted) in self.posted(node)? {
            let hearing = self.hearing(node, me, assertion, &dockets, going)?;
            deeds.extend(hearing.clear());
            if posted.is_live() && posted.asserter == me {
                let call = node.arena.call(&IArena::reclaimBondCall { league, round, assertion });
                deeds.push(hearing.deed(DeedKind::Reclaim, String::new(), call));
            }
        }
        Ok(deeds)
    }

    fn dockets(self, node: &ArenaNode) -> Result<Dockets, NodeError> {
        let (league, round) = (self.plan.league.id, self.plan.round);
        let seeded_at = node.view(&IArena::roundOfCall { league, round })?.seededAt;
        Dockets::read(node, seeded_at)
    }

    /// All assertions of the round.
    fn posted(self, node: &ArenaNode) -> Result<Vec<(u32, IArena::Assertion)>, NodeError> {
        let (league, round) = (self.plan.league.id, self.plan.round);
        let count = node.view(&IArena::roundOfCall { league, round })?.assertionCount;
        let posted = |assertion| {
            let call = IArena::assertionOfCall { league, round, assertion };
            Ok((assertion, node.view(&call)?))
        };
        (0..count).map(posted).collect()
    }

    fn hearing<'b>(
        self,
        node: &'b ArenaNode,
        me: Address,
        assertion: u32,
        dockets: &'b Dockets,
        going: Going<'b>,
    ) -> Result<Hearing<'b>, NodeError>
    where
        'a: 'b,
    {
        let docket = dockets.of((self.plan.league.id, self.plan.round, assertion));
        let (trials, now) = (dockets.trials(), node.chain.call_block()?);
        Ok(Hearing { case: self, node, me, assertion, docket, trials, now, going })
    }

    pub(super) fn retraced(&self, q: u32) -> Option<Retraced> {
        retrace(self.plan.system.as_ref(), self.played.records.get(&q)?)
    }

    fn trace(&self, q: u32) -> Option<Trace> {
        Some(self.retraced(q)?.trace)
    }
}

impl Hearing<'_> {
    fn judge(&self, posted: &IArena::Assertion) -> Result<(Standing, Vec<PlannedDeed>), NodeError> {
        let asserted = Assertion {
            entry_count: posted.entryCount,
            entries_root: Digest(posted.entriesRoot.0),
            matches_root: Digest(posted.matchesRoot.0),
            ranks_root: Digest(posted.ranksRoot.0),
        };
        let (plan, played) = (self.case.plan, self.case.played);
        if played.unknown.is_empty() && asserted == played.result.assertion() {
            return Ok((Standing::Right, self.upholding()?));
        }
        let challenge_blocks = u64::from(plan.league.terms.challengeBlocks);
        let challenge_end = posted.postedAt.to::<u64>() + challenge_blocks;
        let mut passed_over = BTreeSet::new();
        loop {
            let found = self.find(&asserted, &passed_over, challenge_end)?;
            match found.0 {
                // Another match may have gone otherwise, too, and that may be shown.
                Standing::Beyond(q) if passed_over.insert(q) => {}
                _ => return Ok(found),
            }
        }
    }

    /// What there is to be said and done about an assertion that is not the one computed here.
    fn find(
        &self,
        asserted: &Assertion,
        passed_over: &BTreeSet<u32>,
        challenge_end: u64,
    ) -> Result<(Standing, Vec<PlannedDeed>), NodeError> {
        let traces = |q| self.case.trace(q);
        let (truth, disclosed) = (self.truth(&traces), &self.docket.disclosed);
        Ok(match refute(&truth, asserted, disclosed, &self.target(), passed_over) {
            Finding::Right => (Standing::Right, self.upholding()?),
            Finding::Refuted(refutation) => {
                let mut deeds = self.close_waiting(|_| true);
                deeds.extend(self.refutation(&refutation)?);
                (Standing::Refutable(refutation.function), deeds)
            }
            Finding::Hidden(hidden) => {
                let deeds = self.demands(&truth, asserted, &hidden);
                (Standing::Hidden(hidden.len()), deeds)
            }
            Finding::Beyond(_) if self.case.plan.signed.is_some() => {
                (Standing::Right, self.upholding()?)
            }
            Finding::Beyond(beyond) => {
                let mut deeds = self.close_waiting(|_| true);
                match self.prosecution(&beyond, challenge_end)? {
                    Some((seat, further)) => {
                        deeds.extend(further);
                        (Standing::Tried(beyond.match_index, seat), deeds)
                    }
                    None => (Standing::Beyond(beyond.match_index), deeds),
                }
            }
        })
    }

    fn truth<'b>(&'b self, traces: &'b dyn Fn(u32) -> Option<Trace>) -> Truth<'b> {
        let Case { plan, played } = self.case;
        Truth {
            system: plan.system.as_ref(),
            rules: &plan.league.rules,
            has_step_contract: !plan.league.terms.system.is_zero(),
            schedule: played.schedule,
            round_seed: plan.seed,
            entries: &plan.entries,
            claims: &plan.claims,
            result: &played.result,
            traces,
            signed: plan.signed.as_ref().map(|signed| SignedRound {
                chain_id: signed.chain_id,
                flags: &signed.flags,
                unknown: &played.unknown,
            }),
        }
    }

    pub(super) fn target(&self) -> ICourt::Target {
        let (league, round) = (self.case.plan.league.id, self.case.plan.round);
        let arena = self.node.arena.deployment().arena;
        ICourt::Target { arena, league, round, assertion: self.assertion }
    }

    pub(super) fn deed(&self, kind: DeedKind, about: String, call: Call) -> PlannedDeed {
        let plan = self.case.plan;
        let (league, round) = (plan.league.name.clone(), plan.round);
        let deed = Deed::new(kind, league, round, Some(self.assertion), about);
        PlannedDeed { deed, call }
    }

    /// What keeps a right assertion standing: answers to what is demanded, and defences of its seats.
    fn upholding(&self) -> Result<Vec<PlannedDeed>, NodeError> {
        let mut deeds = self.answers();
        deeds.extend(self.defences()?);
        Ok(deeds)
    }

    /// The answers to all that is demanded of a right assertion, and the end of demands that their
    /// demanders have left: what is held for those goes to whoever answered last.
    fn answers(&self) -> Vec<PlannedDeed> {
        let due = self.docket.open.iter().filter(|(_, demand)| is_answer_due(demand));
        let answer = |(id, demand): (&B256, &Demand)| {
            let call = answer(&self.case, &self.node.arena, *id, demand)?;
            let about = format!("demanded by {}", demand.demander);
            Some(self.deed(DeedKind::Answer, about, call))
        };
        let mut deeds: Vec<_> = due.filter_map(answer).collect();
        let left = self.docket.open.iter().filter(|(_, demand)| self.is_left(demand));
        deeds.extend(left.map(|(id, demand)| self.close(id, demand)));
        deeds
    }

    /// The next step to a refutation: a record for a member that it needs one of, then what
    /// [`committing`] gives.
    fn refutation(&self, refutation: &Refutation) -> Result<Option<PlannedDeed>, NodeError> {
        let court = self.node.arena.deployment().court;
        let call = Call { to: Some(court), value: 0, data: refutation.data.clone().into() };
        if let Some(member) = unenrolled(self.node, self.me, &call)? {
            let calls = self.node.enroll_calls(self.case.plan.league.id, [member])?;
            let enroll = calls.into_iter().next();
            let about = format!("member {member}");
            return Ok(enroll.map(|(_, call)| self.deed(DeedKind::Enroll, about, call)));
        }
        let next = committing(self.node, self.me, self.now, call)?;
        Ok(next.map(|(kind, call)| self.deed(kind, refutation.function.to_owned(), call)))
    }

    /// Own demands that were answered and wait to be led on.
    pub(super) fn waiting(&self) -> impl Iterator<Item = (&B256, &Demand)> {
        let is_ours = |demand: &Demand| demand.demander == self.me && !is_answer_due(demand);
        self.docket.open.iter().filter(move |(_, demand)| is_ours(demand))
    }

    /// Ends own demands that wait and are good for nothing any more: their bonds come back.
    pub(super) fn close_waiting(&self, is_closed: impl Fn(&B256) -> bool) -> Vec<PlannedDeed> {
        let waiting = self.waiting().filter(|(id, _)| is_closed(id));
        waiting.map(|(id, demand)| self.close(id, demand)).collect()
    }

    fn close(&self, id: &B256, demand: &Demand) -> PlannedDeed {
        let call = IDemands::closeCall { id: *id, given: demand.clone() };
        self.deed(DeedKind::Close, in_words(demand), self.node.arena.demands_call(&call))
    }

    /// Takes own bonds back from demands against an assertion that stands no longer.
    fn clear(&self) -> Vec<PlannedDeed> {
        let mut deeds = self.close_waiting(|_| true);
        deeds.extend(self.dropped_trials());
        let is_ours = |demand: &Demand| demand.demander == self.me && is_answer_due(demand);
        for (id, demand) in self.docket.open.iter().filter(|(_, demand)| is_ours(demand)) {
            let call = IDemands::expireCall { id: *id, given: demand.clone() };
            let call = self.node.arena.demands_call(&call);
            deeds.push(self.deed(DeedKind::Close, in_words(demand), call));
        }
        deeds
    }

    /// Whether nobody has answered in time.
    pub(super) fn is_overdue(&self, demand: &Demand) -> bool {
        is_answer_due(demand) && self.is_over(demand, demand.answererLeft)
    }

    /// Whether the demander has not gone on in time.
    fn is_left(&self, demand: &Demand) -> bool {
        !is_answer_due(demand) && self.is_over(demand, demand.demanderLeft)
    }

    fn is_over(&self, demand: &Demand, left: u32) -> bool {
        let time = u64::from(demand.moveBlocks) + u64::from(left);
        self.now > demand.movedAt.saturating_add(time)
    }
}

/// The next step of a proof that is worth something to whoever reads it: first a commitment to it,
/// then itself, in a later block; nothing in the block between.
pub(crate) fn committing(
    node: &ArenaNode,
    me: Address,
    now: u64,
    proof: Call,
) -> Result<Option<(DeedKind, Call)>, NodeError> {
    let commitment = keccak256((me, keccak256(&proof.data)).abi_encode());
    let view = ICourt::committedAtCall { commitment };
    let since: U256 = Arena::view_of(&node.chain, node.arena.deployment().court, &view)?;
    if since.is_zero() {
        let commit = node.arena.court_call(&ICourt::commitCall { commitment });
        return Ok(Some((DeedKind::Commit, commit)));
    }
    Ok((since < U256::from(now)).then_some((DeedKind::Refute, proof)))
}

/// The member of a batch that the court would have enrolled before it hears this.
fn unenrolled(node: &ArenaNode, me: Address, call: &Call) -> Result<Option<u32>, NodeError> {
    match node.chain.call(me, call) {
        Ok(_) => Ok(None),
        Err(ChainError::Reverted { output }) => match IArena::IArenaErrors::abi_decode(&output) {
            Ok(IArena::IArenaErrors::NotEnrolled(error)) => Ok(Some(error.member)),
            _ => Ok(None),
        },
        Err(error) => Err(error.into()),
    }
}
