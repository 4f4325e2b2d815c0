//! Hex: two seats in turn on a rhombus of hexagons, no chance and no draw.
//!
//! Each seat's stones are a set of bits, one for a cell, and what is connected is found by growing
//! such sets to their neighbours. Bytes, packed observation and scores are those of SPEC.md section
//! 8.6; actions and tensor are numbered as in OpenSpiel's `hex`. Invariant: the stones of the seats
//! are disjoint, seat 0 has as many as seat 1 or one more, and the match is over as soon as the
//! stones of a seat connect its edges.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};

use nets_core::{
    Action, Chance, Descriptor, Information, ParameterSpec, ParameterValues, Planes, Reader,
    RestoreError, Score, Seat, SeatSet, State, Status, StepError, System,
};

use crate::action_names;
use crate::board_picture::{self, Stone};
use crate::drawing::Drawing;
use crate::duel::{self, Outcome};

/// The facts of Hex.
pub(crate) static DESCRIPTOR: Descriptor = Descriptor {
    name: "hex",
    version: 1,
    summary: "Hex: connect your two edges before the other seat connects its own.",
    rules: "\
A rhombus of hexagons, as many rows as columns, empty at the start; each row lies half a cell
further to the right than the one above, so that b2 touches b1, c1, a2, c2, a3 and b3. Seat 0
begins; in turn the seats put one stone on a free cell. Seat 0 wins when its stones connect the
uppermost row with the lowest, seat 1 when its stones connect the first column with the last. There
is no draw, and no swap. A win scores 2, a loss 0. A seat that forfeits scores 0 and its opponent 2.

Source: Hex (Piet Hein, 1942; John Nash, 1948), without the swap rule.",
    seat_count: 2,
    information: Information::Perfect,
    parameters: &[ParameterSpec {
        name: "size",
        meaning: "rows, and cells in a row",
        min: 3,
        max: 11,
        default: 11,
    }],
    data: None,
    packed_layout: "\
The seat's lines are the rows for seat 0 and the columns for seat 1: a chain between its edges has a
stone in each. Cells of a line are counted from 0, from the left or from the top.
bits  0-43  four bits for line k from bit 4k: its free cell nearest to the middle (size div 2), the
            lower number of two; 15 where there is no free cell or no such line
bits 44-54  bit 44 + k: an own stone is in line k
bits 55-58  size
others      zero
The stones are not all in it; the full observation has them.",
    observation_layout: "\
byte  0    status: 0 running, 1 seat 0 won, 2 seat 1 won
then       stones of seat 0, ceil(size * size / 8) bytes: column c, row r (0 the uppermost) is cell
           r * size + c, and cell n is bit n % 8 of byte n / 8
then       stones of seat 1 likewise",
    tensor_planes: Some(Planes::First),
    tensor_layout: "\
[plane, row, column], row 0 the uppermost; 1 where it is so, else 0; the same for both seats
plane 0  stones of seat 1 connected with both its edges
plane 1  stones of seat 1 connected with the first column only
plane 2  stones of seat 1 connected with the last column only
plane 3  other stones of seat 1
plane 4  free cells
plane 5  stones of seat 0 connected with none of its edges
plane 6  stones of seat 0 connected with the lowest row only
plane 7  stones of seat 0 connected with the uppermost row only
plane 8  stones of seat 0 connected with both its edges
This is the observation tensor of OpenSpiel's hex, but for the end of a match, when OpenSpiel has the
last stone alone in plane 0 or 8.",
};

const SIZE_MAX: u8 = 11;
/// What stands for no cell in the packed observation.
const NO_CELL: u64 = 15;

/// The rules with their parameter.
#[derive(Debug)]
pub(crate) struct Hex {
    parameters: ParameterValues,
    size: u8,
    names: Vec<String>,
}

impl Hex {
    /// The System with these values of [`DESCRIPTOR`]'s parameters.
    pub(crate) fn new(parameters: ParameterValues) -> Self {
        let size = parameters.values()[0] as u8;
        Self { parameters, size, names: action_names::of_cells(size, size) }
    }

