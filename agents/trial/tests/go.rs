//! Go's agents: their rules are the System's, modules play as their sources, and playing out beats
//! taking, which beats chance.

use std::collections::BTreeMap;

use go::game::Game;
use nets_agent_sdk::{Observation, scatter};
use nets_core::{Action, Chance, Seed, Status};
use trial::{Player, full, packed, play, score_sum};

use crate::module;

const SYSTEM: &str = "go";

fn random() -> Player<'static> {
    full(go::random::decide)
}

fn greedy() -> Player<'static> {
    packed(go::greedy::decide)
}

fn search() -> Player<'static> {
    full(go::search::decide)
}

#[test]
fn agents_see_the_legal_actions() {
    for seed in 0..12 {
        let size = [5, 6, 9, 16][seed as usize % 4];
        let given = BTreeMap::from([("size".to_owned(), size), ("ply-limit".to_owned(), 90)]);
        let system = nets_systems::build(SYSTEM, &given).expect("go");
        let mut state = system.start(Chance::from_seed(&Seed([0; 32])));
        while let Status::Acting(seats) = state.status() {
            let seat = seats.iter().next().expect("one acts");
            let (packed, bytes) = (state.packed_observation(seat), state.observation(seat));
            let game = Game::new(Observation {
                packed,
                fuel_left: 0,
                step: 0,
                seat: seat.0,
                seat_count: 2,
                bytes: &bytes,
            });
            let legal = state.legal_actions(seat);
            for action in 0..=size as u16 * size as u16 {
                let expected = legal.contains(&Action(action.into()));
                assert_eq!(game.is_legal_action(action), expected, "{action}\n{}", state.picture());
            }
            let pick = scatter(packed ^ seed);
            state.step(&[legal[pick as usize % legal.len()]]).expect("a legal action");
        }
    }
}

#[test]
fn modules_play_as_their_sources() {
    let parameters = [("size", 7), ("ply-limit", 24)];
    let source = play(SYSTEM, &parameters, 0, &mut [search(), greedy()]);
    let modules = &mut [module("go-search"), module("go-greedy")];
    assert_eq!(play(SYSTEM, &parameters, 0, modules), source);
    let source = play(SYSTEM, &[], 0, &mut [random(), greedy()]);
    let modules = &mut [module("go-random"), module("go-greedy")];
    assert_eq!(play(SYSTEM, &[], 0, modules), source);
}

#[test]
fn search_beats_greedy_which_beats_random() {
    let nine: (_, &[_]) = (SYSTEM, &[]);
    let sums = [score_sum(10, 4, nine, greedy, random), score_sum(3, 4, nine, search, greedy)];
    println!("greedy over random {} of 40, search over greedy {} of 12", sums[0], sums[1]);
    assert!(sums[0] > 26 && sums[1] > 10, "{sums:?}");
}
