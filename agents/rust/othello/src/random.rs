//! Any cell where a disc can be put, as if at random: picked by a hash of these cells.

use nets_agent_sdk::othello::Packed;
use nets_agent_sdk::scatter;

use crate::{action, discs};

/// The cell to put a disc on, or a pass.
pub fn decide(seen: Packed) -> u64 {
    let placements = seen.placements();
    let pick = scatter(placements) % u64::from(placements.count_ones().max(1));
    action(discs(placements).nth(pick as usize))
}
