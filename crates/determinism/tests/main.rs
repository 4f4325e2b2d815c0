//! The determinism gate: the same matches give the same digests wherever they are played.
//!
//! `matches` makes the scripts, `gate` plays them here and compares with blessed digests and, where
//! `cargo xtask test` has built them, with other builds. `scripts` is about the text between them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod gate;
mod matches;
mod scripts;
