//! A match that is being played, and what its seats see of it as numbers.
//!
//! What is played here is what the runner plays: the same states, the same scores, and a seat that
//! takes an action that is not legal forfeits. Nothing here knows Python.
//! Invariant: a match is over when and only when it has an ending, and then nobody acts.

use std::sync::Arc;

use nets_core::{
    Action, Chance, RestoreError, Score, Seat, SeatSet, Seed, State, Status, StepError, System,
    Termination,
};

use crate::seed;

/// What becomes of an action that is not legal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Illegal {
    /// It is refused, and the match stands as before.
    Refused,
    /// The seat forfeits, as in every league.
    Forfeits,
}

/// A match in progress.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) system: Arc<dyn System>,
    pub(crate) state: Box<dyn State>,
    pub(crate) seed: Seed,
    pub(crate) ending: Option<Termination>,
    /// The score of each seat so far.
    pub(crate) scores: Vec<Score>,
    /// What the last step added to them.
    pub(crate) gained: Vec<Score>,
    illegal: Illegal,
    acting: SeatSet,
    /// The seat that acts, or acted last.
    seat: Seat,
    legal: Vec<Action>,
    bytes: Vec<u8>,
    tensor: Vec<f32>,
}

impl Table {
    pub(crate) fn new(system: Arc<dyn System>, seed: Seed, illegal: Illegal) -> Self {
        let state = system.start(Chance::from_seed(&seed));
        let scores = state.scores();
        let mut table = Self {
            gained: vec![0; scores.len()],
            system,
            state,
            seed,
            ending: None,
            scores,
            illegal,
            acting: SeatSet::EMPTY,
            seat: Seat(0),
            legal: Vec::new(),
            bytes: Vec::new(),
            tensor: Vec::new(),
        };
        table.look();
        table
    }

    /// A copy that goes its own way.
    pub(crate) fn fork(&self) -> Self {
        Self {
            system: Arc::clone(&self.system),
            state: self.state.fork(),
            scores: self.scores.clone(),
            gained: self.gained.clone(),
            legal: Vec::new(),
            bytes: Vec::new(),
            tensor: Vec::new(),
            ..*self
        }
    }

    /// Begins the match with this seed.
    pub(crate) fn restart(&mut self, seed: Seed) {
        self.state = self.system.start(Chance::from_seed(&seed));
        self.seed = seed;
        self.ending = None;
        self.seat = Seat(0);
        self.scores = self.state.scores();
        self.gained.fill(0);
        self.look();
    }

    /// Begins the match whose seed follows on that of the last one.
    pub(crate) fn restart_next(&mut self) {
        self.restart(seed::following(&self.seed));
    }

    /// The seats that act now; none where the match is over.
    pub(crate) fn acting(&self) -> SeatSet {
        self.acting
    }

    /// The first of the seats that act; where the match is over, the one that acted last.
    pub(crate) fn seat(&self) -> Seat {
        self.seat
    }

    /// Applies an action for each acting seat, in ascending order of seats.
    ///
    /// # Errors
    /// When the match is over, the count is wrong, or an action is not legal where that is refused;
    /// nothing changes then.
    pub(crate) fn step(&mut self, actions: &[Action]) -> Result<(), StepError> {
        // The state knows nothing of a forfeit.
        if self.ending.is_some() {
            return Err(StepError::Terminal);
        }
        match self.state.step(actions) {
            Ok(()) => {
                let scores = self.state.scores();
                self.score(scores);
                self.look();
                Ok(())
            }
            Err(StepError::Illegal { .. }) if self.illegal == Illegal::Forfeits => {
                self.forfeit(actions);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Ends the match as the runner does: all who chose what is not legal forfeit.
    fn forfeit(&mut self, actions: &[Action]) {
        let chosen = self.acting.iter().zip(actions);
        let illegal = chosen.filter(|&(seat, &action)| !self.state.is_legal(seat, action));
        let forfeits: SeatSet = illegal.map(|(seat, _)| seat).collect();
        self.score(self.system.forfeit_scores(forfeits));
        self.ending = Some(Termination::Forfeit(forfeits));
        self.acting = SeatSet::EMPTY;
    }

    fn score(&mut self, scores: Vec<Score>) {
        let changes = self.gained.iter_mut().zip(scores.iter().zip(&self.scores));
        changes.for_each(|(gained, (now, before))| *gained = now - before);
        self.scores = scores;
    }

    /// Sees who acts, or how the match ended.
    fn look(&mut self) {
        match self.state.status() {
            Status::Acting(seats) => {
                self.acting = seats;
                self.seat = seats.iter().next().unwrap_or(self.seat);
            }
            Status::Terminal(ending) => {
                self.acting = SeatSet::EMPTY;
                self.ending = Some(ending.into());
            }
        }
    }

    /// The legal actions of `seat`; none where it does not act.
    pub(crate) fn legal_actions(&mut self, seat: Seat) -> &[Action] {
        self.legal.clear();
        if self.acting.contains(seat) {
            self.state.write_legal_actions(seat, &mut self.legal);
        }
        &self.legal
    }

    /// Writes 1 for each legal action of `seat` into a mask of zeros.
    pub(crate) fn mark_legal(&mut self, seat: Seat, mask: &mut [i8]) {
        for action in self.legal_actions(seat) {
            mask[action.0 as usize] = 1;
        }
    }

    /// Makes a mask zeros again that was marked last.
    pub(crate) fn unmark_legal(&self, mask: &mut [i8]) {
        for action in &self.legal {
            mask[action.0 as usize] = 0;
        }
    }

    /// Writes what `seat` sees as numbers into as many places as the System's tensor has.
    ///
    /// # Errors
    /// When the System cannot read its own observation, which is a fault of it.
    pub(crate) fn write_tensor(
        &mut self,
        seat: Seat,
        tensor: &mut [f32],
    ) -> Result<(), RestoreError> {
        self.bytes.clear();
        self.tensor.clear();
        self.state.write_observation(seat, &mut self.bytes);
        self.system.write_tensor(seat, &self.bytes, &mut self.tensor)?;
        tensor.copy_from_slice(&self.tensor);
        Ok(())
    }
}

/// How a match ended, as the command says it in JSON.
pub(crate) fn in_word(ending: Termination) -> &'static str {
    match ending {
        Termination::Finished => "finished",
        Termination::StepLimit => "step_limit",
        Termination::Forfeit(_) => "forfeit",
    }
}
