//! Runs of the image: what it comes to about a seat, kept as long as the seat is on trial.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use alloy_primitives::B256;
use nets_chain::Side;
use nets_core::Digest;
use nets_judge::{Messages, Verdict, judge};
use nets_machine::{FAN_OUT, Image, LEVELS_MAX, Trajectory};

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
            let (done, most) = (steps / 1_000_000, FAN_OUT.pow(LEVELS_MAX) / 1_000_000);
            self.progress.note(&format!(
                "a seat on trial: {done} million instructions of its run are done, {most} at most"
            ));
        }
        !self.stop.load(Ordering::Relaxed)
    }
}

/// The runs that were made, by the digests of their questions.
#[derive(Default)]
pub(crate) struct Runs {
    sides: Mutex<BTreeMap<B256, Arc<Mutex<Side>>>>,
}

impl fmt::Debug for Runs {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Runs").finish_non_exhaustive()
    }
}

impl Runs {
    /// The image's run on a question, given all that it reads.
    pub(crate) fn side(
        &self,
        question: B256,
        messages: impl FnOnce() -> Result<Messages, NodeError>,
        going: Going<'_>,
    ) -> Result<Arc<Mutex<Side>>, NodeError> {
        let mut sides = self.sides.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(side) = sides.get(&question) {
            return Ok(Arc::clone(side));
        }
        let run = run_of(&Digest(question.0), messages()?)?;
        let side = Side::new(run, |steps| going.on(steps))?.ok_or(NodeError::Interrupted)?;
        let side = Arc::new(Mutex::new(side));
        sides.insert(question, Arc::clone(&side));
        Ok(side)
    }

    /// Forgets the runs that no trial is about any more.
    pub(crate) fn keep(&self, is_needed: impl Fn(&B256) -> bool) {
        let mut sides = self.sides.lock().unwrap_or_else(PoisonError::into_inner);
        sides.retain(|question, _| is_needed(question));
    }
}

/// What the image would say, computed here without the machine: in a fraction of the time.
pub(crate) fn verdict(question: &Digest, messages: &mut Messages) -> Option<Verdict> {
    judge(question, messages).ok()
}
