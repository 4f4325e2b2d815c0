//! How many stones are missing on the way from an edge to a cell, bridges counted as links.
//!
//! Two cells with two free neighbours in common are a bridge: whichever of the two the opponent
//! takes, the other one links. The side that a board is seen from links its first line with its
//! last. Invariant: cells off the board are closed, so that no step needs a check.

use nets_agent_sdk::hex::Board;

/// More than any distance: no way.
const NO_WAY: u8 = 200;

/// From row to row: sixteen places, of which the rim beside the board is closed.
const STRIDE: u8 = 16;
const RIM: u8 = 2;

/// The row of the first edge; the lines of the board follow, and then the other edge.
const EDGE_ROW: u8 = 1;

/// The steps to the six neighbours of a cell, each a neighbour of the next.
const AROUND: [u8; 6] = [
    1,
    STRIDE,
    STRIDE - 1,
    1_u8.wrapping_neg(),
    STRIDE.wrapping_neg(),
    (STRIDE - 1).wrapping_neg(),
];

/// What is on a cell, seen from one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell {
    Free,
    Own,
    /// The opponent's, or off the board.
    Closed,
}

/// A board as one side sees it.
#[derive(Debug)]
pub(crate) struct Side {
    size: u8,
    cells: [Cell; 256],
}

/// How many stones are missing from an edge to each cell, one on the cell itself included.
#[derive(Debug)]
pub(crate) struct Distances([u8; 256]);

/// Cells that are waiting to be looked at; each waits once at most.
struct Waiting {
    cells: [u8; 256],
    count: usize,
}

impl Side {
    /// The board as the agent sees it.
    pub(crate) fn of_agent(board: Board<'_>) -> Self {
        let is_own = |line, place| board.is_own(line, place);
        Self::new(board, is_own, |line, place| board.is_theirs(line, place))
    }

    /// The board as the opponent sees it, whose lines are the agent's places.
    pub(crate) fn of_opponent(board: Board<'_>) -> Self {
        let is_own = |line, place| board.is_theirs(place, line);
        Self::new(board, is_own, |line, place| board.is_own(place, line))
    }

    /// The board of a side, which has stones and lacks cells at these lines and places.
    fn new(
        board: Board<'_>,
        is_own: impl Fn(u8, u8) -> bool,
        is_closed: impl Fn(u8, u8) -> bool,
    ) -> Self {
        let mut side = Self { size: board.size(), cells: [Cell::Closed; 256] };
        for place in 0..side.size {
            for line in 0..side.size {
                side.cells[at(line, place)] = match (is_own(line, place), is_closed(line, place)) {
                    (true, _) => Cell::Own,
                    (_, true) => Cell::Closed,
                    _ => Cell::Free,
                };
            }
            // Both edges are as good as stones.
            side.cells[usize::from(STRIDE * EDGE_ROW + RIM + place)] = Cell::Own;
            side.cells[at(side.size, place)] = Cell::Own;
        }
        side
    }

    /// Puts a stone of this side on a free cell.
    pub(crate) fn own(&mut self, line: u8, place: u8) {
        self.cells[at(line, place)] = Cell::Own;
    }

    /// Puts a stone of the other side on a free cell.
    pub(crate) fn close(&mut self, line: u8, place: u8) {
        self.cells[at(line, place)] = Cell::Closed;
    }

    /// Takes a stone away.
    pub(crate) fn free(&mut self, line: u8, place: u8) {
        self.cells[at(line, place)] = Cell::Free;
    }

    /// How many stones are missing from edge to edge.
    pub(crate) fn missing(&self) -> u8 {
        let distances = self.distances(EDGE_ROW);
        (0..self.size).map(|place| distances.of(self.size, place)).min().unwrap_or(NO_WAY)
    }

    /// The distances from the first edge and from the last.
    pub(crate) fn distances_from_edges(&self) -> [Distances; 2] {
        [self.distances(EDGE_ROW), self.distances(EDGE_ROW + 1 + self.size)]
    }

    /// The distances from the edge that is this row: in each round from the cells that are as far
    /// as the last ones to those which are one stone further.
    fn distances(&self, row: u8) -> Distances {
        let mut distances = [NO_WAY; 256];
        let (mut here, mut further) = (Waiting::new(), Waiting::new());
        for place in 0..self.size {
            let cell = STRIDE * row + RIM + place;
            distances[usize::from(cell)] = 0;
            here.push(cell);
        }
        for distance in 0..NO_WAY {
            while let Some(cell) = here.pop() {
                self.links(cell, |linked, is_own| {
                    let reached = if is_own { distance } else { distance + 1 };
                    if distances[usize::from(linked)] > reached {
                        distances[usize::from(linked)] = reached;
                        if is_own { here.push(linked) } else { further.push(linked) }
                    }
                });
            }
            if further.count == 0 {
                break;
            }
            core::mem::swap(&mut here, &mut further);
        }
        Distances(distances)
    }

    /// Calls `found` with each cell that is a neighbour or a bridge away, and whether it has a
    /// stone.
    fn links(&self, cell: u8, mut found: impl FnMut(u8, bool)) {
        let mut see = |linked: u8| {
            let content = self.cells[usize::from(linked)];
            if content != Cell::Closed {
                found(linked, content == Cell::Own);
            }
            content
        };
        // One before the first is the last.
        let mut before = cell.wrapping_add(AROUND[5]);
        let mut was_free = self.cells[usize::from(before)] == Cell::Free;
        for &step in &AROUND {
            let next = cell.wrapping_add(step);
            let is_free = see(next) == Cell::Free;
            if is_free && was_free {
                see(before.wrapping_add(step));
            }
            (before, was_free) = (next, is_free);
        }
    }
}

impl Distances {
    pub(crate) fn of(&self, line: u8, place: u8) -> u8 {
        self.0[at(line, place)]
    }
}

impl Waiting {
    fn new() -> Self {
        Self { cells: [0; 256], count: 0 }
    }

    fn push(&mut self, cell: u8) {
        if let Some(last) = self.cells.get_mut(self.count) {
            *last = cell;
            self.count += 1;
        }
    }

    fn pop(&mut self) -> Option<u8> {
        self.count = self.count.checked_sub(1)?;
        self.cells.get(self.count).copied()
    }
}

fn at(line: u8, place: u8) -> usize {
    usize::from(STRIDE * (EDGE_ROW + 1 + line) + RIM + place)
}
