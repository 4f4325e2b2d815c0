//! The judge: plays a match along an asserted trace and says where they part.
//!
//! SPEC.md section 3, but that the other seats do what the trace says. Leaves are checked in their
//! order, each in full before the step that it tells of is taken.

use alloc::boxed::Box;
use alloc::sync::Arc;

use nets_core::{
    Action, Chance, DecodeError, Digest, EndLeaf, Information, MatchId, Reader, SeatSet, State,
    Status, StepLeaf, System, Tag, Termination, observations_hash, state_hash,
};

use crate::hashes::{Hashes, read};
use crate::leaves::Leaves;
use crate::matched::{expect_tag, spec, system};
use crate::question::{QUESTION_BYTES, Question};
use crate::seated::Seated;
use crate::verdict::{Beyond, False, Verdict};

/// Why judging comes to an end before the last leaf.
#[derive(Debug)]
pub(crate) enum Halt<U> {
    /// There is a verdict.
    Verdict(Verdict),
    /// What a hash is of is not known.
    Unknown(U),
}

impl<U> From<False> for Halt<U> {
    fn from(reason: False) -> Self {
        Self::Verdict(reason.into())
    }
}

impl<U> From<Beyond> for Halt<U> {
    fn from(reason: Beyond) -> Self {
        Self::Verdict(reason.into())
    }
}

/// Answers the question with this digest.
///
/// # Errors
/// When `hashes` does not know what a hash is of; there is no verdict then.
pub fn judge<H: Hashes>(digest: &Digest, hashes: &mut H) -> Result<Verdict, H::Unknown> {
    match play(digest, hashes) {
        Ok(()) => Ok(Verdict::Stands),
        Err(Halt::Verdict(verdict)) => Ok(verdict),
        Err(Halt::Unknown(unknown)) => Err(unknown),
    }
}

fn play<H: Hashes>(digest: &Digest, hashes: &mut H) -> Result<(), Halt<H::Unknown>> {
    let question = question(digest, hashes)?;
    let spec = spec(hashes, &question.match_id)?;
    let agent = *spec.agents.get(question.seat.index()).ok_or(Beyond::NoSeat)?;
    let system = system(hashes, &spec)?;
    let leaves = leaves(&question, hashes)?;
    let mut table = Table {
        question,
        state: system.start(Chance::from_seed(&spec.seed)),
        seated: Seated::new(question.seat, agent, spec.rules.fuel_clock),
        system,
        hashes,
        leaves,
    };
    for step in 0..question.step_count {
        table.step(step)?;
    }
    table.end()
}

fn question<H: Hashes>(digest: &Digest, hashes: &mut H) -> Result<Question, Halt<H::Unknown>> {
    let bytes = read(hashes, digest, 1 + QUESTION_BYTES as u64).map_err(Halt::Unknown)?;
    let bytes = bytes.or(Beyond::NoQuestion)?;
    match bytes.split_first() {
        Some((&tag, rest)) if tag == Tag::Question as u8 => {
            Ok(Question::decode(rest).map_err(|_| Beyond::NoQuestion)?)
        }
        _ => Err(Beyond::NoQuestion.into()),
    }
}

/// The leaves behind the trace root.
fn leaves<H: Hashes>(question: &Question, hashes: &mut H) -> Result<Leaves, Halt<H::Unknown>> {
    let bytes = read(hashes, &question.trace_root, ROOT_BYTES).map_err(Halt::Unknown)?;
    let root = read_root(&bytes.or(False::TraceRoot)?).map_err(|_| False::TraceRoot)?;
    let (match_id, leaf_count, tree_root) = root;
    if match_id != question.match_id {
        return Err(False::OtherMatch.into());
    }
    if question.step_count.checked_add(1) != Some(leaf_count) {
        return Err(False::LeafCount.into());
    }
    Ok(Leaves::new(tree_root, leaf_count))
}

/// The bytes of a trace root: tag, match id, leaf count, tree root.
const ROOT_BYTES: u64 = 1 + 32 + 4 + 32;

fn read_root(bytes: &[u8]) -> Result<(MatchId, u32, Digest), DecodeError> {
    let mut reader = Reader::new(bytes);
    expect_tag(&mut reader, Tag::TraceRoot)?;
    let match_id = MatchId(reader.array("match id")?);
    let leaf_count = reader.u32("leaf count")?;
    let tree_root = Digest(reader.array("tree root")?);
    reader.finish()?;
    Ok((match_id, leaf_count, tree_root))
}

