//! Mates if it can, else takes the most it can, else makes any move.
//!
//! It does not see what is taken back, and so loses a queen for a pawn.

use nets_agent_sdk::chess::{Board, Move};
use nets_agent_sdk::{Observation, scatter};

use crate::evaluation::KINDS;
use crate::position::{NOTHING, Position};

/// More than any capture: a king is never taken.
const MATE: i32 = 10_000;

/// The move to make.
///
/// # Panics
/// When the observation is of another System than `chess`.
pub fn decide(seen: Observation<'_>) -> Move {
    let position = Position::new(Board::new(seen));
    let moves = position.legal_moves();
    // Of moves that gain as much, a hash decides.
    let any = |chosen: Move| scatter(position.key ^ u64::from(chosen));
    let best =
        moves.as_slice().iter().max_by_key(|&&chosen| (gain(&position, chosen), any(chosen)));
    best.copied().unwrap_or(Move::new(0, 0))
}

/// What a move takes and promotes to, or that it mates.
fn gain(position: &Position, chosen: Move) -> i32 {
    let next = position.after(chosen);
    if next.is_in_check(next.mover) && next.legal_moves().as_slice().is_empty() {
        return MATE;
    }
    let taken = position.at(chosen.to());
    let taken = if taken == NOTHING { 0 } else { KINDS[usize::from(taken)] };
    taken + chosen.promotion().map_or(0, |piece| KINDS[piece as usize])
}
