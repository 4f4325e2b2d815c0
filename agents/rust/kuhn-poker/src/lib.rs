//! Agents for Kuhn's poker; each file of `examples/` makes one of them a module.
#![no_std]

pub mod honest;
pub mod nash;
pub mod random;
