//! Arenas through the public interface.

#![allow(clippy::unwrap_used)]

mod engines;
mod season;
mod support;
mod tampering;
