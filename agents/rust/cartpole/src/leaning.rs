//! Pushes the cart to where the pole leans.
//!
//! When the pole is upright again it already turns to the other side, so it sways farther each
//! time.

use nets_agent_sdk::simulations::{CartPole, Side};

/// The side to push to.
pub fn decide(seen: CartPole) -> Side {
    Side::of(seen.angle)
}
