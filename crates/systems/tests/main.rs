//! Tests of the Systems that ship with nets, through what any user of them sees.
//!
//! `conformance` runs the kit on each; `models` plays each against a naive second implementation;
//! `tensors` compares numbers with other libraries'; `playthroughs` and `vectors` compare with
//! blessed files; `restoring` and `registry` try what a hostile caller would. `hidden` says what
//! seats must not see; `examples` lists the matches worth keeping, `pilots` plays them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod conformance;
mod examples;
mod gymnasium_peers;
mod hidden;
mod models;
mod pilots;
mod playthroughs;
mod poker_peers;
mod registry;
mod restoring;
mod restoring_poker;
mod restoring_simulations;
mod tensors;
mod vectors;

use std::collections::BTreeMap;
use std::sync::Arc;

use nets_core::System;

/// The System called `name` with the parameters `given`.
fn system(name: &str, given: &[(&str, u64)]) -> Arc<dyn System> {
    let given: BTreeMap<_, _> = given.iter().map(|&(n, value)| (n.to_owned(), value)).collect();
    nets_systems::build(name, &given).unwrap()
}
