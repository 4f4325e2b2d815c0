//! Runs from edge to edge on the shortest way, bridges and all.
//!
//! It takes the opponent's stones for obstacles and never asks what they are up to.

use nets_agent_sdk::Observation;
use nets_agent_sdk::hex::Board;

use crate::distances::Side;
use crate::{free_cells, from_centre};

/// The cell to play.
///
/// # Panics
/// When the observation is of another System than `hex`.
pub fn decide(seen: Observation<'_>) -> u64 {
    let board = Board::new(seen);
    let [first, last] = Side::of_agent(board).distances_from_edges();
    let best = free_cells(board).min_by_key(|&(line, place)| {
        let missing = u16::from(first.of(line, place)) + u16::from(last.of(line, place));
        (missing, from_centre(board, line, place))
    });
    best.map_or(0, |(line, place)| board.action(line, place)).into()
}
