//! Trials: followed by their events, and what either side does next.
//!
//! A trial of a seat goes by the states of the image's run. Whoever has that run knows which of a
//! defence's states are right: [`Following`] is what the chain says of all trials, [`Side`] the run and
//! the moves that follow from it. Neither decides who should move; what is allowed the contract says.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, keccak256};
use alloy_sol_types::{SolEvent, SolValue};
use nets_core::{Digest, Link, MatchId, MerkleTree};
use nets_machine::{FAN_OUT, Halt, Segment, State, Trajectory, Unknown, Witness, WordProof};

use crate::adapter::Log;
use crate::bindings::trials::{IMachine, ITrials};
use crate::refuter::TraceHead;

/// A trial that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenTrial {
    /// What never changes of it.
    pub trial: ITrials::Trial,
    /// What the trace root is of that the question names.
    pub head: TraceHead,
    /// The defences that stand, by their ids.
    pub defences: BTreeMap<B256, OpenDefence>,
}

/// A defence that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDefence {
    /// Its state as of the last event.
    pub defence: ITrials::Defence,
    /// The 63 states that cut the part in question; none while the defender is to give them.
    pub states: Vec<B256>,
}

/// The open trials of an arena, as events tell of them.
///
/// The contract serves every arena that names it. What others say in it is not even kept: anybody may
/// make up an arena, in which a trial costs nothing.
#[derive(Clone, Debug)]
pub struct Following {
    arena: Address,
    open: BTreeMap<B256, OpenTrial>,
    /// Which trial a defence that stands is in.
    trials: BTreeMap<B256, B256>,
}

impl Following {
    /// The trials of an arena, before anything is told of them.
    pub fn new(arena: Address) -> Self {
        Self { arena, open: BTreeMap::new(), trials: BTreeMap::new() }
    }

    /// The open trials by their ids.
    pub fn open(&self) -> impl Iterator<Item = (&B256, &OpenTrial)> {
        self.open.iter()
    }

    /// Takes note of an event; those that are not of trials change nothing.
    pub fn note(&mut self, log: &Log) {
        let topics = || log.topics.iter().copied();
        if let Ok(it) = ITrials::TrialOpened::decode_raw_log(topics(), &log.data) {
            if it.trial.arena != self.arena {
                return;
            }
            let head = TraceHead {
                match_id: MatchId(it.trace.matchId.0),
                leaf_count: it.trace.leafCount,
                tree_root: Digest(it.trace.treeRoot.0),
            };
            let (trial, defences) = (it.trial, BTreeMap::new());
            self.open.insert(it.id, OpenTrial { trial, head, defences });
        } else if let Ok(it) = ITrials::Defended::decode_raw_log(topics(), &log.data) {
            if let Some(trial) = self.open.get_mut(&it.trial) {
                let made = OpenDefence { defence: it.defence, states: it.states };
                trial.defences.insert(it.id, made);
                self.trials.insert(it.id, it.trial);
            }
        } else if let Ok(it) = ITrials::TrialEnded::decode_raw_log(topics(), &log.data) {
            let ended = self.open.remove(&it.id);
            for id in ended.iter().flat_map(|trial| trial.defences.keys()) {
                self.trials.remove(id);
            }
        } else if let Ok(it) = ITrials::DefenceFailed::decode_raw_log(topics(), &log.data) {
            if let Some(trial) = self.open.get_mut(&it.trial) {
                trial.defences.remove(&it.id);
                self.trials.remove(&it.id);
            }
        } else if let Ok(it) = ITrials::PartPicked::decode_raw_log(topics(), &log.data) {
            self.change(&it.id, log.block, |found| found.pick(&it));
        } else if let Ok(it) = ITrials::PartCut::decode_raw_log(topics(), &log.data) {
            self.change(&it.id, log.block, |found| found.cut(&it));
        }
    }

    fn change(&mut self, id: &B256, block: u64, change: impl FnOnce(&mut OpenDefence)) {
        let trial = self.trials.get(id).and_then(|trial| self.open.get_mut(trial));
        if let Some(found) = trial.and_then(|trial| trial.defences.get_mut(id)) {
            change(found);
            found.defence.movedAt = block;
        }
    }
}

impl OpenTrial {
    /// Its id: the digest of what never changes of it.
    pub fn id(&self) -> B256 {
        keccak256(self.trial.abi_encode())
    }

