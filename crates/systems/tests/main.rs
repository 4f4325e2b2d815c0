//! Tests of the Systems that ship with nets, through what any user of them sees.
//!
//! `conformance` runs the kit on each; `models` plays each against a naive second implementation;
//! `playthroughs`, `vectors` and `pages` compare with blessed files, `tensors` with the numbers of
//! other libraries and `peers` with whole games of theirs; `restoring`, `registry` and `hostile` try
//! what a hostile caller would, `chess` what chess players know, `data` Systems on data sets; `hidden`
//! says what seats must not see; `template` is what a new System begins as. `examples` lists the
//! matches worth keeping, `pilots` plays them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "a model may compute with the platform's sines")]

extern crate alloc;

mod alone;
mod chess;
mod conformance;
mod data;
mod examples;
mod gymnasium_peers;
mod hidden;
mod hostile;
mod models;
mod pages;
mod peers;
mod pilots;
mod playthroughs;
mod poker_peers;
mod registry;
mod restoring;
mod restoring_poker;
mod restoring_simulations;
mod template;
mod tensors;
mod vectors;

// The template names these as a System in the crate does.
#[path = "../src/action_names.rs"]
mod action_names;
#[allow(dead_code, reason = "the template draws with some of the shapes")]
#[path = "../src/drawing.rs"]
mod drawing;

use std::collections::BTreeMap;
use std::sync::Arc;

use nets_core::{DATA, System};
use nets_systems::{Blueprint, Given};

/// The System called `name` on a data set that ships, with the parameters `given`.
fn on_data(name: &str, data: &str, given: &[(&str, u64)]) -> Arc<dyn System> {
    let given = given.iter().map(|&(name, value)| (name.to_owned(), value.into()));
    let data = (DATA.to_owned(), Given::Text(data.to_owned()));
    Blueprint::named(name, &given.chain([data]).collect()).unwrap().build().unwrap()
}

/// The System called `name` with the parameters `given`.
fn system(name: &str, given: &[(&str, u64)]) -> Arc<dyn System> {
    let given: BTreeMap<_, _> = given.iter().map(|&(n, value)| (n.to_owned(), value)).collect();
    nets_systems::build(name, &given).unwrap()
}
