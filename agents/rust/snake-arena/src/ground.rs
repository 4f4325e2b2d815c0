//! The ground that snakes can reach, and when.
//!
//! A cell of a body is free again once the tail has passed it, so whether a snake can go there
//! depends on when it comes.

use nets_agent_sdk::snake::{Cell, Direction, Size};
use nets_agent_sdk::snake_arena::Arena;

/// The most cells a board has.
pub(crate) const CELLS: usize = 256;

/// Where there is no way.
pub(crate) const NEVER: u16 = u16::MAX;

/// When each cell can be reached, in steps from now.
pub(crate) type Arrivals = [u16; CELLS];

/// A board, and from which step on each of its cells can be entered.
pub(crate) struct Ground {
    size: Size,
    free_from: [u16; CELLS],
}

impl Ground {
    /// The ground as it is now.
    pub(crate) fn new(arena: &Arena<'_>) -> Self {
        let size = arena.size();
        let mut free_from = [0; CELLS];
        for (_, snake) in arena.snakes() {
            let near_apple = snake.cells.last().is_some_and(|&head| {
                let mut around = neighbours(size, size.cell(head.into()));
                around.any(|cell| arena.has_apple(size.index(cell)))
            });
            // Who may eat in this step may keep its tail for one more.
            let first = 1 + u16::from(snake.growth) + u16::from(near_apple);
            for (step, &cell) in (first..).zip(snake.cells) {
                free_from[usize::from(cell)] = step;
            }
        }
        Self { size, free_from }
    }

    /// When each cell can be reached from any of the starts, which are entered at the given step;
    /// only cells that are reached before `deadline` count.
    pub(crate) fn arrivals(
        &self,
        starts: impl Iterator<Item = Cell>,
        step: u16,
        deadline: &Arrivals,
    ) -> Arrivals {
        let mut arrivals = [NEVER; CELLS];
        let mut pending = [Cell { x: 0, y: 0 }; CELLS];
        let (mut next, mut count) = (0, 0);
        for cell in starts {
            arrivals[self.size.index(cell)] = step;
            pending[count] = cell;
            count += 1;
        }
        while next < count {
            let step = arrivals[self.size.index(pending[next])] + 1;
            for cell in neighbours(self.size, pending[next]) {
                let index = self.size.index(cell);
                let is_new = arrivals[index] == NEVER;
                if is_new && step >= self.free_from[index] && step < deadline[index] {
                    arrivals[index] = step;
                    pending[count] = cell;
                    count += 1;
                }
            }
            next += 1;
        }
        arrivals
    }
}

fn neighbours(size: Size, cell: Cell) -> impl Iterator<Item = Cell> {
    Direction::ALL.into_iter().filter_map(move |way| size.neighbour(cell, way))
}