/// A match in progress, beside its trace.
struct Table<'a, H> {
    question: Question,
    system: Arc<dyn System>,
    state: Box<dyn State>,
    seated: Seated,
    hashes: &'a mut H,
    leaves: Leaves,
}

impl<H: Hashes> Table<'_, H> {
    /// Checks the leaf of a step and takes the step.
    fn step(&mut self, step: u32) -> Result<(), Halt<H::Unknown>> {
        let leaf = self.leaves.next(self.hashes)?;
        let leaf = StepLeaf::decode(&leaf).map_err(|_| False::Leaf)?;
        let acting = match self.state.status() {
            Status::Acting(acting) => acting,
            Status::Terminal(_) => return Err(False::EndsElsewhere.into()),
        };
        self.check_moment(&leaf, step, acting)?;
        for (seat, &action) in acting.iter().zip(&leaf.actions) {
            if seat == self.question.seat {
                match self.ask(step)? {
                    None => return Err(False::FaultDenied.into()),
                    Some(decided) if decided != action => return Err(False::Action.into()),
                    Some(_) => {}
                }
            } else if !self.state.is_legal(seat, action) {
                return Err(False::Illegal.into());
            }
        }
        self.state.step(&leaf.actions).map_err(|_| Beyond::Failed)?;
        Ok(())
    }

    /// Checks all of a step's leaf but the actions.
    fn check_moment(&self, leaf: &StepLeaf, step: u32, acting: SeatSet) -> Result<(), False> {
        let is_private = self.system.descriptor().information == Information::Private;
        if leaf.signatures.is_some() || leaf.observations_hash.is_some() != is_private {
            return Err(False::Leaf);
        }
        if leaf.step != step {
            return Err(False::Step);
        }
        if leaf.acting != acting {
            return Err(False::Acting);
        }
        if leaf.state_hash != state_hash(self.state.as_ref()) {
            return Err(False::State);
        }
        match leaf.observations_hash {
            Some(hash) if hash != observations_hash(self.state.as_ref(), acting) => {
                Err(False::Observations)
            }
            _ => Ok(()),
        }
    }

    fn ask(&mut self, step: u32) -> Result<Option<Action>, Halt<H::Unknown>> {
        let (system, state) = (self.system.as_ref(), self.state.as_ref());
        self.seated.ask(self.hashes, system, state, step)
    }

    /// Checks the end leaf.
    fn end(&mut self) -> Result<(), Halt<H::Unknown>> {
        let leaf = self.leaves.next(self.hashes)?;
        let leaf = EndLeaf::decode(&leaf).map_err(|_| False::Leaf)?;
        if !self.leaves.are_read() {
            return Err(False::Tree.into());
        }
        if leaf.step_count != self.question.step_count {
            return Err(False::Step.into());
        }
        if leaf.state_hash != state_hash(self.state.as_ref()) {
            return Err(False::State.into());
        }
        let scores = match (self.state.status(), leaf.termination) {
            (Status::Acting(acting), Termination::Forfeit(forfeits)) => {
                self.check_forfeits(acting, forfeits)?;
                self.system.forfeit_scores(forfeits)
            }
            (Status::Acting(_), _) => return Err(False::EndsElsewhere.into()),
            (Status::Terminal(ending), termination) if termination == ending.into() => {
                self.state.scores()
            }
            (Status::Terminal(_), _) => return Err(False::Termination.into()),
        };
        if leaf.scores != scores {
            return Err(False::Scores.into());
        }
        // The decoder has read as much fuel as scores, and those are as many as seats.
        if leaf.fuel_used.get(self.question.seat.index()) != Some(&self.seated.fuel_used()) {
            return Err(False::Fuel.into());
        }
        Ok(())
    }

    /// Checks that the seats in `forfeits` are among those that act, and that the one in question
    /// is among them if and only if it forfeits.
    fn check_forfeits(
        &mut self,
        acting: SeatSet,
        forfeits: SeatSet,
    ) -> Result<(), Halt<H::Unknown>> {
        if forfeits.is_empty() || forfeits.iter().any(|seat| !acting.contains(seat)) {
            return Err(False::ForfeitSet.into());
        }
        if !acting.contains(self.question.seat) {
            return Ok(());
        }
        let decided = self.ask(self.question.step_count)?;
        match (decided, forfeits.contains(self.question.seat)) {
            (Some(_), true) => Err(False::FaultInvented.into()),
            (None, false) => Err(False::FaultDenied.into()),
            (Some(_), false) | (None, true) => Ok(()),
        }
    }
}
