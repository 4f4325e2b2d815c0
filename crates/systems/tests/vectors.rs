//! The vectors of the Systems: what is in `vectors/systems/` is what the code does, and the other
//! way round.

use std::fs;
use std::path::{Path, PathBuf};

use nets_systems::build_canonical;
use nets_testkit::system_vectors::SystemVectors;
use nets_testkit::{blessed, example::Example};

use crate::examples;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../vectors/systems/{name}.json"))
}

/// Writes or compares the file, then replays it with nothing but what it says.
fn check(name: &str, examples: &[Example]) {
    let vectors = SystemVectors::of(&examples[0].system.id(), examples).unwrap();
    let text = vectors.to_json().unwrap();
    blessed::compare(&file(name), &text).unwrap_or_else(|e| panic!("{e}"));
    let read = SystemVectors::from_json(&fs::read_to_string(file(name)).unwrap()).unwrap();
    assert_eq!(read, vectors);
    let steps = read.replay(|id, parameters| build_canonical(id, parameters).unwrap());
    let expected: usize = examples.iter().map(|example| example.steps.len()).sum();
    assert_eq!(steps.unwrap_or_else(|e| panic!("{e}")), expected);
}

#[test]
fn snake_vectors_hold() {
    check("snake", &examples::of_snake());
}

#[test]
fn rock_paper_scissors_vectors_hold() {
    check("rps", &examples::of_rock_paper_scissors());
}

#[test]
fn connect_four_vectors_hold() {
    check("connect-four", &examples::of_connect_four());
}

#[test]
fn tic_tac_toe_vectors_hold() {
    check("tic-tac-toe", &examples::of_tic_tac_toe());
}

#[test]
fn othello_vectors_hold() {
    check("othello", &examples::of_othello());
}

#[test]
fn hex_vectors_hold() {
    check("hex", &examples::of_hex());
}

#[test]
fn go_vectors_hold() {
    check("go", &examples::of_go());
}

#[test]
fn chess_vectors_hold() {
    check("chess", &examples::of_chess());
}

#[test]
fn poker_vectors_hold() {
    check("kuhn-poker", &examples::of_kuhn_poker());
    check("leduc-poker", &examples::of_leduc_poker());
}

#[test]
fn simulation_vectors_hold() {
    check("cartpole", &examples::of_cart_pole());
    check("mountain-car", &examples::of_mountain_car());
    check("acrobot", &examples::of_acrobot());
    check("pendulum", &examples::of_pendulum());
}

#[test]
fn snake_arena_vectors_hold() {
    check("snake-arena", &examples::of_snake_arena());
}

#[test]
fn forecast_vectors_hold() {
    check("forecast", &examples::of_forecast());
}

#[test]
fn a_vector_with_one_wrong_digit_does_not_hold() {
    let text = fs::read_to_string(file("rps")).unwrap();
    let wrong = text.replacen("\"packed\":[\"0x0000000f", "\"packed\":[\"0x0000000e", 1);
    assert_ne!(wrong, text);
    let vectors = SystemVectors::from_json(&wrong).unwrap();
    let result = vectors.replay(|id, parameters| build_canonical(id, parameters).unwrap());
    assert!(result.unwrap_err().to_string().contains("is different from step 0 on"));
}
