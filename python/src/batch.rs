//! Many matches of one System side by side, each begun anew as soon as it is over. Nothing here knows
//! Python.
//!
//! Invariant: match `i` of a batch goes as it would alone with the same seeds and actions.

use std::sync::Arc;

use nets_core::{Action, RestoreError, Seed, StepError, System, Termination};
use thiserror::Error;

use crate::seed;
use crate::table::{Illegal, Table};

/// A step that could not be taken.
#[derive(Debug, Error)]
pub(crate) enum BatchError {
    /// A System that does not do what it says.
    #[error(transparent)]
    Step(#[from] StepError),
    /// A System that does not read what it writes.
    #[error(transparent)]
    Read(#[from] RestoreError),
}

/// Where the results of a step go, one row for each match.
#[derive(Debug)]
pub(crate) struct Rows<'a> {
    /// What the seat to act sees: a tensor.
    pub(crate) observations: &'a mut [f32],
    /// Its legal actions: a number for each action, all of them 0, or as they were left here.
    pub(crate) masks: &'a mut [i8],
    /// What the step added to the score of each seat.
    pub(crate) rewards: &'a mut [f32],
    /// Whether the match ended with it.
    pub(crate) terminated: &'a mut [bool],
}

/// The matches.
#[derive(Debug)]
pub(crate) struct Batch {
    tables: Vec<Table>,
    /// Whether the seeds it was made with are used up.
    has_begun: bool,
    pub(crate) tensor_len: usize,
    pub(crate) action_count: usize,
    pub(crate) seat_count: usize,
    /// How each match ended with the last step.
    pub(crate) endings: Vec<Option<Termination>>,
    /// The scores of each seat with which the matches ended that ended with the last step, and where
    /// the others stand.
    pub(crate) scores: Vec<i64>,
    /// What was seen last in the match that ended last.
    pub(crate) final_observations: Vec<f32>,
}

impl Batch {
    /// So many matches, the first with this seed and each later one with the next greater.
    pub(crate) fn new(system: &Arc<dyn System>, count: usize, first: &Seed) -> Self {
        let table =
            |place| Table::new(Arc::clone(system), seed::plus(first, place), Illegal::Forfeits);
        let tensor_len = system.tensor_shape().iter().map(|&size| size as usize).product();
        let seat_count = usize::from(system.seat_count());
        Self {
            tables: (0..count).map(table).collect(),
            has_begun: false,
            tensor_len,
            action_count: system.action_count() as usize,
            seat_count,
            endings: vec![None; count],
            scores: vec![0; count * seat_count],
            final_observations: vec![0.0; count * tensor_len],
        }
    }

    /// The seat that acts in each match.
    pub(crate) fn seats(&self) -> impl Iterator<Item = u8> {
        self.tables.iter().map(|table| table.seat().0)
    }

    /// The seed of each match.
    pub(crate) fn seeds(&self) -> impl Iterator<Item = &Seed> {
        self.tables.iter().map(|table| &table.seed)
    }

    /// Begins all matches anew: with this seed and the next greater ones; without one the first time
    /// with those that the batch was made with, and then as after an end.
    pub(crate) fn reset(&mut self, first: Option<&Seed>) {
        for (place, table) in self.tables.iter_mut().enumerate() {
            match first {
                Some(first) => table.restart(seed::plus(first, place)),
                None if self.has_begun => table.restart_next(),
                None => {}
            }
            self.endings[place] = None;
            let scores = &mut self.scores[place * self.seat_count..][..self.seat_count];
            scores.copy_from_slice(&table.scores);
        }
        self.has_begun = true;
    }

    /// Writes what there is to see.
    ///
    /// # Errors
    /// When the System is at fault.
    pub(crate) fn look(
        &mut self,
        observations: &mut [f32],
        masks: &mut [i8],
    ) -> Result<(), BatchError> {
        let rows = observations.chunks_exact_mut(self.tensor_len);
        let rows = rows.zip(masks.chunks_exact_mut(self.action_count));
        for (table, (observation, mask)) in self.tables.iter_mut().zip(rows) {
            let seat = table.seat();
            table.unmark_legal(mask);
            table.mark_legal(seat, mask);
            table.write_tensor(seat, observation)?;
        }
        Ok(())
    }

    /// Takes an action in each match, and begins those anew that end. An action that is not legal
    /// forfeits.
    ///
    /// # Errors
    /// When the System is at fault.
    pub(crate) fn step(&mut self, actions: &[i64], rows: Rows<'_>) -> Result<(), BatchError> {
        self.has_begun = true;
        let (tensor_len, seat_count) = (self.tensor_len, self.seat_count);
        for (place, (table, &action)) in self.tables.iter_mut().zip(actions).enumerate() {
            let mask = &mut rows.masks[place * self.action_count..][..self.action_count];
            table.unmark_legal(mask);
            // A negative number becomes one that is greater than every action.
            table.step(&[Action(action as u64)])?;
            let rewards = rows.rewards[place * seat_count..][..seat_count].iter_mut();
            rewards.zip(&table.gained).for_each(|(reward, &gained)| *reward = gained as f32);
            self.scores[place * seat_count..][..seat_count].copy_from_slice(&table.scores);
            self.endings[place] = table.ending;
            rows.terminated[place] = table.ending.is_some();
            if table.ending.is_some() {
                let last = &mut self.final_observations[place * tensor_len..][..tensor_len];
                table.write_tensor(table.seat(), last)?;
                table.restart_next();
            }
            let seat = table.seat();
            table.mark_legal(seat, mask);
            table.write_tensor(seat, &mut rows.observations[place * tensor_len..][..tensor_len])?;
        }
        Ok(())
    }
}
