//! One moment of a match of Snake: its step, its bytes and what the seat sees.
//!
//! The body is a set of cells, and each of its cells but the head links to the next one towards
//! the head: so the tail can follow without a list, and two equal snakes have equal bytes.
//! Invariant: following the links from the tail visits every cell of the body once and ends at the
//! head.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};

use nets_core::{
    Action, Chance, DecodeError, Ending, Reader, RestoreError, Score, Seat, SeatSet, State, Status,
    StepError,
};

use super::{Dimensions, NAMES, picture};
use crate::cells::{Cell, CellSet, Links};

/// Stands for no apple in the bytes.
const NO_APPLE: u16 = 0xffff;
const SEAT: Seat = Seat(0);

/// Where the match stands; the number is its byte in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Life {
    Running = 0,
    Dead = 1,
    Won = 2,
    StepLimit = 3,
}

impl Life {
    fn decode(byte: u8) -> Result<Self, DecodeError> {
        match byte {
            0 => Ok(Self::Running),
            1 => Ok(Self::Dead),
            2 => Ok(Self::Won),
            3 => Ok(Self::StepLimit),
            _ => Err(DecodeError::value("status", "0 to 3", byte)),
        }
    }
}

/// One moment of a match.
#[derive(Clone, Debug)]
pub(super) struct Moment {
    pub(super) dimensions: Dimensions,
    chance: Chance,
    pub(super) step: u16,
    pub(super) life: Life,
    pub(super) eaten: u16,
    pub(super) head: Cell,
    pub(super) tail: Cell,
    pub(super) apple: Option<Cell>,
    pub(super) body: CellSet,
    pub(super) links: Links,
}

impl Moment {
    /// The first state.
    pub(super) fn start(dimensions: Dimensions, chance: Chance) -> Self {
        let centre = dimensions.height / 2 * dimensions.width + dimensions.width / 2;
        let mut body = CellSet::default();
        body.insert(centre);
        let mut start = Self {
            dimensions,
            chance,
            step: 0,
            life: Life::Running,
            eaten: 0,
            head: centre,
            tail: centre,
            apple: None,
            body,
            links: Links::default(),
        };
        start.draw_apple();
        start
    }

    /// The state of canonical bytes.
    pub(super) fn decode(
        dimensions: Dimensions,
        chance: Chance,
        bytes: &[u8],
    ) -> Result<Self, RestoreError> {
        let mut reader = Reader::new(bytes);
        let step = reader.u16("step")?;
        let life = Life::decode(reader.u8("status")?)?;
        let eaten = reader.u16("eaten")?;
        let (head, tail) = (reader.u8("head")?, reader.u8("tail")?);
        let apple = match reader.u16("apple")? {
            NO_APPLE => None,
            cell if cell < dimensions.cells() => Some(cell as Cell),
            cell => {
                let expected = format!("below {} or {NO_APPLE:#x}", dimensions.cells());
                return Err(DecodeError::value("apple", expected, cell).into());
            }
        };
        let body = CellSet::read(reader.raw("occupancy", dimensions.occupancy_bytes())?);
        let links = Links::read(reader.raw("links", dimensions.link_bytes())?);
        reader.finish()?;
        let moment = Self { dimensions, chance, step, life, eaten, head, tail, apple, body, links };
        moment.check_body().and_then(|()| moment.check_status())?;
        Ok(moment)
    }

