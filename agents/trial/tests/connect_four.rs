//! Connect Four's agents: modules play as their sources, and each beats the weaker one.

use trial::{Player, full, packed, play};

use crate::duel::{Source, beats, modules_of_neighbours_agree};

const SYSTEM: &str = "connect-four";

const AGENTS: [(&str, Source); 3] = [("random", random), ("greedy", greedy), ("search", search)];

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
    modules_of_neighbours_agree(SYSTEM, &AGENTS);
}

#[test]
fn the_search_beats_greedy_from_either_seat() {
    let first = play(SYSTEM, &[], 0, &mut [search(), greedy()]);
    let second = play(SYSTEM, &[], 0, &mut [greedy(), search()]);
    assert_eq!((first.scores, second.scores), (vec![2, 0], vec![0, 2]));
}

#[test]
fn search_beats_greedy_which_beats_random() {
    let [random, greedy, search] = AGENTS;
    beats((SYSTEM, &[]), [random, greedy], (20, 4), 60);
    beats((SYSTEM, &[]), [greedy, search], (10, 2), 30);
}
