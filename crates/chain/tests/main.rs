//! The contracts' verdicts against the Systems' and the leagues' own.

#![allow(clippy::unwrap_used)]

mod batches;
mod beacons;
mod court;
mod embedded;
mod machine;
mod processor;
mod step_contracts;