    /// Refuses a body that is not one path of links from tail to head.
    fn check_body(&self) -> Result<(), RestoreError> {
        let inconsistent = |text: String| Err(RestoreError::Inconsistent(text));
        if self.body.count() != u32::from(self.eaten) + 1 {
            let (eaten, cells) = (self.eaten, self.body.count());
            return inconsistent(format!(
                "{eaten} eaten, expected one cell more, got {cells} occupied"
            ));
        }
        // From a cell of the board, links lead to cells of the board only.
        if u16::from(self.tail) >= self.dimensions.cells() {
            return inconsistent(format!("the tail is at {}, outside the board", self.tail));
        }
        let (mut body, mut links) = (CellSet::default(), Links::default());
        let mut cell = self.tail;
        for _ in 0..self.eaten {
            let next = self.neighbour(cell, self.links.get(cell));
            let Some(next) = next.filter(|_| self.body.contains(cell) && !body.contains(cell))
            else {
                return inconsistent(format!("the links from the tail fail at cell {cell}"));
            };
            body.insert(cell);
            links.set(cell, self.links.get(cell));
            cell = next;
        }
        body.insert(cell);
        if cell != self.head || body != self.body {
            return inconsistent(format!("the links lead to cell {cell}, not all to the head"));
        }
        if links != self.links {
            return inconsistent("links outside the body".to_owned());
        }
        Ok(())
    }

    /// Refuses counters, status and apple that contradict each other.
    fn check_status(&self) -> Result<(), RestoreError> {
        let Self { step, eaten, life, .. } = *self;
        let limit = self.dimensions.step_limit;
        let full = self.is_full();
        let counters = match life {
            Life::Running => eaten <= step && step < limit && !full,
            Life::Dead => eaten < step && step <= limit && !full,
            Life::Won => eaten <= step && step <= limit && full,
            Life::StepLimit => eaten <= step && step == limit && !full,
        };
        let apple = match self.apple {
            Some(cell) => !full && !self.body.contains(cell),
            None => full,
        };
        if counters && apple {
            return Ok(());
        }
        Err(RestoreError::Inconsistent(format!(
            "status {life:?} at step {step} of {limit} with {eaten} eaten and the apple at {:?}",
            self.apple
        )))
    }

    /// The cell next to `cell` in `direction`; `None` outside the board or where there is no such
    /// direction.
    pub(super) fn neighbour(&self, cell: Cell, direction: u8) -> Option<Cell> {
        let Dimensions { width, height, .. } = self.dimensions;
        let (x, y) = self.position(cell);
        match direction {
            0 if y > 0 => Some(cell - width),
            1 if x + 1 < width => Some(cell + 1),
            2 if y + 1 < height => Some(cell + width),
            3 if x > 0 => Some(cell - 1),
            _ => None,
        }
    }

    /// Column and row of `cell`.
    pub(super) fn position(&self, cell: Cell) -> (u8, u8) {
        (cell % self.dimensions.width, cell / self.dimensions.width)
    }

    /// The cells of the body in order, the tail first.
    pub(super) fn body_from_tail(&self) -> impl Iterator<Item = Cell> {
        let next = |&cell: &Cell| self.neighbour(cell, self.links.get(cell));
        // As many as the snake is long, so it ends even if the links went in a circle.
        core::iter::successors(Some(self.tail), next).take(usize::from(self.eaten) + 1)
    }

    fn is_full(&self) -> bool {
        self.eaten + 1 == self.dimensions.cells()
    }

    /// Whether moving the head onto `cell` is possible: the tail leaves its cell in the same step.
    fn is_deadly(&self, cell: Option<Cell>) -> bool {
        cell.is_none_or(|cell| self.body.contains(cell) && cell != self.tail)
    }

    /// Puts the next apple on a free cell, of which there must be one.
    fn draw_apple(&mut self) {
        let free = u64::from(self.dimensions.cells() - 1 - self.eaten);
        let rank = self.chance.draw(self.eaten.into(), free);
        self.apple = self.body.absent(rank as u32);
    }

    fn advance(&mut self, direction: u8) -> Life {
        let next = self.neighbour(self.head, direction);
        let Some(cell) = next.filter(|_| !self.is_deadly(next)) else {
            return Life::Dead;
        };
        let grows = self.apple == next;
        // The head is linked first: where it is the tail as well, the tail follows that link.
        self.links.set(self.head, direction);
        if !grows {
            self.drop_tail();
        }
        self.body.insert(cell);
        self.head = cell;
        if !grows {
            return Life::Running;
        }
        self.eaten += 1;
        if self.is_full() {
            self.apple = None;
            return Life::Won;
        }
        self.draw_apple();
        Life::Running
    }

