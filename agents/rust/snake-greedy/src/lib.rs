//! Goes straight to the apple and never into certain death.
//!
//! The simplest snake worth playing: it looks one step ahead, so it dies as soon as its own body
//! closes around it. The packed observation is all it needs.
#![no_std]

use nets_agent_sdk::agent;
use nets_agent_sdk::snake::{Direction, Packed};

agent!(decide);

/// The step that survives and ends nearest to the apple.
pub fn decide(seen: Packed) -> Direction {
    Direction::ALL
        .into_iter()
        .filter(|&way| !seen.dies(way))
        .min_by_key(|&way| seen.head().step(way).distance(seen.apple()))
        // Every way kills: up is as good as any.
        .unwrap_or(Direction::Up)
}
