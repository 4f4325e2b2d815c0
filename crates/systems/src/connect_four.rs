//! Connect Four: two seats in turn on seven columns of six cells, no chance.
//!
//! Each seat's stones are a set of bits, seven for a column of six, so that the bit above each
//! column is always clear and a line of four is found by shifting (John Tromp's layout). Bytes,
//! packed observation and scores are those of SPEC.md section 8.3. Invariant: the stones of the
//! seats are disjoint and lie without gaps from the bottom of each column.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};
use core::array;

use nets_core::{
    Action, Chance, Descriptor, Information, ParameterValues, Planes, Reader, RestoreError, Score,
    Seat, SeatSet, State, Status, StepError, System,
};

use crate::action_names;
use crate::board_picture::{Stone, caption};
use crate::drawing::Drawing;
use crate::duel::{self, Outcome};

/// The facts of Connect Four.
pub(crate) static DESCRIPTOR: Descriptor = Descriptor {
    name: "connect-four",
    version: 1,
    summary: "Connect Four: drop stones, four in a line win.",
    rules: "\
Seven columns of six cells, empty at the start. Seat 0 begins; in turn the seats drop one stone
into a column that is not full, where it falls onto the highest stone. Who has four stones in a
row, column or diagonal wins; a full board without such a line is a draw. A win scores 2, a draw 1,
a loss 0. A seat that forfeits scores 0 and its opponent 2.

Source: Connect Four (Howard Wexler and Ned Strongin, Milton Bradley, 1974), by its usual rules.",
    seat_count: 2,
    information: Information::Perfect,
    parameters: &[],
    data: None,
    packed_layout: "\
bits 7c to 7c+6  column c (0 to 6): a 1 at the height of the column, below it a 1 for each own
                 stone and a 0 for each of the opponent's, the lowest cell in the lowest bit
bits 49-54       stones on the board
others           zero",
    observation_layout: "\
byte  0      stones on the board
byte  1      status: 0 running, 1 seat 0 won, 2 seat 1 won, 3 draw
bytes 2-9    stones of seat 0, u64: column c, row r (0 lowest) is bit 7c + r
bytes 10-17  stones of seat 1, u64",
    tensor_planes: Some(Planes::First),
    tensor_layout: "\
[plane, row, column], row 0 the lowest; 1 where it is so, else 0; the same for both seats
plane 0  a stone of seat 0
plane 1  a stone of seat 1
plane 2  an empty cell
This is the observation tensor of OpenSpiel's connect_four.",
};

const COLUMNS: u64 = 7;
const ROWS: u8 = 6;
const CELLS: u8 = 42;
const STATE_BYTES: usize = 18;
const NAMES: [&str; COLUMNS as usize] = ["1", "2", "3", "4", "5", "6", "7"];
/// The lowest cell of each column.
const BOTTOM: u64 = 0x0000_0408_1020_4081;
/// The highest cell of each column.
const TOP: u64 = BOTTOM << (ROWS - 1);
/// Every cell of the board.
const BOARD: u64 = BOTTOM * 0b11_1111;

/// The rules; there is nothing to choose.
#[derive(Debug)]
pub(crate) struct ConnectFour {
    parameters: ParameterValues,
}

impl ConnectFour {
    /// The System with the (no) parameters of [`DESCRIPTOR`].
    pub(crate) fn new(parameters: ParameterValues) -> Self {
        Self { parameters }
    }
}

impl System for ConnectFour {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn parameters(&self) -> &ParameterValues {
        &self.parameters
    }

    fn action_count(&self) -> u64 {
        COLUMNS
    }

    fn step_count_max(&self) -> u32 {
        CELLS.into()
    }

    fn observation_bytes_max(&self) -> u32 {
        STATE_BYTES as u32
    }

    fn forfeit_scores(&self, forfeits: SeatSet) -> Vec<Score> {
        duel::forfeit_scores(forfeits)
    }

    fn start(&self, _chance: Chance) -> Box<dyn State> {
        Box::new(Board { ply: 0, outcome: Outcome::Running, stones: [0; 2] })
    }

    fn restore(&self, bytes: &[u8], _chance: Chance) -> Result<Box<dyn State>, RestoreError> {
        Ok(Box::new(Board::decode(bytes)?))
    }

    fn tensor_shape(&self) -> Vec<u32> {
        vec![3, ROWS.into(), COLUMNS as u32]
    }

