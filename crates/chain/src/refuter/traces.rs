//! Lies about how a match went: its trace is played again, with the actions it says.

use alloy_primitives::B256;
use nets_core::{
    Chance, Digest, EndLeaf, MatchId, MatchSpec, SeatSet, Seed, State, Status, StepLeaf, Tag,
    Termination, hash_tagged, trace_root,
};
use nets_league::{MatchLeaf, RoundScorer};

use super::committed::{Committed, Original};
use super::{AssertedTree, BeyondMatch, Hidden, Refuter, Search, Stop, TraceHead};
use crate::bindings::ICourt;

/// The trace of one match, opened.
pub(super) struct Opened<'a> {
    pub(super) q: u32,
    head: TraceHead,
    pub(super) leaves: Committed<'a>,
    pub(super) match_proof: ICourt::Proof,
}

impl Opened<'_> {
    pub(super) fn trace(&self) -> ICourt::Trace {
        ICourt::Trace {
            matchId: B256::new(self.head.match_id.0),
            leafCount: self.head.leaf_count,
            treeRoot: B256::new(self.head.tree_root.0),
        }
    }

    pub(super) fn last(&self) -> u32 {
        self.head.leaf_count - 1
    }
}

impl Refuter<'_> {
    /// Whether the match that a leaf tells of can have gone as its trace says.
    pub(super) fn check_trace(&self, q: u32, leaf: &MatchLeaf) -> Search<()> {
        let opened = self.open(q, leaf)?;
        let head = &opened.head;
        let is_whole = u64::from(head.leaf_count) == u64::from(leaf.step_count) + 1;
        if !is_whole || Some(head.match_id) != self.match_id(q) {
            let call = ICourt::badTraceCall {
                target: self.target.clone(),
                matchProof: opened.match_proof.clone(),
                trace: opened.trace(),
                seats: self.seats(q)?,
            };
            return self.shown(&call);
        }
        self.replay(&opened, leaf)?;
        let is_in_place = |index| self.check_trace_place(&opened, index);
        opened.leaves.for_each_difference(is_in_place).map(|_| ())
    }

    /// The trace that a leaf commits to, as far as it is known.
    pub(super) fn open(&self, q: u32, leaf: &MatchLeaf) -> Search<Opened<'_>> {
        let played = (self.truth.traces)(q);
        let right = played.as_ref().filter(|trace| trace.root() == leaf.trace_root);
        let head = match right {
            Some(trace) => TraceHead {
                match_id: trace.match_id(),
                leaf_count: trace.leaf_count(),
                tree_root: trace.tree_root(),
            },
            None => self.disclosed.trace(q).ok_or_else(|| Stop::hidden(Hidden::Trace(q)))?,
        };
        debug_assert_eq!(
            trace_root(&head.match_id, head.leaf_count, &head.tree_root),
            leaf.trace_root
        );
        let leaves = played.as_ref().map_or_else(Vec::new, |trace| {
            let steps = trace.steps().map(|leaf| leaf.encode());
            steps.chain([trace.end().encode()]).collect()
        });
        let (tree, original) = (AssertedTree::Trace(q), Original::new(leaves));
        let leaves =
            Committed::new(tree, head.tree_root, head.leaf_count, original, self.disclosed);
        Ok(Opened { q, head, leaves, match_proof: self.matches.proof(q)? })
    }

    /// All of a match that differs and of which nothing can be shown.
    pub(super) fn beyond(&self, q: u32) -> Search<BeyondMatch> {
        let opened = self.open(q, &self.match_leaf(q)?)?;
        let leaves = (0..=opened.last()).map(|index| opened.leaves.leaf(index));
        Ok(BeyondMatch {
            match_index: q,
            leaves: leaves.collect::<Search<_>>()?,
            head: opened.head,
            proof: opened.match_proof,
        })
    }

    /// The id of a match between the agents that the schedule seats.
    fn match_id(&self, q: u32) -> Option<MatchId> {
        let agent = |entry: u32| self.truth.entries[entry as usize].agent;
        let agents = self.seated(q).into_iter().flatten().map(agent).collect();
        let (rules, seed) = (self.truth.rules.clone(), self.match_seed(q)?);
        Some(MatchSpec { rules, seed, agents }.id())
    }

    fn match_seed(&self, q: u32) -> Option<Seed> {
        let pairing = self.truth.schedule.pairing(q)?;
        Some(RoundScorer::match_seed(&self.truth.round_seed, &pairing))
    }

    fn check_trace_place(&self, opened: &Opened<'_>, index: u32) -> Search<()> {
        if opened.leaves.is_in_shape(index)? {
            return Ok(());
        }
        let call = ICourt::badTraceShapeCall {
            target: self.target.clone(),
            matchProof: opened.match_proof.clone(),
            trace: opened.trace(),
            node: opened.leaves.node_proof(0, index)?,
        };
        self.shown(&call)
    }

    fn replay(&self, opened: &Opened<'_>, leaf: &MatchLeaf) -> Search<()> {
        if !self.truth.has_step_contract {
            return self.check_form(opened, leaf);
        }
        let Some(seed) = self.match_seed(opened.q) else { return Ok(()) };
        let mut state = self.truth.system.start(Chance::from_seed(&seed));
        let start = self.state_hash_said(opened, 0)?;
        if start != state_hash(&*state) {
            let call = ICourt::badStartCall {
                target: self.target.clone(),
                matchProof: opened.match_proof.clone(),
                trace: opened.trace(),
                first: opened.leaves.proof(0)?,
            };
            return self.shown(&call);
        }
        for index in 0..opened.last() {
            let before = state.bytes();
            let step = self.step_leaf(opened, index)?;
            let is_taken =
                state.status() == Status::Acting(step.acting) && state.step(&step.actions).is_ok();
            let next = self.state_hash_said(opened, index + 1)?;
            if !is_taken || next != state_hash(&*state) {
                return self.bad_step(opened, index, before);
            }
            self.check_signatures(opened, index, &step)?;
        }
        self.check_forfeit(opened, &self.end_leaf(opened)?)?;
        self.check_end(opened, leaf, &*state)
    }

    /// What the court can say of a trace whose System it does not know.
    fn check_form(&self, opened: &Opened<'_>, leaf: &MatchLeaf) -> Search<()> {
        for index in 0..opened.last() {
            self.step_leaf(opened, index)?;
        }
        let end = self.end_leaf(opened)?;
        match is_scored_so(leaf, &end) {
            true => Ok(()),
            false => self.bad_end(opened, Vec::new()),
        }
    }

    fn bad_step(&self, opened: &Opened<'_>, index: u32, state: Vec<u8>) -> Search<()> {
        let call = ICourt::badStepCall {
            target: self.target.clone(),
            matchProof: opened.match_proof.clone(),
            trace: opened.trace(),
            leaf: opened.leaves.proof(index)?,
            next: opened.leaves.proof(index + 1)?,
            state: state.into(),
        };
        self.shown(&call)
    }

    fn check_end(&self, opened: &Opened<'_>, leaf: &MatchLeaf, state: &dyn State) -> Search<()> {
        let end = self.end_leaf(opened)?;
        let is_scored_so = is_scored_so(leaf, &end);
        match is_scored_so && self.ending(state, end.termination) == Some(end.scores) {
            true => Ok(()),
            false => self.bad_end(opened, state.bytes()),
        }
    }

    fn bad_end(&self, opened: &Opened<'_>, state: Vec<u8>) -> Search<()> {
        let call = ICourt::badEndCall {
            target: self.target.clone(),
            matchProof: opened.match_proof.clone(),
            trace: opened.trace(),
            end: opened.leaves.proof(opened.last())?,
            state: state.into(),
        };
        self.shown(&call)
    }

    /// The scores of a match that ends so in this state; none if it cannot.
    fn ending(&self, state: &dyn State, termination: Termination) -> Option<Vec<i64>> {
        match (state.status(), termination) {
            (Status::Acting(acting), Termination::Forfeit(seats))
                if seats.iter().all(|seat| acting.contains(seat)) =>
            {
                Some(self.truth.system.forfeit_scores(seats))
            }
            (Status::Terminal(ending), said) if said == Termination::from(ending) => {
                Some(state.scores())
            }
            _ => None,
        }
    }

    /// The hash of the state that a leaf says it starts from.
    fn state_hash_said(&self, opened: &Opened<'_>, index: u32) -> Search<Digest> {
        if index == opened.last() {
            return Ok(self.end_leaf(opened)?.state_hash);
        }
        Ok(self.step_leaf(opened, index)?.state_hash)
    }

    fn step_leaf(&self, opened: &Opened<'_>, index: u32) -> Search<StepLeaf> {
        self.check_trace_place(opened, index)?;
        let seats = SeatSet::first(self.seat_count() as u8);
        let is_leaf = |leaf: &StepLeaf| {
            let is_of_seats = !leaf.acting.is_empty() && leaf.acting.0 & !seats.0 == 0;
            let is_perfect = leaf.observations_hash.is_none() || !self.truth.has_step_contract;
            let is_signed = leaf.signatures.is_some() == self.truth.signed.is_some();
            leaf.step == index && is_perfect && is_signed && is_of_seats
        };
        match StepLeaf::decode(&opened.leaves.leaf(index)?).ok().filter(is_leaf) {
            Some(leaf) => Ok(leaf),
            None => self.malformed_trace_leaf(opened, index),
        }
    }

    fn end_leaf(&self, opened: &Opened<'_>) -> Search<EndLeaf> {
        self.check_trace_place(opened, opened.last())?;
        let seats = SeatSet::first(self.seat_count() as u8);
        let is_leaf = |leaf: &EndLeaf| {
            let is_of_seats = match leaf.termination {
                Termination::Forfeit(forfeits) => forfeits.0 & !seats.0 == 0,
                Termination::Finished | Termination::StepLimit => true,
            };
            leaf.step_count == opened.last() && leaf.scores.len() == seats.count() && is_of_seats
        };
        match EndLeaf::decode(&opened.leaves.leaf(opened.last())?).ok().filter(is_leaf) {
            Some(leaf) => Ok(leaf),
            None => self.malformed_trace_leaf(opened, opened.last()),
        }
    }

    fn malformed_trace_leaf<T>(&self, opened: &Opened<'_>, index: u32) -> Search<T> {
        let call = ICourt::malformedTraceLeafCall {
            target: self.target.clone(),
            matchProof: opened.match_proof.clone(),
            trace: opened.trace(),
            leaf: opened.leaves.proof(index)?,
        };
        self.shown(&call)
    }
}

/// Whether a match leaf has the scores that the end of its trace has.
fn is_scored_so(leaf: &MatchLeaf, end: &EndLeaf) -> bool {
    leaf.seats.iter().map(|line| line.score).eq(end.scores.iter().copied())
}

fn state_hash(state: &dyn State) -> Digest {
    hash_tagged(Tag::State, &[&state.bytes()])
}
