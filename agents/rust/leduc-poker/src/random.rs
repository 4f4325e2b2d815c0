//! Any legal action, as if at random: picked by a hash of what was seen.

use nets_agent_sdk::poker::leduc::{Action, Packed};
use nets_agent_sdk::scatter;

/// The action to take.
pub fn decide(seen: Packed) -> Action {
    match scatter(seen.bits()) % 3 {
        0 if seen.faces_raise() => Action::Fold,
        1 if seen.can_raise() => Action::Raise,
        _ => Action::Call,
    }
}
