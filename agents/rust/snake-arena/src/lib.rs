//! Agents for the snake arena; each file of `examples/` makes one of them a module.
#![no_std]

pub mod greedy;
mod ground;
pub mod random;
pub mod spacious;
