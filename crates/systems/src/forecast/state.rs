//! One moment of a match: how far it is, the score, and the seat's latest answers.
//!
//! The series is no part of it; it stays where it is, however many states there are.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use alloc::{format, vec};

use nets_core::{
    Action, DecodeError, Ending, Reader, RestoreError, Score, Seat, SeatSet, State, Status,
    StepError,
};

use super::loss::{QUANTILES_MAX, pinball};
use super::observation::level;
use super::{Played, Terms, picture};

const ONLY: SeatSet = SeatSet(0b1);

/// Answers to one value, the lowest quantile first; those that are not given are 0.
type Answers = [u16; QUANTILES_MAX];

/// One moment of a match.
#[derive(Clone, Debug)]
pub(super) struct Forecasts {
    played: Arc<Played>,
    /// The values that came to light.
    over: u16,
    score: Score,
    /// The answers to the last of them.
    last: Answers,
    /// The answers to the value that is asked for.
    answers: Answers,
    answered: usize,
}

impl Forecasts {
    pub(super) fn start(played: Arc<Played>) -> Self {
        let none = [0; QUANTILES_MAX];
        Self { played, over: 0, score: 0, last: none, answers: none, answered: 0 }
    }

    pub(super) fn decode(played: Arc<Played>, bytes: &[u8]) -> Result<Self, RestoreError> {
        let terms = played.terms;
        let mut reader = Reader::new(bytes);
        let mut state = Self::start(played);
        state.over = reader.u16("values that came to light")?;
        if state.over > terms.count {
            let expected = format!("0 to {}", terms.count);
            return Err(
                DecodeError::value("values that came to light", expected, state.over).into()
            );
        }
        state.answered = reader.u8("answers")?.into();
        let most = if state.over == terms.count { 0 } else { terms.quantiles - 1 };
        if state.answered > most {
            let expected = format!("0 to {most}");
            return Err(DecodeError::value("answers", expected, state.answered).into());
        }
        state.score = reader.i64("score")?;
        let highest = (terms.scale.levels - 1) as u16;
        for answer in state.last.iter_mut().take(if state.over == 0 { 0 } else { terms.quantiles })
        {
            *answer = level(&mut reader, "last answer", highest)?;
        }
        for answer in state.answers.iter_mut().take(state.answered) {
            *answer = level(&mut reader, "answer", highest)?;
        }
        reader.finish()?;
        state.check_score()?;
        Ok(state)
    }

    /// Refuses a score that so many values cannot come to.
    fn check_score(&self) -> Result<(), RestoreError> {
        let (lowest, highest) = Terms { count: self.over, ..*self.terms() }.score_range();
        if (lowest..=highest).contains(&self.score) {
            return Ok(());
        }
        let text =
            format!("{} values give {lowest} to {highest}, got score {}", self.over, self.score);
        Err(RestoreError::Inconsistent(text))
    }

    pub(super) fn terms(&self) -> &Terms {
        &self.played.terms
    }

    /// How many values the seat knows of.
    fn known(&self) -> usize {
        self.terms().from + usize::from(self.over)
    }

    fn is_over(&self) -> bool {
        self.over == self.terms().count
    }

    /// The last values that came to light, `most` at most, the oldest first.
    pub(super) fn past(&self, most: usize) -> &[u16] {
        let known = self.known();
        &self.played.levels[known - most.min(known)..known]
    }

    /// The answers to the last value that came to light; none before the first.
    pub(super) fn last_answers(&self) -> &[u16] {
        &self.last[..if self.over == 0 { 0 } else { self.terms().quantiles }]
    }

    /// The answers so far to the value that is asked for.
    pub(super) fn answers(&self) -> &[u16] {
        &self.answers[..self.answered]
    }

    /// What a person should know of it.
    pub(super) fn words(&self) -> String {
        format!("{} of {} values, score {}", self.over, self.terms().count, self.score)
    }

    /// The naive forecast of the value number `known`, counted from 0.
    fn naive(&self, known: usize) -> u16 {
        self.played.levels[known - self.terms().season]
    }

    /// The value that was asked for comes to light, and the answers are weighed.
    fn reveal(&mut self) {
        let (known, quantiles) = (self.known(), self.terms().quantiles);
        let (actual, naive) = (self.played.levels[known], [self.naive(known); QUANTILES_MAX]);
        let cost = |answers: &Answers| pinball(&answers[..quantiles], actual);
        self.score += cost(&naive) - cost(&self.answers);
        (self.last, self.answers) = (self.answers, [0; QUANTILES_MAX]);
        self.over += 1;
        self.answered = 0;
    }
}

impl State for Forecasts {
    fn status(&self) -> Status {
        if self.is_over() { Status::Terminal(Ending::Finished) } else { Status::Acting(ONLY) }
    }

    fn write_legal_actions(&self, seat: Seat, actions: &mut Vec<Action>) {
        let is_acting = !self.is_over() && ONLY.contains(seat);
        let count = if is_acting { self.terms().scale.levels } else { 0 };
        actions.extend((0..u64::from(count)).map(Action));
    }

    fn is_legal(&self, seat: Seat, action: Action) -> bool {
        !self.is_over() && ONLY.contains(seat) && action.0 < u64::from(self.terms().scale.levels)
    }

    fn step(&mut self, actions: &[Action]) -> Result<(), StepError> {
        if self.is_over() {
            return Err(StepError::Terminal);
        }
        let &[action] = actions else {
            return Err(StepError::Count { expected: 1, got: actions.len() });
        };
        if !self.is_legal(Seat(0), action) {
            return Err(StepError::Illegal { seat: Seat(0), action });
        }
        self.answers[self.answered] = action.0 as u16;
        self.answered += 1;
        if self.answered == self.terms().quantiles {
            self.reveal();
        }
        Ok(())
    }

    fn scores(&self) -> Vec<Score> {
        vec![self.score]
    }

    fn packed_observation(&self, _seat: Seat) -> u64 {
        let past = self.past(2);
        let [before, last] = [past[0], past[past.len() - 1]];
        let naive = if self.is_over() { 0 } else { self.naive(self.known()) };
        u64::from(last)
            | u64::from(before) << 16
            | u64::from(naive) << 32
            | (self.answered as u64) << 48
            | (self.terms().quantiles as u64) << 52
    }

    fn write_observation(&self, _seat: Seat, bytes: &mut Vec<u8>) {
        let Terms { count, season, quantiles, window, scale, .. } = *self.terms();
        let past = self.past(window);
        let header = [self.over, count - self.over, (scale.levels - 1) as u16, season as u16];
        bytes.extend_from_slice(header.map(u16::to_le_bytes).as_flattened());
        bytes.extend([quantiles as u8, self.answered as u8]);
        let levels = self.answers[..quantiles].iter().chain(past);
        bytes.extend(levels.flat_map(|level| level.to_le_bytes()));
    }

    fn write_bytes(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.over.to_le_bytes());
        bytes.push(self.answered as u8);
        bytes.extend(self.score.to_le_bytes());
        for level in self.last_answers().iter().chain(self.answers()) {
            bytes.extend(level.to_le_bytes());
        }
    }

    fn chance_event_count(&self) -> u32 {
        0
    }

    fn picture(&self) -> String {
        picture::text(self)
    }

    fn svg(&self) -> String {
        picture::svg(self)
    }

    fn fork(&self) -> Box<dyn State> {
        Box::new(self.clone())
    }
}
