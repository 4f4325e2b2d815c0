//! Othello: two seats in turn on eight by eight cells, no chance.
//!
//! Each seat's discs are a set of 64 bits, and what a disc may turn is found by shifting such sets
//! in eight directions. Bytes, packed observation and scores are those of SPEC.md section 8.5;
//! actions and tensor are numbered as in OpenSpiel's `othello`. Invariant: the discs of the seats
//! are disjoint, the four cells in the middle have discs, and whose turn it is can go on or pass to
//! one who can.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};

use nets_core::{
    Action, Chance, DecodeError, Descriptor, Information, ParameterValues, Planes, Reader,
    RestoreError, Score, Seat, SeatSet, State, Status, StepError, System,
};

use crate::action_names;
use crate::board_picture::{self, Stone};
use crate::duel::{self, Outcome};

/// The facts of Othello.
pub(crate) static DESCRIPTOR: Descriptor = Descriptor {
    name: "othello",
    version: 1,
    summary: "Othello: enclose discs to turn them, the most in the end win.",
    rules: "\
Eight by eight cells with four discs in the middle: seat 0 has e4 and d5, seat 1 has d4 and e5.
Seat 0 begins. In turn the seats put a disc on a free cell from where at least one straight line,
in any of eight directions, runs over discs of the opponent only to a disc of one's own; the
opponent's discs on all such lines are turned to one's own. Who cannot do so must pass (action 64),
who can must not. When neither can, the match is over and the seat with more discs wins; as many
discs of both are a draw. By how many discs makes no difference: a win scores 2, a draw 1, a loss 0.
A seat that forfeits scores 0 and its opponent 2.

Source: Othello (Goro Hasegawa, 1971), by the rules of the World Othello Federation.",
    seat_count: 2,
    information: Information::Perfect,
    parameters: &[],
    data: None,
    packed_layout: "\
bits 0-63  cells where the seat could put a disc, were it its turn: the cell of action a is bit a;
           none set: the seat must pass when it is its turn
Discs are not in it; the full observation has them.",
    observation_layout: "\
byte  0      status: 0 running, 1 seat 0 won, 2 seat 1 won, 3 draw
byte  1      the seat to act, 0 when the match is over
bytes 2-9    discs of seat 0, u64: column c, row r (0 the uppermost) is bit 8r + c
bytes 10-17  discs of seat 1, u64",
    tensor_planes: Some(Planes::First),
    tensor_layout: "\
[plane, row, column], row 0 the uppermost; 1 where it is so, else 0
plane 0  free cells
plane 1  own discs
plane 2  the opponent's discs
This is the observation tensor of OpenSpiel's othello.",
};

const SIDE: u8 = 8;
const CELLS: u8 = SIDE * SIDE;
const PASS: Action = Action(CELLS as u64);
const STATE_BYTES: u32 = 18;
/// Each of the 60 free cells is filled once, and no two passes follow each other.
const STEPS_MAX: u32 = 120;
/// The cells that have discs from the start.
const MIDDLE: u64 = 0x0000_0018_1800_0000;
const START: [u64; 2] = [0x0000_0008_1000_0000, 0x0000_0010_0800_0000];
/// All cells but those of the first column, or of the last.
const NOT_FIRST: u64 = 0xfefe_fefe_fefe_fefe;
const NOT_LAST: u64 = 0x7f7f_7f7f_7f7f_7f7f;

/// The rules; there is nothing to choose.
#[derive(Debug)]
pub(crate) struct Othello {
    parameters: ParameterValues,
    names: Vec<String>,
}

impl Othello {
    /// The System with the (no) parameters of [`DESCRIPTOR`].
    pub(crate) fn new(parameters: ParameterValues) -> Self {
        let mut names = action_names::of_cells(SIDE, SIDE);
        names.push("pass".to_owned());
        Self { parameters, names }
    }
}

impl System for Othello {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn parameters(&self) -> &ParameterValues {
        &self.parameters
    }

    fn action_count(&self) -> u64 {
        PASS.0 + 1
    }

    fn step_count_max(&self) -> u32 {
        STEPS_MAX
    }

    fn observation_bytes_max(&self) -> u32 {
        STATE_BYTES
    }

