//! Plays nearly a Nash equilibrium: on average nobody wins much from it, and who errs loses chips.
//!
//! How often it folds, calls and raises in each situation is in a table, which was computed by
//! counterfactual regret minimisation: two players that learn play each other, and each comes to
//! regret what it did not do (Zinkevich et al. 2007; Tammelin 2014). `trial/tests/leduc_poker` has
//! the program, and a test of how much the best answer to the table wins.
//!
//! The actions are mixed by a hash of all that was seen since the match began, which includes cards
//! that nobody else has seen; `kuhn-poker-nash` says what that is worth.

use nets_agent_sdk::poker::leduc::{Action, Packed, Rank};
use nets_agent_sdk::scatter;

use crate::situations;
use crate::strategy::SHARES;

/// The action to take; `past` is the hash of what was seen before, 0 at first.
pub fn decide(seen: Packed, past: &mut u64) -> Action {
    *past = scatter(*past ^ seen.bits());
    let own = seen.rank().unwrap_or(Rank::Jack);
    let [fold, raise] = SHARES[situations::number(own, seen.open_rank(), seen.betting())];
    let mut pick = *past % 255;
    for (action, share) in [(Action::Fold, fold), (Action::Raise, raise)] {
        match pick.checked_sub(share.into()) {
            None => return action,
            Some(rest) => pick = rest,
        }
    }
    Action::Call
}
