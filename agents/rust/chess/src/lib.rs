//! Agents for chess; each file of `examples/` makes one of them a module.
//!
//! What they share is the rules: `attacks` knows where pieces reach, `position` what a move does,
//! `moves` which there are.
#![no_std]

mod alpha_beta;
mod attacks;
mod evaluation;
pub mod greedy;
mod moves;
mod position;
pub mod random;
pub mod search;

pub use moves::Moves;
pub use position::Position;
