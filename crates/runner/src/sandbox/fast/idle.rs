//! Instances between two matches.
//!
//! Where calls leave nothing behind but globals, an instance is put back to its beginning when its
//! match is over, and waits here: the program's next match takes it instead of a new one.
//! Invariant: what waits here is as a new instance of its program, and nobody else has it.

use std::collections::VecDeque;
use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::instance::FastInstance;

/// How many instances wait at most: those that came last.
const WAITING: usize = 64;

type Waiting = VecDeque<(ProgramNumber, Box<FastInstance>)>;

/// A number that no other program of the engine has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct ProgramNumber(u64);

/// The instances of an engine that wait.
#[derive(Default)]
pub(super) struct Idle {
    waiting: Mutex<Waiting>,
    programs: AtomicU64,
}

impl Idle {
    /// The number of one more program.
    pub(super) fn program_number(&self) -> ProgramNumber {
        ProgramNumber(self.programs.fetch_add(1, Ordering::Relaxed))
    }

    /// Gives an instance of the program, if one waits.
    pub(super) fn take(&self, program: ProgramNumber) -> Option<Box<FastInstance>> {
        let mut waiting = self.waiting();
        let place = waiting.iter().rposition(|&(number, _)| number == program)?;
        waiting.remove(place).map(|(_, instance)| instance)
    }

    /// Has an instance of the program wait.
    pub(super) fn put(&self, program: ProgramNumber, instance: Box<FastInstance>) {
        let mut waiting = self.waiting();
        waiting.push_back((program, instance));
        let longest = if waiting.len() > WAITING { waiting.pop_front() } else { None };
        // Giving memory back takes longer than others should be kept.
        drop(waiting);
        drop(longest);
    }

    /// Gives the places of all that wait back to the pool; says whether there were any.
    pub(super) fn give_back(&self) -> bool {
        let waiting = mem::take(&mut *self.waiting());
        !waiting.is_empty()
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
