//! Rounds through the public interface.

#![allow(clippy::unwrap_used)]

mod schedule;
mod scoring;
mod vectors;
