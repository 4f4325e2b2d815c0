//! The adapter on a node of its own.

#![allow(clippy::unwrap_used)]

mod evm;
