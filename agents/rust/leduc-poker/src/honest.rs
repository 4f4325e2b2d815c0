//! Raises on a pair or a king, folds a jack to a raise, calls with the rest, and never bluffs.
//!
//! Its raises tell what it has: who has read that folds to them, and raises when it only calls.

use nets_agent_sdk::poker::leduc::{Action, Packed, Rank};

/// The action to take.
pub fn decide(seen: Packed) -> Action {
    let is_strong = seen.has_pair() || seen.rank() == Some(Rank::King);
    let is_weak = seen.rank() == Some(Rank::Jack) && !seen.has_pair();
    if is_strong && seen.can_raise() {
        Action::Raise
    } else if is_weak && seen.faces_raise() {
        Action::Fold
    } else {
        Action::Call
    }
}
