//! Agents for the acrobot; each file of `examples/` makes one of them a module.
#![no_std]

pub mod planning;
pub mod random;
pub mod swinging;
