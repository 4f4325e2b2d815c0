//! Traces: the hashed log of a match.
//!
//! A trace has a leaf for each step and a last one for the end. Each leaf binds the state it starts
//! from, so a false step, start or end shows in one leaf or in two neighbours. The match id is not
//! in the leaves: the trace root binds it, and keeping it out lets a step of one action fit a single
//! SHA-256 block. While a match is played bytes are collected and hashed in bulk; leaves and tree
//! come after.

use alloc::format;
use alloc::vec::Vec;

use crate::encoding::{DecodeError, Reader};
use crate::hash::{Batch, Digest, Tag, hash_tagged};
use crate::id::MatchId;
use crate::merkle::{MerkleTree, PathError};
use crate::outcome::Termination;
use crate::seat::SeatSet;
use crate::signed_action::Signature;
use crate::step_proof::InclusionProof;
use crate::system::{Action, Information, Score, State};

const KIND_STEP: u8 = 0x00;
const KIND_END: u8 = 0x01;
const KIND_PRIVATE_STEP: u8 = 0x02;
const KIND_SIGNED_STEP: u8 = 0x06;

/// One step: the state it starts from and what the acting seats did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepLeaf {
    /// The step, counted from 0.
    pub step: u32,
    /// The seats that act.
    pub acting: SeatSet,
    /// The hash of the state before the step.
    pub state_hash: Digest,
    /// The hash of what the acting seats saw, where information is private.
    pub observations_hash: Option<Digest>,
    /// The action of each acting seat, in ascending order of seats.
    pub actions: Vec<Action>,
    /// The signature of each action, in a signed match. Its information is perfect.
    pub signatures: Option<Vec<Signature>>,
}

/// The end of a match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndLeaf {
    /// How many steps were taken.
    pub step_count: u32,
    /// Why the match is over.
    pub termination: Termination,
    /// The hash of the last state.
    pub state_hash: Digest,
    /// The score of each seat.
    pub scores: Vec<Score>,
    /// The fuel each seat used.
    pub fuel_used: Vec<u64>,
}

impl StepLeaf {
    /// Reads the bytes that are hashed.
    ///
    /// # Errors
    /// When they are no step leaf.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let tag: [u8; 2] = reader.array("leaf tag")?;
        let kinds = [KIND_STEP, KIND_PRIVATE_STEP, KIND_SIGNED_STEP];
        if tag[0] != Tag::Leaf as u8 || !kinds.contains(&tag[1]) {
            return Err(DecodeError::value("leaf tag", "0 0, 0 2 or 0 6", format!("{tag:?}")));
        }
        let step = reader.u32("step")?;
        let acting = SeatSet(reader.u8("acting seats")?);
        let state_hash = Digest(reader.array("state hash")?);
        let observations_hash = match tag[1] {
            KIND_PRIVATE_STEP => Some(Digest(reader.array("observations hash")?)),
            _ => None,
        };
        let actions = acting.iter().map(|_| reader.u64("action").map(Action));
        let actions = actions.collect::<Result<_, _>>()?;
        let signatures = match tag[1] {
            KIND_SIGNED_STEP => {
                let read = acting.iter().map(|_| reader.array("signature").map(Signature));
                Some(read.collect::<Result<_, _>>()?)
            }
            _ => None,
        };
        reader.finish()?;
        Ok(Self { step, acting, state_hash, observations_hash, actions, signatures })
    }

    /// The bytes that are hashed.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let Self { step, acting, .. } = *self;
        let kind = match (&self.observations_hash, &self.signatures) {
            (_, Some(signatures)) => StepKind::Signed(signatures),
            (Some(hash), None) => StepKind::Private(hash),
            (None, None) => StepKind::Perfect,
        };
        write_step_leaf(&mut bytes, kind, (step, acting), &self.state_hash, &self.actions);
        bytes
    }
}

