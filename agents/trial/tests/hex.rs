//! Hex's agents: modules play as their sources, and each beats the weaker one.

use trial::{Player, full, play_after, score_sum};

use crate::module;

const SYSTEM: &str = "hex";

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
    let agents = [("random", random as fn() -> _), ("runner", runner), ("bridger", bridger)];
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
fn bridger_beats_runner_which_beats_random() {
    let sums = [
        score_sum(20, 4, (SYSTEM, &[]), runner, random),
        score_sum(5, 4, (SYSTEM, &[]), bridger, runner),
    ];
    println!("runner over random {} of 80, bridger over runner {} of 20", sums[0], sums[1]);
    assert!(sums[0] > 50 && sums[1] > 16, "{sums:?}");
}
