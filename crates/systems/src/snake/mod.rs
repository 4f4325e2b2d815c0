//! Snake: one seat on a board of up to 16 by 16 cells, chance places the apples.
//!
//! This file has the rules with their parameters; `state.rs` one moment of a match, on sets of bits
//! that make a step take the same few nanoseconds whatever the length; `picture.rs` the drawings;
//! `tensor.rs` the board as numbers. Rules, bytes, packed observation and scores are those of SPEC.md section 8.1.

mod picture;
mod state;
mod tensor;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use nets_core::{
    Action, Chance, Descriptor, Information, ParameterSpec, ParameterValues, Planes, RestoreError,
    Score, Seat, SeatSet, Seed, State, System,
};

use crate::action_names;
use state::Moment;

/// The facts of Snake.
pub(crate) static DESCRIPTOR: Descriptor = Descriptor {
    name: "snake",
    version: 1,
    summary: "Snake: eat apples, grow, do not bite yourself.",
    rules: "\
A snake of length 1 starts at the centre of the board. Each step moves its head one cell up, right,
down or left. Leaving the board or biting the body kills it; the cell of its own tail is free, as
the tail moves on in the same step. An apple makes it longer by one and chance places the next on a
free cell. The match is over when the snake is dead, fills the board (won), or the steps are used
up. The score is 10 for each apple plus the length; who forfeits scores 0.

Source: Snake (Nokia 6110, 1997) after Blockade (Gremlin, 1976), with a step limit.",
    seat_count: 1,
    information: Information::Perfect,
    parameters: &[
        ParameterSpec { name: "width", meaning: "columns", min: 2, max: 16, default: 10 },
        ParameterSpec { name: "height", meaning: "rows", min: 2, max: 16, default: 10 },
        ParameterSpec {
            name: "step-limit",
            meaning: "steps in a match at most",
            min: 1,
            max: 10_000,
            default: 300,
        },
    ],
    data: None,
    packed_layout: "\
bits  0-3   head x, 0 at the left
bits  4-7   head y, 0 at the top
bits  8-11  apple x, 0 where there is none
bits 12-15  apple y, 0 where there is none
bits 16-19  width - 1
bits 20-23  height - 1
bits 24-27  bit 24 + a is set where action a would die now
bits 28-31  zero
bits 32-47  length
bits 48-63  steps left",
    observation_layout: "\
bytes 0-1  step, u16
byte  2    status: 0 running, 1 dead, 2 won, 3 step limit
bytes 3-4  apples eaten, u16
byte  5    cell of the head (y * width + x)
byte  6    cell of the tail
bytes 7-8  cell of the apple, u16, 0xffff none
then       occupancy, ceil(cells / 8) bytes: cell c is bit c % 8 of byte c / 8
then       links, ceil(cells / 4) bytes: bits 2 * (c % 4) and one more of byte c / 4 are the action
           that leads from body cell c to the next towards the head",
    tensor_planes: Some(Planes::Last),
    tensor_layout: "\
[row, column, feature], row 0 at the top
feature 0  1 where the body is, the head included
feature 1  1 where the head is
feature 2  1 where the tail is: where the head is as well at length 1
feature 3  1 where the apple is
feature 4  on the body its place counted from the tail, which is 1, divided by the length
This is the grid of Jumanji's Snake-v1; the step and its limit are not in it.",
};

/// What stands before occupancy and links in a state, in bytes.
const HEAD_BYTES: u32 = 9;
const NAMES: [&str; 4] = ["up", "right", "down", "left"];

/// The numbers a match is played by, all within the ranges of [`DESCRIPTOR`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Dimensions {
    width: u8,
    height: u8,
    step_limit: u16,
}

impl Dimensions {
    /// How many cells the board has.
    fn cells(self) -> u16 {
        u16::from(self.width) * u16::from(self.height)
    }

    /// The size of the occupancy in a state, in bytes.
    fn occupancy_bytes(self) -> usize {
        usize::from(self.cells().div_ceil(8))
    }

    /// The size of the links in a state, in bytes.
    fn link_bytes(self) -> usize {
        usize::from(self.cells().div_ceil(4))
    }
}

/// The rules with their parameters.
#[derive(Debug)]
pub(crate) struct Snake {
    parameters: ParameterValues,
    dimensions: Dimensions,
}

impl Snake {
    /// The System with these values of [`DESCRIPTOR`]'s parameters.
    pub(crate) fn new(parameters: ParameterValues) -> Self {
        let values = parameters.values();
        let dimensions = Dimensions {
            width: values[0] as u8,
            height: values[1] as u8,
            step_limit: values[2] as u16,
        };
        Self { parameters, dimensions }
    }
}

impl System for Snake {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn parameters(&self) -> &ParameterValues {
        &self.parameters
    }

    fn action_count(&self) -> u64 {
        NAMES.len() as u64
    }

    fn step_count_max(&self) -> u32 {
        self.dimensions.step_limit.into()
    }

    fn observation_bytes_max(&self) -> u32 {
        let sets = self.dimensions.occupancy_bytes() + self.dimensions.link_bytes();
        HEAD_BYTES + sets as u32
    }

    fn forfeit_scores(&self, _forfeits: SeatSet) -> Vec<Score> {
        vec![0]
    }

    fn start(&self, chance: Chance) -> Box<dyn State> {
        Box::new(Moment::start(self.dimensions, chance))
    }

    fn restore(&self, bytes: &[u8], chance: Chance) -> Result<Box<dyn State>, RestoreError> {
        Ok(Box::new(Moment::decode(self.dimensions, chance, bytes)?))
    }

    fn tensor_shape(&self) -> Vec<u32> {
        vec![self.dimensions.height.into(), self.dimensions.width.into(), tensor::FEATURES]
    }

    fn write_tensor(
        &self,
        _seat: Seat,
        observation: &[u8],
        tensor: &mut Vec<f32>,
    ) -> Result<(), RestoreError> {
        // What is seen depends on no chance to come, so any will do.
        let chance = Chance::from_seed(&Seed::default());
        tensor::write(&Moment::decode(self.dimensions, chance, observation)?, tensor);
        Ok(())
    }

    fn legal_actions(&self, seat: Seat, observation: &[u8]) -> Result<Vec<Action>, RestoreError> {
        let chance = Chance::from_seed(&Seed::default());
        Ok(Moment::decode(self.dimensions, chance, observation)?.legal_actions(seat))
    }

    fn action_name(&self, action: Action) -> String {
        action_names::name_of(&NAMES, action)
    }

    fn action_by_name(&self, name: &str) -> Option<Action> {
        action_names::action_of(&NAMES, name)
    }
}
