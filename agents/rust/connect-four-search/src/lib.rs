//! Searches as deep as its fuel allows: alpha-beta over two sets of stones.
//!
//! It deepens step by step and keeps the answer of the last depth it finished. How long it may
//! think is counted in positions, from the fuel that the host says is left, never in time: the
//! same match on a slower machine is the same match.
#![no_std]

mod search;

use nets_agent_sdk::connect_four::{COLUMNS, OBSERVATION_BYTES_MAX, Packed, ROWS};
use nets_agent_sdk::{Observation, agent};

use search::Search;

agent!(decide, observation: OBSERVATION_BYTES_MAX);

/// What looking at one position costs at most, in fuel, with all that leads to the next one.
const FUEL_PER_POSITION: u64 = 1_500;

/// More positions than this are not worth their time.
const POSITIONS_MAX: u64 = 20_000;

/// The column to play.
pub fn decide(seen: Observation<'_>) -> u64 {
    let packed = Packed::new(seen.packed);
    let stones_left = (COLUMNS * ROWS).saturating_sub(packed.ply()).max(1);
    // An even share for each own stone to come, as if no fuel were ever added.
    let share = seen.fuel_left / u64::from(stones_left.div_ceil(2));
    let mut search = Search::new((share / FUEL_PER_POSITION).min(POSITIONS_MAX));
    let position = packed.position();
    let mut best = search::first_column(position);
    for depth in 1..=stones_left {
        match search.best_column(position, depth) {
            Some(column) => best = column,
            None => break,
        }
    }
    best.into()
}
