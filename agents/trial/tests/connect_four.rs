//! Connect Four's agents: modules play as their sources, and each beats the weaker one.

use trial::{Player, full, packed, play, play_after, score_sum};

use crate::module;

const SYSTEM: &str = "connect-four";

fn random() -> Player<'static> {
    packed(connect_four::random::decide)
}

fn greedy() -> Player<'static> {
    packed(connect_four::greedy::decide)
}

fn search() -> Player<'static> {
    full(connect_four::search::decide)
}

#[test]
fn modules_play_as_their_sources() {
    let agents = [("random", random as fn() -> _), ("greedy", greedy), ("search", search)];
    for ((first, first_source), (second, second_source)) in
        [(agents[0], agents[1]), (agents[2], agents[1])]
    {
        let modules = [first, second].map(|name| module(&format!("{SYSTEM}-{name}")));
        let committed = play_after(2, SYSTEM, &[], 1, &mut { modules });
        let source = play_after(2, SYSTEM, &[], 1, &mut [first_source(), second_source()]);
        assert_eq!(source, committed, "{first} against {second}");
    }
}

#[test]
fn the_search_beats_greedy_from_either_seat() {
    let first = play(SYSTEM, &[], 0, &mut [search(), greedy()]);
    let second = play(SYSTEM, &[], 0, &mut [greedy(), search()]);
    assert_eq!((first.scores, second.scores), (vec![2, 0], vec![0, 2]));
}

#[test]
fn search_beats_greedy_which_beats_random() {
    let sums = [
        score_sum(20, 4, (SYSTEM, &[]), greedy, random),
        score_sum(10, 2, (SYSTEM, &[]), search, greedy),
    ];
    println!("greedy over random {} of 80, search over greedy {} of 40", sums[0], sums[1]);
    assert!(sums[0] > 60 && sums[1] > 30, "{sums:?}");
}
