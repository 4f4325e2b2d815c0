//! A snake to think with: it can be moved ahead of the real one, and it knows what it can reach.
//!
//! Owns the rules as far as planning needs them: a body cell is free again once the tail has
//! passed it, so where the snake can go depends on when it gets there.

use nets_agent_sdk::snake::{Board, Cell, Direction, Size};

/// The most cells a board has.
const CELLS: usize = 256;

/// When a cell can be reached, in steps from now; `NEVER` where there is no way.
type Arrivals = [u16; CELLS];

const NEVER: u16 = u16::MAX;

/// A body on a board, as the trail that its head left behind.
#[derive(Clone)]
pub(crate) struct Snake {
    size: Size,
    /// Where the head was, up to `end`; the body is the last `length` of it.
    trail: [Cell; 2 * CELLS],
    end: usize,
    length: usize,
}

impl Snake {
    /// The snake as it is now.
    pub(crate) fn new(board: Board<'_>) -> Self {
        let nowhere = Cell { x: 0, y: 0 };
        let mut snake = Self { size: board.size(), trail: [nowhere; 2 * CELLS], end: 0, length: 0 };
        for cell in board.body() {
            snake.enter(cell, true);
        }
        snake
    }

    pub(crate) fn head(&self) -> Cell {
        self.trail[self.end - 1]
    }

    /// The snake after a step, if it survives it.
    pub(crate) fn after(&self, way: Direction, apple: Option<Cell>) -> Option<Self> {
        let cell = self.size.neighbour(self.head(), way)?;
        // The tail's own cell may be entered: the tail leaves it in the same step.
        if self.body()[1..].contains(&cell) {
            return None;
        }
        let mut snake = self.clone();
        snake.enter(cell, Some(cell) == apple);
        Some(snake)
    }

    /// Moves along a shortest way to `apple` and eats it; says how many steps it took.
    pub(crate) fn walk_to(&mut self, apple: Cell) -> Option<u16> {
        let arrivals = self.arrivals();
        let steps = self.steps_to(apple, &arrivals)?;
        // The way is found backwards: before the apple comes a neighbour reached one step earlier.
        let mut cell = apple;
        for left in (0..usize::from(steps)).rev() {
            self.trail[self.end + left] = cell;
            let earlier = |&cell: &Cell| usize::from(arrivals[self.size.index(cell)]) == left;
            cell = self.neighbours(cell).find(earlier)?;
        }
        self.end += usize::from(steps);
        self.length += 1;
        Some(steps)
    }

    /// How far it is to the tail, if it can be reached.
    pub(crate) fn steps_to_tail(&self) -> Option<u16> {
        self.steps_to(self.body()[0], &self.arrivals())
    }

    /// How many cells can be reached.
    pub(crate) fn cells_in_reach(&self) -> usize {
        self.arrivals().iter().filter(|&&steps| steps != NEVER).count()
    }

    /// The cells of the body from tail to head.
    fn body(&self) -> &[Cell] {
        &self.trail[self.end - self.length..self.end]
    }

    fn enter(&mut self, cell: Cell, grows: bool) {
        self.trail[self.end] = cell;
        self.end += 1;
        self.length += usize::from(grows);
    }

    fn steps_to(&self, cell: Cell, arrivals: &Arrivals) -> Option<u16> {
        Some(arrivals[self.size.index(cell)]).filter(|&steps| steps != NEVER)
    }

    /// When each cell can be reached: a breadth-first search that waits for nothing.
    fn arrivals(&self) -> Arrivals {
        let mut free_from = [0; CELLS];
        for (step, &cell) in (1..).zip(self.body()) {
            free_from[self.size.index(cell)] = step;
        }
        let mut arrivals = [NEVER; CELLS];
        arrivals[self.size.index(self.head())] = 0;
        let mut pending = [self.head(); CELLS];
        let mut count = 1;
        let mut next = 0;
        while next < count {
            let step = arrivals[self.size.index(pending[next])] + 1;
            for cell in self.neighbours(pending[next]) {
                let index = self.size.index(cell);
                if arrivals[index] == NEVER && step >= free_from[index] {
                    arrivals[index] = step;
                    pending[count] = cell;
                    count += 1;
                }
            }
            next += 1;
        }
        arrivals
    }

    fn neighbours(&self, cell: Cell) -> impl Iterator<Item = Cell> + use<> {
        let size = self.size;
        Direction::ALL.into_iter().filter_map(move |way| size.neighbour(cell, way))
    }
}
