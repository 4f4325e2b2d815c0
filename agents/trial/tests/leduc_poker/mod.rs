//! Leduc hold'em's agents: modules play as their sources, the table is what the solver comes to and
//! can hardly be beaten, and each agent wins chips from the weaker one.

mod solver;

use std::fmt::Write as _;

use leduc_poker::situations::{BETTINGS, ENDS, RANKS};
use leduc_poker::strategy::SHARES;
use trial::{Player, packed};

use solver::{Strategy, best_answer, solve};

use crate::duel::{Source, each_beats_the_weaker_ones, modules_agree};

const SYSTEM: &str = "leduc-poker";

const AGENTS: [(&str, Source); 3] = [("random", random), ("honest", honest), ("nash", nash)];

/// Enough to come near to what a byte for each share can hold.
const ITERATIONS: u32 = 1_000;

/// What who begins wins in a hand when both play perfectly, in chips.
const VALUE: f64 = -0.0856;

fn random() -> Player<'static> {
    packed(leduc_poker::random::decide)
}

fn honest() -> Player<'static> {
    packed(leduc_poker::honest::decide)
}

fn nash() -> Player<'static> {
    let mut past = 0;
    packed(move |seen| leduc_poker::nash::decide(seen, &mut past))
}

/// A betting as the letters of its actions.
fn letters(betting: u8) -> String {
    let letter = |action: u8| ["f", "c", "r"][usize::from(action)];
    if betting < 3 { String::new() } else { letters(betting / 3) + letter(betting % 3) }
}

/// What stands above the bettings of a round in the table.
fn heading(round: usize) -> String {
    match round.checked_sub(1) {
        None => "the first round".to_owned(),
        Some(round) => {
            let open = ["jack", "queen", "king"][round % RANKS];
            format!("after {} with a {open} open", letters(ENDS[round / RANKS]))
        }
    }
}

/// The source of the table of a strategy.
fn source(strategy: &Strategy) -> String {
    let mut text = String::from(HEAD);
    for (line, ranks) in strategy.chunks(RANKS).enumerate() {
        let (round, betting) = (line / BETTINGS.len(), line % BETTINGS.len());
        // Writing to a String cannot fail.
        if betting == 0 {
            let _ = writeln!(text, "    // {}", heading(round));
        }
        let shares = ranks.iter().map(|shares| {
            let [fold, _, raise] = shares.map(|share| (share * 255.0).round());
            format!("[{fold}, {raise}], ")
        });
        let shares: String = shares.collect();
        let _ = writeln!(text, "    {shares}// {}-", letters(BETTINGS[betting]));
    }
    text + "];\n"
}

const HEAD: &str = "\
//! The table of `leduc-poker-nash`: how often it folds and raises in each situation, in 255ths; what
//! is left, it calls. A line has a jack, a queen and a king in hand, after the actions behind it.
//!
//! Written by the test `the_table_is_what_the_solver_comes_to`: change that and run it with BLESS=1.

use crate::situations::COUNT;

/// The shares of folds and of raises, by the number of the situation.
#[rustfmt::skip]
pub static SHARES: [[u8; 2]; COUNT] = [
";

#[test]
fn the_table_is_what_the_solver_comes_to() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../rust/leduc-poker/src/strategy.rs");
    let expected = source(&solve(ITERATIONS));
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &expected).expect("the table is written");
    }
    let committed = std::fs::read_to_string(path).expect("the table is read");
    assert!(committed == expected, "{path} is another table: run this test with BLESS=1");
}

#[test]
fn the_best_answer_to_the_table_wins_next_to_nothing() {
    let shares = |&[fold, raise]: &[u8; 2]| {
        let [fold, raise] = [fold, raise].map(|share| f64::from(share) / 255.0);
        [fold, 1.0 - fold - raise, raise]
    };
    let [first, second] = best_answer(&SHARES.iter().map(shares).collect());
    println!("the best answer wins {first:.4} and {second:.4} chips a hand, first and second");
    // Perfect play against it wins no less than the value of the game, at either position.
    assert!(first >= VALUE - 1e-3 && second >= -VALUE - 1e-3, "the solver knows other rules");
    assert!(first + second < 0.01, "{first} and {second}");
}

#[test]
fn modules_play_as_their_sources() {
    modules_agree(SYSTEM, &AGENTS);
}

#[test]
fn each_agent_wins_chips_from_the_weaker_ones() {
    each_beats_the_weaker_ones(SYSTEM, 0, &AGENTS);
}
