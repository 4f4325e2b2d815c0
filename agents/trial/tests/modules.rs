//! The committed modules play action by action as the functions they were built from.

use trial::{Player, full, packed, play};

use crate::module;

/// Compares module and function over matches of one seat.
fn snakes_agree(name: &str, function: impl Fn() -> Player<'static>) {
    for (seed, width, height) in [(1, 10, 10), (2, 16, 16), (3, 5, 9), (4, 2, 3)] {
        let parameters = [("width", width), ("height", height), ("step-limit", 200)];
        let source = play("snake", &parameters, seed, &mut [function()]);
        let committed = play("snake", &parameters, seed, &mut [module(name)]);
        assert_eq!(source, committed, "{name} on {width} by {height}");
        assert!(source.forfeits.is_empty());
    }
}

#[test]
fn snakes_play_as_their_sources() {
    snakes_agree("snake-greedy", || packed(snake_greedy::decide));
    snakes_agree("snake-wanderer", || packed(snake_wanderer::decide));
    snakes_agree("snake-scout", || full(snake_scout::decide));
    snakes_agree("snake-drifter", || {
        let mut trail = snake_drifter::Trail::new();
        packed(move |seen| snake_drifter::decide(seen, &mut trail))
    });
}

#[test]
fn rock_paper_scissors_agents_play_as_their_sources() {
    let mut history = rps_historian::History::new();
    let historian = packed(move |seen| rps_historian::decide(seen, &mut history));
    let source = play("rps", &[], 0, &mut [packed(rps_mixer::decide), historian]);
    let committed = play("rps", &[], 0, &mut [module("rps-mixer"), module("rps-historian")]);
    assert_eq!(source, committed);
}

#[test]
fn agents_in_other_languages_do_what_they_say() {
    // What beats the last throw of a cycle is the cycle's next throw: they tie for ever.
    let ended = play("rps", &[("throws", 9)], 0, &mut [module("rps-cycle"), module("rps-avenger")]);
    let throws: Vec<_> = (0..9u64).map(|i| vec![i % 3, i % 3]).collect();
    assert_eq!((ended.actions, ended.scores), (throws, vec![9, 9]));

    let sum = |name: &str| -> i64 {
        (0..100).map(|seed| play("snake", &[], seed, &mut [module(name)]).scores[0]).sum()
    };
    let (prudent, greedy) = (sum("snake-prudent"), sum("snake-greedy"));
    println!("prudent {prudent}, greedy {greedy} over 100 seeds");
    assert!(prudent > greedy);
}

#[test]
fn failing_agents_forfeit_when_they_say() {
    let steps = |name: &str| {
        let ended = play("rps", &[], 0, &mut [module(name), module("rps-rock")]);
        assert_eq!((ended.forfeits.0, ended.scores), (1, vec![0, 200]), "{name}");
        ended.actions.len()
    };
    assert_eq!(["trapper", "burner", "outlaw"].map(steps), [2, 0, 0]);
}