    fn write_tensor(
        &self,
        _seat: Seat,
        observation: &[u8],
        tensor: &mut Vec<f32>,
    ) -> Result<(), RestoreError> {
        let board = Board::decode(observation)?;
        for cells in [board.stones[0], board.stones[1], BOARD & !board.occupied()] {
            for row in 0..ROWS {
                let bits = (0..COLUMNS as u8).map(|column| cells >> (7 * column + row) & 1 == 1);
                tensor.extend(bits.map(f32::from));
            }
        }
        Ok(())
    }

    fn legal_actions(&self, seat: Seat, observation: &[u8]) -> Result<Vec<Action>, RestoreError> {
        Ok(Board::decode(observation)?.legal_actions(seat))
    }

    fn action_name(&self, action: Action) -> String {
        action_names::name_of(&NAMES, action)
    }

    fn action_by_name(&self, name: &str) -> Option<Action> {
        action_names::action_of(&NAMES, name)
    }
}

/// How far apart neighbours are up a column, along a row, and on the two diagonals.
const DIRECTIONS: [u32; 4] = [1, 7, 6, 8];

/// The stones of which three more follow in a direction.
fn starts(stones: u64, direction: u32) -> u64 {
    let pairs = stones & stones >> direction;
    pairs & pairs >> (2 * direction)
}

fn has_line_of_four(stones: u64) -> bool {
    DIRECTIONS.into_iter().fold(0, |found, direction| found | starts(stones, direction)) != 0
}

/// The stones that are part of a line of four.
fn lines_of_four(stones: u64) -> u64 {
    DIRECTIONS.into_iter().fold(0, |found, direction| {
        let starts = starts(stones, direction);
        let pairs = starts | starts << direction;
        found | pairs | pairs << (2 * direction)
    })
}

/// One moment of a match.
#[derive(Clone, Debug)]
struct Board {
    ply: u8,
    outcome: Outcome,
    stones: [u64; 2],
}

impl Board {
    fn decode(bytes: &[u8]) -> Result<Self, RestoreError> {
        let mut reader = Reader::new(bytes);
        let ply = reader.u8("ply")?;
        let outcome = Outcome::decode(reader.u8("status")?)?;
        let stones = [reader.u64("stones of seat 0")?, reader.u64("stones of seat 1")?];
        reader.finish()?;
        let board = Self { ply, outcome, stones };
        board.check().map_err(RestoreError::Inconsistent)?;
        Ok(board)
    }

    fn occupied(&self) -> u64 {
        self.stones[0] | self.stones[1]
    }

    /// The seat whose turn it is, or would be.
    fn to_move(&self) -> Seat {
        Seat(self.ply & 1)
    }

    /// The lowest free cell of `column`, as a bit; 0 where the column is full.
    fn landing(&self, column: u64) -> u64 {
        (self.occupied() + (1 << (7 * column))) & (0b11_1111 << (7 * column))
    }

    /// The outcome that the stones show, the last stone being the other seat's than the mover's.
    fn outcome_on_board(&self) -> Outcome {
        let last = Seat(1 - self.to_move().0);
        match has_line_of_four(self.stones[last.index()]) {
            true => Outcome::won_by(last),
            false if self.ply == CELLS => Outcome::Draw,
            false => Outcome::Running,
        }
    }

    /// Refuses stones that cannot lie as they do.
    fn check(&self) -> Result<(), String> {
        let [first, second] = self.stones;
        if (first | second) & !BOARD != 0 {
            return Err(format!("stones outside the board: {:#x}", (first | second) & !BOARD));
        }
        if first & second != 0 {
            return Err(format!("stones of both seats in the cells {:#x}", first & second));
        }
        if (first | second) & (self.occupied() + BOTTOM) != 0 {
            return Err("stones above a gap".to_owned());
        }
        let expected = [self.ply.div_ceil(2).into(), (self.ply / 2).into()];
        let got = self.stones.map(u64::count_ones);
        if got != expected {
            return Err(format!("ply {} has {expected:?} stones, got {got:?}", self.ply));
        }
        if has_line_of_four(self.stones[self.to_move().index()]) {
            return Err(format!("{} has four in a line and would be to move", self.to_move()));
        }
        if self.outcome != self.outcome_on_board() {
            let shown = self.outcome_on_board();
            return Err(format!("status {:?}, the board shows {shown:?}", self.outcome));
        }
        Ok(())
    }

