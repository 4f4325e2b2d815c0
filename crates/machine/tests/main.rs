//! All tests of the machine, in one binary.

#![allow(clippy::unwrap_used)]

mod images;
mod memory;
mod riscv_tests;
mod runs;
mod support;
