//! All tests of the machine, in one binary.

mod images;
mod memory;
mod riscv_tests;
mod runs;
mod support;
