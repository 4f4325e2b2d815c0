//! The matches worth keeping: each shows one rule of one System.
//!
//! They are written to `vectors/systems/` for other implementations, and the shorter ones as
//! playthroughs to `tests/playthroughs/`.

use std::sync::Arc;

use nets_core::{Seed, System};
use nets_testkit::example::Example;
use nets_testkit::system_conformance::Pilot;

use crate::{on_data, pilots, system};

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

/// The examples of tic-tac-toe.
pub(crate) fn of_tic_tac_toe() -> Vec<Example> {
    let cells = || system("tic-tac-toe", &[]);
    vec![
        scripted("seat 0 wins in a row", cells(), "a2 a1 b2 b1 c2"),
        scripted("seat 1 wins in a column", cells(), "a1 c1 a2 c2 b3 c3"),
        scripted("seat 0 wins on the falling diagonal", cells(), "b2 a2 a1 b1 c3"),
        scripted("seat 1 wins on the rising diagonal", cells(), "a1 b2 b1 c1 c2 a3"),
        scripted("the last stone wins two lines", cells(), "a1 a2 b2 a3 c1 b3 c2 b1 c3"),
        scripted("a full board is a draw", cells(), "a1 b1 c1 b2 a2 c2 b3 a3 c3"),
        piloted("two blocking players draw", cells(), 1, pilots::blocking_stones),
    ]
}

/// The examples of Othello.
pub(crate) fn of_othello() -> Vec<Example> {
    let discs = || system("othello", &[]);
    vec![
        scripted("seat 1 has no discs left", discs(), "e6 f4 e3 f6 g5 d6 e7 f5 c5"),
        scripted(
            "seat 0 has no discs left",
            discs(),
            "d3 c3 b3 f4 f3 f2 f5 c6 e3 a3 g4 g5 c2 b1 e2 g3 c4 d2 e6 f7",
        ),
        scripted(
            "seat 1 must pass",
            discs(),
            "e6 f6 d3 c5 c4 e7 g7 c3 b3 g6 c6 g8 h8 g5 e8 d8 h6 f8 c8 e3 e2 pass f4",
        ),
        scripted(
            "a full board of equal halves is a draw",
            discs(),
            "e6 d6 c6 f4 f3 c7 d7 d8 e8 b7 f5 e3 a8 g5 c4 c3 g4 h4 d3 b4 h5 b6 b5 g3 a4 h6 e2 f8 \
             c8 f6 d2 a6 g8 b3 b2 a5 h3 h2 a7 f1 f2 a3 g2 e1 f7 b1 c2 e7 g6 d1 c1 a2 g1 b8 c5 h7 \
             g7 h1 a1 h8",
        ),
        piloted("two players who want corners", discs(), 1, pilots::corner_discs),
    ]
}

/// The examples of Hex.
pub(crate) fn of_hex() -> Vec<Example> {
    let hexagons = |size| system("hex", &[("size", size)]);
    vec![
        scripted("seat 0 connects straight down", hexagons(3), "b1 a1 b2 a2 b3"),
        scripted("seat 1 connects straight across", hexagons(3), "a1 a2 b1 b2 a3 c2"),
        scripted("seat 0 connects down to the left", hexagons(4), "d1 a1 c2 b1 b3 c1 a4"),
        scripted("down to the right does not connect", hexagons(3), "a1 a2 b2 c2 c3 b3 c1 a3"),
        scripted("the chain turns back on its way", hexagons(4), WINDING),
        scripted("the last cell decides", hexagons(3), "a2 a1 a3 c3 c1 b3 c2 b2 b1"),
        piloted("two players who go straight", hexagons(11), 1, pilots::straight_chain),
        piloted("straight on a board of even size", hexagons(6), 1, pilots::straight_chain),
    ]
}

/// Seat 1 connects on a full board of four by four cells.
const WINDING: &str = "b3 c2 d1 c1 d3 c4 d2 d4 a4 c3 b4 a1 b1 a2 a3 b2";

/// The examples of Go.
pub(crate) fn of_go() -> Vec<Example> {
    let board =
        |size, komi, plies| system("go", &[("size", size), ("komi", komi), ("ply-limit", plies)]);
    let small = || board(5, 15, 50);
    let ko = "b3 c3 a2 d2 b1 c1 e5 b2 c2 e4 d5 b2 pass pass";
    let two_stones = "b1 a2 d1 b2 c2 e5 a1 c1 b3 pass b1 pass pass";
    vec![
        scripted("one stone has the whole board", small(), "c3 pass pass"),
        scripted("komi makes it even", board(5, 50, 50), "c3 pass pass"),
        scripted("a ko is taken back after a threat", small(), ko),
        scripted("two stones sent may not return one", small(), two_stones),
        scripted("counted at the ply limit", board(5, 2, 6), "b2 d4 pass d3 b3 e5"),
        scripted("moves of two bytes", board(16, 15, 4), "a1 q16 pass d4"),
        piloted("two who take stones", board(7, 15, 70), 1, pilots::taking_stones),
        piloted("a match on nine by nine points", system("go", &[]), 1, pilots::taking_stones),
    ]
}

