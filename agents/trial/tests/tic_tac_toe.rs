//! Tic-tac-toe's agents: modules play as their sources, and only the perfect one never loses.

use trial::{Player, packed, play, score_sum};

use crate::module;

const SYSTEM: &str = "tic-tac-toe";

fn random() -> Player<'static> {
    packed(tic_tac_toe::random::decide)
}

fn greedy() -> Player<'static> {
    packed(tic_tac_toe::greedy::decide)
}

fn perfect() -> Player<'static> {
    packed(tic_tac_toe::perfect::decide)
}

/// How the agent in `seat` fares against each way to play: matches won, drawn and lost.
fn against_all(seat: usize, agent: fn() -> Player<'static>) -> [u32; 3] {
    let mut results = [0; 3];
    let mut openings = vec![Vec::new()];
    while let Some(opening) = openings.pop() {
        let mut replies: std::vec::IntoIter<u64> = Vec::clone(&opening).into_iter();
        let scripted: Player<'_> = Box::new(move |_| replies.next());
        let mut players = [agent(), scripted];
        if seat == 1 {
            players.swap(0, 1);
        }
        let ended = play(SYSTEM, &[], 0, &mut players);
        let lasted = ended.actions.iter().skip(1 - seat).step_by(2).count();
        if !ended.forfeits.is_empty() && lasted == opening.len() {
            let taken: Vec<u64> = ended.actions.concat();
            let free = (0..9).filter(|cell| !taken.contains(cell));
            openings.extend(free.map(|cell| [&opening[..], &[cell]].concat()));
        } else {
            results[(2 - ended.scores[seat]) as usize] += 1;
        }
    }
    results
}

#[test]
fn modules_play_as_their_sources() {
    let agents = [("random", random as fn() -> _), ("greedy", greedy), ("perfect", perfect)];
    for (first, first_source) in agents {
        for (second, second_source) in agents {
            let modules = [first, second].map(|name| module(&format!("{SYSTEM}-{name}")));
            let committed = play(SYSTEM, &[], 0, &mut { modules });
            let source = play(SYSTEM, &[], 0, &mut [first_source(), second_source()]);
            assert_eq!(source, committed, "{first} against {second}");
        }
    }
}

#[test]
fn the_stronger_loses_to_fewer_ways_to_play_and_the_perfect_one_to_none() {
    for seat in [0, 1] {
        let results = [random, greedy, perfect].map(|agent| against_all(seat, agent));
        println!("seat {seat}: random, greedy, perfect won, drawn, lost {results:?}");
        let lost =
            results.map(|[won, drawn, lost]| f64::from(lost) / f64::from(won + drawn + lost));
        assert!(lost[0] > lost[1] && lost[1] > lost[2] && results[2][2] == 0, "{results:?}");
    }
}

#[test]
fn perfect_beats_greedy_which_beats_random() {
    let sums = [(greedy as fn() -> _, random as fn() -> _), (perfect, greedy)]
        .map(|(own, theirs)| score_sum(50, 2, (SYSTEM, &[]), own, theirs));
    println!("greedy over random {} of 200, perfect over greedy {} of 200", sums[0], sums[1]);
    assert!(sums[0] > 120 && sums[1] > 100, "{sums:?}");
}
