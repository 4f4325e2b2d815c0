//! Agents for forecast; each file of `examples/` makes one of them a module.
#![no_std]

pub mod last_value;
mod least_squares;
pub mod random;
pub mod regression;
