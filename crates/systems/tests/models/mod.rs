//! Naive second implementations, written from SPEC.md section 8 and nothing else.
//!
//! They use lists and grids where the Systems use bits, and the property tests play both on the
//! same random seeds and actions. State bytes and packed observations must be equal at each step.

mod chess;
mod connect_four;
mod forecast;
mod go;
mod hex;
mod othello;
mod poker;
mod rock_paper_scissors;
mod simulations;
mod snake;
mod snake_arena;
mod tic_tac_toe;
