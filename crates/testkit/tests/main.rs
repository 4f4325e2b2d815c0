//! Tests of the kit: it passes a sound System and finds every fault that one can be given.
//!
//! `sealed_bids` is a System made for this, with simultaneous seats, private information and
//! chance, that is sound or has one of many faults. `conformance` runs the kit on all of them;
//! `files` tests examples, playthroughs, vectors and blessed files.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod conformance;
mod files;
mod sealed_bids;