/// The examples of chess.
pub(crate) fn of_chess() -> Vec<Example> {
    let pieces = || system("chess", &[]);
    let limited = |plies| system("chess", &[("ply-limit", plies)]);
    let chosen = |count, plies| system("chess", &[("openings", count), ("ply-limit", plies)]);
    vec![
        scripted("Black mates in two", pieces(), "f2f3 e7e5 g2g4 d8h4"),
        scripted(
            "White mates with queen and bishop",
            pieces(),
            "e2e4 e7e5 f1c4 b8c6 d1h5 g8f6 h5f7",
        ),
        scripted(
            "the same position for the third time",
            pieces(),
            "g1f3 g8f6 f3g1 f6g8 g1f3 g8f6 f3g1 f6g8",
        ),
        scripted(
            "both castle before the ply limit",
            limited(16),
            "e2e4 e7e5 g1f3 b8c6 f1c4 f8c5 e1g1 d7d6 d2d3 c8g4 h2h3 d8d7 h3g4 d7g4 c1d2 e8c8",
        ),
        scripted(
            "a pawn taken en passant promotes to a knight",
            limited(16),
            "e2e4 g8f6 e4e5 d7d5 e5d6 b7b6 d6c7 b6b5 c7b8n h7h5 b8c6 a7a5 h2h4 g7g5 h4g5 f8g7",
        ),
        scripted(
            "stalemate in ten moves",
            pieces(),
            "e2e3 a7a5 d1h5 a8a6 h5a5 h7h5 h2h4 a6h6 a5c7 f7f6 c7d7 e8f7 d7b7 d8d3 b7b8 d3h7 b8c8 \
             f7g6 c8e6",
        ),
        scripted(
            "captures until nobody can mate",
            pieces(),
            "b1a3 b7b5 a3b5 c7c6 b5a7 a8a7 h2h3 a7a2 a1a2 b8a6 h1h2 a6b4 e2e4 b4c2 d1c2 \
             g7g5 c2c6 d7c6 f1b5 c8h3 b5c6 d8d7 g1h3 d7c6 h3g5 c6c1 e1e2 c1b2 g5f7 b2d2 \
             e2d2 e8f7 h2h7 h8h7 a2a7 h7h1 a7e7 f8e7 g2g3 h1h4 g3h4 e7h4 f2f4 h4e7 f4f5 \
             e7d6 f5f6 g8f6 d2d3 f6e4 d3e4",
        ),
        piloted("from a drawn opening", chosen(52, 40), 1, pilots::greedy_pieces),
        piloted("pieces go to and fro for fifty moves", pieces(), 1, pilots::shuffling_pieces),
        piloted("two greedy players repeat themselves", pieces(), 2, pilots::greedy_pieces),
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
    let steps = |count| system("cartpole", &[("step-limit", count)]);
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

/// The examples of the snake arena.
pub(crate) fn of_snake_arena() -> Vec<Example> {
    let board = |side, snakes, steps| {
        let size = [("width", side), ("height", side)];
        system("snake-arena", &[size[0], size[1], ("snakes", snakes), ("step-limit", steps)])
    };
    vec![
        scripted("a snake leaves the board", board(5, 2, 20), "up/up up/up"),
        scripted("both leave the board at once", board(5, 2, 20), "up/down up/down"),
        scripted("two heads of equal length meet", board(5, 2, 20), "right/left down/up"),
        scripted("the limit comes first", board(6, 2, 3), "right/left right/left right/left"),
        scripted("the fourth lives on alone", board(5, 4, 9), "up/down/up/right up/down/up/right"),
        piloted("two wary snakes", board(7, 2, 120), 1, pilots::wary_snake),
        piloted("four wary snakes", board(8, 4, 90), 2, pilots::wary_snake),
        piloted("three on the largest board", board(16, 3, 60), 3, pilots::wary_snake),
    ]
}

/// The examples of forecast.
pub(crate) fn of_forecast() -> Vec<Example> {
    let weeks = |given: &[(&str, u64)]| {
        let range = [("low", 3_130), ("levels", 610), ("window", 6)];
        on_data("forecast", "co2", &[&range, given].concat())
    };
    let months = on_data("forecast", "el-nino", &[("from", 12), ("count", 2), ("window", 12)]);
    vec![
        scripted(
            "one value more and less and as it came",
            weeks(&[("from", 1), ("count", 3)]),
            "317.0 317.9 317.5",
        ),
        scripted(
            "quartiles of two values",
            weeks(&[("from", 9), ("count", 2), ("quantiles", 3)]),
            "316.5 317.0 317.5 319.0 318.0 317.0",
        ),
        scripted("against the value of a year before", months, "24.00 25.58"),
        piloted(
            "deciles that are all the last value",
            weeks(&[("from", 100), ("count", 1), ("quantiles", 9)]),
            1,
            pilots::last_value,
        ),
    ]
}
