//! Tests of the judge, through what the crate exports: what it is asked about was played by the
//! runner, and then lied about.
//!
//! `stage` plays matches and makes questions of them; `honest` asks about true traces, `lies` about
//! changed ones, `divergences` about whole other matches, `strange` about what is no trace or no match
//! that is known; `vectors` pins the bytes of questions. `agreement` asks the judge as it is compiled for
//! the machine, and compares it with both engines: over matches that are `recorded` and over matches of
//! `random` modules.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod agreement;
mod divergences;
mod honest;
mod largest;
mod lies;
mod prices;
mod random;
mod recorded;
mod stage;
mod strange;
mod vectors;
