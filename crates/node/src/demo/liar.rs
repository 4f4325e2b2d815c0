//! Liars: asserters of false outcomes, for the demonstration of a dispute and for tests.
//!
//! A liar tells its lie in full: everything else follows from it consistently, as far as it can.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use alloy_primitives::{Address, B256};
use nets_chain::{Account, AssertedTree, IArena, OpenTrial};
use nets_core::{
    Action, Chance, MatchRecord, MerkleTree, Seat, SeatSet, State, Status, Termination,
    TraceBuilder, sha256,
};
use nets_judge::Messages;
use nets_league::{MatchResult, MatchStatus, RoundResult};

use super::false_run::FalseRun;

use crate::dispute::{
    Deed, DeedKind, Dockets, PlannedDeed, Told, ToldTrace, answer, leaves_of, messages, perform,
    question,
};
use crate::error::NodeError;
use crate::node::ArenaNode;
use crate::play::{Progress, Records, RoundPlan, play_round};
use crate::round::{RoundOptions, current_plan, play};

/// What is false in an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// A seat of a match scored so much more.
    Score {
        /// The match.
        match_index: u32,
        /// The seat.
        seat: u8,
        /// How much more.
        more: i64,
    },
    /// A step of a match led where another action leads, and all went on from there.
    Step {
        /// The match.
        match_index: u32,
        /// The step.
        step: u32,
    },
    /// In a step of a match another legal action was chosen, and all went on from there; also where the
    /// agent really forfeits in it. Where all actions lead to the same, it is in the step after.
    Decision {
        /// The match.
        match_index: u32,
        /// The step.
        step: u32,
    },
    /// In a step of a match the first seat to act is said to have forfeited.
    Forfeit {
        /// The match.
        match_index: u32,
        /// The step.
        step: u32,
    },
    /// A seat of a match used so much more fuel.
    Fuel {
        /// The match.
        match_index: u32,
        /// The seat.
        seat: u8,
        /// How much more.
        more: i64,
    },
    /// A byte of a leaf is another, and nothing follows from it.
    Byte {
        /// The tree.
        tree: AssertedTree,
        /// The leaf.
        leaf: u32,
        /// The byte.
        offset: usize,
    },
    /// Two neighbours in the ranking have changed places.
    Ranks {
        /// The better rank of the two.
        rank: u32,
    },
    /// Every entry has a total of one more, and every rank says so too.
    Totals,
    /// The last entry is missing.
    Missing,
}

/// Somebody who asserted a lie.
#[derive(Debug)]
pub struct Liar {
    account: Account,
    plan: RoundPlan,
    story: Story,
    /// What it says of the image's runs, by the digests of the questions.
    runs: BTreeMap<B256, FalseRun>,
    /// The assertion.
    pub assertion: u32,
    /// How many defences it still makes; there is no bound as long as nobody sets one.
    pub defences_left: u32,
}

/// How many steps each match of the round under way has that was played.
///
/// # Errors
/// When no round is under way, or a match has no verdict.
pub fn match_lengths(
    node: &ArenaNode,
    league: &str,
    options: RoundOptions<'_>,
    progress: &dyn Progress,
) -> Result<BTreeMap<u32, u32>, NodeError> {
    let plan = current_plan(node, league)?;
    let played = play(node, &plan, options, progress)?;
    Ok(played.records.iter().map(|(&q, record)| (q, record.outcome.step_count)).collect())
}

/// The match of the round under way that has most steps, and how many.
///
/// # Errors
/// As for [`match_lengths`].
pub fn longest_match(
    node: &ArenaNode,
    league: &str,
    options: RoundOptions<'_>,
    progress: &dyn Progress,
) -> Result<(u32, u32), NodeError> {
    let steps = match_lengths(node, league, options, progress)?.into_iter();
    Ok(steps.max_by_key(|&(_, steps)| steps).unwrap_or_default())
}

/// A false round, told in full.
#[derive(Clone, Debug)]
struct Story {
    entries: Vec<Vec<u8>>,
    matches: Vec<Vec<u8>>,
    ranks: Vec<Vec<u8>>,
    traces: BTreeMap<u32, ToldTrace>,
}

