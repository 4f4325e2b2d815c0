//! Agents for Go; each file of `examples/` makes one of them a module.
//!
//! What they share is the rules: `board` knows what a stone does, `game` what may not come again,
//! `dice` takes the place of chance.
#![no_std]

mod board;
mod dice;
pub mod game;
pub mod greedy;
pub mod random;
pub mod search;
