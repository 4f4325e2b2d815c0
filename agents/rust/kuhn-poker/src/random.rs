//! Passes or bets, as if at random: picked by a hash of what was seen.

use nets_agent_sdk::poker::kuhn::{Action, Packed};
use nets_agent_sdk::scatter;

/// The action to take.
pub fn decide(seen: Packed) -> Action {
    if scatter(seen.bits()) & 1 == 1 { Action::Bet } else { Action::Pass }
}
