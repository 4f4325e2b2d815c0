//! Tests of the crate, in one binary. `networks` writes small networks down; each other file takes
//! what its name says to numbers that were computed by hand or by another idea.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod agents;
mod choices;
mod exported;
mod files;
mod fitting;
mod functions;
mod hints;
mod lowering;
mod matches;
mod modules;
mod networks;
mod peers;
mod recurrent;
mod shapes;
mod shipped;
mod versions;
mod windows;
