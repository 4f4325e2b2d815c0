//! Agents for the pole on a cart; each file of `examples/` makes one of them a module.
#![no_std]

pub mod balancing;
pub mod leaning;
pub mod random;
