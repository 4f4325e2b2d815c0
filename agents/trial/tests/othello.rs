//! Othello's agents: modules play as their sources, and each beats the weaker one.

use trial::{Player, full, packed};

use crate::duel::{Source, beats, modules_of_neighbours_agree};

const SYSTEM: &str = "othello";

const AGENTS: [(&str, Source); 3] = [("random", random), ("greedy", greedy), ("search", search)];

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
    modules_of_neighbours_agree(SYSTEM, &AGENTS);
}

#[test]
fn search_beats_greedy_which_beats_random() {
    let [random, greedy, search] = AGENTS;
    beats((SYSTEM, &[]), [random, greedy], (20, 4), 50);
    beats((SYSTEM, &[]), [greedy, search], (10, 2), 30);
}
