//! Snake arena: two to four snakes on one board, all moving at once; who lives longest wins.
//!
//! This file has the rules with their parameters; `state.rs` one moment of a match and its step;
//! `bytes.rs` how it is written and read; `picture.rs` the drawings; `tensor.rs` the board as
//! numbers. Rules and bytes are those of SPEC.md section 8.

mod bytes;
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

/// The facts of the arena.
pub(crate) static DESCRIPTOR: Descriptor = Descriptor {
    name: "snake-arena",
    version: 1,
    summary: "Snake arena: two to four snakes on one board, who lives longest wins.",
    rules: "\
Each seat has a snake of length 1 near a corner of the board, which grows in its first two steps.
There are as many apples as seats, as long as there are free cells for them. In each step all
living snakes move their heads one cell up, right, down or left at once. A head on an apple eats it
and its snake grows by one: the end of its tail stays where it is, and otherwise leaves its cell.
Then it is seen who dies, of all at once: a head outside the board; a head on a cell of any body,
its own included, where a body is all of a moved snake but its head; and of heads on one cell all
but one that is longer than each other. The dead leave the board, and chance puts apples in the
place of those that were eaten, each on a free cell. The match is over when one snake lives or none,
or the steps are used up. Every seat scores 2 for each other that it outlived and 1 for each that it
neither outlived nor was outlived by: of two who lived for as many steps, the longer has outlived
the other. A seat that forfeits scores 0, and the others as if they had outlived all.

Source: Snake (Nokia 6110, 1997) for two and more, with the collisions of Battlesnake's standard
rules (2015) and without its health.",
    seat_count: 2,
    information: Information::Perfect,
    parameters: &[
        ParameterSpec { name: "width", meaning: "columns", min: 5, max: 16, default: 11 },
        ParameterSpec { name: "height", meaning: "rows", min: 5, max: 16, default: 11 },
        ParameterSpec { name: "snakes", meaning: "seats", min: 2, max: 4, default: 2 },
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
all zero for who is dead; otherwise
bits  0-3   own head x, 0 at the left
bits  4-7   own head y, 0 at the top
bits  8-11  x of the nearest apple, by steps, of several that of the lowest cell; 0 where none is
bits 12-15  its y
bits 16-19  width - 1
bits 20-23  height - 1
bits 24-27  bit 24 + a is set where action a leads off the board or onto a body as it lies now,
            but for the tail ends that leave their cells unless their snakes eat
bits 28-31  bit 28 + a is set where another head of a snake not shorter can reach the same cell
bits 32-40  own length
bits 41-49  length of the longest other living snake, 0 where none lives
bits 50-63  steps left",
    observation_layout: "\
bytes 0-1  step, u16
bytes 2-3  apples put on the board so far, u16
then       apples, ceil(cells / 8) bytes: cell c (y * width + x) is bit c % 8 of byte c / 8
then, for each seat
  2 bytes  the step it died in, u16, 0 where it lives
  2 bytes  its length, u16: at its death where it is dead
  1 byte   by how many cells it has yet to grow, 0 where it is dead
  n bytes  where it lives the cells of its body, a byte each, from the end of the tail to the head",
    tensor_planes: Some(Planes::Last),
    tensor_layout: "\
[row, column, feature], row 0 at the top; features 0 to 4 as in Snake, of one's own snake
feature 0  1 where the own body is, the head included
feature 1  1 where the own head is
feature 2  1 where the own tail ends
feature 3  1 where an apple is
feature 4  on the own body its place counted from the tail, which is 1, divided by the length
feature 5  1 where another body is, its head included
feature 6  1 where another head is
feature 7  1 where another tail ends
feature 8  on another body its place counted from the tail, divided by its length",
};

const NAMES: [&str; 4] = ["up", "right", "down", "left"];
/// Step and apples drawn.
const FIXED_BYTES: usize = 4;
/// What each seat has besides its cells.
const SNAKE_BYTES: usize = 5;

/// The numbers a match is played by, all within the ranges of [`DESCRIPTOR`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Dimensions {
    width: u8,
    height: u8,
    snakes: u8,
    step_limit: u16,
}

impl Dimensions {
    /// How many cells the board has.
    fn cells(self) -> u16 {
        u16::from(self.width) * u16::from(self.height)
    }

    /// The size of the set of apples in a state, in bytes.
    fn apple_bytes(self) -> usize {
        usize::from(self.cells().div_ceil(8))
    }

    /// Column and row of a cell.
    fn position(self, cell: u8) -> (u8, u8) {
        (cell % self.width, cell / self.width)
    }

    /// The cell next to one in a direction; none outside the board.
    fn neighbour(self, cell: u8, direction: u8) -> Option<u8> {
        let (x, y) = self.position(cell);
        match direction {
            0 if y > 0 => Some(cell - self.width),
            1 if x + 1 < self.width => Some(cell + 1),
            2 if y + 1 < self.height => Some(cell + self.width),
            3 if x > 0 => Some(cell - 1),
            _ => None,
        }
    }
}

/// The rules with their parameters.
#[derive(Debug)]
pub(crate) struct SnakeArena {
    parameters: ParameterValues,
    dimensions: Dimensions,
}

impl SnakeArena {
    /// The System with these values of [`DESCRIPTOR`]'s parameters.
    pub(crate) fn new(parameters: ParameterValues) -> Self {
        let values = parameters.values();
        let dimensions = Dimensions {
            width: values[0] as u8,
            height: values[1] as u8,
            snakes: values[2] as u8,
            step_limit: values[3] as u16,
        };
        Self { parameters, dimensions }
    }
}

impl System for SnakeArena {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn parameters(&self) -> &ParameterValues {
        &self.parameters
    }

    fn seat_count(&self) -> u8 {
        self.dimensions.snakes
    }

    fn action_count(&self) -> u64 {
        NAMES.len() as u64
    }

    fn step_count_max(&self) -> u32 {
        self.dimensions.step_limit.into()
    }

    fn observation_bytes_max(&self) -> u32 {
        let Dimensions { snakes, .. } = self.dimensions;
        let fixed = FIXED_BYTES + self.dimensions.apple_bytes();
        // Living snakes share no cell.
        (fixed + SNAKE_BYTES * usize::from(snakes) + usize::from(self.dimensions.cells())) as u32
    }

    fn forfeit_scores(&self, forfeits: SeatSet) -> Vec<Score> {
        let most = 2 * Score::from(self.dimensions.snakes - 1);
        let score = |seat| if forfeits.contains(Seat(seat)) { 0 } else { most };
        (0..self.dimensions.snakes).map(score).collect()
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
        seat: Seat,
        observation: &[u8],
        tensor: &mut Vec<f32>,
    ) -> Result<(), RestoreError> {
        // What is seen depends on no chance to come, so any will do.
        let chance = Chance::from_seed(&Seed::default());
        tensor::write(&Moment::decode(self.dimensions, chance, observation)?, seat, tensor);
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