    fn decode(&self, bytes: &[u8]) -> Result<Board, RestoreError> {
        let shape = Shape { size: self.size };
        let mut reader = Reader::new(bytes);
        let outcome = Outcome::decode(reader.u8("status")?)?;
        let mut stones = |field| {
            let mut set = [0; 16];
            let read = reader.raw(field, shape.set_bytes())?;
            set[..read.len()].copy_from_slice(read);
            Ok::<_, RestoreError>(u128::from_le_bytes(set))
        };
        let stones = [stones("stones of seat 0")?, stones("stones of seat 1")?];
        reader.finish()?;
        let board = Board { shape, outcome, stones };
        board.check().map_err(RestoreError::Inconsistent)?;
        Ok(board)
    }
}

impl System for Hex {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn parameters(&self) -> &ParameterValues {
        &self.parameters
    }

    fn action_count(&self) -> u64 {
        Shape { size: self.size }.cells().into()
    }

    fn step_count_max(&self) -> u32 {
        Shape { size: self.size }.cells().into()
    }

    fn observation_bytes_max(&self) -> u32 {
        1 + 2 * Shape { size: self.size }.set_bytes() as u32
    }

    fn forfeit_scores(&self, forfeits: SeatSet) -> Vec<Score> {
        duel::forfeit_scores(forfeits)
    }

    fn start(&self, _chance: Chance) -> Box<dyn State> {
        let shape = Shape { size: self.size };
        Box::new(Board { shape, outcome: Outcome::Running, stones: [0; 2] })
    }

    fn restore(&self, bytes: &[u8], _chance: Chance) -> Result<Box<dyn State>, RestoreError> {
        Ok(Box::new(self.decode(bytes)?))
    }

    fn tensor_shape(&self) -> Vec<u32> {
        vec![9, self.size.into(), self.size.into()]
    }

    fn write_tensor(
        &self,
        _seat: Seat,
        observation: &[u8],
        tensor: &mut Vec<f32>,
    ) -> Result<(), RestoreError> {
        let board = self.decode(observation)?;
        let [top, bottom] = board.shape.edges(Seat(0)).map(|edge| board.connected(Seat(0), edge));
        let [left, right] = board.shape.edges(Seat(1)).map(|edge| board.connected(Seat(1), edge));
        let [first, second] = board.stones;
        let planes = [
            left & right,
            left & !right,
            right & !left,
            second & !left & !right,
            board.free(),
            first & !top & !bottom,
            bottom & !top,
            top & !bottom,
            top & bottom,
        ];
        for plane in planes {
            let cells = 0..board.shape.cells();
            tensor.extend(cells.map(|cell| f32::from(plane >> cell & 1 == 1)));
        }
        Ok(())
    }

    fn legal_actions(&self, seat: Seat, observation: &[u8]) -> Result<Vec<Action>, RestoreError> {
        Ok(self.decode(observation)?.legal_actions(seat))
    }

    fn action_name(&self, action: Action) -> String {
        action_names::name_of(&self.names, action)
    }

    fn action_by_name(&self, name: &str) -> Option<Action> {
        action_names::action_of(&self.names, name)
    }
}

/// The cells of a board as sets.
#[derive(Clone, Copy, Debug)]
struct Shape {
    size: u8,
}

impl Shape {
    fn cells(self) -> u8 {
        self.size * self.size
    }

    /// How many bytes a set of cells has.
    fn set_bytes(self) -> usize {
        self.cells().div_ceil(8).into()
    }

    fn board(self) -> u128 {
        (1 << self.cells()) - 1
    }

    fn row(self, row: u8) -> u128 {
        ((1 << self.size) - 1) << (row * self.size)
    }

    fn column(self, column: u8) -> u128 {
        (0..self.size).fold(0, |cells, row| cells | 1 << (row * self.size + column))
    }

    /// The two edges that `seat` connects.
    fn edges(self, seat: Seat) -> [u128; 2] {
        let last = self.size - 1;
        if seat == Seat(0) {
            [self.row(0), self.row(last)]
        } else {
            [self.column(0), self.column(last)]
        }
    }

