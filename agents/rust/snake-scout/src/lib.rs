//! Plans the way to the apple, and eats only where it could still reach its own tail.
//!
//! A snake that can reach its tail can follow it for ever: each cell ahead is left in time. So
//! the scout looks for the shortest way to the apple, plays it through in its head, and takes its
//! first step only if the tail can be reached from its end. Otherwise it bides its time with the
//! step that keeps the tail in reach and is the longest way round to it.
#![no_std]

mod snake;

use nets_agent_sdk::snake::{Board, Cell, Direction, OBSERVATION_BYTES_MAX};
use nets_agent_sdk::{Observation, agent};

use snake::Snake;

agent!(decide, observation: OBSERVATION_BYTES_MAX);

/// The first step of the best plan.
pub fn decide(seen: Observation<'_>) -> Direction {
    let board = Board::new(seen);
    let snake = Snake::new(board);
    let apple = board.apple();
    shortest_meal(&snake, apple)
        .or_else(|| longest_wait(&snake, apple))
        .or_else(|| most_time(&snake, apple))
        // Every way kills: up is as good as any.
        .unwrap_or(Direction::Up)
}

/// The first step of the shortest way to the apple after which the tail can be reached.
fn shortest_meal(snake: &Snake, apple: Option<Cell>) -> Option<Direction> {
    let apple = apple?;
    let length_of_meal = |way: Direction| {
        let mut snake = snake.after(way, Some(apple))?;
        let eats_now = snake.head() == apple;
        let steps = if eats_now { 0 } else { snake.walk_to(apple)? };
        snake.steps_to_tail().map(|_| steps)
    };
    Direction::ALL
        .into_iter()
        .filter_map(|way| length_of_meal(way).map(|steps| (steps, way)))
        .min_by_key(|&(steps, _)| steps)
        .map(|(_, way)| way)
}

/// The step from which the way to the tail is longest, so that the snake unrolls meanwhile.
fn longest_wait(snake: &Snake, apple: Option<Cell>) -> Option<Direction> {
    Direction::ALL
        .into_iter()
        .filter_map(|way| Some((snake.after(way, apple)?.steps_to_tail()?, way)))
        .max_by_key(|&(steps, _)| steps)
        .map(|(_, way)| way)
}

/// The step with the most cells in reach, when none is safe.
fn most_time(snake: &Snake, apple: Option<Cell>) -> Option<Direction> {
    Direction::ALL
        .into_iter()
        .filter_map(|way| Some((snake.after(way, apple)?.cells_in_reach(), way)))
        .max_by_key(|&(cells, _)| cells)
        .map(|(_, way)| way)
}
