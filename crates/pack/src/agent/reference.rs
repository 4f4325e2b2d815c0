//! What an agent should do: its choice by the reference evaluator.
//!
//! Owns the rules of choosing a second time, as plainly as they can be written: modules run those of
//! `agents/adapter`, and must do the same in every position. Only the exponential function is shared,
//! as any other one would differ in its last bits.

#[path = "../../../../agents/adapter/src/exponential.rs"]
mod exponential;

use std::cmp::Ordering;

use nets_core::{Action, Chance, Seat, Seed, State, Status, System};

use super::Choice;
use super::positions::Position;
use crate::evaluate::Evaluator;
use crate::link::Heads;
use crate::program::Program;
use exponential::exponential;

/// What is answered where nothing is legal.
const NO_CHOICE: Action = Action(0);

/// One seat's player in one match.
#[derive(Debug)]
pub(super) struct Reference<'a> {
    system: &'a dyn System,
    choice: Choice,
    heads: &'a Heads,
    evaluator: Evaluator<'a>,
}

impl<'a> Reference<'a> {
    pub(super) fn new(
        program: &'a Program,
        system: &'a dyn System,
        choice: Choice,
        heads: &'a Heads,
    ) -> Self {
        Self { system, choice, heads, evaluator: Evaluator::new(program) }
    }

    /// The action in a position, which it may remember.
    pub(super) fn action(&mut self, position: &Position) -> Action {
        self.chosen(position.seat, &position.observation).unwrap_or(NO_CHOICE)
    }

    fn chosen(&mut self, seat: Seat, observation: &[u8]) -> Option<Action> {
        let legal = self.system.legal_actions(seat, observation).ok()?;
        if self.choice == Choice::Value
            && let Some(values) = self.values(seat, observation, &legal)
        {
            return greatest(&values).map(|place| legal[place]);
        }
        let policy = self.asked(self.heads.policy, seat, observation)?;
        let numbers: Vec<f32> = legal.iter().map(|action| policy[action.0 as usize]).collect();
        let place = match self.choice {
            Choice::Sampled(temperature) => drawn(&numbers, temperature, share(seat, observation)),
            Choice::Best | Choice::Value | Choice::Nearest => greatest(&numbers),
        };
        place.map(|place| legal[place])
    }

    /// An output for what a seat sees.
    fn asked(&mut self, output: usize, seat: Seat, observation: &[u8]) -> Option<Vec<f32>> {
        let mut tensor = Vec::new();
        self.system.write_tensor(seat, observation, &mut tensor).ok()?;
        self.evaluator.run(&[&tensor])[output].as_f32().map(<[f32]>::to_vec)
    }

    /// What each legal action leads to is worth for the seat; none where that is not known.
    fn values(&mut self, seat: Seat, observation: &[u8], legal: &[Action]) -> Option<Vec<f32>> {
        let here = self.system.restore(observation, Chance::from_seed(&Seed::default())).ok()?;
        let mut values = Vec::new();
        for &action in legal {
            let mut next = here.fork();
            next.step(&[action]).ok()?;
            if next.chance_event_count() != here.chance_event_count() {
                return None;
            }
            values.push(self.worth(seat, next.as_ref())?);
        }
        Some(values)
    }

    fn worth(&mut self, seat: Seat, state: &dyn State) -> Option<f32> {
        let Status::Acting(acting) = state.status() else {
            let scores = state.scores();
            let (own, other) = (scores[seat.index()], scores[1 - seat.index()]);
            return Some(match own.cmp(&other) {
                Ordering::Less => -1.0,
                Ordering::Equal => 0.0,
                Ordering::Greater => 1.0,
            });
        };
        let mut movers = acting.iter();
        let (Some(mover), None) = (movers.next(), movers.next()) else { return None };
        let said = self.asked(self.heads.value?, mover, &state.observation(mover))?;
        Some(if mover == seat { said[0] } else { -said[0] })
    }
}

/// The place of the greatest number, of several the first; a NaN is less than every number.
fn greatest(numbers: &[f32]) -> Option<usize> {
    let is_beaten = |one: f32, other: f32| other > one || one.is_nan() && !other.is_nan();
    (0..numbers.len())
        .reduce(|best, next| if is_beaten(numbers[best], numbers[next]) { next } else { best })
}

/// The place at which the softmax over a temperature, added up, is more than a share of all.
fn drawn(numbers: &[f32], temperature: f32, share: f64) -> Option<usize> {
    let best = greatest(numbers)?;
    let top = numbers[best];
    let is_usable = temperature > 0.0;
    if !is_usable || top.is_nan() {
        return Some(best);
    }
    let weight = |&number: &f32| match number == top {
        // Infinities have no difference.
        true => 1.0,
        false => exponential((f64::from(number) - f64::from(top)) / f64::from(temperature)),
    };
    let weights: Vec<f64> = numbers.iter().map(weight).collect();
    let mut left = weights.iter().sum::<f64>() * share;
    let reached = weights.iter().position(|weight| {
        left -= weight;
        left < 0.0
    });
    Some(reached.unwrap_or(best))
}

/// From 0 to below 1: a hash of what a seat sees.
fn share(seat: Seat, observation: &[u8]) -> f64 {
    let mut hash = scattered(u64::from(seat.0) << 32 | observation.len() as u64);
    for chunk in observation.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        hash = scattered(hash ^ u64::from_le_bytes(word));
    }
    (scattered(hash) >> 11) as f64 / (1u64 << 53) as f64
}

/// What `scatter` of the SDK for agents does.
fn scattered(number: u64) -> u64 {
    let mixed = (number ^ number >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ mixed >> 29).wrapping_mul(0xd1b5_4a32_d192_ed03);
    mixed ^ mixed >> 32
}