/// What a step leaf has besides step, seats, state and actions.
enum StepKind<'a> {
    Perfect,
    Private(&'a Digest),
    Signed(&'a [Signature]),
}

fn write_step_leaf(
    bytes: &mut Vec<u8>,
    kind: StepKind<'_>,
    (step, acting): (u32, SeatSet),
    state_hash: &Digest,
    actions: &[Action],
) {
    let (number, observations_hash, signatures): (_, _, &[Signature]) = match kind {
        StepKind::Perfect => (KIND_STEP, None, &[]),
        StepKind::Private(hash) => (KIND_PRIVATE_STEP, Some(hash), &[]),
        StepKind::Signed(signatures) => (KIND_SIGNED_STEP, None, signatures),
    };
    let [step_0, step_1, step_2, step_3] = step.to_le_bytes();
    bytes.extend_from_slice(&[Tag::Leaf as u8, number, step_0, step_1, step_2, step_3, acting.0]);
    bytes.extend_from_slice(&state_hash.0);
    if let Some(hash) = observations_hash {
        bytes.extend_from_slice(&hash.0);
    }
    for action in actions {
        bytes.extend_from_slice(&action.0.to_le_bytes());
    }
    for signature in signatures {
        bytes.extend_from_slice(&signature.0);
    }
}

impl EndLeaf {
    /// Reads the bytes that are hashed.
    ///
    /// # Errors
    /// When they are no end leaf.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let tag: [u8; 2] = reader.array("leaf tag")?;
        if tag != [Tag::Leaf as u8, KIND_END] {
            return Err(DecodeError::value("leaf tag", "0 1", format!("{tag:?}")));
        }
        let step_count = reader.u32("step count")?;
        let termination = Termination::decode(reader.array("termination")?)?;
        let seat_count = reader.u8("seat count")?;
        let state_hash = Digest(reader.array("state hash")?);
        let scores = (0..seat_count).map(|_| reader.i64("score")).collect::<Result<_, _>>()?;
        let fuel_used = (0..seat_count).map(|_| reader.u64("fuel")).collect::<Result<_, _>>()?;
        reader.finish()?;
        Ok(Self { step_count, termination, state_hash, scores, fuel_used })
    }

    /// The bytes that are hashed.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write(&mut bytes);
        bytes
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend([Tag::Leaf as u8, KIND_END]);
        bytes.extend(self.step_count.to_le_bytes());
        bytes.extend(self.termination.encode());
        bytes.push(self.scores.len() as u8);
        bytes.extend(self.state_hash.0);
        for score in &self.scores {
            bytes.extend(score.to_le_bytes());
        }
        for fuel in &self.fuel_used {
            bytes.extend(fuel.to_le_bytes());
        }
    }
}

/// The root that binds a tree of `leaf_count` leaves to its match.
pub fn trace_root(match_id: &MatchId, leaf_count: u32, tree_root: &Digest) -> Digest {
    hash_tagged(Tag::TraceRoot, &[&match_id.0, &leaf_count.to_le_bytes(), &tree_root.0])
}

/// The steps that a trace has room for from the start; long matches are rare.
const STEPS_EXPECTED_MAX: u32 = 512;

/// Collects what happens in a match.
#[derive(Clone, Debug)]
pub struct TraceBuilder {
    states: Batch,
    observations: Batch,
    acting: Vec<SeatSet>,
    actions: Vec<Action>,
    signatures: Option<Vec<Signature>>,
}

impl TraceBuilder {
    /// An empty trace of a match that has at most so many steps.
    pub fn new(step_count_max: u32) -> Self {
        let steps = step_count_max.min(STEPS_EXPECTED_MAX) as usize;
        Self {
            states: Batch::with_capacity(steps),
            observations: Batch::default(),
            acting: Vec::with_capacity(steps),
            actions: Vec::with_capacity(steps),
            signatures: None,
        }
    }

    /// Begins a step in `state`, in which the seats of `acting` act.
    pub fn begin_step(&mut self, state: &dyn State, acting: SeatSet, information: Information) {
        self.write_state(state);
        self.acting.push(acting);
        if information == Information::Private {
            self.observations.bytes().push(Tag::Observations as u8);
            write_observations(state, acting, self.observations.bytes());
            self.observations.end();
        }
    }

    fn write_state(&mut self, state: &dyn State) {
        self.states.bytes().push(Tag::State as u8);
        state.write_bytes(self.states.bytes());
        self.states.end();
    }

    /// Ends the step begun last with the action of each acting seat, in ascending order of seats.
    pub fn end_step(&mut self, actions: &[Action]) {
        self.actions.extend_from_slice(actions);
    }

    /// As [`TraceBuilder::end_step`] in a signed match, with the signature of each action.
    pub fn end_signed_step(&mut self, actions: &[Action], signatures: &[Signature]) {
        self.end_step(actions);
        self.signatures.get_or_insert_default().extend_from_slice(signatures);
    }

    /// Takes back the step begun last: a seat forfeited in it.
    pub fn abandon_step(&mut self, information: Information) {
        self.acting.pop();
        self.states.pop();
        if information == Information::Private {
            self.observations.pop();
        }
    }

    /// How many steps were begun.
    pub fn step_count(&self) -> u32 {
        self.acting.len() as u32
    }

