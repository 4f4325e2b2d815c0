//! Cases: a round as it is, against every assertion of it.

use std::collections::BTreeSet;

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::SolValue;
use nets_chain::demands::IDemands::{self, Demand};
use nets_chain::{
    AssertedTree, Call, ChainAdapter, Disclosed, Finding, Hidden, IArena, ICourt, Refutation,
    Truth, refute, wanted,
};
use nets_core::{Digest, Trace};
use nets_league::Assertion;

use super::docket::{Docket, demanded_tree};
use super::{Deed, DeedKind, Dockets, LEVELS, PlannedDeed, subject};
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
    /// It is what the round comes to.
    Right,
    /// It is wrong, and this function of the court shows it.
    Refutable(&'static str),
    /// It is wrong, and what shows it is hidden behind so many things.
    Hidden(usize),
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
struct Trial<'a> {
    case: Case<'a>,
    node: &'a ArenaNode,
    me: Address,
    assertion: u32,
    docket: &'a Docket,
    /// The block that calls are tried in.
    now: u64,
}

impl<'a> Case<'a> {
    /// Judges every assertion that stands, for an account that is ready to act.
    pub(crate) fn judge(self, node: &ArenaNode, me: Address) -> Result<Judged, NodeError> {
        let mut judged = Judged::default();
        let dockets = self.dockets(node)?;
        for (assertion, posted) in self.posted(node)? {
            let trial = self.trial(node, me, assertion, &dockets)?;
            if !posted.is_live() {
                judged.deeds.extend(trial.clear());
                continue;
            }
            let (standing, deeds) = trial.judge(&posted)?;
            let asserter = posted.asserter;
            judged.standing.push(JudgedAssertion { assertion, asserter, standing });
            judged.deeds.extend(deeds);
        }
        Ok(judged)
    }