    fn stone(&self, column: u8, row: u8) -> Option<Stone> {
        let in_line = self.stones.map(|own| u128::from(lines_of_four(own)));
        Stone::on(7 * column + row, self.stones.map(u128::from), in_line)
    }

    fn caption(&self) -> String {
        caption(self.outcome, self.to_move(), self.ply.into())
    }
}

impl State for Board {
    fn status(&self) -> Status {
        self.outcome.status(self.to_move())
    }

    fn write_legal_actions(&self, seat: Seat, actions: &mut Vec<Action>) {
        if self.outcome != Outcome::Running || seat != self.to_move() {
            return;
        }
        let columns = array::from_fn::<_, { COLUMNS as usize }, _>(|column| Action(column as u64));
        // Until late in a match every column is open, and all are written at once.
        match self.occupied() & TOP {
            0 => actions.extend_from_slice(&columns),
            _ => actions.extend(columns.into_iter().filter(|it| self.landing(it.0) != 0)),
        }
    }

    fn is_legal(&self, seat: Seat, action: Action) -> bool {
        self.outcome == Outcome::Running
            && seat == self.to_move()
            && action.0 < COLUMNS
            && self.landing(action.0) != 0
    }

    fn step(&mut self, actions: &[Action]) -> Result<(), StepError> {
        let action = self.outcome.only_action(actions)?;
        let seat = self.to_move();
        if !self.is_legal(seat, action) {
            return Err(StepError::Illegal { seat, action });
        }
        self.stones[seat.index()] |= self.landing(action.0);
        self.ply += 1;
        self.outcome = self.outcome_on_board();
        Ok(())
    }

    fn scores(&self) -> Vec<Score> {
        self.outcome.scores()
    }

    fn packed_observation(&self, seat: Seat) -> u64 {
        let own = self.stones[seat.index() & 1];
        // Adding the bottom row carries past the stones of each column to the cell at its height.
        (own | (self.occupied() + BOTTOM)) | u64::from(self.ply) << 49
    }

    fn write_observation(&self, _seat: Seat, bytes: &mut Vec<u8>) {
        self.write_bytes(bytes);
    }

    fn write_bytes(&self, bytes: &mut Vec<u8>) {
        bytes.extend([self.ply, self.outcome as u8]);
        bytes.extend(self.stones[0].to_le_bytes());
        bytes.extend(self.stones[1].to_le_bytes());
    }

    fn chance_event_count(&self) -> u32 {
        0
    }

    fn picture(&self) -> String {
        let mut picture = String::from("  1   2   3   4   5   6   7\n");
        for row in (0..ROWS).rev() {
            for column in 0..COLUMNS as u8 {
                let symbol = self.stone(column, row).map_or(' ', Stone::symbol);
                picture.extend(['│', ' ', symbol, ' ']);
            }
            picture.push_str("│\n");
        }
        picture.push_str("└───┴───┴───┴───┴───┴───┴───┘\n");
        picture + &self.caption() + "\n"
    }

    fn svg(&self) -> String {
        // The text picture's signs for the seats are colours here.
        let caption = self.caption();
        let caption = caption.trim_start_matches(['●', '○', '◆', '◇', ' ']);
        let mut drawing = Drawing::new((164, 170), caption);
        drawing.rect("panel", (2, 2), (160, 138));
        for (column, row) in (0..COLUMNS as u8).flat_map(|c| (0..ROWS).map(move |r| (c, r))) {
            let centre = (16 + 22 * i32::from(column), 16 + 22 * i32::from(ROWS - 1 - row));
            match self.stone(column, row) {
                Some(stone) => stone.draw(&mut drawing, centre, 9),
                None => drawing.circle("ground", centre, 9),
            }
        }
        let class = match self.outcome {
            Outcome::FirstWon => "first",
            Outcome::SecondWon => "second",
            Outcome::Running if self.to_move() == Seat(0) => "first",
            Outcome::Running => "second",
            Outcome::Draw => "panel",
        };
        drawing.circle(class, (12, 154), 5);
        drawing.text("ink", (88, 158), caption);
        drawing.finish()
    }

    fn fork(&self) -> Box<dyn State> {
        Box::new(self.clone())
    }
}
