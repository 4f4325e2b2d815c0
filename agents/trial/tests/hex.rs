//! Hex's agents: modules play as their sources, and each beats the weaker one.

use trial::{Player, full};

use crate::duel::{Source, beats, modules_of_neighbours_agree};

const SYSTEM: &str = "hex";

const AGENTS: [(&str, Source); 3] = [("random", random), ("runner", runner), ("bridger", bridger)];

fn random() -> Player<'static> {
    full(hex::random::decide)
}

fn runner() -> Player<'static> {
    full(hex::runner::decide)
}

fn bridger() -> Player<'static> {
    full(hex::bridger::decide)
}

#[test]
fn modules_play_as_their_sources() {
    modules_of_neighbours_agree(SYSTEM, &AGENTS);
}

#[test]
fn bridger_beats_runner_which_beats_random() {
    let [random, runner, bridger] = AGENTS;
    beats((SYSTEM, &[]), [random, runner], (20, 4), 50);
    beats((SYSTEM, &[]), [runner, bridger], (5, 4), 16);
}
