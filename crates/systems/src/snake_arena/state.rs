//! One moment of a match of the arena: its step and what the seats see.
//!
//! Invariant: living snakes share no cell with each other or with an apple, each body is a path of
//! neighbouring cells, and there are as many apples as seats or free cells, whichever is less.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use nets_core::{Action, Chance, Ending, Score, Seat, SeatSet, State, Status, StepError};

use super::{Dimensions, NAMES, picture};
use crate::cells::{Cell, CellSet};

/// By how many cells a snake grows in its first steps.
const GROWTH_AT_START: u8 = 2;

/// A seat's snake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Snake {
    /// The step it died in; 0 where it lives.
    pub(super) died: u16,
    /// Its length, at its death where it is dead.
    pub(super) length: u16,
    /// By how many cells it has yet to grow.
    pub(super) growth: u8,
    /// From the end of the tail to the head; empty where it is dead.
    pub(super) body: VecDeque<Cell>,
}

impl Snake {
    pub(super) fn is_alive(&self) -> bool {
        self.died == 0
    }

    pub(super) fn head(&self) -> Option<Cell> {
        self.body.back().copied()
    }

    fn die(&mut self, step: u16) {
        (self.died, self.growth) = (step, 0);
        self.body.clear();
    }
}

/// One moment of a match.
#[derive(Clone, Debug)]
pub(super) struct Moment {
    pub(super) dimensions: Dimensions,
    pub(super) chance: Chance,
    pub(super) step: u16,
    /// How many apples were put on the board so far.
    pub(super) drawn: u16,
    pub(super) apples: CellSet,
    pub(super) snakes: Vec<Snake>,
}

impl Moment {
    /// The first state.
    pub(super) fn start(dimensions: Dimensions, chance: Chance) -> Self {
        let Dimensions { width, height, snakes, .. } = dimensions;
        let (right, bottom) = (width - 2, height - 2);
        let corners = [(1, 1), (right, bottom), (right, 1), (1, bottom)];
        let placed = corners.into_iter().take(snakes.into()).map(|(x, y)| Snake {
            died: 0,
            length: 1,
            growth: GROWTH_AT_START,
            body: VecDeque::from([y * width + x]),
        });
        let (step, drawn, apples) = (0, 0, CellSet::default());
        let snakes = placed.collect();
        let mut start = Self { dimensions, chance, step, drawn, apples, snakes };
        start.draw_apples();
        start
    }

    /// The cells of all living snakes.
    pub(super) fn occupied(&self) -> CellSet {
        let mut occupied = CellSet::default();
        self.snakes.iter().flat_map(|snake| &snake.body).for_each(|&cell| occupied.insert(cell));
        occupied
    }

    /// The snakes that live, with their seats.
    pub(super) fn living(&self) -> impl Iterator<Item = (Seat, &Snake)> {
        (0..).map(Seat).zip(&self.snakes).filter(|(_, snake)| snake.is_alive())
    }

    /// Puts apples on free cells until there are as many as there have to be.
    fn draw_apples(&mut self) {
        let mut taken = self.occupied();
        let free = u32::from(self.dimensions.cells()) - taken.count();
        let due = u32::from(self.dimensions.snakes).min(free);
        let present = self.apples.count();
        let board = (0..self.dimensions.cells()).map(|cell| cell as Cell);
        board.filter(|&cell| self.apples.contains(cell)).for_each(|cell| taken.insert(cell));
        for placed in present..due {
            let rank = self.chance.draw(self.drawn.into(), u64::from(free - placed));
            // There are so many cells that are not taken.
            let Some(cell) = taken.absent(rank as u32) else { return };
            taken.insert(cell);
            self.apples.insert(cell);
            self.drawn += 1;
        }
    }

    /// Moves the living snakes and gives where each head is now; none outside the board.
    fn advance(&mut self, actions: &[Action]) -> Vec<Option<Cell>> {
        let mut heads = vec![None; self.snakes.len()];
        let living = self.snakes.iter_mut().zip(&mut heads).filter(|(snake, _)| snake.is_alive());
        for ((snake, moved), action) in living.zip(actions) {
            let Some(head) = snake.head() else { continue };
            let next = self.dimensions.neighbour(head, action.0 as u8);
            *moved = next;
            snake.growth += u8::from(next.is_some_and(|next| self.apples.contains(next)));
            match snake.growth {
                0 => drop(snake.body.pop_front()),
                _ => snake.growth -= 1,
            }
            // A head outside the board is nowhere, and its snake about to die.
            snake.body.extend(next);
            snake.length = snake.body.len() as u16 + u16::from(next.is_none());
        }
        heads.iter().flatten().for_each(|&head| self.apples.remove(head));
        heads
    }

    /// Whether the snake of a seat whose head is there now dies.
    fn dies(&self, seat: usize, heads: &[Option<Cell>]) -> bool {
        let Some(head) = heads[seat] else { return true };
        let own = self.snakes[seat].length;
        let mut living = self.snakes.iter().enumerate().filter(|(_, snake)| snake.is_alive());
        living.any(|(other, snake)| {
            // Where the head is outside, all that is left on the board is body.
            let bodied = snake.body.len() - usize::from(heads[other].is_some());
            let is_bitten = snake.body.iter().take(bodied).any(|&cell| cell == head);
            let is_met = other != seat && heads[other] == Some(head) && snake.length >= own;
            is_bitten || is_met
        })
    }