    fn forfeit_scores(&self, forfeits: SeatSet) -> Vec<Score> {
        duel::forfeit_scores(forfeits)
    }

    fn start(&self, _chance: Chance) -> Box<dyn State> {
        Box::new(Board { outcome: Outcome::Running, to_move: Seat(0), discs: START })
    }

    fn restore(&self, bytes: &[u8], _chance: Chance) -> Result<Box<dyn State>, RestoreError> {
        Ok(Box::new(Board::decode(bytes)?))
    }

    fn tensor_shape(&self) -> Vec<u32> {
        vec![3, SIDE.into(), SIDE.into()]
    }

    fn write_tensor(
        &self,
        seat: Seat,
        observation: &[u8],
        tensor: &mut Vec<f32>,
    ) -> Result<(), RestoreError> {
        let board = Board::decode(observation)?;
        let own = seat.index() & 1;
        for plane in [!board.occupied(), board.discs[own], board.discs[1 - own]] {
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

/// The cells next to those in `set`, in each of the eight directions.
fn neighbours(direction: usize, set: u64) -> u64 {
    match direction {
        0 => set << 8,
        1 => set >> 8,
        2 => (set & NOT_LAST) << 1,
        3 => (set & NOT_FIRST) >> 1,
        4 => (set & NOT_LAST) << 9,
        5 => (set & NOT_FIRST) >> 9,
        6 => (set & NOT_FIRST) << 7,
        _ => (set & NOT_LAST) >> 7,
    }
}

/// The unbroken lines of `over` that begin next to `from` and run in this direction.
fn lines(direction: usize, from: u64, over: u64) -> u64 {
    // No line over the opponent's discs is longer than six: a disc lies before it, one after it.
    (0..6).fold(0, |line, _| neighbours(direction, from | line) & over)
}

/// The cells where one with the discs `own` can put another.
fn placements(own: u64, others: u64) -> u64 {
    let free = !(own | others);
    (0..8).fold(0, |found, direction| {
        found | neighbours(direction, lines(direction, own, others)) & free
    })
}

/// The discs that are turned by one put on the cell with this bit.
fn turned(cell: u64, own: u64, others: u64) -> u64 {
    let enclosed = |direction| {
        let line = lines(direction, cell, others);
        if neighbours(direction, line) & own != 0 { line } else { 0 }
    };
    (0..8).fold(0, |found, direction| found | enclosed(direction))
}

/// One moment of a match.
#[derive(Clone, Debug)]
struct Board {
    outcome: Outcome,
    to_move: Seat,
    discs: [u64; 2],
}

impl Board {
    fn decode(bytes: &[u8]) -> Result<Self, RestoreError> {
        let mut reader = Reader::new(bytes);
        let outcome = Outcome::decode(reader.u8("status")?)?;
        let to_move = reader.u8("the seat to act")?;
        if to_move > 1 {
            return Err(DecodeError::value("the seat to act", "0 or 1", to_move).into());
        }
        let discs = [reader.u64("discs of seat 0")?, reader.u64("discs of seat 1")?];
        reader.finish()?;
        let board = Self { outcome, to_move: Seat(to_move), discs };
        board.check().map_err(RestoreError::Inconsistent)?;
        Ok(board)
    }

    fn occupied(&self) -> u64 {
        self.discs[0] | self.discs[1]
    }

    /// The cells where `seat` could put a disc, were it its turn.
    fn placements(&self, seat: Seat) -> u64 {
        let own = seat.index() & 1;
        placements(self.discs[own], self.discs[1 - own])
    }

    /// The outcome that the discs show.
    fn outcome_on_board(&self) -> Outcome {
        if self.placements(Seat(0)) | self.placements(Seat(1)) != 0 {
            return Outcome::Running;
        }
        let [first, second] = self.discs.map(u64::count_ones);
        match first.cmp(&second) {
            core::cmp::Ordering::Greater => Outcome::FirstWon,
            core::cmp::Ordering::Less => Outcome::SecondWon,
            core::cmp::Ordering::Equal => Outcome::Draw,
        }
    }

    /// Refuses discs that cannot lie as they do.
    fn check(&self) -> Result<(), String> {
        let [first, second] = self.discs;
        if first & second != 0 {
            return Err(format!("discs of both seats on the cells {:#x}", first & second));
        }
        if self.occupied() & MIDDLE != MIDDLE {
            return Err(format!("no discs on {:#x} in the middle", MIDDLE & !self.occupied()));
        }
        let shown = self.outcome_on_board();
        if self.outcome != shown {
            return Err(format!("status {:?}, the board shows {shown:?}", self.outcome));
        }
        if shown != Outcome::Running && self.to_move != Seat(0) {
            return Err(format!("{} to act when the match is over, expected 0", self.to_move));
        }
        Ok(())
    }

    fn stone(&self, cell: u8) -> Option<Stone> {
        Stone::on(cell, self.discs.map(u128::from), [0; 2])
    }

    /// Whether the seat to act can put a disc on this cell.
    fn is_placement(&self, cell: u8) -> bool {
        self.outcome == Outcome::Running && self.placements(self.to_move) >> cell & 1 == 1
    }

    fn caption(&self) -> String {
        let [first, second] = self.discs.map(u64::count_ones);
        let standing = match (self.outcome, self.to_move) {
            (Outcome::Running, Seat(0)) => "● seat 0 to move",
            (Outcome::Running, _) => "○ seat 1 to move",
            (Outcome::FirstWon, _) => "● seat 0 won",
            (Outcome::SecondWon, _) => "○ seat 1 won",
            (Outcome::Draw, _) => "a draw",
        };
        format!("{standing}, discs {first} : {second}")
    }
}

impl State for Board {
    fn status(&self) -> Status {
        self.outcome.status(self.to_move)
    }

    fn write_legal_actions(&self, seat: Seat, actions: &mut Vec<Action>) {
        if self.outcome != Outcome::Running || seat != self.to_move {
            return;
        }
        match self.placements(seat) {
            0 => actions.push(PASS),
            cells => actions.extend((0..PASS.0).filter(|cell| cells >> cell & 1 == 1).map(Action)),
        }
    }

    fn is_legal(&self, seat: Seat, action: Action) -> bool {
        if self.outcome != Outcome::Running || seat != self.to_move || action > PASS {
            return false;
        }
        let cells = self.placements(seat);
        if action == PASS { cells == 0 } else { cells >> action.0 & 1 == 1 }
    }

    fn step(&mut self, actions: &[Action]) -> Result<(), StepError> {
        let action = self.outcome.only_action(actions)?;
        let seat = self.to_move;
        if !self.is_legal(seat, action) {
            return Err(StepError::Illegal { seat, action });
        }
        let other = Seat(1 - seat.0);
        if action != PASS {
            let cell = 1 << action.0;
            let turned = turned(cell, self.discs[seat.index()], self.discs[other.index()]);
            self.discs[seat.index()] |= cell | turned;
            self.discs[other.index()] &= !turned;
        }
        self.outcome = self.outcome_on_board();
        self.to_move = if self.outcome == Outcome::Running { other } else { Seat(0) };
        Ok(())
    }

    fn scores(&self) -> Vec<Score> {
        self.outcome.scores()
    }

    fn packed_observation(&self, seat: Seat) -> u64 {
        self.placements(seat)
    }

    fn write_observation(&self, _seat: Seat, bytes: &mut Vec<u8>) {
        self.write_bytes(bytes);
    }

    fn write_bytes(&self, bytes: &mut Vec<u8>) {
        bytes.extend([self.outcome as u8, self.to_move.0]);
        bytes.extend(self.discs[0].to_le_bytes());
        bytes.extend(self.discs[1].to_le_bytes());
    }

    fn chance_event_count(&self) -> u32 {
        0
    }

    fn picture(&self) -> String {
        let symbol = |cell| match self.stone(cell) {
            Some(stone) => stone.symbol(),
            None if self.is_placement(cell) => '·',
            None => ' ',
        };
        board_picture::text(SIDE, symbol) + &self.caption() + "\n"
    }

    fn svg(&self) -> String {
        let caption = self.caption();
        let (stone, is_placement) = (|cell| self.stone(cell), |cell| self.is_placement(cell));
        board_picture::svg(SIDE, &caption, stone, is_placement)
    }

    fn fork(&self) -> Box<dyn State> {
        Box::new(self.clone())
    }
}
