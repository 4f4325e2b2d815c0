//! The Systems that ship with nets: Snake, rock-paper-scissors, Connect Four, tic-tac-toe, Othello,
//! Hex, Go, chess, poker, simulations, forecasts of real series.
//!
//! **Start with `rock_paper_scissors.rs`**: it is the smallest and shows all that a System is. A
//! System of your own is one file like it, one line in `registry.rs` (the conformance kit then runs
//! on it), and examples of its matches in `tests/examples.rs`.
//!
//! The rules and bytes are those of SPEC.md section 8, which a contract implements as well: a
//! change to what a System does is a new version of it, never an edit. Nothing here knows agents,
//! fuel, traces or money.

#![no_std]
#![deny(clippy::disallowed_types, clippy::disallowed_methods, clippy::float_arithmetic)]

extern crate alloc;

mod action_names;
pub mod alone;
mod blueprint;
mod board_picture;
mod cells;
pub mod chess;
mod connect_four;
mod drawing;
mod duel;
pub mod forecast;
mod go;
mod hex;
mod othello;
mod poker;
mod registry;
mod rock_paper_scissors;
mod simulations;
mod snake;
mod snake_arena;
mod tic_tac_toe;

pub use blueprint::{Blueprint, Given};
pub use registry::{BuildError, all, build, build_canonical};
