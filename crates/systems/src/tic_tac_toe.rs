//! Tic-tac-toe: two seats in turn on nine cells, no chance. The smallest of the board Systems.
//!
//! Each seat's stones are a set of nine bits. Bytes, packed observation and scores are those of
//! SPEC.md section 8.4; actions and tensor are numbered as in OpenSpiel's `tic_tac_toe`. Invariant:
//! the stones of the seats are disjoint, and seat 0 has as many as seat 1 or one more.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};

use nets_core::{
    Action, Chance, Descriptor, Information, ParameterValues, Planes, Reader, RestoreError, Score,
    Seat, SeatSet, State, Status, StepError, System,
};

use crate::action_names;
use crate::board_picture::{self, Stone};
use crate::duel::{self, Outcome};

/// The facts of tic-tac-toe.
pub(crate) static DESCRIPTOR: Descriptor = Descriptor {
    name: "tic-tac-toe",
    version: 1,
    summary: "Tic-tac-toe: three stones in a line win.",
    rules: "\
Nine cells in three rows, empty at the start. Seat 0 begins; in turn the seats put one stone on a
free cell. Who has three in a row, column or diagonal wins; nine stones without such a line are a
draw. A win scores 2, a draw 1, a loss 0. A seat that forfeits scores 0 and its opponent 2.

Source: tic-tac-toe (noughts and crosses), a play of children everywhere, by its usual rules.",
    seat_count: 2,
    information: Information::Perfect,
    parameters: &[],
    data: None,
    packed_layout: "\
bits  0-8   own stones: the cell of action a is bit a
bits  9-17  the opponent's stones
bits 18-26  free cells
others      zero",
    observation_layout: "\
byte  0    status: 0 running, 1 seat 0 won, 2 seat 1 won, 3 draw
bytes 1-2  stones of seat 0, u16: column c, row r (0 the uppermost) is bit 3r + c
bytes 3-4  stones of seat 1, u16",
    tensor_planes: Some(Planes::First),
    tensor_layout: "\
[plane, row, column], row 0 the uppermost; 1 where it is so, else 0; the same for both seats
plane 0  free cells
plane 1  stones of seat 1
plane 2  stones of seat 0
This is the observation tensor of OpenSpiel's tic_tac_toe.",
};

const SIDE: u8 = 3;
const CELLS: u8 = SIDE * SIDE;
const BOARD: u16 = 0x1ff;
const STATE_BYTES: u32 = 5;
/// Rows, columns, diagonals.
const LINES: [u16; 8] = [0o007, 0o070, 0o700, 0o111, 0o222, 0o444, 0o421, 0o124];

/// The rules; there is nothing to choose.
#[derive(Debug)]
pub(crate) struct TicTacToe {
    parameters: ParameterValues,
    names: Vec<String>,
}

impl TicTacToe {
    /// The System with the (no) parameters of [`DESCRIPTOR`].
    pub(crate) fn new(parameters: ParameterValues) -> Self {
        Self { parameters, names: action_names::of_cells(SIDE, SIDE) }
    }
}

impl System for TicTacToe {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn parameters(&self) -> &ParameterValues {
        &self.parameters
    }

    fn action_count(&self) -> u64 {
        CELLS.into()
    }

    fn step_count_max(&self) -> u32 {
        CELLS.into()
    }

    fn observation_bytes_max(&self) -> u32 {
        STATE_BYTES
    }

    fn forfeit_scores(&self, forfeits: SeatSet) -> Vec<Score> {
        duel::forfeit_scores(forfeits)
    }

    fn start(&self, _chance: Chance) -> Box<dyn State> {
        Box::new(Board { outcome: Outcome::Running, stones: [0; 2] })
    }

    fn restore(&self, bytes: &[u8], _chance: Chance) -> Result<Box<dyn State>, RestoreError> {
        Ok(Box::new(Board::decode(bytes)?))
    }

    fn tensor_shape(&self) -> Vec<u32> {
        vec![3, SIDE.into(), SIDE.into()]
    }

    fn write_tensor(
        &self,
        _seat: Seat,
        observation: &[u8],
        tensor: &mut Vec<f32>,
    ) -> Result<(), RestoreError> {
        let board = Board::decode(observation)?;
        for plane in [board.free(), board.stones[1], board.stones[0]] {
            tensor.extend((0..CELLS).map(|cell| f32::from(plane >> cell & 1 == 1)));
        }
        Ok(())
    }

    fn legal_actions(&self, seat: Seat, observation: &[u8]) -> Result<Vec<Action>, RestoreError> {
        Ok(Board::decode(observation)?.legal_actions(seat))
    }

    fn action_name(&self, action: Action) -> String {
        action_names::name_of(&self.names, action)
    }

    fn action_by_name(&self, name: &str) -> Option<Action> {
        action_names::action_of(&self.names, name)
    }
}

