//! An episode: a task, its steps, and where it stands.
//!
//! Whether an episode is over follows from its numbers and its steps, so the bytes do not say it.
//! Invariant: every state that a step leads to has bytes that can be restored.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};

use nets_core::{
    Action, Chance, DecodeError, Descriptor, Ending, ParameterValues, Reader, RestoreError, Score,
    Seat, SeatSet, State, Status, StepError, System,
};

use super::{Moment, Task, number};
use crate::action_names;
use crate::drawing::Drawing;

const ONLY: SeatSet = SeatSet(0b1);

/// The rules of a task with their parameters.
#[derive(Debug)]
pub(crate) struct Episode<T> {
    parameters: ParameterValues,
    step_limit: u16,
    task: T,
}

impl<T: Task> Episode<T> {
    /// The System with these values of the task's parameters.
    pub(crate) fn new(parameters: ParameterValues) -> Self {
        let step_limit = parameters.values()[0] as u16;
        let task = T::new(parameters.values());
        Self { parameters, step_limit, task }
    }

    fn decode(&self, bytes: &[u8]) -> Result<Running<T>, RestoreError> {
        let mut reader = Reader::new(bytes);
        let mut moment = Moment { step: reader.u16("step")?, numbers: [0.0; 4], cost: 0 };
        for number in &mut moment.numbers[..T::RESET.len()] {
            *number = number::decode(&mut reader)?;
        }
        if T::HAS_COST {
            moment.cost = reader.u64("cost")?;
        }
        reader.finish()?;
        if moment.step > self.step_limit {
            let expected = format!("0 to {}", self.step_limit);
            return Err(DecodeError::value("step", expected, moment.step).into());
        }
        check::<T>(&moment)?;
        Ok(Running { step_limit: self.step_limit, task: self.task, moment })
    }
}

/// Refuses numbers to which no start and no step leads.
fn check<T: Task>(moment: &Moment) -> Result<(), RestoreError> {
    let Moment { step, numbers, cost } = moment;
    let starts = || numbers.iter().zip(T::RESET).all(|(n, range)| number::is_within(*n, *range));
    if *step == 0 && !(starts() && *cost == 0) {
        let text = format!("no episode starts with {numbers:?} and cost {cost}");
        return Err(RestoreError::Inconsistent(text));
    }
    if !T::is_possible(moment) {
        let text = format!("no step leads to {numbers:?} and cost {cost} at step {step}");
        return Err(RestoreError::Inconsistent(text));
    }
    Ok(())
}

/// How many numbers of the first state are drawn.
fn events<T: Task>() -> u32 {
    T::RESET.iter().filter(|(low, high)| low < high).count() as u32
}

impl<T: Task> System for Episode<T> {
    fn descriptor(&self) -> &'static Descriptor {
        T::descriptor()
    }

    fn parameters(&self) -> &ParameterValues {
        &self.parameters
    }

    fn action_count(&self) -> u64 {
        self.task.action_count()
    }

    fn step_count_max(&self) -> u32 {
        self.step_limit.into()
    }

    fn observation_bytes_max(&self) -> u32 {
        let cost_bytes = if T::HAS_COST { 8 } else { 0 };
        2 + 8 * T::RESET.len() as u32 + cost_bytes
    }

    fn forfeit_scores(&self, forfeits: SeatSet) -> Vec<Score> {
        let (lowest, highest) = T::score_range(self.step_limit);
        vec![if forfeits.contains(Seat(0)) { lowest } else { highest }]
    }

    fn start(&self, chance: Chance) -> Box<dyn State> {
        let mut numbers = [0.0; 4];
        let mut event = 0;
        for (number, range) in numbers.iter_mut().zip(T::RESET) {
            *number = range.0;
            if range.0 < range.1 {
                *number = number::drawn(&chance, event, *range);
                event += 1;
            }
        }
        let moment = Moment { step: 0, numbers, cost: 0 };
        Box::new(Running { step_limit: self.step_limit, task: self.task, moment })
    }

    fn restore(&self, bytes: &[u8], _chance: Chance) -> Result<Box<dyn State>, RestoreError> {
        Ok(Box::new(self.decode(bytes)?))
    }

    fn tensor_shape(&self) -> Vec<u32> {
        vec![T::observed(&[0.0; 4]).len() as u32]
    }

    fn write_tensor(
        &self,
        _seat: Seat,
        observation: &[u8],
        tensor: &mut Vec<f32>,
    ) -> Result<(), RestoreError> {
        let running = self.decode(observation)?;
        tensor.extend(T::observed(&running.moment.numbers).into_iter().map(|n| n as f32));
        Ok(())
    }

    fn legal_actions(&self, seat: Seat, observation: &[u8]) -> Result<Vec<Action>, RestoreError> {
        Ok(self.decode(observation)?.legal_actions(seat))
    }

    fn action_name(&self, action: Action) -> String {
        T::action_name(action)
    }

    fn action_by_name(&self, name: &str) -> Option<Action> {
        action_names::action_of(T::NAMES, name)
    }
}

