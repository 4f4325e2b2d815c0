//! Seats on trial: what is to be done where an assertion can be wrong in nothing but what an agent
//! decided.
//!
//! A wrong one is tried by opening a trial of the seat that the image says is told falsely of, and
//! every trial of a right one is defended. All deeds follow from what the chain says of the trials and
//! from the image's own run, so nothing of a trial is kept here but that run.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alloy_primitives::B256;
use nets_chain::trial_calls::{ICourt, ITrials};
use nets_chain::{BeyondMatch, Objection, OpenDefence, OpenTrial, Side, TraceHead};
use nets_core::{MatchRecord, Seat, trace_root};
use nets_judge::{Messages, Question};
use nets_systems::Blueprint;

use super::case::Hearing;
use super::{DeedKind, PlannedDeed, Told};
use crate::artifacts::Artifacts;
use crate::error::NodeError;

/// What a side of a trial has to spare at first, in moves: so long after it was opened a defence may
/// begin.
const SPARE_MOVES: u64 = 7;

impl Hearing<'_> {
    /// The trial of a seat that a match is told falsely of, opened or gone on with; the seat, and what
    /// there is to be done. None where the image calls nothing false.
    pub(super) fn prosecution(
        &self,
        beyond: &BeyondMatch,
        challenge_end: u64,
    ) -> Result<Option<(Seat, Vec<PlannedDeed>)>, NodeError> {
        let ours = |open: &&OpenTrial| {
            open.trial.challenger == self.me && open.trial.matchIndex == beyond.match_index
        };
        let mine: Vec<_> = self.trials().filter(ours).collect();
        if let Some(first) = mine.first() {
            let seat = Seat(first.trial.seat);
            let deeds =
                mine.iter().map(|open| self.apart(open, self.objections(open, &beyond.leaves)));
            return Ok(Some((seat, deeds.collect::<Result<Vec<_>, _>>()?.concat())));
        }
        let q = beyond.match_index;
        let Some(record) = self.case.played.records.get(&q) else { return Ok(None) };
        if self.now > challenge_end {
            return Ok(None);
        }
        for seat in (0..record.seats.len() as u8).map(Seat) {
            let mut messages = self.messages(q, seat, &beyond.leaves)?;
            let question = messages.insert_question(&question(&beyond.head, seat));
            let league = self.case.plan.league.id;
            if !self.node.runs.calls_false(league, &question, messages, self.going)? {
                continue;
            }
            let (leaf, path) = (beyond.proof.leaf.clone(), beyond.proof.path.clone());
            let proof = ICourt::Proof { index: q, leaf, path };
            let call = opening(self.trial_target(), proof, &beyond.head, seat);
            let call = self.node.arena.demands_call(&call);
            let about = format!("seat {} in match {q}", seat.0);
            return Ok(Some((seat, vec![self.deed(DeedKind::Try, about, call)])));
        }
        Ok(None)
    }

    /// What there is to be done so that a right assertion stands every trial.
    pub(super) fn defences(&self) -> Result<Vec<PlannedDeed>, NodeError> {
        let deeds = self.trials().map(|open| self.apart(open, self.defence(open)));
        Ok(deeds.collect::<Result<Vec<_>, _>>()?.concat())
    }

    /// What there is to be done in one trial of a right assertion. The run is made only where it says
    /// what.
    fn defence(&self, open: &OpenTrial) -> Result<Vec<PlannedDeed>, NodeError> {
        let (mut deeds, about) = (Vec::new(), in_words(open));
        let is_mine = |(_, defence): &(&B256, &OpenDefence)| defence.defence.defender == self.me;
        let mine: Vec<_> = open.defences.iter().filter(is_mine).collect();
        for (id, defence) in mine.iter().filter(|(_, defence)| !defence.is_defenders_turn()) {
            if self.now > defence.latest(open.trial.moveBlocks) {
                let call = self.node.arena.demands_call(&open.acquit((*id, *defence)));
                deeds.push(self.deed(DeedKind::Acquit, about.clone(), call));
            }
        }
        let due: Vec<_> = mine.iter().filter(|(_, defence)| defence.is_defenders_turn()).collect();
        let is_to_begin = mine.is_empty() && self.now <= defence_end(open);
        if due.is_empty() && !is_to_begin {
            return Ok(deeds);
        }
        let side = self.side(open, None)?;
        let mut side = lock(&side);
        if side.is_false() {
            // Another image than this one's would have to say so; nothing is to be gained here.
            return Ok(deeds);
        }
        if is_to_begin {
            let call = self.node.arena.demands_call(&side.defence(open)?);
            deeds.push(self.deed(DeedKind::Defend, about.clone(), call));
        }
        for (id, defence) in due {
            let answer = side.answer(open, (*id, *defence))?;
            let call = self.node.arena.demands_call(&answer);
            deeds.push(self.deed(DeedKind::Cut, about.clone(), call));
        }
        Ok(deeds)
    }

    /// What there is to be done in one trial; nothing where it cannot be found out, which must not keep
    /// anybody from what is to be done elsewhere.
    fn apart(
        &self,
        open: &OpenTrial,
        deeds: Result<Vec<PlannedDeed>, NodeError>,
    ) -> Result<Vec<PlannedDeed>, NodeError> {
        match deeds {
            Err(NodeError::Interrupted) => Err(NodeError::Interrupted),
            Err(error) => {
                let (name, round) = (&self.case.plan.league.name, self.case.plan.round);
                self.going.progress.note(&format!(
                    "{name}, round {round}, assertion {}: nothing can be done about the trial of {}: \
                     {error}",
                    self.assertion,
                    in_words(open)
                ));
                Ok(Vec::new())
            }
            deeds => deeds,
        }
    }

    /// Own trials of an assertion that stands no longer: their bonds come back.
    pub(super) fn dropped_trials(&self) -> Vec<PlannedDeed> {
        let mine = self.trials().filter(|open| open.trial.challenger == self.me);
        mine.map(|open| self.convict(open)).collect()
    }

    /// What there is to be said to the defences in an own trial.
    fn objections(
        &self,
        open: &OpenTrial,
        leaves: &[Vec<u8>],
    ) -> Result<Vec<PlannedDeed>, NodeError> {
        let about = in_words(open);
        if open.defences.is_empty() {
            let is_over = self.now > defence_end(open);
            return Ok(is_over.then(|| self.convict(open)).into_iter().collect());
        }
        let (due, waiting): (Vec<_>, Vec<_>) =
            open.defences.iter().partition(|(_, defence)| defence.is_defenders_turn());
        let late = due.into_iter().filter(|(_, it)| self.now > it.latest(open.trial.moveBlocks));
        let fail = |it: (&B256, &OpenDefence)| {
            self.deed(DeedKind::Fail, about.clone(), self.node.arena.demands_call(&open.fail(it)))
        };
        let mut deeds: Vec<_> = late.map(fail).collect();
        if waiting.is_empty() {
            return Ok(deeds);
        }
        let side = self.side(open, Some(leaves))?;
        let mut side = lock(&side);
        for (id, defence) in waiting {
            let (kind, call) = match side.objection(open, (id, defence))? {
                Some(Objection::Pick(call)) => {
                    (DeedKind::Object, self.node.arena.demands_call(&*call))
                }
                Some(Objection::Judge(call)) => {
                    (DeedKind::Judge, self.node.arena.demands_call(&*call))
                }
                None => continue,
            };
            deeds.push(self.deed(kind, about.clone(), call));
        }
        Ok(deeds)
    }

    fn convict(&self, open: &OpenTrial) -> PlannedDeed {
        let call = self.node.arena.demands_call(&open.convict());
        self.deed(DeedKind::Convict, in_words(open), call)
    }

    /// The open trials of this assertion.
    fn trials(&self) -> impl Iterator<Item = &OpenTrial> {
        let key = (self.case.plan.league.id, self.case.plan.round, self.assertion);
        self.trials
            .open()
            .map(|(_, open)| open)
            .filter(move |open| (open.trial.league, open.trial.round, open.trial.assertion) == key)
    }

    /// The image's run in a trial: over the trace as asserted, or the right one where none is given.
    fn side(
        &self,
        open: &OpenTrial,
        leaves: Option<&[Vec<u8>]>,
    ) -> Result<Arc<Mutex<Side>>, NodeError> {
        let (q, seat) = (open.trial.matchIndex, Seat(open.trial.seat));
        let messages = || {
            let own = || Told::trace(&self.case, q).map(|trace| trace.leaves).unwrap_or_default();
            let leaves = leaves.map_or_else(own, <[_]>::to_vec);
            let mut messages = self.messages(q, seat, &leaves)?;
            messages.insert_question(&question(&open.head, seat));
            Ok(messages)
        };
        let league = self.case.plan.league.id;
        self.node.runs.side(league, open.trial.question, messages, self.going)
    }

    fn messages(&self, q: u32, seat: Seat, leaves: &[Vec<u8>]) -> Result<Messages, NodeError> {
        match self.case.played.records.get(&q) {
            Some(record) => {
                let blueprint = &self.case.plan.league.blueprint;
                messages(self.node.artifacts(), blueprint, record, seat, leaves)
            }
            None => Ok(Messages::default()),
        }
    }

    fn trial_target(&self) -> ICourt::Target {
        let target = self.target();
        ICourt::Target {
            arena: target.arena,
            league: target.league,
            round: target.round,
            assertion: target.assertion,
        }
    }
}

