//! Agents for Connect Four; each file of `examples/` makes one of them a module.
#![no_std]

mod alpha_beta;
pub mod greedy;
pub mod random;
pub mod search;

/// The columns, those with the most lines through them first: good ones early make cuts early.
const FROM_CENTRE: [u8; 7] = [3, 2, 4, 1, 5, 0, 6];
