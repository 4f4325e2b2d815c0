//! Runs agents: the WASM sandbox, matches, replays.
//!
//! A match goes in as a [`nets_core::MatchSpec`] with the agents of its seats, and comes out as an
//! outcome and a trace that anyone can recompute. This crate knows no concrete System, and nothing
//! of leagues, money or chains: the sandbox never sees the money.
//!
//! Reading order: [`sandbox`], [`SeatAgent`] (an agent made ready for a System), [`play`] (one
//! match), [`SeatPlayer`] (one decision after the other), [`replay`] (a record against what really
//! happens), [`SignedMatch`] (a match whose agents play elsewhere and sign what they do).

mod match_runner;
mod replay;
pub mod sandbox;
mod seat_agent;
mod seat_player;
mod signed_match;
mod signed_replay;

pub use match_runner::{FaultReport, PlayError, PlayedMatch, SeatFailure, first_forfeit, play};
pub use replay::{Difference, ReplayError, Verdict, replay};
pub use seat_agent::{Inadmissible, SeatAgent};
pub use seat_player::{Question, SeatPlayer};
pub use signed_match::{Play, PlayRefused, SignedMatch, Turn, UnsignedMatch};
pub use signed_replay::replay_signed;
