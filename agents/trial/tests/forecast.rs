//! Forecast's agents: modules play as their sources, and who looks at the past beats the naive
//! forecast.

use trial::{Player, full, packed, play};

use crate::module;

const SYSTEM: &str = "forecast";

fn random() -> Player<'static> {
    full(forecast::random::decide)
}

fn last_value() -> Player<'static> {
    packed(forecast::last_value::decide)
}

fn regression() -> Player<'static> {
    full(forecast::regression::decide)
}

fn score(agent: fn() -> Player<'static>, given: &[(&str, u64)]) -> i64 {
    let ended = play(SYSTEM, given, 0, &mut [agent()]);
    assert!(ended.forfeits.is_empty());
    ended.scores[0]
}

#[test]
fn modules_play_as_their_sources() {
    let agents =
        [("random", random as fn() -> _), ("last-value", last_value), ("regression", regression)];
    for (name, source) in agents {
        for given in [&[("count", 20)][..], &[("count", 20), ("window", 200), ("quantiles", 3)]] {
            let committed = play(SYSTEM, given, 0, &mut [module(&format!("{SYSTEM}-{name}"))]);
            assert_eq!(play(SYSTEM, given, 0, &mut [source()]), committed, "{name}");
        }
    }
}

#[test]
fn the_past_says_more_than_the_last_value_and_that_more_than_chance() {
    for quantiles in [1, 3, 9] {
        let given = [("quantiles", quantiles)];
        let scores = [random, last_value, regression].map(|agent| score(agent, &given));
        println!("{quantiles} quantiles: random, last value, regression score {scores:?}");
        assert!(scores[0] < 0 && scores[1] == 0 && scores[2] > 0, "{scores:?}");
    }
}

#[test]
fn a_short_past_is_no_fault() {
    for window in [1, 2, 27, 28, 29] {
        let given = [("from", 1), ("count", 40), ("window", window)];
        score(regression, &given);
    }
}