    fn drop_tail(&mut self) {
        let tail = self.tail;
        let width = self.dimensions.width;
        self.tail = match self.links.get(tail) {
            0 => tail.wrapping_sub(width),
            1 => tail.wrapping_add(1),
            2 => tail.wrapping_add(width),
            _ => tail.wrapping_sub(1),
        };
        self.links.clear(tail);
        self.body.remove(tail);
    }

    pub(super) fn score(&self) -> Score {
        11 * Score::from(self.eaten) + 1
    }
}

impl State for Moment {
    fn status(&self) -> Status {
        match self.life {
            Life::Running => Status::Acting(SeatSet::only(SEAT)),
            Life::Dead | Life::Won => Status::Terminal(Ending::Finished),
            Life::StepLimit => Status::Terminal(Ending::StepLimit),
        }
    }

    fn write_legal_actions(&self, seat: Seat, actions: &mut Vec<Action>) {
        let all = (0..NAMES.len() as u64).map(Action);
        actions.extend(all.filter(|&action| self.is_legal(seat, action)));
    }

    fn is_legal(&self, seat: Seat, action: Action) -> bool {
        self.life == Life::Running && seat == SEAT && action.0 < NAMES.len() as u64
    }

    fn step(&mut self, actions: &[Action]) -> Result<(), StepError> {
        if self.life != Life::Running {
            return Err(StepError::Terminal);
        }
        let &[action] = actions else {
            return Err(StepError::Count { expected: 1, got: actions.len() });
        };
        if !self.is_legal(SEAT, action) {
            return Err(StepError::Illegal { seat: SEAT, action });
        }
        self.step += 1;
        self.life = match self.advance(action.0 as u8) {
            Life::Running if self.step == self.dimensions.step_limit => Life::StepLimit,
            life => life,
        };
        Ok(())
    }

    fn scores(&self) -> Vec<Score> {
        vec![self.score()]
    }

    fn packed_observation(&self, _seat: Seat) -> u64 {
        let Dimensions { width, height, step_limit } = self.dimensions;
        let (head_x, head_y) = self.position(self.head);
        let (apple_x, apple_y) = self.apple.map_or((0, 0), |cell| self.position(cell));
        let deadly = (0..4u8).fold(0, |deadly, direction| {
            let next = self.neighbour(self.head, direction);
            deadly | u64::from(self.is_deadly(next)) << direction
        });
        u64::from(head_x)
            | u64::from(head_y) << 4
            | u64::from(apple_x) << 8
            | u64::from(apple_y) << 12
            | u64::from(width - 1) << 16
            | u64::from(height - 1) << 20
            | deadly << 24
            | u64::from(self.eaten + 1) << 32
            | u64::from(step_limit - self.step) << 48
    }

    fn write_observation(&self, _seat: Seat, bytes: &mut Vec<u8>) {
        self.write_bytes(bytes);
    }

    fn write_bytes(&self, bytes: &mut Vec<u8>) {
        let [step_low, step_high] = self.step.to_le_bytes();
        let [eaten_low, eaten_high] = self.eaten.to_le_bytes();
        let [apple_low, apple_high] = self.apple.map_or(NO_APPLE, u16::from).to_le_bytes();
        let (life, head, tail) = (self.life as u8, self.head, self.tail);
        bytes.extend_from_slice(&[
            step_low, step_high, life, eaten_low, eaten_high, head, tail, apple_low, apple_high,
        ]);
        self.body.write(self.dimensions.occupancy_bytes(), bytes);
        self.links.write(self.dimensions.link_bytes(), bytes);
    }

    fn chance_event_count(&self) -> u32 {
        u32::from(self.eaten) + u32::from(self.apple.is_some())
    }

    fn picture(&self) -> String {
        picture::draw(self)
    }

    fn svg(&self) -> String {
        picture::draw_svg(self)
    }

    fn fork(&self) -> Box<dyn State> {
        Box::new(self.clone())
    }
}