    /// The cells in `set` and those that touch them.
    fn grown(self, set: u128) -> u128 {
        let not_first = set & !self.column(0);
        let not_last = set & !self.column(self.size - 1);
        let beside = not_first >> 1 | not_last << 1;
        let above = set >> self.size | not_last >> (self.size - 1);
        let below = set << self.size | not_first << (self.size - 1);
        (set | beside | above | below) & self.board()
    }
}

/// One moment of a match.
#[derive(Clone, Debug)]
struct Board {
    shape: Shape,
    outcome: Outcome,
    stones: [u128; 2],
}

impl Board {
    fn occupied(&self) -> u128 {
        self.stones[0] | self.stones[1]
    }

    fn free(&self) -> u128 {
        self.shape.board() & !self.occupied()
    }

    /// The seat whose turn it is, or would be.
    fn to_move(&self) -> Seat {
        Seat((self.occupied().count_ones() & 1) as u8)
    }

    /// The stones of `seat` that are connected with the cells in `edge`.
    fn connected(&self, seat: Seat, edge: u128) -> u128 {
        let stones = self.stones[seat.index()];
        let mut reached = stones & edge;
        loop {
            let grown = self.shape.grown(reached) & stones;
            if grown == reached {
                return reached;
            }
            reached = grown;
        }
    }

    /// The stones of `seat` that are connected with both of its edges.
    fn chain(&self, seat: Seat) -> u128 {
        let [one, other] = self.shape.edges(seat);
        let reached = self.connected(seat, one);
        if reached & other == 0 { 0 } else { reached & self.connected(seat, other) }
    }

    /// The outcome that the stones show, the last stone being the other seat's than the mover's.
    fn outcome_on_board(&self) -> Outcome {
        let last = Seat(1 - self.to_move().0);
        if self.chain(last) == 0 { Outcome::Running } else { Outcome::won_by(last) }
    }

    /// Refuses stones that cannot lie as they do.
    fn check(&self) -> Result<(), String> {
        let [first, second] = self.stones;
        if self.occupied() & !self.shape.board() != 0 {
            let outside = self.occupied() & !self.shape.board();
            return Err(format!("stones outside the board: {outside:#x}"));
        }
        if first & second != 0 {
            return Err(format!("stones of both seats in the cells {:#x}", first & second));
        }
        let counts = self.stones.map(u128::count_ones);
        if counts[0] != counts[1] && counts[0] != counts[1] + 1 {
            return Err(format!("{counts:?} stones, expected as many of seat 0 or one more"));
        }
        if self.chain(self.to_move()) != 0 {
            return Err(format!("{} has connected and would be to move", self.to_move()));
        }
        let shown = self.outcome_on_board();
        if self.outcome != shown {
            return Err(format!("status {:?}, the board shows {shown:?}", self.outcome));
        }
        Ok(())
    }

    /// The cells of line `line` of `seat`, from the left or from the top.
    fn line(&self, seat: Seat, line: u8) -> impl Iterator<Item = u8> {
        let size = self.shape.size;
        (0..size).map(move |k| if seat == Seat(0) { line * size + k } else { k * size + line })
    }

    /// The free cell of a line nearest to its middle.
    fn nearest_to_the_middle(&self, seat: Seat, line: u8) -> u64 {
        let is_free = |cell: u8| self.free() >> cell & 1 == 1;
        let free = self.line(seat, line).zip(0u8..).filter(|(cell, _)| is_free(*cell));
        let nearest = free.min_by_key(|(_, k)| k.abs_diff(self.shape.size / 2));
        nearest.map_or(NO_CELL, |(_, k)| k.into())
    }

    fn stone(&self, cell: u8, chains: [u128; 2]) -> Option<Stone> {
        Stone::on(cell, self.stones, chains)
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
        if self.outcome != Outcome::Running || seat != self.to_move() {
            return;
        }
        let (free, cells) = (self.free(), 0..self.shape.cells().into());
        actions.extend(cells.filter(|cell| free >> cell & 1 == 1).map(Action));
    }

