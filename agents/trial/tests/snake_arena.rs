//! The snake arena's agents: modules play as their sources, and each outlives the weaker ones, alone
//! against one and among three or four.

use trial::{Player, full, packed, play};

use crate::duel::{Source, each_beats_the_weaker_ones, modules_agree};
use crate::module;

const SYSTEM: &str = "snake-arena";

const AGENTS: [(&str, Source); 3] =
    [("random", random), ("greedy", greedy), ("spacious", spacious)];

fn random() -> Player<'static> {
    packed(snake_arena::random::decide)
}

fn greedy() -> Player<'static> {
    packed(snake_arena::greedy::decide)
}

fn spacious() -> Player<'static> {
    full(snake_arena::spacious::decide)
}

#[test]
fn each_agent_outlives_the_weaker_ones() {
    each_beats_the_weaker_ones(SYSTEM, 1, &AGENTS);
}

/// The sum of scores of one agent among others of another kind, from each seat, on some seeds.
fn scores_among(seats: u64, own: Source, others: Source) -> i64 {
    let mut sum = 0;
    for seed in 0..10 {
        for seat in 0..seats as usize {
            let mut players: Vec<_> = (0..seats).map(|_| others()).collect();
            players[seat] = own();
            sum += play(SYSTEM, &[("snakes", seats)], seed, &mut players).scores[seat];
        }
    }
    sum
}

#[test]
fn one_among_several_weaker_ones_scores_above_the_mean() {
    for seats in [3, 4] {
        // Each pair of seats shares two points.
        let mean = 10 * (seats * (seats - 1)) as i64;
        for (own, others) in [(greedy as Source, random as Source), (spacious, greedy)] {
            let sum = scores_among(seats, own, others);
            println!("{seats} seats: {sum}, mean {mean}");
            assert!(sum > mean, "{seats} seats: {sum}, mean {mean}");
        }
    }
}

#[test]
fn modules_play_as_their_sources_at_two_to_four_seats_on_any_board() {
    modules_agree(SYSTEM, &AGENTS);
    for (seats, width, height) in [(3, 5, 9), (4, 16, 16)] {
        let parameters =
            [("snakes", seats), ("width", width), ("height", height), ("step-limit", 60)];
        let seated = || AGENTS.iter().rev().cycle().take(seats as usize);
        let mut modules: Vec<_> =
            seated().map(|(name, _)| module(&format!("{SYSTEM}-{name}"))).collect();
        let mut sources: Vec<_> = seated().map(|(_, source)| source()).collect();
        let committed = play(SYSTEM, &parameters, 1, &mut modules);
        let source = play(SYSTEM, &parameters, 1, &mut sources);
        assert!(source.forfeits.is_empty());
        assert_eq!(source, committed, "{seats} seats");
    }
}
