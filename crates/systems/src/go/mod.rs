//! Go: two seats in turn on the crossings of a board, no chance.
//!
//! `board` is stones and groups, `cell_set` sets of cells, `history` what may not come back, `bytes`
//! what is hashed, `match_state` the moment of a match. Bytes, packed observation and scores are
//! those of SPEC.md section 8.12; actions and tensor are numbered as in OpenSpiel's `go`. Invariant:
//! a match is its moves; all else follows from them.

mod board;
mod bytes;
mod cell_set;
mod history;
mod keys;
mod match_state;
mod picture;

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};

use nets_core::{
    Action, Chance, Descriptor, Information, ParameterSpec, ParameterValues, Planes, RestoreError,
    Score, Seat, SeatSet, State, System,
};

use crate::action_names;
use crate::duel;

use board::{Content, SIZE_MAX};
use match_state::Match;

/// The facts of Go.
pub(crate) static DESCRIPTOR: Descriptor = Descriptor {
    name: "go",
    version: 1,
    summary: "Go: surround the larger area; by area scoring with positional superko.",
    rules: "\
A board of lines, nine by nine if not said otherwise, empty at the start. Seat 0 has the black
stones and begins; in turn the seats put a stone on a free point or pass. Stones of one seat that
touch along the lines are a group; the free points that touch a group are its liberties. After a
stone is put, groups of the opponent without a liberty are taken off. A stone is not legal if its
own group has no liberty then (suicide), nor if it makes a position of the board that was there
before, whoever is to move (positional superko). Two passes in succession end the match, and so does
the ply limit. A seat's area is its stones, and the free points from which only its stones are
reached; dead stones count where they are, so they have to be taken. Seat 1 has the komi added,
which is counted in half points. The larger area wins; how much larger makes no difference: a win
scores 2, a draw 1, a loss 0. A seat that forfeits scores 0 and its opponent 2.

Source: the Tromp-Taylor rules (John Tromp and Bill Taylor, 1995), without suicide.

OpenSpiel's go differs: a stone that repeats a position is legal there and ends the game as a draw,
and the ko point is forbidden even where another stone would be taken with it.",
    seat_count: 2,
    information: Information::Perfect,
    parameters: &[
        ParameterSpec {
            name: "size",
            meaning: "lines in each direction",
            min: 5,
            max: SIZE_MAX as u64,
            default: 9,
        },
        ParameterSpec {
            name: "komi",
            meaning: "half points for seat 1; 15 are seven and a half points",
            min: 0,
            max: 255,
            default: 15,
        },
        ParameterSpec {
            name: "ply-limit",
            meaning: "plies in a match at most, passes included",
            min: 1,
            max: 2_000,
            default: 162,
        },
    ],
    data: None,
    packed_layout: "\
bits  0-8   the point where the seat takes the most stones, of several the lowest number; 511 where
            it takes none, or does not act
bits  9-17  of the n legal points in ascending order that have a neighbour which is no own stone,
            that at n / 3, rounded down; 511 where there is none, or the seat does not act
bits 18-26  that at 2n / 3, likewise
bits 27-35  the last action, 511 at the start
bits 36-40  size
bits 41-51  plies left
bits 52-59  komi, in half points
others      zero
The stones are not in it; the full observation has them.",
    observation_layout: "\
Point r * size + c is in row r from 0, the lowest, and column c from 0, the first; a set of points
has ceil(size * size / 8) bytes, point p is bit p % 8 of byte p / 8.
bytes 0-1  plies, u16; seat 0 is to move where they are even
byte  2    status: 0 running, 1 seat 0 won, 2 seat 1 won, 3 draw
then       the set of the stones of seat 0
then       the set of the stones of seat 1
then       all actions so far, oldest first, a byte each; where size is above 15, u16 each",
    tensor_planes: Some(Planes::First),
    tensor_layout: "\
[plane, row, column], row 0 the lowest; 1 where it is so, else 0; the same for both seats
plane 0  stones of seat 0
plane 1  stones of seat 1
plane 2  free points
plane 3  all ones where it is seat 1's turn
This is the observation tensor of OpenSpiel's go.",
};

/// The letters of the columns; there is no i, as is the custom.
const COLUMN_NAMES: &[u8; SIZE_MAX as usize] = b"abcdefghjklmnopqrst";

/// The letter of a column.
fn column_name(column: u8) -> char {
    char::from(COLUMN_NAMES[usize::from(column)])
}

/// The values of the parameters.
#[derive(Clone, Copy, Debug)]
struct Rules {
    size: u8,
    /// Half points for seat 1.
    komi: u64,
    ply_limit: u16,
}

impl Rules {
    /// The action that puts no stone; those that do are below it.
    fn pass(self) -> u16 {
        u16::from(self.size) * u16::from(self.size)
    }
}

/// The rules with their parameters.
#[derive(Debug)]
pub(crate) struct Go {
    parameters: ParameterValues,
    rules: Rules,
    names: Vec<String>,
}

impl Go {
    /// The System with these values of [`DESCRIPTOR`]'s parameters.
    pub(crate) fn new(parameters: ParameterValues) -> Self {
        let &[size, komi, ply_limit] = parameters.values() else {
            unreachable!("parameters are made from the descriptor's specs")
        };
        let rules = Rules { size: size as u8, komi, ply_limit: ply_limit as u16 };
        let columns = 0..rules.size;
        let cells = (1..=size).flat_map(|row| columns.clone().map(move |column| (column, row)));
        let names = cells.map(|(column, row)| format!("{}{row}", column_name(column)));
        let names = names.chain(["pass".to_owned()]).collect();
        Self { parameters, rules, names }
    }
}

impl System for Go {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn parameters(&self) -> &ParameterValues {
        &self.parameters
    }

    fn action_count(&self) -> u64 {
        u64::from(self.rules.pass()) + 1
    }

    fn step_count_max(&self) -> u32 {
        self.rules.ply_limit.into()
    }

    fn observation_bytes_max(&self) -> u32 {
        bytes::length_max(self.rules) as u32
    }

    fn forfeit_scores(&self, forfeits: SeatSet) -> Vec<Score> {
        duel::forfeit_scores(forfeits)
    }

    fn start(&self, _chance: Chance) -> Box<dyn State> {
        Box::new(Match::new(self.rules))
    }

    fn restore(&self, bytes: &[u8], _chance: Chance) -> Result<Box<dyn State>, RestoreError> {
        Ok(Box::new(bytes::read(self.rules, bytes)?))
    }

    fn tensor_shape(&self) -> Vec<u32> {
        vec![4, self.rules.size.into(), self.rules.size.into()]
    }

    fn write_tensor(
        &self,
        _seat: Seat,
        observation: &[u8],
        tensor: &mut Vec<f32>,
    ) -> Result<(), RestoreError> {
        let state = bytes::read(self.rules, observation)?;
        for content in [Content::First, Content::Second, Content::Free] {
            let points = state.board.points();
            tensor.extend(points.map(|point| f32::from(state.board.content(point) == content)));
        }
        let turn = f32::from(state.mover() == Seat(1));
        tensor.extend(core::iter::repeat_n(turn, self.rules.pass().into()));
        Ok(())
    }

    fn legal_actions(&self, seat: Seat, observation: &[u8]) -> Result<Vec<Action>, RestoreError> {
        Ok(bytes::read(self.rules, observation)?.legal_actions(seat))
    }

    fn action_name(&self, action: Action) -> String {
        action_names::name_of(&self.names, action)
    }

    fn action_by_name(&self, name: &str) -> Option<Action> {
        action_names::action_of(&self.names, name)
    }
}
