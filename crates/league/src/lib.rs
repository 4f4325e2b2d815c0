//! Rounds of a league as pure functions: who meets whom, what it adds up to, who is ahead.
//!
//! Everything here is a function of (entries, round seed, claims, outcomes), so anyone can
//! recompute a round and find the first place where an assertion is wrong. This crate does not know
//! how matches are played, how money moves or what a chain is. SPEC.md section 9.
//!
//! Reading order: [`Schedule`] (who meets whom on which seed), [`Claim`] (what owners say),
//! [`RoundScorer`] (matches in, leaves out), [`RoundResult`] (the three trees and the assertion); [`RegistrationBatch`] (many members at once).

#![deny(clippy::disallowed_types, clippy::disallowed_methods, clippy::float_arithmetic)]

mod batch;
mod claim;
mod leaves;
mod result;
mod schedule;
mod scorer;

pub use batch::{BatchError, REGISTRATION_BYTES, Registration, RegistrationBatch, SIGNATURE_BYTES};
pub use claim::Claim;
pub use leaves::{EntryLeaf, MatchLeaf, MatchStatus, NEVER, RankLeaf, SeatLine};
pub use result::{Assertion, RoundResult};
pub use schedule::{Pairing, SEATS_MAX, Schedule, ScheduleError};
pub use scorer::{Entry, MatchResult, NextMatch, RoundScorer, ScoreError};
