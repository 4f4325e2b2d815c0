//! The contracts' verdicts against the Systems' and the leagues' own.

#![allow(clippy::unwrap_used)]

mod step_contracts;
