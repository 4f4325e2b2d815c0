//! Remembers its own trail and keeps to where there is room.
//!
//! The packed observation does not show the body, but the body is where the head has been: a snake
//! of length n fills the cells of its last n steps. So this agent writes down when it was in each
//! cell. Of the steps that survive it takes those that leave room for the whole body, and of those
//! the one nearest to the apple.
#![no_std]

use nets_agent_sdk::agent;
use nets_agent_sdk::snake::{Cell, Direction, Packed};

agent!(decide, memory: Trail = Trail::new());

/// When the head was last in each cell, in steps from 1; 0 for never.
#[derive(Debug)]
pub struct Trail {
    now: u16,
    visited: [u16; 256],
}

impl Trail {
    /// The trail before the first step.
    pub const fn new() -> Self {
        Self { now: 0, visited: [0; 256] }
    }

    /// Whether the body of a snake of this length fills the cell with this number.
    fn is_body(&self, index: usize, length: u16) -> bool {
        self.visited[index] != 0 && self.now - self.visited[index] < length
    }
}

impl Default for Trail {
    fn default() -> Self {
        Self::new()
    }
}

/// The step with enough room behind it that ends nearest to the apple.
pub fn decide(seen: Packed, trail: &mut Trail) -> Direction {
    trail.now += 1;
    trail.visited[seen.size().index(seen.head())] = trail.now;
    let cost = |cell: Cell| {
        // More room than the body needs is of no use; less of it is worse than any detour.
        let missing = u32::from(seen.length()).saturating_sub(room(seen, trail, cell));
        (missing, cell.distance(seen.apple()))
    };
    Direction::ALL
        .into_iter()
        .filter(|&way| !seen.dies(way))
        .min_by_key(|&way| cost(seen.head().step(way)))
        .unwrap_or(Direction::Up)
}

/// How many free cells can be reached from `start`, itself included.
fn room(seen: Packed, trail: &Trail, start: Cell) -> u32 {
    let size = seen.size();
    let mut reached = [false; 256];
    let mut pending = [start; 256];
    let mut count = 1;
    reached[size.index(start)] = true;
    let mut next = 0;
    while next < count {
        for way in Direction::ALL {
            let Some(cell) = size.neighbour(pending[next], way) else { continue };
            let index = size.index(cell);
            if !reached[index] && !trail.is_body(index, seen.length()) {
                reached[index] = true;
                pending[count] = cell;
                count += 1;
            }
        }
        next += 1;
    }
    count as u32
}
