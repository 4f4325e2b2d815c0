//! Searches as deep as its fuel allows, for corners and for moves.
//!
//! It deepens disc by disc and keeps the answer of the last depth it finished. How long it may
//! think is counted in positions, from the fuel that the host says is left, never in time.

use nets_agent_sdk::Observation;
use nets_agent_sdk::othello::Position;

use crate::alpha_beta::Search;
use crate::{action, discs};

/// What looking at one position costs on the average, in fuel, with all that leads to it.
const FUEL_PER_POSITION: u64 = 1_000;

/// One decision takes this part of the fuel there is: however many follow, some is always left.
const PART_OF_FUEL: u64 = 8;

/// The cell to put a disc on, or a pass.
///
/// # Panics
/// When the observation is of another System than `othello`.
pub fn decide(seen: Observation<'_>) -> u64 {
    let position = Position::new(seen);
    let mut search = Search::new(seen.fuel_left / PART_OF_FUEL / FUEL_PER_POSITION);
    let mut best = discs(position.placements()).next();
    if position.placements().count_ones() > 1 {
        for depth in 1..=position.free().count_ones() {
            match search.best_disc(position, depth) {
                Some(disc) => best = Some(disc),
                None => break,
            }
        }
    }
    action(best)
}