impl Told for Story {
    fn leaves(&self, tree: AssertedTree) -> Option<Vec<Vec<u8>>> {
        match tree {
            AssertedTree::Entries => Some(self.entries.clone()),
            AssertedTree::Matches => Some(self.matches.clone()),
            AssertedTree::Ranks => Some(self.ranks.clone()),
            AssertedTree::Trace(_) => None,
        }
    }

    fn trace(&self, match_index: u32) -> Option<ToldTrace> {
        self.traces.get(&match_index).cloned()
    }
}

impl Liar {
    /// Asserts a lie about the round under way, in which claims are no longer taken.
    ///
    /// # Errors
    /// When the account is unknown or poor, no round is under way, or the chain refuses.
    pub fn assert(
        node: &mut ArenaNode,
        account: &str,
        league: &str,
        lie: Lie,
        options: RoundOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<Self, NodeError> {
        let plan = current_plan(node, league)?;
        let story = Story::tell(node, &plan, lie, options, progress)?;
        let root = |leaves: &[Vec<u8>]| {
            B256::new(MerkleTree::new(leaves.iter().map(|leaf| sha256(leaf)).collect()).root().0)
        };
        let call = IArena::assertResultCall {
            league: plan.league.id,
            round: plan.round,
            entryCount: story.entries.len() as u32,
            entriesRoot: root(&story.entries),
            matchesRoot: root(&story.matches),
            ranksRoot: root(&story.ranks),
        };
        let (_, posted) = node.send_for_event::<_, IArena::ResultAsserted>(account, &call)?;
        let account = node.account(account)?;
        let (runs, assertion, defences_left) = (BTreeMap::new(), posted.assertion, u32::MAX);
        Ok(Self { account, plan, story, runs, assertion, defences_left })
    }

    /// Answers whatever is demanded of the lie by now; gives what it answered.
    ///
    /// # Errors
    /// When the chain cannot be used.
    pub fn answer(&self, node: &mut ArenaNode) -> Result<Vec<Deed>, NodeError> {
        let (league, round) = (self.plan.league.id, self.plan.round);
        let dockets = Dockets::read(node, 0)?;
        let docket = dockets.of((league, round, self.assertion));
        let due = docket.open.iter().filter(|(_, demand)| demand.answerer == Address::ZERO);
        let planned = due.filter_map(|(id, demand)| {
            let call = answer(&self.story, &node.arena, *id, demand)?;
            let about = format!("demanded by {}", demand.demander);
            let (league, assertion) = (self.plan.league.name.clone(), Some(self.assertion));
            let deed = Deed::new(DeedKind::Answer, league, round, assertion, about);
            Some(PlannedDeed { deed, call })
        });
        let planned = planned.collect();
        Ok(perform(node, &self.account, planned)?.done)
    }

    /// Defends the lie in every trial that is open, with runs of the image that are false from so many
    /// hundredths of them on; gives what it sent.
    ///
    /// # Errors
    /// When the chain cannot be used, or something that the image reads is missing.
    pub fn defend(
        &mut self,
        node: &mut ArenaNode,
        hundredths: u64,
    ) -> Result<Vec<Deed>, NodeError> {
        let me = Address::new(self.account.address().0);
        let dockets = Dockets::read(node, 0)?;
        let mut planned = Vec::new();
        for (_, open) in dockets.trials().open() {
            if open.trial.assertion != self.assertion {
                continue;
            }
            let may_defend = self.defences_left > 0;
            let run = self.run(node, open, hundredths)?;
            let mine = open.defences.iter().find(|(_, it)| it.defence.defender == me);
            let (kind, call) = match mine {
                None if may_defend => {
                    let call = node.arena.demands_call(&run.defence(open)?);
                    self.defences_left -= 1;
                    (DeedKind::Defend, call)
                }
                None => continue,
                Some((id, defence)) if defence.is_defenders_turn() => {
                    (DeedKind::Cut, node.arena.demands_call(&run.answer(open, (id, defence))?))
                }
                Some(_) => continue,
            };
            let (league, round) = (self.plan.league.name.clone(), self.plan.round);
            let about = format!("seat {} in match {}", open.trial.seat, open.trial.matchIndex);
            let deed = Deed::new(kind, league, round, Some(self.assertion), about);
            planned.push(PlannedDeed { deed, call });
        }
        Ok(perform(node, &self.account, planned)?.done)
    }

    /// What it says of the image's run in a trial.
    fn run(
        &mut self,
        node: &ArenaNode,
        open: &OpenTrial,
        hundredths: u64,
    ) -> Result<&mut FalseRun, NodeError> {
        let (place, question_digest) = match self.runs.entry(open.trial.question) {
            Entry::Occupied(found) => return Ok(found.into_mut()),
            Entry::Vacant(place) => (place, open.trial.question),
        };
        let (q, seat) = (open.trial.matchIndex, Seat(open.trial.seat));
        let told = self.story.traces.get(&q).map(|trace| trace.leaves.clone()).unwrap_or_default();
        let mut known = Messages::default();
        if let Some(record) = node.artifacts.record(&open.head.match_id) {
            let blueprint = &self.plan.league.blueprint;
            known = messages(&node.artifacts, blueprint, &record, seat, &told)?;
        }
        known.insert_question(&question(&open.head, seat));
        Ok(place.insert(FalseRun::new(&question_digest, known, hundredths)?))
    }
}

impl Story {
    fn tell(
        node: &ArenaNode,
        plan: &RoundPlan,
        lie: Lie,
        options: RoundOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<Self, NodeError> {
        let mut plan = plan.clone();
        let played = match lie {
            Lie::Missing => {
                plan.entries.pop();
                plan.code.pop();
                // Its matches are none of the round, so no record of them is kept.
                let options = options.play_options(Records::Ignore);
                play_round(&node.artifacts, node.folder.compiled(), &plan, options, progress)?
            }
            _ => play(node, &plan, options, progress)?,
        };
        let (mut results, mut traces) = (BTreeMap::new(), BTreeMap::new());
        for (&q, record) in &played.records {
            let Some((result, trace)) = retell(&plan, q, record, lie) else { continue };
            results.insert(q, result);
            traces.insert(q, trace);
        }
        let mut story = Self::new(&score(&plan, &results)?, traces);
        story.falsify(lie);
        Ok(story)
    }

    fn new(result: &RoundResult, traces: BTreeMap<u32, ToldTrace>) -> Self {
        let leaves = |tree| leaves_of(result, tree).unwrap_or_default();
        Self {
            entries: leaves(AssertedTree::Entries),
            matches: leaves(AssertedTree::Matches),
            ranks: leaves(AssertedTree::Ranks),
            traces,
        }
    }

    /// The lies that are not in how a match went.
    fn falsify(&mut self, lie: Lie) {
        match lie {
            Lie::Byte { tree: AssertedTree::Trace(q), leaf, offset } => {
                let Some(trace) = self.traces.get_mut(&q) else { return };
                flip(&mut trace.leaves, leaf, offset);
                let root = trace.root();
                if let Some(bytes) = self.matches.get_mut(q as usize) {
                    bytes[3..35].copy_from_slice(&root.0);
                }
            }
            Lie::Byte { tree, leaf, offset } => flip(
                match tree {
                    AssertedTree::Matches => &mut self.matches,
                    AssertedTree::Ranks => &mut self.ranks,
                    _ => &mut self.entries,
                },
                leaf,
                offset,
            ),
            Lie::Ranks { rank } => self.ranks.swap(rank as usize, rank as usize + 1),
            Lie::Totals => {
                // The totals of entries begin at byte 38, those of ranks at byte 6 (SPEC 9.5).
                self.entries.iter_mut().for_each(|leaf| add_one(&mut leaf[38..46]));
                self.ranks.iter_mut().for_each(|leaf| add_one(&mut leaf[6..14]));
            }
            Lie::Score { .. }
            | Lie::Step { .. }
            | Lie::Decision { .. }
            | Lie::Forfeit { .. }
            | Lie::Fuel { .. }
            | Lie::Missing => {}
        }
    }
}

fn flip(leaves: &mut [Vec<u8>], leaf: u32, offset: usize) {
    if let Some(byte) = leaves.get_mut(leaf as usize).and_then(|leaf| leaf.get_mut(offset)) {
        *byte ^= 1;
    }
}

fn add_one(bytes: &mut [u8]) {
    if let Ok(number) = <[u8; 8]>::try_from(&*bytes) {
        bytes.copy_from_slice(&i64::from_le_bytes(number).wrapping_add(1).to_le_bytes());
    }
}

/// What the matches come to.
fn score(plan: &RoundPlan, results: &BTreeMap<u32, MatchResult>) -> Result<RoundResult, NodeError> {
    let mut scorer = plan.scorer()?;
    while let Some(next) = scorer.next_match() {
        let result = results.get(&next.index).filter(|_| next.status == MatchStatus::Played);
        scorer.score(result.cloned())?;
    }
    Ok(scorer.finish()?)
}

/// A match told again, with the lie if it is in this one; none where its actions cannot be taken.
fn retell(
    plan: &RoundPlan,
    q: u32,
    record: &MatchRecord,
    lie: Lie,
) -> Option<(MatchResult, ToldTrace)> {
    let system = plan.system.as_ref();
    let information = system.descriptor().information;
    let (twisted, decides) = match lie {
        Lie::Step { match_index, step } if match_index == q => (Some(step), false),
        Lie::Decision { match_index, step } if match_index == q => (Some(step), true),
        _ => (None, false),
    };
    let mut is_twisted = false;
    let mut state = system.start(Chance::from_seed(&record.spec.seed));
    let mut trace = TraceBuilder::new(system.step_count_max());
    let mut states = vec![state.bytes()];
    let (termination, mut scores) = loop {
        let step = trace.step_count();
        let acting = match state.status() {
            Status::Terminal(ending) => break (ending.into(), state.scores()),
            Status::Acting(acting) => acting,
        };
        // Who forfeited does so, unless the lie has made it another match.
        let recorded = record.steps.get(step as usize).filter(|step| step.acting == acting);
        let is_due = twisted.is_some_and(|twisted| step >= twisted);
        if recorded.is_none() && !is_twisted && !(is_due && decides) {
            break (record.outcome.termination, record.outcome.scores.clone());
        }
        if let (Lie::Forfeit { match_index, step: at }, Some(seat)) = (lie, acting.iter().next())
            && (match_index, at) == (q, step)
        {
            let seats = SeatSet(1 << seat.0);
            break (Termination::Forfeit(seats), system.forfeit_scores(seats));
        }
        let recorded = recorded.map(|step| step.actions.clone());
        let recorded = recorded.filter(|actions| state.fork().step(actions).is_ok());
        let said = recorded.unwrap_or_else(|| first_legal(&*state, acting));
        let is_now = is_due && !is_twisted;
        let other = is_now.then(|| otherwise(&*state, acting, &said)).flatten();
        is_twisted |= other.is_some();
        let taken = other.as_ref().unwrap_or(&said);
        let said = if decides { taken } else { &said };
        trace.begin_step(state.as_ref(), acting, information);
        state.step(taken).ok()?;
        trace.end_step(said);
        states.push(state.bytes());
    };
    if let Lie::Score { match_index, seat, more } = lie
        && match_index == q
        && let Some(score) = scores.get_mut(usize::from(seat))
    {
        *score += more;
    }
    let mut fuel = record.outcome.fuel_used.clone();
    if let Lie::Fuel { match_index, seat, more } = lie
        && match_index == q
        && let Some(fuel) = fuel.get_mut(usize::from(seat))
    {
        *fuel = fuel.wrapping_add_signed(more);
    }
    let trace = trace.finish(record.spec.id(), state.as_ref(), termination, &scores, &fuel);
    let result =
        MatchResult { scores, trace_root: trace.root(), step_count: trace.leaf_count() - 1 };
    Some((result, ToldTrace::new(&trace, states)))
}

fn first_legal(state: &dyn State, acting: SeatSet) -> Vec<Action> {
    let first = |seat: Seat| state.legal_actions(seat).first().copied().unwrap_or(Action(0));
    acting.iter().map(first).collect()
}

/// Actions that lead to another state than those said; none where all lead to the same.
fn otherwise(state: &dyn State, acting: SeatSet, said: &[Action]) -> Option<Vec<Action>> {
    let after = |actions: &[Action]| {
        let mut next = state.fork();
        next.step(actions).ok().map(|()| next.bytes())
    };
    let right = after(said);
    let seat = acting.iter().next()?;
    let other = |action: &Action| {
        let mut actions = said.to_vec();
        actions[0] = *action;
        actions
    };
    let mut others = state.legal_actions(seat).iter().map(other).collect::<Vec<_>>().into_iter();
    others.find(|actions| after(actions).is_some_and(|next| Some(next) != right))
}
