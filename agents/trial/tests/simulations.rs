//! The simulations' agents: modules play as their sources, and each scores more than the weaker
//! ones, or as much as there is.

use trial::{Player, packed, play};

use crate::duel::{Agents, Source};
use crate::module;

/// How many seeds each agent plays on.
const SEEDS: u64 = 20;

/// A player of a function that sees the packed observation and has no memory.
macro_rules! source {
    ($decide:path) => {{
        fn player() -> Player<'static> {
            packed($decide)
        }
        player as Source
    }};
}

const CART_POLE: [(&str, Source); 3] = [
    ("random", source!(cartpole::random::decide)),
    ("leaning", source!(cartpole::leaning::decide)),
    ("balancing", source!(cartpole::balancing::decide)),
];

const MOUNTAIN_CAR: [(&str, Source); 3] = [
    ("random", source!(mountain_car::random::decide)),
    ("swinging", source!(mountain_car::swinging::decide)),
    ("planning", source!(mountain_car::planning::decide)),
];

const ACROBOT: [(&str, Source); 3] = [
    ("random", source!(acrobot::random::decide)),
    ("swinging", source!(acrobot::swinging::decide)),
    ("planning", source!(acrobot::planning::decide)),
];

const PENDULUM: [(&str, Source); 3] = [
    ("random", source!(pendulum::random::decide)),
    ("holding", source!(pendulum::holding::decide)),
    ("swinging", source!(pendulum::swinging::decide)),
];

const ALL: [(&str, &Agents); 4] = [
    ("cartpole", &CART_POLE),
    ("mountain-car", &MOUNTAIN_CAR),
    ("acrobot", &ACROBOT),
    ("pendulum", &PENDULUM),
];

/// The scores of an agent on all seeds.
fn scores(system: &str, parameters: &[(&str, u64)], agent: Source) -> Vec<i64> {
    let score = |seed| play(system, parameters, seed, &mut [agent()]).scores[0];
    (0..SEEDS).map(score).collect()
}

fn sum(system: &str, agents: &Agents) -> Vec<i64> {
    let sum = |&(_, agent): &(&str, Source)| scores(system, &[], agent).iter().sum();
    let sums = agents.iter().map(sum).collect();
    println!("{system}: {sums:?} over {SEEDS} seeds");
    sums
}

#[test]
fn each_agent_scores_more_than_the_weaker_ones() {
    for (system, agents) in ALL {
        let sums = sum(system, agents);
        assert!(sums.is_sorted_by(|weaker, stronger| weaker < stronger), "{system}: {sums:?}");
    }
}

#[test]
fn balancing_keeps_the_pole_up_for_as_long_as_a_match_goes() {
    for limit in [500, 10_000] {
        let scores = scores("cartpole", &[("step-limit", limit)], cart_pole_balancing());
        assert!(scores.iter().all(|&score| score == limit as i64), "{scores:?}");
    }
}

fn cart_pole_balancing() -> Source {
    let [.., (_, balancing)] = CART_POLE;
    balancing
}

#[test]
fn whoever_swings_the_car_or_the_links_gets_there_in_every_match() {
    for (system, agents) in [("mountain-car", &MOUNTAIN_CAR), ("acrobot", &ACROBOT)] {
        for (name, agent) in &agents[1..] {
            let scores = scores(system, &[], *agent);
            assert!(scores.iter().all(|&score| score > -200), "{system} {name}: {scores:?}");
        }
    }
}

#[test]
fn modules_play_as_their_sources() {
    for (system, agents) in ALL {
        for (name, agent) in agents {
            let committed = play(system, &[], 1, &mut [module(&format!("{system}-{name}"))]);
            let source = play(system, &[], 1, &mut [agent()]);
            assert!(source.forfeits.is_empty(), "{system} {name}");
            assert_eq!(source, committed, "{system} {name}");
        }
    }
}
