//! The matches worth keeping: each shows one rule of one System.
//!
//! They are written to `vectors/systems/` for other implementations, and the shorter ones as
//! playthroughs to `tests/playthroughs/`.

use std::sync::Arc;

use nets_core::{Seed, System};
use nets_testkit::example::Example;
use nets_testkit::system_conformance::Pilot;

use crate::{pilots, system};

fn scripted(about: &'static str, system: Arc<dyn System>, script: &str) -> Example {
    Example::scripted(about, system, Seed([1; 32]), script)
        .unwrap_or_else(|e| panic!("{about}: {e}"))
}

fn piloted(about: &'static str, system: Arc<dyn System>, seed: u8, pilot: Pilot) -> Example {
    Example::piloted(about, system, Seed([seed; 32]), pilot)
        .unwrap_or_else(|e| panic!("{about}: {e}"))
}

fn snake(width: u64, height: u64, step_limit: u64) -> Arc<dyn System> {
    system("snake", &[("width", width), ("height", height), ("step-limit", step_limit)])
}

/// The examples of Snake.
pub(crate) fn of_snake() -> Vec<Example> {
    let fills = piloted("fills the board and wins", snake(3, 4, 400), 3, pilots::circling_snake);
    let just_in_time = snake(3, 4, fills.steps.len() as u64);
    vec![
        scripted("leaves the board and dies", snake(10, 10, 300), "up up up up up up"),
        scripted("dies in the step of the limit", snake(2, 2, 1), "right"),
        scripted("turns round at length one", snake(5, 3, 4), "left right right left"),
        piloted("bites its neck", snake(6, 5, 60), 1, pilots::biting_snake),
        piloted("moves onto its own tail", snake(5, 5, 14), 2, pilots::tail_chasing_snake),
        piloted("fills the smallest board", snake(2, 2, 50), 1, pilots::circling_snake),
        fills,
        piloted("wins in the step of the limit", just_in_time, 3, pilots::circling_snake),
        piloted("reaches the step limit", snake(7, 6, 18), 4, pilots::greedy_snake),
        piloted("shuts itself in", snake(5, 5, 200), 5, pilots::greedy_snake),
        piloted("grows on the default board", snake(10, 10, 300), 6, pilots::greedy_snake),
        piloted("crosses the largest board", snake(16, 16, 90), 7, pilots::greedy_snake),
    ]
}

/// The examples of rock-paper-scissors.
pub(crate) fn of_rock_paper_scissors() -> Vec<Example> {
    let throws = |count| system("rps", &[("throws", count)]);
    let every_pair = "rock/rock rock/paper rock/scissors paper/rock paper/paper paper/scissors \
                      scissors/rock scissors/paper scissors/scissors";
    vec![
        scripted("every pair of throws is a draw overall", throws(9), every_pair),
        scripted("seat 0 wins the only throw", throws(1), "paper/rock"),
        scripted("seat 1 wins every throw", throws(3), "rock/paper paper/scissors scissors/rock"),
        scripted("ties only", throws(2), "rock/rock scissors/scissors"),
        piloted("a hundred throws", throws(100), 1, pilots::beating_throws),
    ]
}

/// The examples of Connect Four.
pub(crate) fn of_connect_four() -> Vec<Example> {
    let stones = || system("connect-four", &[]);
    vec![
        scripted("seat 0 wins in a column", stones(), "4 5 4 5 4 5 4"),
        scripted("seat 1 wins in a row", stones(), "1 4 1 5 1 6 2 7"),
        scripted("seat 0 wins on a rising diagonal", stones(), "1 2 2 3 3 4 3 4 4 6 4"),
        scripted("seat 1 wins on a falling diagonal", stones(), "1 2 1 5 6 4 1 7 3 3 2 1 6 2"),
        scripted(
            "a full board is a draw",
            stones(),
            "2 7 1 1 1 1 7 1 1 4 6 2 6 5 6 4 2 7 3 4 7 5 7 2 2 5 4 2 3 6 5 4 6 6 3 5 5 7 4 3 3 3",
        ),
        scripted(
            "the last stone wins",
            stones(),
            "4 5 4 2 6 6 2 4 4 3 3 4 1 5 2 4 7 1 2 2 2 6 7 7 6 1 5 3 3 5 5 5 6 3 7 1 1 7 1 6 7 3",
        ),
        piloted("two watchful players", stones(), 1, pilots::watchful_stones),
    ]
}

/// The examples of Kuhn's poker.
pub(crate) fn of_kuhn_poker() -> Vec<Example> {
    let hands = |count| system("kuhn-poker", &[("hands", count)]);
    vec![
        scripted("a bet is called", hands(1), "bet bet"),
        scripted("a bet after a pass makes the first fold", hands(1), "pass bet pass"),
        scripted(
            "every betting once",
            hands(5),
            "pass pass pass bet pass pass bet bet bet pass bet bet",
        ),
        piloted("a hundred hands", hands(100), 1, pilots::bluffing_kuhn),
    ]
}

/// The examples of Leduc hold'em.
pub(crate) fn of_leduc_poker() -> Vec<Example> {
    let hands = |count| system("leduc-poker", &[("hands", count)]);
    let most = "raise raise call raise raise call";
    vec![
        scripted("two calls in each round", hands(1), "call call call call"),
        scripted("all raises cost thirteen chips", hands(1), most),
        scripted("a fold shows no card", hands(2), "raise fold call raise call call raise fold"),
        scripted("the longest hand", hands(1), "call raise raise call call raise raise call"),
        piloted("fifty hands", hands(50), 2, pilots::bluffing_leduc),
    ]
}

/// The examples of the pole on a cart.
pub(crate) fn of_cart_pole() -> Vec<Example> {
    let steps = |count| system("cart-pole", &[("step-limit", count)]);
    let left = "left left left left left left left left left left";
    vec![
        scripted("falls when pushed one way", steps(500), left),
        scripted("reaches the step limit", steps(4), "left right right left"),
        piloted("keeps the pole up", steps(500), 1, pilots::balancing_pole),
    ]
}

/// The examples of the car in the valley.
pub(crate) fn of_mountain_car() -> Vec<Example> {
    let steps = |count| system("mountain-car", &[("step-limit", count)]);
    vec![
        scripted("reaches the step limit", steps(5), "right right none left left"),
        piloted("swings up the hill", steps(200), 1, pilots::swinging_car),
    ]
}

/// The examples of the acrobot.
pub(crate) fn of_acrobot() -> Vec<Example> {
    let steps = |count| system("acrobot", &[("step-limit", count)]);
    vec![
        scripted("reaches the step limit", steps(6), "left none right right none left"),
        piloted("swings above the line", steps(500), 1, pilots::swinging_acrobot),
    ]
}

/// The examples of the pendulum.
pub(crate) fn of_pendulum() -> Vec<Example> {
    let steps = |count| system("pendulum", &[("step-limit", count)]);
    let few = system("pendulum", &[("step-limit", 3), ("levels", 3)]);
    vec![
        scripted("each of three torques", few, "0 1 2"),
        scripted("reaches the step limit", steps(6), "0 20 10 9 11 3"),
        piloted("gains speed", steps(200), 1, pilots::swinging_pendulum),
    ]
}
