//! Takes a corner if it can, else turns the most discs.
//!
//! Discs in the middle are turned back as easily, and who has most of them has the fewest moves.

use nets_agent_sdk::Observation;
use nets_agent_sdk::othello::Position;

use crate::{CORNERS, action, discs};

/// The cell to put a disc on, or a pass.
///
/// # Panics
/// When the observation is of another System than `othello`.
pub fn decide(seen: Observation<'_>) -> u64 {
    let position = Position::new(seen);
    let worth = |&disc: &u64| (disc & CORNERS != 0, position.turned(disc).count_ones());
    action(discs(position.placements()).max_by_key(worth))
}