    /// Ends the trace in `state` and hashes it.
    pub fn finish(
        mut self,
        match_id: MatchId,
        state: &dyn State,
        termination: Termination,
        scores: &[Score],
        fuel_used: &[u64],
    ) -> Trace {
        self.write_state(state);
        let mut state_hashes = self.states.take_digests();
        let end = EndLeaf {
            step_count: self.step_count(),
            termination,
            state_hash: state_hashes.pop().unwrap_or_default(),
            scores: scores.to_vec(),
            fuel_used: fuel_used.to_vec(),
        };
        let mut trace = Trace {
            match_id,
            state_hashes,
            observation_hashes: self.observations.take_digests(),
            acting: self.acting,
            actions: self.actions,
            signatures: self.signatures,
            end,
            tree: MerkleTree::new(Vec::new()),
        };
        trace.tree = MerkleTree::new(trace.leaf_hashes(self.states));
        trace
    }
}

fn write_observations(state: &dyn State, acting: SeatSet, bytes: &mut Vec<u8>) {
    for seat in acting.iter() {
        let observation = state.observation(seat);
        bytes.push(seat.0);
        bytes.extend((observation.len() as u32).to_le_bytes());
        bytes.extend(observation);
    }
}

/// The hash of a state as leaves have it.
pub fn state_hash(state: &dyn State) -> Digest {
    hash_tagged(Tag::State, &[&state.bytes()])
}

/// The hash of what the seats of `acting` see, as leaves have it where information is private.
pub fn observations_hash(state: &dyn State, acting: SeatSet) -> Digest {
    let mut bytes = Vec::new();
    write_observations(state, acting, &mut bytes);
    hash_tagged(Tag::Observations, &[&bytes])
}

/// The hashed log of one match.
#[derive(Clone, Debug)]
pub struct Trace {
    match_id: MatchId,
    state_hashes: Vec<Digest>,
    observation_hashes: Vec<Digest>,
    acting: Vec<SeatSet>,
    actions: Vec<Action>,
    signatures: Option<Vec<Signature>>,
    end: EndLeaf,
    tree: MerkleTree,
}

impl Trace {
    /// The match this is the log of.
    pub fn match_id(&self) -> MatchId {
        self.match_id
    }

    /// How many leaves there are: one for each step, one for the end.
    pub fn leaf_count(&self) -> u32 {
        self.end.step_count + 1
    }

    /// What is committed to: match id, leaf count and tree in one hash.
    pub fn root(&self) -> Digest {
        trace_root(&self.match_id, self.leaf_count(), &self.tree.root())
    }

    /// The root of the tree of its leaves.
    pub fn tree_root(&self) -> Digest {
        self.tree.root()
    }

    /// The end leaf.
    pub fn end(&self) -> &EndLeaf {
        &self.end
    }

    /// The steps in order.
    pub fn steps(&self) -> impl Iterator<Item = StepLeaf> {
        let mut first_action = 0;
        (0..self.end.step_count).map(move |step| {
            let position = step as usize;
            let acting = self.acting[position];
            let taken = first_action..first_action + acting.count();
            first_action = taken.end;
            StepLeaf {
                step,
                acting,
                state_hash: self.state_hashes[position],
                observations_hash: self.observation_hashes.get(position).copied(),
                actions: self.actions[taken.clone()].to_vec(),
                signatures: self.signatures.as_ref().map(|all| all[taken].to_vec()),
            }
        })
    }

    /// The hashes of all leaves, by way of an empty batch and without a leaf in memory for each: this
    /// is most of a match's cost.
    fn leaf_hashes(&self, mut leaves: Batch) -> Vec<Digest> {
        let mut first_action = 0;
        for (step, (&acting, state_hash)) in (0..).zip(self.acting.iter().zip(&self.state_hashes)) {
            let taken = first_action..first_action + acting.count();
            first_action = taken.end;
            let kind = match (&self.signatures, self.observation_hashes.get(step as usize)) {
                (Some(signatures), _) => StepKind::Signed(&signatures[taken.clone()]),
                (None, Some(hash)) => StepKind::Private(hash),
                (None, None) => StepKind::Perfect,
            };
            let actions = &self.actions[taken];
            write_step_leaf(leaves.bytes(), kind, (step, acting), state_hash, actions);
            leaves.end();
        }
        self.end.write(leaves.bytes());
        leaves.end();
        leaves.take_digests()
    }

    fn leaves(&self) -> impl Iterator<Item = Vec<u8>> {
        self.steps().map(|leaf| leaf.encode()).chain(core::iter::once_with(|| self.end.encode()))
    }

    /// The proof that leaf `index` is in this trace.
    ///
    /// # Errors
    /// When there is no such leaf.
    pub fn prove(&self, index: u32) -> Result<InclusionProof, PathError> {
        let siblings = self.tree.path(index)?;
        Ok(InclusionProof {
            match_id: self.match_id,
            leaf_count: self.leaf_count(),
            index,
            leaf: self.leaves().nth(index as usize).unwrap_or_default(),
            siblings,
        })
    }
}
