//! The states of a whole run, found again at any step.
//!
//! A dispute goes down a tree of fan-out 64: whoever defends a run gives the states that cut a segment
//! of it into 64, the other side picks the first of these parts whose end it does not believe, and so
//! on down to one instruction. Segments are those of a fixed grid, so a segment is a height and a
//! position, and the first one, of height `levels`, begins at step 0 and is long enough for the run.
//! Past its end a run stays in the state in which it halted.
//!
//! Snapshots are kept of every state that was asked for, as long as they do not take too much memory;
//! the pages that two of them share they have once.

use std::collections::BTreeMap;
use std::sync::Arc;

use nets_core::Digest;

use crate::image::Image;
use crate::oracle::Oracle;
use crate::processor::{Halt, Machine, Snapshot, State, Unknown};
use crate::witness::Witness;

/// Into how many parts a segment is cut.
pub const FAN_OUT: u64 = 64;

/// The largest height of a segment: runs of 2^36 steps can be judged.
pub const LEVELS_MAX: u32 = 6;

/// So many steps a run has at most that can be judged.
pub const RUN_MAX: u64 = FAN_OUT.pow(LEVELS_MAX);

/// So many pages of snapshots are kept, of 4 KiB each: 2 GiB.
const PAGES_KEPT_MAX: usize = 1 << 19;

/// A part of a run: steps `position · 64^height` to `(position + 1) · 64^height`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Its height; one of height 0 is a single step.
    pub height: u32,
    /// Its position among those of its height.
    pub position: u64,
}

impl Segment {
    /// How many steps it has.
    pub fn length(&self) -> u64 {
        FAN_OUT.pow(self.height)
    }

    /// The step that it begins with.
    pub fn start(&self) -> u64 {
        self.position * self.length()
    }

    /// The smallest segment from step 0 on that a run of so many steps fits into, as far as trials go.
    pub fn covering(steps: u64) -> Self {
        let height = (1..LEVELS_MAX).find(|height| steps <= FAN_OUT.pow(*height));
        Self { height: height.unwrap_or(LEVELS_MAX), position: 0 }
    }

    /// Which of its parts lead down to a step in it, one for each level.
    pub fn path_to(&self, step: u64) -> Vec<u64> {
        let heights = (0..self.height).rev();
        heights.map(|height| step / FAN_OUT.pow(height) % FAN_OUT).collect()
    }

    /// One of its 64 parts.
    pub fn part(&self, index: u64) -> Self {
        Self { height: self.height - 1, position: self.position * FAN_OUT + index }
    }
}

/// A run that can be gone over again.
pub struct Trajectory {
    machine: Machine,
    oracle: Arc<dyn Oracle>,
    snapshots: BTreeMap<u64, Snapshot>,
    /// What they take, in pages, or a little more.
    pages_kept: usize,
    pages_kept_max: usize,
}

impl std::fmt::Debug for Trajectory {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let snapshots = self.snapshots.len();
        formatter.debug_struct("Trajectory").field("snapshots", &snapshots).finish_non_exhaustive()
    }
}

impl Trajectory {
    /// The run of a program on 32 bytes of input.
    pub fn new(image: Arc<Image>, input: &[u8; 32], oracle: Arc<dyn Oracle>) -> Self {
        let mut machine = Machine::new(image, input);
        let first = machine.save();
        Self {
            machine,
            oracle,
            snapshots: [(0, first)].into(),
            pages_kept: 0,
            pages_kept_max: PAGES_KEPT_MAX,
        }
    }

    /// The same with another bound on what its snapshots take, in pages of 4 KiB.
    pub fn keeping(self, pages_kept_max: usize) -> Self {
        Self { pages_kept_max, ..self }
    }

    /// Runs until the end or `limit` steps, telling every so many steps how many were done, and asking
    /// whether to go on; how it halted, and after how many steps. One that is stopped has not halted
    /// and is short of the limit.
    ///
    /// # Errors
    /// When the oracle does not know what the program reads.
    pub fn run(
        &mut self,
        limit: u64,
        mut goes_on: impl FnMut(u64) -> bool,
    ) -> Result<(Option<Halt>, u64), Unknown> {
        const TOLD_EVERY: u64 = 1 << 24;
        self.go_back_to(limit);
        while self.machine.halt().is_none() && self.machine.steps() < limit {
            let until = limit.min(self.machine.steps() + TOLD_EVERY);
            self.machine.run(until, &*self.oracle)?;
            if !goes_on(self.machine.steps()) {
                break;
            }
        }
        self.keep();
        Ok((self.machine.halt(), self.machine.steps()))
    }

    /// The state after so many steps.
    ///
    /// # Errors
    /// When the oracle does not know what the program reads.
    pub fn state(&mut self, steps: u64) -> Result<State, Unknown> {
        self.go_to(steps)?;
        Ok(self.machine.state())
    }

    /// The digests of the 63 states that cut a segment into its parts.
    ///
    /// # Errors
    /// When the oracle does not know what the program reads.
    pub fn cut(&mut self, segment: Segment) -> Result<Vec<Digest>, Unknown> {
        let starts = (1..FAN_OUT).map(|index| segment.part(index).start());
        starts.map(|start| Ok(self.state(start)?.digest())).collect()
    }

    /// The step after so many steps, with what it touches.
    ///
    /// # Errors
    /// When the oracle does not know what the program reads.
    pub fn witness(&mut self, steps: u64) -> Result<Witness, Unknown> {
        self.go_to(steps)?;
        self.machine.witness(&*self.oracle)
    }

    /// Puts the machine at the latest known state that is not after `steps`.
    fn go_back_to(&mut self, steps: u64) {
        let Some((&at, snapshot)) = self.snapshots.range(..=steps).next_back() else { return };
        let is_behind = self.machine.steps() > steps;
        if is_behind || self.machine.steps() < at {
            self.machine.restore(snapshot);
        }
    }

    fn go_to(&mut self, steps: u64) -> Result<(), Unknown> {
        self.go_back_to(steps);
        self.machine.run(steps, &*self.oracle)?;
        self.keep();
        Ok(())
    }

    /// Keeps the state that the machine is in, and forgets every other snapshot where all together
    /// take too much.
    fn keep(&mut self) {
        let steps = self.machine.steps();
        if self.snapshots.contains_key(&steps) {
            return;
        }
        let snapshot = self.machine.save();
        let before = self.snapshots.range(..steps).next_back();
        self.pages_kept += before.map_or(0, |(_, before)| snapshot.ram.pages_beside(&before.ram));
        self.snapshots.insert(steps, snapshot);
        while self.pages_kept > self.pages_kept_max {
            let others = self.snapshots.keys().filter(|at| **at != 0 && **at != steps);
            let forgotten: Vec<_> = others.copied().step_by(2).collect();
            if forgotten.is_empty() {
                break;
            }
            forgotten.iter().for_each(|at| drop(self.snapshots.remove(at)));
            let pairs = self.snapshots.values().zip(self.snapshots.values().skip(1));
            self.pages_kept =
                pairs.map(|(before, after)| after.ram.pages_beside(&before.ram)).sum();
        }
    }
}
