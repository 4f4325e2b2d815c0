//! Write a nets agent in a dozen lines of Rust.
//!
//! An agent is a WebAssembly module with one exported function, `decide(i64) -> i64`: what the
//! seat sees in, its action out. This crate gives the number a type for each System (such as
//! [`snake::Packed`]), reads the full observation ([`Observation`]) for agents that want all of
//! it, and exports a plain Rust function with [`agent!`]. SPEC.md sections 7 and 8 are the law;
//! the views here only name its bits.
//!
//! ```
//! use nets_agent_sdk::snake::{Direction, Packed};
//!
//! nets_agent_sdk::agent!(decide);
//!
//! /// Takes the first step that does not kill.
//! fn decide(seen: Packed) -> Direction {
//!     Direction::ALL.into_iter().find(|&way| !seen.dies(way)).unwrap_or(Direction::Up)
//! }
//! # fn main() { assert_eq!(decide(Packed::new(0b1011 << 24)), Direction::Down) }
//! ```
//!
//! The crate allocates nothing and knows no rules beyond the observations: it is a pair of
//! glasses, not a player. On the host everything but the exports is there too, so an agent's
//! function can be tested like any other. In an agent a panic is a trap, a trap is a fault, and a
//! fault forfeits the match.

// On the host std is linked, whose panic handler then serves `no_std` agents in native tests.
#![cfg_attr(target_arch = "wasm32", no_std)]

pub mod chess;
pub mod connect_four;
mod export;
pub mod forecast;
pub mod go;
pub mod hex;
mod observation;
pub mod othello;
pub mod poker;
pub mod rps;
pub mod simulations;
pub mod snake;
pub mod snake_arena;
pub mod tic_tac_toe;

#[doc(hidden)]
pub use export::Shared;
pub use observation::{HEADER_BYTES, Observation};

/// Spreads each bit of `number` over all of the result, which then looks random.
///
/// An agent has no source of chance: what it does is a function of what it saw. A hash of what it
/// saw is the next best thing, with which it surprises all who have not read its code.
pub const fn scatter(number: u64) -> u64 {
    // Multiplying by odd constants loses nothing and carries upwards, the shifts bring it down.
    let mixed = (number ^ number >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ mixed >> 29).wrapping_mul(0xd1b5_4a32_d192_ed03);
    mixed ^ mixed >> 32
}
