//! Goes to the nearest apple, away from bodies and from heads that would win the cell.
//!
//! It looks one step ahead, and so gets caught in what it cannot leave any more.

use nets_agent_sdk::snake::Direction;
use nets_agent_sdk::snake_arena::Packed;

/// The way to go.
pub fn decide(seen: Packed) -> Direction {
    let cost = |way: &Direction| {
        let distance = seen.head().step(*way).distance(seen.apple());
        (seen.is_blocked(*way), seen.is_contested(*way), distance)
    };
    Direction::ALL.into_iter().min_by_key(cost).unwrap_or(Direction::Up)
}
