//! The command line as text: every file of `cases/` is commands with what they must print.
//!
//! A case is easy to add: write its commands into a file of that folder and run the tests with
//! `BLESS=1`, which writes what was printed under them; read it before it is committed. The format
//! is told in `cases/README.md`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod arena;
mod batches;
mod case;
mod compile_worker;
mod completion;
mod crash;
#[cfg(feature = "evm")]
mod evm;
#[cfg(unix)]
mod files;
mod hints;
#[cfg(unix)]
mod interrupt;
#[cfg(unix)]
mod machine;
mod pack;
mod pipes;
mod seeds;
#[cfg(all(unix, feature = "evm"))]
mod serving;
#[cfg(unix)]
mod signed;
mod stakes;
