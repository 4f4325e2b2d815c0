//! Who beats whom: the order of strength that the agents' own descriptions promise.

use trial::{Player, full, packed, play};

/// The sum of scores over the seeds 0 to 99, which is the mean in hundredths.
fn snake_score_sum(step_limit: u64, player: impl Fn() -> Player<'static>) -> i64 {
    let score =
        |seed| play("snake", &[("step-limit", step_limit)], seed, &mut [player()]).scores[0];
    (0..100).map(score).sum()
}

fn wanderer() -> Player<'static> {
    packed(snake_wanderer::decide)
}

fn greedy() -> Player<'static> {
    packed(snake_greedy::decide)
}

fn drifter() -> Player<'static> {
    let mut trail = snake_drifter::Trail::new();
    packed(move |seen| snake_drifter::decide(seen, &mut trail))
}

fn scout() -> Player<'static> {
    full(snake_scout::decide)
}

fn historian() -> Player<'static> {
    let mut history = rps_historian::History::new();
    packed(move |seen| rps_historian::decide(seen, &mut history))
}

#[test]
fn snakes_rank_from_wanderer_over_greedy_and_drifter_to_scout() {
    for step_limit in [300, 2_000] {
        let sums =
            [wanderer, greedy, drifter, scout].map(|player| snake_score_sum(step_limit, player));
        println!("limit {step_limit}: wanderer, greedy, drifter, scout: {sums:?} over 100 seeds");
        assert!(sums.is_sorted(), "{sums:?} with step limit {step_limit}");
        assert!(sums[3] * 10 > sums[1] * 11, "scout is at least a tenth better than greedy");
    }
}

#[test]
fn the_historian_beats_what_repeats_itself() {
    let rock = play("rps", &[], 0, &mut [historian(), packed(rps_rock::decide)]).scores;
    let mixer = play("rps", &[], 0, &mut [historian(), packed(rps_mixer::decide)]).scores;
    println!("historian against rock {rock:?}, against mixer {mixer:?}");
    assert!(rock[0] > 190, "{rock:?}");
    assert!(mixer[0].abs_diff(mixer[1]) < 60, "a hash cannot be learnt, {mixer:?}");
}