    /// The call that ends it where no defence stands, and the assertion with it.
    pub fn convict(&self) -> ITrials::convictCall {
        ITrials::convictCall { trialId: self.id(), trial: self.trial.clone() }
    }

    /// The call that ends it since its challenger let this defence wait too long.
    pub fn acquit(&self, (id, open): (&B256, &OpenDefence)) -> ITrials::acquitCall {
        let (trial, given) = (self.trial.clone(), open.defence.clone());
        ITrials::acquitCall { id: *id, trial, given }
    }

    /// The call that ends a defence whose defender was silent.
    pub fn fail(&self, (id, open): (&B256, &OpenDefence)) -> ITrials::failDefenceCall {
        let (trial, given) = (self.trial.clone(), open.defence.clone());
        ITrials::failDefenceCall { id: *id, trial, given }
    }

    /// The call that says of a part of a defence that its end is not believed.
    pub fn pick(&self, (id, open): (&B256, &OpenDefence), index: u8) -> ITrials::pickPartCall {
        let (trial, given) = (self.trial.clone(), open.defence.clone());
        ITrials::pickPartCall { id: *id, trial, given, part: open.part(index) }
    }

    /// The call that has a part of a defence judged, which is one step, as this witness has it.
    pub fn judge(
        &self,
        (id, open): (&B256, &OpenDefence),
        index: u8,
        witness: &Witness,
    ) -> ITrials::judgeStepCall {
        let (state, step) = step_of(witness);
        ITrials::judgeStepCall {
            id: *id,
            trial: self.trial.clone(),
            given: open.defence.clone(),
            part: open.part(index),
            state,
            step,
        }
    }
}

impl OpenDefence {
    /// Whether the defender is to move, and not the challenger.
    pub fn is_defenders_turn(&self) -> bool {
        self.states.is_empty()
    }

    /// The last block in which whoever is to move may do so.
    pub fn latest(&self, move_blocks: u32) -> u64 {
        let ITrials::Defence { movedAt, challengerLeft, defenderLeft, .. } = self.defence;
        let left = if self.is_defenders_turn() { defenderLeft } else { challengerLeft };
        movedAt + u64::from(move_blocks) + u64::from(left)
    }

    fn pick(&mut self, picked: &ITrials::PartPicked) {
        let defence = &mut self.defence;
        defence.height -= 1;
        defence.position = defence.position * FAN_OUT + u64::from(picked.index);
        (defence.first, defence.last) = (picked.first, picked.last);
        defence.challengerLeft = picked.challengerLeft;
        defence.cut = B256::ZERO;
        self.states.clear();
    }

    fn cut(&mut self, cut: &ITrials::PartCut) {
        self.states.clone_from(&cut.states);
        self.defence.cut = word(self.tree().root());
        self.defence.defenderLeft = cut.defenderLeft;
    }

    /// The steps that are in question.
    pub fn segment(&self) -> Segment {
        Segment { height: self.defence.height.into(), position: self.defence.position }
    }

    /// The ends of its 64 parts, once they are given.
    pub fn ends(&self) -> impl Iterator<Item = B256> {
        self.states.iter().copied().chain([self.defence.last])
    }

    fn tree(&self) -> MerkleTree {
        MerkleTree::new(self.ends().map(|end| Digest(end.0)).collect())
    }

    /// A part with the proofs of where it begins and ends.
    pub fn part(&self, index: u8) -> ITrials::Part {
        let tree = self.tree();
        let proof = |index: u8| IMachine::WordProof {
            word: word(tree.node(0, index.into())),
            path: tree.path(index.into()).unwrap_or_default().into_iter().map(word).collect(),
        };
        let first = index.checked_sub(1).map_or_else(|| words(&WordProof::default()), proof);
        ITrials::Part { index, first, last: proof(index) }
    }
}

/// What a challenger has to say to a defence.
#[derive(Clone, Debug)]
pub enum Objection {
    /// The end of this part is wrong.
    Pick(Box<ITrials::pickPartCall>),
    /// This step leads elsewhere.
    Judge(Box<ITrials::judgeStepCall>),
}

/// A run of the image, and what follows from it in a trial.
#[derive(Debug)]
pub struct Side {
    run: Trajectory,
    halt: Option<Halt>,
    steps: u64,
}

