//! Arenas through the public interface.

#![allow(clippy::unwrap_used)]

mod season;
mod support;
