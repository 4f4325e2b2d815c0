//! Takes the most stones it can, else puts one somewhere, as if at random; knows no more of the
//! rules than what the packed observation has.

use nets_agent_sdk::go::{Action, Packed};
use nets_agent_sdk::scatter;

/// The action.
pub fn decide(seen: Packed) -> Action {
    let plain = seen.plain()[(scatter(seen.bits()) & 1) as usize];
    match seen.most_taking().or(plain) {
        Some(point) => Action::Stone(point),
        None => Action::Pass(seen.points()),
    }
}