impl Side {
    /// Runs the image to its end, or `limit` steps, asking every so many steps whether to go on; none
    /// where it was stopped.
    ///
    /// # Errors
    /// When something that the image reads is not known here.
    pub fn new(
        mut run: Trajectory,
        limit: u64,
        goes_on: impl FnMut(u64) -> bool,
    ) -> Result<Option<Self>, Unknown> {
        let (halt, steps) = run.run(limit, goes_on)?;
        let is_whole = halt.is_some() || steps == limit;
        Ok(is_whole.then_some(Self { run, halt, steps }))
    }

    /// How the run ended; none where it is too long.
    pub fn halt(&self) -> Option<Halt> {
        self.halt
    }

    /// How many steps the run has, at most those that trials go.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Whether the image says that the trace is false. A run that was trapped or is too long says
    /// nothing, and lets it stand.
    pub fn is_false(&self) -> bool {
        matches!(self.halt, Some(Halt::Exited(code)) if code != 0)
    }

    /// The call that defends the seat with this run. The contract takes it only where the run lets the
    /// trace stand.
    ///
    /// # Errors
    /// When something that the image reads is not known here.
    pub fn defence(&mut self, trial: &OpenTrial) -> Result<ITrials::defendCall, Unknown> {
        let whole = Segment::covering(self.steps);
        let ending = self.run.state(whole.length())?;
        Ok(ITrials::defendCall {
            trialId: trial.id(),
            trial: trial.trial.clone(),
            levels: whole.height as u8,
            ending: state_of(&ending),
            states: self.cut(whole)?,
        })
    }

    /// The call that gives the states which cut the part in question.
    ///
    /// # Errors
    /// When something that the image reads is not known here.
    pub fn answer(
        &mut self,
        trial: &OpenTrial,
        (id, open): (&B256, &OpenDefence),
    ) -> Result<ITrials::cutPartCall, Unknown> {
        Ok(ITrials::cutPartCall {
            id: *id,
            trial: trial.trial.clone(),
            given: open.defence.clone(),
            states: self.cut(open.segment())?,
        })
    }

    /// What is wrong with a defence that waits for its challenger; nothing where all of its states are
    /// those of this run.
    ///
    /// # Errors
    /// When something that the image reads is not known here.
    pub fn objection(
        &mut self,
        trial: &OpenTrial,
        (id, open): (&B256, &OpenDefence),
    ) -> Result<Option<Objection>, Unknown> {
        let segment = open.segment();
        let mut wrong = None;
        for (index, end) in (0_u8..).zip(open.ends()) {
            let part = segment.part(index.into());
            let right = self.run.state(part.start() + part.length())?.digest();
            if word(right) != end {
                wrong = Some(index);
                break;
            }
        }
        let Some(index) = wrong else { return Ok(None) };
        if segment.height > 1 {
            return Ok(Some(Objection::Pick(Box::new(trial.pick((id, open), index)))));
        }
        let witness = self.run.witness(segment.part(index.into()).start())?;
        Ok(Some(Objection::Judge(Box::new(trial.judge((id, open), index, &witness)))))
    }

    fn cut(&mut self, segment: Segment) -> Result<Vec<B256>, Unknown> {
        Ok(self.run.cut(segment)?.into_iter().map(word).collect())
    }
}

/// A step as a contract reads it: the state before, and what it touches.
pub fn step_of(witness: &Witness) -> (IMachine::State, IMachine::Step) {
    let link = witness.link.unwrap_or(Link { before: Digest::default(), block: [0; 64] });
    let step = IMachine::Step {
        code: words(&witness.code),
        read: words(&witness.read),
        written: words(&witness.written),
        previous: B256::new(link.before.0),
        firstHalf: B256::from_slice(&link.block[..32]),
        secondHalf: B256::from_slice(&link.block[32..]),
    };
    (state_of(&witness.state), step)
}

/// A state as a contract reads it.
pub fn state_of(state: &State) -> IMachine::State {
    let bytes = state.register_bytes();
    let words = std::array::from_fn(|index| B256::from_slice(&bytes[32 * index..][..32]));
    IMachine::State { registers: words, ram: word(state.ram) }
}

fn words(proof: &WordProof) -> IMachine::WordProof {
    let path = proof.path.iter().copied().map(word).collect();
    IMachine::WordProof { word: word(proof.word), path }
}

fn word(digest: Digest) -> B256 {
    B256::new(digest.0)
}
