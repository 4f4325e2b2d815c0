//! Rounds through the public interface.

#![allow(clippy::unwrap_used)]

mod batches;
mod schedule;
mod scoring;
mod vectors;
