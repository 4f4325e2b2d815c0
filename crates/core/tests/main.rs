//! The protocol through its public interface: what is tampered with is found, what is encoded has
//! one encoding, and `vectors/` is what the code does.
//!
//! [`parley`] is a small System to play; [`tampering`] and [`proofs`] attack what comes of its
//! matches; [`private`] is about what seats may not see of each other, [`signatures`] about who said
//! what; [`encodings`] and [`chance`]
//! are properties; [`vectors`] writes and checks the files that other languages read.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod chance;
mod encodings;
mod parley;
mod private;
mod proofs;
mod signatures;
mod tampering;
mod vectors;
