//! Searches as deep as its fuel allows: alpha-beta over two sets of stones.
//!
//! It deepens step by step and keeps the answer of the last depth it finished. How long it may
//! think is counted in positions, from the fuel that the host says is left, never in time: the
//! same match on a slower machine is the same match.

use nets_agent_sdk::Observation;
use nets_agent_sdk::connect_four::{COLUMNS, Packed, ROWS};

use crate::alpha_beta::{Search, first_column};

/// What looking at one position costs at most, in fuel, with all that leads to the next one.
const FUEL_PER_POSITION: u64 = 500;

/// More positions than this are not worth their time.
const POSITIONS_MAX: u64 = 20_000;

/// One decision takes this part of the fuel there is: however many follow, some is always left.
const PART_OF_FUEL: u64 = 8;

/// The column to play.
pub fn decide(seen: Observation<'_>) -> u64 {
    let packed = Packed::new(seen.packed);
    let position = packed.position();
    let positions = seen.fuel_left / PART_OF_FUEL / FUEL_PER_POSITION;
    let mut search = Search::new(positions.min(POSITIONS_MAX));
    let mut best = first_column(position);
    for depth in 1..=(COLUMNS * ROWS).saturating_sub(packed.ply()) {
        match search.best_column(position, depth) {
            Some(column) => best = column,
            None => break,
        }
    }
    best.into()
}
