//! Runs of the image: what it comes to about a seat, kept as long as the seat is on trial.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use alloy_primitives::B256;
use nets_chain::Side;
use nets_core::Digest;
use nets_judge::{Messages, Verdict, judge};
use nets_machine::{Image, RUN_MAX, Trajectory};

use crate::error::NodeError;
use crate::play::Progress;

/// The image that the contracts of this build know.
static IMAGE: &[u8] = include_bytes!("../../../../image/nets.image");

/// The image.
fn image() -> Result<Arc<Image>, NodeError> {
    static DECODED: OnceLock<Option<Arc<Image>>> = OnceLock::new();
    let decoded = DECODED.get_or_init(|| Image::decode(IMAGE).ok().map(Arc::new));
    decoded.clone().ok_or(NodeError::Image)
}

/// The image's run on a question, given all that it reads.
pub(crate) fn run_of(question: &Digest, messages: Messages) -> Result<Trajectory, NodeError> {
    let known = move |value: &Digest| messages.link(value);
    Ok(Trajectory::new(image()?, &question.0, Arc::new(known)))
}

/// Every so many instructions something is said of a run: it takes ten seconds or so.
const SAID_EVERY: u64 = 1 << 32;

/// Whether runs go on, and who is told of them.
#[derive(Clone, Copy)]
pub(crate) struct Going<'a> {
    pub(crate) stop: &'a AtomicBool,
    pub(crate) progress: &'a dyn Progress,
}

impl Going<'_> {
    fn on(self, steps: u64) -> bool {
        if steps.is_multiple_of(SAID_EVERY) {
            let (done, most) = (steps / 1_000_000, RUN_MAX / 1_000_000);
            self.progress.note(&format!(
                "a seat on trial: {done} million instructions of its run are done, {most} at most"
            ));
        }
        !self.stop.load(Ordering::Relaxed)
    }
}

/// The runs that were made, by the leagues and digests of their questions.
pub(crate) struct Runs {
    /// How long a run may be.
    limit: u64,
    sides: Mutex<Kept>,
    /// Whether the image calls false what a question is about that nobody is on trial for yet.
    verdicts: Mutex<BTreeMap<B256, bool>>,
}

/// Runs that are kept, and when each was asked for last.
#[derive(Default)]
struct Kept {
    sides: BTreeMap<RunKey, (Arc<Mutex<Side>>, u64)>,
    asked: u64,
}

/// A league and the digest of a question.
type RunKey = (u64, B256);

/// So many runs are kept at once: anybody may put any number of seats on trial, and a run takes memory.
/// One that is needed again is made again.
const KEPT_MAX: usize = 8;

/// So many pages of 4 KiB the snapshots of each take: half a gibibyte.
const PAGES_MAX: usize = 1 << 17;

impl Kept {
    fn get(&mut self, key: &RunKey) -> Option<Arc<Mutex<Side>>> {
        self.asked += 1;
        let (side, asked) = self.sides.get_mut(key)?;
        *asked = self.asked;
        Some(Arc::clone(side))
    }

    fn insert(&mut self, key: RunKey, side: Side) -> Arc<Mutex<Side>> {
        while self.sides.len() >= KEPT_MAX {
            let oldest = self.sides.iter().min_by_key(|(_, (_, asked))| *asked);
            let Some(oldest) = oldest.map(|(key, _)| *key) else { break };
            self.sides.remove(&oldest);
        }
        let side = Arc::new(Mutex::new(side));
        self.sides.insert(key, (Arc::clone(&side), self.asked));
        side
    }
}

impl Default for Runs {
    fn default() -> Self {
        Self { limit: RUN_MAX, sides: Mutex::default(), verdicts: Mutex::default() }
    }
}

impl fmt::Debug for Runs {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Runs").finish_non_exhaustive()
    }
}

impl Runs {
    /// The image's run on a question of a league, given all that it reads.
    pub(crate) fn side(
        &self,
        league: u64,
        question: B256,
        messages: impl FnOnce() -> Result<Messages, NodeError>,
        going: Going<'_>,
    ) -> Result<Arc<Mutex<Side>>, NodeError> {
        let mut kept = self.sides.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(side) = kept.get(&(league, question)) {
            return Ok(side);
        }
        let run = run_of(&Digest(question.0), messages()?)?.keeping(PAGES_MAX);
        let side =
            Side::new(run, self.limit, |steps| going.on(steps))?.ok_or(NodeError::Interrupted)?;
        Ok(kept.insert((league, question), side))
    }

