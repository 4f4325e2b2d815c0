//! Kuhn's poker's agents: modules play as their sources, and each wins chips from the weaker one.

use trial::{Player, packed};

use crate::duel::{Source, each_beats_the_weaker_ones, modules_agree};

const SYSTEM: &str = "kuhn-poker";

const AGENTS: [(&str, Source); 3] = [("random", random), ("honest", honest), ("nash", nash)];

fn random() -> Player<'static> {
    packed(kuhn_poker::random::decide)
}

fn honest() -> Player<'static> {
    packed(kuhn_poker::honest::decide)
}

fn nash() -> Player<'static> {
    let mut past = 0;
    packed(move |seen| kuhn_poker::nash::decide(seen, &mut past))
}

#[test]
fn modules_play_as_their_sources() {
    modules_agree(SYSTEM, &AGENTS);
}

#[test]
fn each_agent_wins_chips_from_the_weaker_ones() {
    each_beats_the_weaker_ones(SYSTEM, 0, &AGENTS);
}
