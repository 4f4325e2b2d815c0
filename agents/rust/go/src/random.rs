//! Puts stones anywhere but into its own eyes, as if at random, and passes where there is no other
//! point.

use nets_agent_sdk::Observation;
use nets_agent_sdk::go::Action;

use crate::dice::Dice;
use crate::game::Game;

/// The action.
///
/// # Panics
/// When the observation is of another System than `go`.
pub fn decide(seen: Observation<'_>) -> Action {
    let game = Game::new(seen);
    let count = game.candidates().count();
    let first = Dice::new(seen).below(count as u16);
    let mut points = game.candidates().cycle().skip(first.into()).take(count);
    points.find(|&point| game.is_legal(point)).map_or(game.pass(), |point| game.stone(point))
}