    fn is_legal(&self, seat: Seat, action: Action) -> bool {
        self.outcome == Outcome::Running
            && seat == self.to_move()
            && action.0 < self.shape.cells().into()
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
        let seat = Seat(seat.0 & 1);
        let mut packed = u64::from(self.shape.size) << 55;
        for line in 0..SIZE_MAX {
            let is_there = line < self.shape.size;
            let nearest = if is_there { self.nearest_to_the_middle(seat, line) } else { NO_CELL };
            let is_own = |cell: u8| self.stones[seat.index()] >> cell & 1 == 1;
            let has_own = is_there && self.line(seat, line).any(is_own);
            packed |= nearest << (4 * line) | u64::from(has_own) << (44 + line);
        }
        packed
    }

    fn write_observation(&self, _seat: Seat, bytes: &mut Vec<u8>) {
        self.write_bytes(bytes);
    }

    fn write_bytes(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.outcome as u8);
        for stones in self.stones {
            bytes.extend(&stones.to_le_bytes()[..self.shape.set_bytes()]);
        }
    }

    fn chance_event_count(&self) -> u32 {
        0
    }

    fn picture(&self) -> String {
        let size = self.shape.size;
        let mut picture = String::from("  ");
        (0..size).for_each(|column| picture.extend([' ', board_picture::column_name(column)]));
        picture.push('\n');
        let chains = [self.chain(Seat(0)), self.chain(Seat(1))];
        for row in 0..size {
            // Two characters for each cell, and each row one to the right of the row above.
            picture.push_str(&" ".repeat(row.into()));
            picture.push_str(&format!("{:>2}", row + 1));
            for column in 0..size {
                let stone = self.stone(row * size + column, chains);
                picture.extend([' ', stone.map_or('·', Stone::symbol)]);
            }
            picture.push('\n');
        }
        picture + &self.caption() + "\n"
    }

    fn svg(&self) -> String {
        let (size, caption) = (i32::from(self.shape.size), self.caption());
        let (reach, drop) = (24 * (size - 1), 21 * (size - 1));
        // The caption of a small board is longer than the board.
        let board_width = reach + reach / 2;
        let width = (board_width + 80).max(190);
        let left = (width - board_width) / 2;
        let middle = |column: u8, row: u8| {
            (left + 24 * i32::from(column) + 12 * i32::from(row), 48 + 21 * i32::from(row))
        };
        let mut drawing = Drawing::new((width, drop + 110), &caption);
        // Each edge is a stroke in the colour of the seat that connects it.
        let last = self.shape.size - 1;
        for (row, away) in [(0, -18), (last, 18)] {
            let (x, y) = middle(0, row);
            drawing.path("first stroke", &format!("M0 0H{reach}"), (x, y + away));
        }
        for (column, away) in [(0, -20), (last, 20)] {
            let (x, y) = middle(column, 0);
            drawing.path("second stroke", &format!("M0 0L{} {drop}", reach / 2), (x + away, y));
        }
        let chains = [self.chain(Seat(0)), self.chain(Seat(1))];
        for cell in 0..self.shape.cells() {
            let centre = middle(cell % self.shape.size, cell / self.shape.size);
            drawing.path("panel", "M0-13L11-6V6L0 13L-11 6V-6Z", centre);
            if let Some(stone) = self.stone(cell, chains) {
                stone.draw(&mut drawing, centre, 8);
            }
        }
        for k in 0..self.shape.size {
            let (x, y) = middle(k, 0);
            drawing.text("ink", (x - 6, y - 27), &board_picture::column_name(k).to_string());
            let (x, y) = middle(0, k);
            drawing.text("ink", (x - 32, y + 10), &(k + 1).to_string());
        }
        drawing.text("ink", (width / 2, drop + 98), &caption);
        drawing.finish()
    }

    fn fork(&self) -> Box<dyn State> {
        Box::new(self.clone())
    }
}
