//! Keeps the pole up and the cart in the middle for as long as the match goes.
//!
//! A linear controller: it pushes to the side of a weighted sum of all four numbers. The turning of
//! the pole counts as well as its angle, so that it comes to rest upright; place and speed of the
//! cart count a little and with the same sign, for a cart returns to the middle by first going
//! farther off, which tips the pole inwards.

use nets_agent_sdk::simulations::{CartPole, Side};

/// The side to push to.
pub fn decide(seen: CartPole) -> Side {
    let CartPole { place, speed, angle, turning } = seen;
    Side::of(angle + turning + 0.1 * place + 0.2 * speed)
}
