//! Golden playthroughs: whole matches as text, compared with what the Systems do now.

use std::path::Path;

use nets_testkit::{blessed, example::Example, playthrough};

use crate::examples;

/// Longer matches are kept as vectors only.
const STEPS_MAX: usize = 80;

fn compare(prefix: &str, examples: &[Example]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/playthroughs");
    for example in examples.iter().filter(|example| example.steps.len() <= STEPS_MAX) {
        let name = format!("{prefix}-{}.txt", example.about.replace(' ', "-"));
        let text = playthrough::render(example).unwrap();
        blessed::compare(&folder.join(name), &text).unwrap_or_else(|e| panic!("{e}"));
    }
}

#[test]
fn snake_plays_as_recorded() {
    compare("snake", &examples::of_snake());
}

#[test]
fn rock_paper_scissors_plays_as_recorded() {
    compare("rps", &examples::of_rock_paper_scissors());
}

#[test]
fn connect_four_plays_as_recorded() {
    compare("connect-four", &examples::of_connect_four());
}

#[test]
fn tic_tac_toe_plays_as_recorded() {
    compare("tic-tac-toe", &examples::of_tic_tac_toe());
}

#[test]
fn othello_plays_as_recorded() {
    compare("othello", &examples::of_othello());
}

#[test]
fn hex_plays_as_recorded() {
    compare("hex", &examples::of_hex());
}

#[test]
fn go_plays_as_recorded() {
    compare("go", &examples::of_go());
}

#[test]
fn chess_plays_as_recorded() {
    compare("chess", &examples::of_chess());
}

#[test]
fn forecast_plays_as_recorded() {
    compare("forecast", &examples::of_forecast());
}

#[test]
fn poker_plays_as_recorded() {
    compare("kuhn-poker", &examples::of_kuhn_poker());
    compare("leduc-poker", &examples::of_leduc_poker());
}

#[test]
fn simulations_play_as_recorded() {
    compare("cartpole", &examples::of_cart_pole());
    compare("mountain-car", &examples::of_mountain_car());
    compare("acrobot", &examples::of_acrobot());
    compare("pendulum", &examples::of_pendulum());
}

#[test]
fn snake_arena_plays_as_recorded() {
    compare("snake-arena", &examples::of_snake_arena());
}