/// One moment of a match.
#[derive(Clone, Debug)]
struct Running<T> {
    step_limit: u16,
    task: T,
    moment: Moment,
}

impl<T: Task> State for Running<T> {
    fn status(&self) -> Status {
        if T::is_over(&self.moment.numbers) {
            Status::Terminal(Ending::Finished)
        } else if self.moment.step >= self.step_limit {
            Status::Terminal(Ending::StepLimit)
        } else {
            Status::Acting(ONLY)
        }
    }

    fn write_legal_actions(&self, seat: Seat, actions: &mut Vec<Action>) {
        let all = (0..self.task.action_count()).map(Action);
        actions.extend(all.filter(|&action| self.is_legal(seat, action)));
    }

    fn is_legal(&self, seat: Seat, action: Action) -> bool {
        let acts = matches!(self.status(), Status::Acting(_));
        acts && ONLY.contains(seat) && action.0 < self.task.action_count()
    }

    fn step(&mut self, actions: &[Action]) -> Result<(), StepError> {
        if matches!(self.status(), Status::Terminal(_)) {
            return Err(StepError::Terminal);
        }
        let &[action] = actions else {
            return Err(StepError::Count { expected: 1, got: actions.len() });
        };
        if !self.is_legal(Seat(0), action) {
            return Err(StepError::Illegal { seat: Seat(0), action });
        }
        let numbers = self.moment.numbers;
        self.moment.cost += self.task.cost(&numbers, action.0);
        let next = self.task.advance(&numbers, action.0);
        self.moment.numbers = next.map(number::without_sign_of_zero);
        self.moment.step += 1;
        Ok(())
    }

    fn scores(&self) -> Vec<Score> {
        vec![T::score(&self.moment)]
    }

    fn packed_observation(&self, _seat: Seat) -> u64 {
        T::packed(&self.moment.numbers, self.step_limit - self.moment.step)
    }

    fn write_observation(&self, _seat: Seat, bytes: &mut Vec<u8>) {
        self.write_bytes(bytes);
    }

    fn write_bytes(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.moment.step.to_le_bytes());
        for number in &self.moment.numbers[..T::RESET.len()] {
            bytes.extend(number.to_bits().to_le_bytes());
        }
        if T::HAS_COST {
            bytes.extend(self.moment.cost.to_le_bytes());
        }
    }

    fn chance_event_count(&self) -> u32 {
        events::<T>()
    }

    fn picture(&self) -> String {
        let words = T::words(&self.moment.numbers);
        let score = T::score(&self.moment);
        format!("{words}\nstep {} of {}, score {score}\n", self.moment.step, self.step_limit)
    }

    fn svg(&self) -> String {
        let words = T::words(&self.moment.numbers);
        let mut drawing = Drawing::new((240, 200), &words);
        T::draw(&self.moment.numbers, &mut drawing);
        for (y, line) in [164, 178].into_iter().zip(words.split(", ")) {
            drawing.text("ink", (120, y), line);
        }
        let caption = format!("step {} of {}", self.moment.step, self.step_limit);
        drawing.text("ink", (120, 193), &caption);
        drawing.finish()
    }

    fn fork(&self) -> Box<dyn State> {
        Box::new(self.clone())
    }
}
