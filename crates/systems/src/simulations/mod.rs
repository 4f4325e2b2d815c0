//! Simulations: Gymnasium's classic control tasks, one seat each, computed in floating point.
//!
//! An [`episode`](Episode) is the same for all: numbers that a [`Task`] moves on, one action at a
//! time, until it is over or the steps are used up. Bytes, packed observations and scores are those
//! of SPEC.md section 8. Invariant: numbers are finite and never a negative zero, and the same bits
//! on every platform.
//!
//! Why the bits are the same: adding, subtracting, multiplying, dividing and comparing f64, and
//! rounding one to f32 or cutting it to an integer, have one result each by IEEE 754, which Rust
//! keeps to on every platform with f64 in hardware, WebAssembly included, and does not fuse or
//! reorder. What IEEE 754 leaves open, sines and cosines, comes from one version of the crate
//! `libm`, which computes them from those operations in software. NaNs, whose bits may differ, do
//! not arise: every state has bounds within which the next is finite.
#![allow(clippy::float_arithmetic, reason = "the same bits everywhere: see the module's words")]

pub(crate) mod acrobot;
pub(crate) mod cart_pole;
mod episode;
pub(crate) mod mountain_car;
mod number;
pub(crate) mod pendulum;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use nets_core::{Action, Descriptor, Score};

pub(crate) use acrobot::Acrobot;
pub(crate) use cart_pole::CartPole;
pub(crate) use episode::Episode;
pub(crate) use mountain_car::MountainCar;
pub(crate) use pendulum::Pendulum;

use crate::action_names;
use crate::drawing::Drawing;

/// The numbers of a state; tasks that have fewer leave the last ones zero.
type Numbers = [f64; 4];

/// One moment of an episode.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Moment {
    /// Steps taken.
    step: u16,
    /// What the task moves on.
    numbers: Numbers,
    /// What the steps have cost so far, in millionths; zero where the task counts steps instead.
    cost: u64,
}

/// What is special about one simulation.
pub(crate) trait Task: Copy + fmt::Debug + Send + Sync + 'static {
    /// The facts for people.
    fn descriptor() -> &'static Descriptor;
    /// The names of the actions.
    const NAMES: &'static [&'static str];
    /// The numbers of the first state are drawn between these, each by an event of its own; where
    /// both are the same nothing is drawn. There are as many numbers as pairs.
    const RESET: &'static [(f64, f64)];
    /// Whether a state has a cost.
    const HAS_COST: bool = false;

    /// The task with these values of its parameters, of which the first is the step limit.
    fn new(parameters: &[u64]) -> Self;

    /// How many actions there are.
    fn action_count(&self) -> u64 {
        Self::NAMES.len() as u64
    }

    /// The name of an action.
    fn action_name(action: Action) -> String {
        action_names::name_of(Self::NAMES, action)
    }

    /// The numbers after `action`.
    fn advance(&self, numbers: &Numbers, action: u64) -> Numbers;

    /// What `action` costs, in millionths.
    fn cost(&self, _numbers: &Numbers, _action: u64) -> u64 {
        0
    }

    /// Whether the episode ends here, whatever the steps.
    fn is_over(_numbers: &Numbers) -> bool {
        false
    }

    /// Whether no number is where no step leads; the first state is looked at apart.
    fn is_possible(moment: &Moment) -> bool;

    /// The score.
    fn score(moment: &Moment) -> Score;

    /// The lowest score and the highest of episodes with this many steps.
    fn score_range(step_limit: u16) -> (Score, Score);

    /// What Gymnasium shows.
    fn observed(numbers: &Numbers) -> Vec<f64>;

    /// The packed observation.
    fn packed(numbers: &Numbers, steps_left: u16) -> u64;

    /// The numbers with their names, for people.
    fn words(numbers: &Numbers) -> String;

    /// Draws the numbers on 240 by 160 units.
    fn draw(numbers: &Numbers, drawing: &mut Drawing);
}
