//! Searches as deep as its fuel allows: alpha-beta with quiescence.
//!
//! It deepens ply by ply. How long it may think is counted in positions, from the fuel that the
//! host says is left, never in time: the same match on a slower machine is the same match.

use nets_agent_sdk::Observation;
use nets_agent_sdk::chess::{Board, Move};

use crate::alpha_beta::Search;
use crate::position::Position;

/// What looking at one position costs on the average, in fuel, with finding the moves to it.
const FUEL_PER_POSITION: u64 = 2_000;

/// One decision takes this part of the fuel there is: however many follow, some is always left.
const PART_OF_FUEL: u64 = 8;

/// Looking further ahead than this is not worth its time.
const DEPTH_MAX: u32 = 12;

/// The move to make.
///
/// # Panics
/// When the observation is of another System than `chess`.
pub fn decide(seen: Observation<'_>) -> Move {
    let board = Board::new(seen);
    let position = Position::new(board);
    let mut search = Search::new(seen.fuel_left / PART_OF_FUEL / FUEL_PER_POSITION);
    position.keys_before(board.past()).for_each(|key| search.remember(key));
    let mut moves = position.legal_moves();
    for depth in 1..=DEPTH_MAX {
        if !search.bring_best_first(&position, moves.as_mut_slice(), depth) {
            break;
        }
    }
    moves.as_slice().first().copied().unwrap_or(Move::new(0, 0))
}
