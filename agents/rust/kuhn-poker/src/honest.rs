//! Bets on what is more often the higher card, a queen or a king, and never bluffs.
//!
//! The bet of a queen is a mistake: a jack folds to it, and a king does not.

use nets_agent_sdk::poker::kuhn::{Action, Card, Packed};

/// The action to take.
pub fn decide(seen: Packed) -> Action {
    if seen.card() >= Some(Card::Queen) { Action::Bet } else { Action::Pass }
}