/// The stones that are part of a line of three.
fn lines_of_three(stones: u16) -> u16 {
    let complete = LINES.into_iter().filter(|line| stones & line == *line);
    complete.fold(0, |found, line| found | line)
}

/// One moment of a match.
#[derive(Clone, Debug)]
struct Board {
    outcome: Outcome,
    stones: [u16; 2],
}

impl Board {
    fn decode(bytes: &[u8]) -> Result<Self, RestoreError> {
        let mut reader = Reader::new(bytes);
        let outcome = Outcome::decode(reader.u8("status")?)?;
        let stones = [reader.u16("stones of seat 0")?, reader.u16("stones of seat 1")?];
        reader.finish()?;
        let board = Self { outcome, stones };
        board.check().map_err(RestoreError::Inconsistent)?;
        Ok(board)
    }

    fn occupied(&self) -> u16 {
        self.stones[0] | self.stones[1]
    }

    fn free(&self) -> u16 {
        BOARD & !self.occupied()
    }

    /// The seat whose turn it is, or would be.
    fn to_move(&self) -> Seat {
        Seat((self.occupied().count_ones() & 1) as u8)
    }

    /// The outcome that the stones show, the last stone being the other seat's than the mover's.
    fn outcome_on_board(&self) -> Outcome {
        let last = Seat(1 - self.to_move().0);
        match lines_of_three(self.stones[last.index()]) != 0 {
            true => Outcome::won_by(last),
            false if self.free() == 0 => Outcome::Draw,
            false => Outcome::Running,
        }
    }

    /// Refuses stones that cannot lie as they do.
    fn check(&self) -> Result<(), String> {
        let [first, second] = self.stones;
        if self.occupied() & !BOARD != 0 {
            return Err(format!("stones outside the board: {:#x}", self.occupied() & !BOARD));
        }
        if first & second != 0 {
            return Err(format!("stones of both seats in the cells {:#x}", first & second));
        }
        let counts = self.stones.map(u16::count_ones);
        if counts[0] != counts[1] && counts[0] != counts[1] + 1 {
            return Err(format!("{counts:?} stones, expected as many of seat 0 or one more"));
        }
        if lines_of_three(self.stones[self.to_move().index()]) != 0 {
            return Err(format!("{} has three in a line and would be to move", self.to_move()));
        }
        let shown = self.outcome_on_board();
        if self.outcome != shown {
            return Err(format!("status {:?}, the board shows {shown:?}", self.outcome));
        }
        Ok(())
    }

    fn stone(&self, cell: u8) -> Option<Stone> {
        let stones = self.stones.map(u128::from);
        let in_line = self.stones.map(|own| u128::from(lines_of_three(own)));
        Stone::on(cell, stones, in_line)
    }

    fn caption(&self) -> String {
        board_picture::caption(self.outcome, self.to_move(), self.occupied().count_ones())
    }
}

impl State for Board {
    fn status(&self) -> Status {
        self.outcome.status(self.to_move())
    }

    fn write_legal_actions(&self, seat: Seat, actions: &mut Vec<Action>) {
        let cells = (0..CELLS.into()).map(Action);
        actions.extend(cells.filter(|&action| self.is_legal(seat, action)));
    }

    fn is_legal(&self, seat: Seat, action: Action) -> bool {
        self.outcome == Outcome::Running
            && seat == self.to_move()
            && action.0 < CELLS.into()
            && self.free() >> action.0 & 1 == 1
    }

    fn step(&mut self, actions: &[Action]) -> Result<(), StepError> {
        let action = self.outcome.only_action(actions)?;
        let seat = self.to_move();
        if !self.is_legal(seat, action) {
            return Err(StepError::Illegal { seat, action });
        }
        self.stones[seat.index()] |= 1 << action.0;
        self.outcome = self.outcome_on_board();
        Ok(())
    }

    fn scores(&self) -> Vec<Score> {
        self.outcome.scores()
    }

    fn packed_observation(&self, seat: Seat) -> u64 {
        let own = seat.index() & 1;
        u64::from(self.stones[own])
            | u64::from(self.stones[1 - own]) << 9
            | u64::from(self.free()) << 18
    }

    fn write_observation(&self, _seat: Seat, bytes: &mut Vec<u8>) {
        self.write_bytes(bytes);
    }

    fn write_bytes(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.outcome as u8);
        bytes.extend(self.stones[0].to_le_bytes());
        bytes.extend(self.stones[1].to_le_bytes());
    }

    fn chance_event_count(&self) -> u32 {
        0
    }

    fn picture(&self) -> String {
        let symbol = |cell| self.stone(cell).map_or(' ', Stone::symbol);
        board_picture::text(SIDE, symbol) + &self.caption() + "\n"
    }

    fn svg(&self) -> String {
        board_picture::svg(SIDE, &self.caption(), |cell| self.stone(cell), |_| false)
    }

    fn fork(&self) -> Box<dyn State> {
        Box::new(self.clone())
    }
}
