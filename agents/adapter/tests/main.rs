//! How adapters choose, and that the committed modules choose so.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod choices;
mod linked;
mod look_ahead;
mod made_up;
mod modules;
mod settings;

use std::collections::BTreeMap;
use std::sync::Arc;

use nets_agent_sdk::Observation;
use nets_core::{Seat, State, Status, System};

/// The System called `name` with the parameters `given`.
fn system(name: &str, given: &[(&str, u64)]) -> Arc<dyn System> {
    let given: BTreeMap<_, _> = given.iter().map(|&(n, value)| (n.to_owned(), value)).collect();
    nets_systems::build(name, &given).expect("a System that ships with nets")
}

/// What a seat is given with these bytes.
fn seen(seat: Seat, bytes: &[u8]) -> Observation<'_> {
    Observation { packed: 0, fuel_left: 0, step: 0, seat: seat.0, seat_count: 2, bytes }
}

/// The seats that act; none at the end.
fn acting(state: &dyn State) -> Vec<Seat> {
    match state.status() {
        Status::Acting(seats) => seats.iter().collect(),
        Status::Terminal(_) => Vec::new(),
    }
}