    /// Whether a trial over a question is won: whether the run itself, and not only the judge as it is
    /// compiled here, ends by calling the trace false. One that is too long or trapped does not, and
    /// whoever opened a trial over it would lose its bonds.
    pub(crate) fn calls_false(
        &self,
        league: u64,
        question: &Digest,
        mut messages: Messages,
        going: Going<'_>,
    ) -> Result<bool, NodeError> {
        let key = B256::new(question.0);
        let known = self.verdicts.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        if let Some(known) = known {
            return Ok(known);
        }
        // The judge as it is compiled here says most in a fraction of the time.
        let is_false = matches!(judge(question, &mut messages), Ok(Verdict::False(_))) && {
            let side = self.side(league, key, || Ok(messages), going)?;
            side.lock().unwrap_or_else(PoisonError::into_inner).is_false()
        };
        self.verdicts.lock().unwrap_or_else(PoisonError::into_inner).insert(key, is_false);
        Ok(is_false)
    }

    /// Forgets the runs that no trial of a league is about any more. Of other leagues nothing is known
    /// where this is asked.
    pub(crate) fn keep(&self, league: u64, is_needed: impl Fn(&B256) -> bool) {
        let mut kept = self.sides.lock().unwrap_or_else(PoisonError::into_inner);
        kept.sides.retain(|(of, question), _| *of != league || is_needed(question));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use nets_core::{
        Address, Chance, EndLeaf, FuelClock, MatchSpec, PROTOCOL_VERSION, Rules, Seat,
        SeatIdentity, SeatSet, Seed, Termination, sha256, state_hash,
    };
    use nets_judge::Question;

    use super::*;

    /// A snake that forfeits at once, since its module is none, and is said to have used fuel; the
    /// question about it, and all that the image reads.
    fn false_trace() -> (Digest, Messages) {
        let system = nets_systems::build("snake", &Default::default()).unwrap();
        let module = b"no module";
        let identity = SeatIdentity { owner: Address::default(), code_hash: sha256(module) };
        let rules = Rules {
            protocol_version: PROTOCOL_VERSION,
            metering_version: nets_runner::sandbox::METERING_VERSION,
            system: system.id(),
            parameters: system.parameters().encode(),
            fuel_clock: FuelClock::default(),
        };
        let spec = MatchSpec { rules, seed: Seed([7; 32]), agents: vec![identity.agent_id()] };
        let forfeits = SeatSet::only(Seat(0));
        let end = EndLeaf {
            step_count: 0,
            termination: Termination::Forfeit(forfeits),
            state_hash: state_hash(system.start(Chance::from_seed(&spec.seed)).as_ref()),
            scores: system.forfeit_scores(forfeits),
            fuel_used: vec![1],
        };
        let mut messages = Messages::default();
        let match_id = messages.insert_spec(&spec);
        messages.insert_agent(&identity);
        messages.insert(module);
        let trace_root = messages.insert_trace(&match_id, &[end.encode()]);
        let question = Question { match_id, trace_root, step_count: 0, seat: Seat(0) };
        (messages.insert_question(&question), messages)
    }

    #[test]
    fn no_trial_is_opened_over_a_run_that_is_too_long_to_be_judged() {
        struct Nobody;
        impl Progress for Nobody {
            fn matches(&self, _done: u32, _total: u32) {}
            fn note(&self, _text: &str) {}
        }
        let (stop, progress) = (AtomicBool::new(false), Nobody);
        let going = Going { stop: &stop, progress: &progress };
        let (question, messages) = false_trace();
        let won = |limit| {
            let runs = Runs { limit, ..Runs::default() };
            runs.calls_false(0, &question, messages.clone(), going).unwrap()
        };
        assert!(won(RUN_MAX));
        assert!(!won(1_000), "its defender says that it is not over, and is right");
    }
}
