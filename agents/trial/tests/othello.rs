//! Othello's agents: modules play as their sources, and each beats the weaker one.

use trial::{Player, full, packed, play_after, score_sum};

use crate::module;

const SYSTEM: &str = "othello";

fn random() -> Player<'static> {
    packed(othello::random::decide)
}

fn greedy() -> Player<'static> {
    full(othello::greedy::decide)
}

fn search() -> Player<'static> {
    full(othello::search::decide)
}

#[test]
fn modules_play_as_their_sources() {
    let agents = [("random", random as fn() -> _), ("greedy", greedy), ("search", search)];
    for ((first, first_source), (second, second_source)) in
        [(agents[0], agents[1]), (agents[1], agents[2])]
    {
        let modules = [first, second].map(|name| module(&format!("{SYSTEM}-{name}")));
        let committed = play_after(2, SYSTEM, &[], 1, &mut { modules });
        let source = play_after(2, SYSTEM, &[], 1, &mut [first_source(), second_source()]);
        assert_eq!(source, committed, "{first} against {second}");
    }
}

#[test]
fn search_beats_greedy_which_beats_random() {
    let sums = [
        score_sum(20, 4, (SYSTEM, &[]), greedy, random),
        score_sum(10, 2, (SYSTEM, &[]), search, greedy),
    ];
    println!("greedy over random {} of 80, search over greedy {} of 40", sums[0], sums[1]);
    assert!(sums[0] > 50 && sums[1] > 30, "{sums:?}");
}