/// All that the image reads about a seat in a match, whose trace is said to have these leaves.
pub(crate) fn messages(
    artifacts: &Artifacts,
    blueprint: &Blueprint,
    record: &MatchRecord,
    seat: Seat,
    leaves: &[Vec<u8>],
) -> Result<Messages, NodeError> {
    let mut messages = Messages::default();
    let match_id = messages.insert_spec(&record.spec);
    messages.insert_trace(&match_id, leaves);
    record.seats.iter().for_each(|identity| messages.insert_agent(identity));
    // In a signed match agents are keys, and the image asks for no code.
    let identity = record.seats.get(seat.index()).filter(|_| record.venue.is_none());
    if let Some(identity) = identity {
        messages.insert(&artifacts.module(&identity.code_hash)?);
    }
    if let Some(data) = artifacts.data_of(blueprint)? {
        messages.insert(&data);
    }
    Ok(messages)
}

/// What the image is asked about a seat in a match with this trace.
pub(crate) fn question(head: &TraceHead, seat: Seat) -> Question {
    let TraceHead { match_id, leaf_count, tree_root } = *head;
    let trace_root = trace_root(&match_id, leaf_count, &tree_root);
    Question { match_id, trace_root, step_count: leaf_count.wrapping_sub(1), seat }
}

/// The call that puts a seat on trial.
pub(crate) fn opening(
    target: ICourt::Target,
    proof: ICourt::Proof,
    head: &TraceHead,
    seat: Seat,
) -> ITrials::openTrialCall {
    let trace = ICourt::Trace {
        matchId: B256::new(head.match_id.0),
        leafCount: head.leaf_count,
        treeRoot: B256::new(head.tree_root.0),
    };
    ITrials::openTrialCall { target, matchProof: proof, trace, seat: seat.0 }
}

/// The last block in which a defence may begin.
fn defence_end(open: &OpenTrial) -> u64 {
    open.trial.openedAt + (1 + SPARE_MOVES) * u64::from(open.trial.moveBlocks)
}

fn in_words(open: &OpenTrial) -> String {
    format!("seat {} in match {}", open.trial.seat, open.trial.matchIndex)
}

fn lock(side: &Mutex<Side>) -> MutexGuard<'_, Side> {
    side.lock().unwrap_or_else(PoisonError::into_inner)
}
