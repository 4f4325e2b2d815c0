//! Agents for Leduc hold'em; each file of `examples/` makes one of them a module.
#![no_std]

pub mod honest;
pub mod nash;
pub mod random;
pub mod situations;
pub mod strategy;
