//! Plays a Nash equilibrium: on average nobody wins chips from it, and who errs loses them.
//!
//! Kuhn (1950) found all equilibria. In each, who is second bluffs with a third of its jacks and
//! calls with a third of its queens; who begins bluffs with a share of its jacks from 0 to a third,
//! bets three times as many kings, and calls with a third more of its queens. Here the share is a
//! third.
//!
//! An equilibrium is mixed, and an agent has no source of chance: what it does is a function of
//! what it saw, so who has read this file foresees it wherever it knows what was seen. The mixture
//! here comes from a hash of all that was seen since the match began, the number of the hand
//! included. At first nothing of that is a secret but the own card; each card that no showdown
//! turns up makes it more of one.

use nets_agent_sdk::poker::kuhn::{Action, Card, Packed};
use nets_agent_sdk::scatter;

/// The action to take; `past` is the hash of what was seen before, 0 at first.
pub fn decide(seen: Packed, past: &mut u64) -> Action {
    *past = scatter(*past ^ seen.bits());
    if *past % 3 < thirds_of_bets(seen) { Action::Bet } else { Action::Pass }
}

/// How often to bet here, in thirds.
fn thirds_of_bets(seen: Packed) -> u64 {
    match seen.card() {
        Some(Card::King) => 3,
        Some(Card::Queen) if seen.faces_bet() => 1 + u64::from(seen.begins()),
        Some(Card::Jack) if !seen.faces_bet() => 1,
        _ => 0,
    }
}