    /// Whether, of two snakes, the first has outlived the second if the match ended here.
    fn has_outlived(&self, first: &Snake, second: &Snake) -> bool {
        let key = |snake: &Snake| {
            let lived = if snake.is_alive() { u32::from(self.step) + 1 } else { snake.died.into() };
            (lived, snake.length)
        };
        key(first) > key(second)
    }

    /// Bit `a` is set where action `a` leads off the board or onto a body that stays.
    fn deadly(&self, head: Cell) -> u64 {
        let mut blocked = self.occupied();
        for (_, snake) in self.living().filter(|(_, snake)| snake.growth == 0) {
            if let Some(&tail) = snake.body.front() {
                blocked.remove(tail);
            }
        }
        let is_deadly = |direction| {
            let next = self.dimensions.neighbour(head, direction);
            next.is_none_or(|next| blocked.contains(next))
        };
        (0..4).fold(0, |bits, a| bits | u64::from(is_deadly(a)) << a)
    }

    /// Bit `a` is set where another head of a snake not shorter can reach the cell that action `a`
    /// leads to.
    fn contested(&self, seat: Seat, head: Cell, length: u16) -> u64 {
        let rivals =
            self.living().filter(|(other, snake)| *other != seat && snake.length >= length);
        let heads: Vec<Cell> = rivals.filter_map(|(_, snake)| snake.head()).collect();
        let is_contested = |direction| {
            let Some(next) = self.dimensions.neighbour(head, direction) else { return false };
            let mut around = (0..4).filter_map(|back| self.dimensions.neighbour(next, back));
            around.any(|cell| heads.contains(&cell))
        };
        (0..4).fold(0, |bits, a| bits | u64::from(is_contested(a)) << a)
    }

    /// The apple that is the fewest steps away on an empty board.
    fn nearest_apple(&self, head: Cell) -> Option<Cell> {
        let (x, y) = self.dimensions.position(head);
        let apples = (0..self.dimensions.cells()).map(|cell| cell as Cell);
        apples.filter(|&cell| self.apples.contains(cell)).min_by_key(|&cell| {
            let (other_x, other_y) = self.dimensions.position(cell);
            (x.abs_diff(other_x) + y.abs_diff(other_y), cell)
        })
    }
}

impl State for Moment {
    fn status(&self) -> Status {
        let living = self.living().fold(0, |set, (seat, _)| set | 1 << seat.0);
        match SeatSet(living) {
            living if living.count() < 2 => Status::Terminal(Ending::Finished),
            _ if self.step == self.dimensions.step_limit => Status::Terminal(Ending::StepLimit),
            living => Status::Acting(living),
        }
    }

    fn write_legal_actions(&self, seat: Seat, actions: &mut Vec<Action>) {
        let all = (0..NAMES.len() as u64).map(Action);
        actions.extend(all.filter(|&action| self.is_legal(seat, action)));
    }

    fn is_legal(&self, seat: Seat, action: Action) -> bool {
        let Status::Acting(acting) = self.status() else { return false };
        acting.contains(seat) && action.0 < NAMES.len() as u64
    }

    fn step(&mut self, actions: &[Action]) -> Result<(), StepError> {
        let Status::Acting(acting) = self.status() else { return Err(StepError::Terminal) };
        let expected = acting.count();
        if actions.len() != expected {
            return Err(StepError::Count { expected, got: actions.len() });
        }
        for (seat, &action) in acting.iter().zip(actions) {
            if action.0 >= NAMES.len() as u64 {
                return Err(StepError::Illegal { seat, action });
            }
        }
        self.step += 1;
        let heads = self.advance(actions);
        let dead: Vec<usize> =
            acting.iter().map(Seat::index).filter(|&seat| self.dies(seat, &heads)).collect();
        for seat in dead {
            self.snakes[seat].die(self.step);
        }
        self.draw_apples();
        Ok(())
    }

    fn scores(&self) -> Vec<Score> {
        let score = |own: &Snake| {
            let points = |other: &Snake| match (
                self.has_outlived(own, other),
                self.has_outlived(other, own),
            ) {
                (true, _) => 2,
                (_, true) => 0,
                _ => 1,
            };
            // Nobody outlives itself, which is 1 too many.
            self.snakes.iter().map(points).sum::<Score>() - 1
        };
        self.snakes.iter().map(score).collect()
    }

    fn packed_observation(&self, seat: Seat) -> u64 {
        let Some(own) = self.snakes.get(seat.index()) else { return 0 };
        let Some(head) = own.head() else { return 0 };
        let Dimensions { width, height, step_limit, .. } = self.dimensions;
        let (head_x, head_y) = self.dimensions.position(head);
        let apple = self.nearest_apple(head).map(|cell| self.dimensions.position(cell));
        let (apple_x, apple_y) = apple.unwrap_or_default();
        let others = self.living().filter(|(other, _)| *other != seat);
        let longest = others.map(|(_, snake)| snake.length).max().unwrap_or_default();
        u64::from(head_x)
            | u64::from(head_y) << 4
            | u64::from(apple_x) << 8
            | u64::from(apple_y) << 12
            | u64::from(width - 1) << 16
            | u64::from(height - 1) << 20
            | self.deadly(head) << 24
            | self.contested(seat, head, own.length) << 28
            | u64::from(own.length) << 32
            | u64::from(longest) << 41
            | u64::from(step_limit - self.step) << 50
    }

    fn write_observation(&self, _seat: Seat, bytes: &mut Vec<u8>) {
        self.write_bytes(bytes);
    }

    fn write_bytes(&self, bytes: &mut Vec<u8>) {
        self.encode(bytes);
    }

    fn chance_event_count(&self) -> u32 {
        self.drawn.into()
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