    /// Takes back what an account has put up in a round that is over: the bonds of its demands and of
    /// its assertions.
    pub(crate) fn clear(
        self,
        node: &ArenaNode,
        me: Address,
    ) -> Result<Vec<PlannedDeed>, NodeError> {
        let mut deeds = Vec::new();
        let (league, round, dockets) = (self.plan.league.id, self.plan.round, self.dockets(node)?);
        for (assertion, posted) in self.posted(node)? {
            let trial = self.trial(node, me, assertion, &dockets)?;
            deeds.extend(trial.clear());
            if posted.is_live() && posted.asserter == me {
                let call = node.arena.call(&IArena::reclaimBondCall { league, round, assertion });
                deeds.push(trial.deed(DeedKind::Reclaim, String::new(), call));
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

    fn trial<'b>(
        self,
        node: &'b ArenaNode,
        me: Address,
        assertion: u32,
        dockets: &'b Dockets,
    ) -> Result<Trial<'b>, NodeError>
    where
        'a: 'b,
    {
        let docket = dockets.of((self.plan.league.id, self.plan.round, assertion));
        Ok(Trial { case: self, node, me, assertion, docket, now: node.chain.call_block()? })
    }

    pub(super) fn retraced(&self, q: u32) -> Option<Retraced> {
        retrace(self.plan.league.system.as_ref(), self.played.records.get(&q)?)
    }

    fn trace(&self, q: u32) -> Option<Trace> {
        Some(self.retraced(q)?.trace)
    }
}

impl Trial<'_> {
    fn judge(&self, posted: &IArena::Assertion) -> Result<(Standing, Vec<PlannedDeed>), NodeError> {
        let asserted = Assertion {
            entry_count: posted.entryCount,
            entries_root: Digest(posted.entriesRoot.0),
            matches_root: Digest(posted.matchesRoot.0),
            ranks_root: Digest(posted.ranksRoot.0),
        };
        if asserted == self.case.played.result.assertion() {
            return Ok((Standing::Right, self.answers()));
        }
        let traces = |q| self.case.trace(q);
        let truth = self.truth(&traces);
        Ok(match refute(&truth, &asserted, &self.docket.disclosed, &self.target()) {
            Finding::Right => (Standing::Right, self.answers()),
            Finding::Refuted(refutation) => {
                let mut deeds = self.close_waiting(|_| true);
                deeds.extend(self.refutation(&refutation)?);
                (Standing::Refutable(refutation.function), deeds)
            }
            Finding::Hidden(hidden) => {
                let deeds = self.demands(&truth, &asserted, &hidden);
                (Standing::Hidden(hidden.len()), deeds)
            }
            Finding::Beyond { match_index } => {
                (Standing::Beyond(match_index), self.close_waiting(|_| true))
            }
        })
    }

    fn truth<'b>(&'b self, traces: &'b dyn Fn(u32) -> Option<Trace>) -> Truth<'b> {
        let Case { plan, played } = self.case;
        Truth {
            system: plan.league.system.as_ref(),
            rules: &plan.league.rules,
            has_step_contract: !plan.league.terms.system.is_zero(),
            schedule: played.schedule,
            round_seed: plan.seed,
            entries: &plan.entries,
            claims: &plan.claims,
            result: &played.result,
            traces,
        }
    }

    fn target(&self) -> ICourt::Target {
        let (league, round) = (self.case.plan.league.id, self.case.plan.round);
        let arena = self.node.arena.deployment().arena;
        ICourt::Target { arena, league, round, assertion: self.assertion }
    }

    fn deed(&self, kind: DeedKind, about: String, call: Call) -> PlannedDeed {
        let plan = self.case.plan;
        let (league, round) = (plan.league.name.clone(), plan.round);
        let deed = Deed { kind, league, round, assertion: Some(self.assertion), about };
        PlannedDeed { deed, call }
    }

    /// The answers to all that is demanded of a right assertion.
    fn answers(&self) -> Vec<PlannedDeed> {
        let due = self.docket.open.iter().filter(|(_, demand)| is_answer_due(demand));
        let answer = |(id, demand): (&B256, &Demand)| {
            let call = self.case.answer(self.node, *id, demand)?;
            let about = format!("demanded by {}", demand.demander);
            Some(self.deed(DeedKind::Answer, about, call))
        };
        due.filter_map(answer).collect()
    }

    /// The next step to a refutation: first a commitment to it, then itself, in a later block.
    fn refutation(&self, refutation: &Refutation) -> Result<Option<PlannedDeed>, NodeError> {
        let (court, data) = (self.node.arena.deployment().court, refutation.data.clone());
        let commitment = keccak256((self.me, keccak256(&data)).abi_encode());
        let view = ICourt::committedAtCall { commitment };
        let since: U256 = self.node.arena.view_court(&self.node.chain, &view)?;
        let about = refutation.function.to_owned();
        if since.is_zero() {
            let commit = self.node.arena.court_call(&ICourt::commitCall { commitment });
            return Ok(Some(self.deed(DeedKind::Commit, about, commit)));
        }
        let call = Call { to: Some(court), value: 0, data: data.into() };
        let is_later = since < U256::from(self.now);
        Ok(is_later.then(|| self.deed(DeedKind::Refute, about, call)))
    }

    /// What leads on to what is hidden: demands that nobody answered end it all, own ones go on, and
    /// for the rest there are new ones.
    fn demands(
        &self,
        truth: &Truth<'_>,
        asserted: &Assertion,
        hidden: &BTreeSet<Hidden>,
    ) -> Vec<PlannedDeed> {
        if let Some((id, demand)) = self.docket.open.iter().find(|(_, d)| self.is_overdue(d)) {
            let call = IDemands::expireCall { id: *id, given: demand.clone() };
            let call = self.node.arena.demands_call(&call);
            return vec![self.deed(DeedKind::Expire, in_words(demand), call)];
        }
        let open = self.docket.open.values().filter(|demand| is_answer_due(demand));
        let open: Vec<_> = open.collect();
        let is_awaited = |one: &&Hidden| open.iter().any(|demand| leads_to(demand, one));
        let mut rest: BTreeSet<_> = hidden.iter().filter(|one| !is_awaited(one)).collect();
        let (mut deeds, mut picked) = (Vec::new(), BTreeSet::new());
        for (id, demand) in self.waiting() {
            let next = rest.iter().find(|one| leads_to(demand, one)).copied();
            let pick = next.and_then(|next| self.pick(id, demand, next));
            if let (Some(next), Some(pick)) = (next, pick) {
                rest.remove(next);
                picked.insert(*id);
                deeds.push(pick);
            }
        }
        deeds.extend(self.close_waiting(|id| !picked.contains(id)));
        for one in rest {
            let wanted = wanted(truth, asserted, &self.docket.disclosed, &self.target(), *one);
            let Some(wanted) = wanted else { continue };
            let to = Some(self.node.arena.deployment().demands);
            let call = Call { to, value: 0, data: wanted.data.into() };
            deeds.push(self.deed(DeedKind::Demand, hidden_in_words(one), call));
        }
        deeds
    }

    /// The call that leads a demand of one's own on, if something hidden is under what was answered.
    fn pick(&self, id: &B256, demand: &Demand, next: &Hidden) -> Option<PlannedDeed> {
        let (tree, height, position) = place(next)?;
        let picked = demand.height.checked_sub(LEVELS)?;
        let position = position >> picked.checked_sub(height)?;
        let disclosed = &self.docket.disclosed;
        let sibling = |level: u8| disclosed.node(tree, picked + level, (position >> level) ^ 1);
        let word = |node: Digest| B256::new(node.0);
        let path = (0..LEVELS).map(|level| sibling(level).map(word)).collect::<Option<_>>()?;
        let node = word(disclosed.node(tree, picked, position)?);
        let (given, position) = (demand.clone(), u64::from(position));
        let call = IDemands::pickCall { id: *id, given, position, node, path };
        let call = self.node.arena.demands_call(&call);
        Some(self.deed(DeedKind::Pick, hidden_in_words(next), call))
    }

    /// Own demands that were answered and wait to be led on.
    fn waiting(&self) -> impl Iterator<Item = (&B256, &Demand)> {
        let is_ours = |demand: &Demand| demand.demander == self.me && !is_answer_due(demand);
        self.docket.open.iter().filter(move |(_, demand)| is_ours(demand))
    }

    /// Ends own demands that wait and are good for nothing any more: their bonds come back.
    fn close_waiting(&self, is_closed: impl Fn(&B256) -> bool) -> Vec<PlannedDeed> {
        let waiting = self.waiting().filter(|(id, _)| is_closed(id));
        let close = |(id, demand): (&B256, &Demand)| {
            let call = IDemands::closeCall { id: *id, given: demand.clone() };
            self.deed(DeedKind::Close, in_words(demand), self.node.arena.demands_call(&call))
        };
        waiting.map(close).collect()
    }

    /// Takes own bonds back from demands against an assertion that stands no longer.
    fn clear(&self) -> Vec<PlannedDeed> {
        let mut deeds = self.close_waiting(|_| true);
        let is_ours = |demand: &Demand| demand.demander == self.me && is_answer_due(demand);
        for (id, demand) in self.docket.open.iter().filter(|(_, demand)| is_ours(demand)) {
            let call = IDemands::expireCall { id: *id, given: demand.clone() };
            let call = self.node.arena.demands_call(&call);
            deeds.push(self.deed(DeedKind::Close, in_words(demand), call));
        }
        deeds
    }

    fn is_overdue(&self, demand: &Demand) -> bool {
        let time = u64::from(demand.moveBlocks) + u64::from(demand.answererLeft);
        is_answer_due(demand) && self.now > demand.movedAt.saturating_add(time)
    }
}

fn is_answer_due(demand: &Demand) -> bool {
    demand.answerer.is_zero()
}

/// Where in a tree something hidden is; none for what is in no tree.
fn place(hidden: &Hidden) -> Option<(AssertedTree, u8, u32)> {
    match *hidden {
        Hidden::Children { tree, height, position } => Some((tree, height, position)),
        Hidden::Leaf { tree, index } => Some((tree, 0, index)),
        Hidden::Trace(_) => None,
    }
}

/// Whether answers to a demand disclose what is hidden, or lead to it.
fn leads_to(demand: &Demand, hidden: &Hidden) -> bool {
    if let Hidden::Trace(q) = hidden {
        return demand.subject == subject::TRACE_ROOT && demand.matchIndex == *q;
    }
    let Some((tree, height, position)) = place(hidden) else { return false };
    let Some(levels) = demand.height.checked_sub(height) else { return false };
    demanded_tree(demand) == Some(tree) && u64::from(position) >> levels == demand.position
}

fn in_words(demand: &Demand) -> String {
    match demanded_tree(demand) {
        Some(tree) => format!(
            "node {} of height {} of {}",
            demand.position,
            demand.height,
            tree_in_words(tree)
        ),
        None if demand.subject == subject::TRACE_ROOT => {
            format!("the trace root of match {}", demand.matchIndex)
        }
        None => format!("state {} of match {}", demand.position, demand.matchIndex),
    }
}

fn hidden_in_words(hidden: &Hidden) -> String {
    match hidden {
        Hidden::Children { tree, height, position } => {
            format!("node {position} of height {height} of {}", tree_in_words(*tree))
        }
        Hidden::Leaf { tree, index } => format!("leaf {index} of {}", tree_in_words(*tree)),
        Hidden::Trace(q) => format!("the trace root of match {q}"),
    }
}

fn tree_in_words(tree: AssertedTree) -> String {
    match tree {
        AssertedTree::Entries => "the entries".to_owned(),
        AssertedTree::Matches => "the matches".to_owned(),
        AssertedTree::Ranks => "the ranks".to_owned(),
        AssertedTree::Trace(q) => format!("the trace of match {q}"),
    }
}
