//! The conformance kit on every System, with parameters at both ends of their ranges.

use nets_testkit::system_conformance::{Checked, Pilot, check};

use crate::pilots;

fn conforms(name: &str, given: &[(&str, u64)], pilots: &[Pilot], seeds: u32) -> Checked {
    check(&|| crate::system(name, given), pilots, seeds).unwrap_or_else(|e| panic!("{e}"))
}

const SNAKES: &[Pilot] = &[pilots::greedy_snake, pilots::biting_snake, pilots::tail_chasing_snake];

#[test]
fn snake_conforms() {
    let checked = conforms("snake", &[("step-limit", 120)], SNAKES, 6);
    assert!(checked.steps > 1_000, "{checked:?}");
}

#[test]
fn snake_conforms_on_the_smallest_board() {
    let given = [("width", 2), ("height", 2), ("step-limit", 40)];
    conforms("snake", &given, &[pilots::circling_snake], 8);
    conforms("snake", &[("width", 2), ("height", 2), ("step-limit", 1)], &[], 2);
}

#[test]
fn snake_conforms_until_the_board_is_full() {
    let given = [("width", 5), ("height", 4), ("step-limit", 400)];
    conforms("snake", &given, &[pilots::circling_snake], 2);
}

#[test]
fn snake_conforms_on_the_largest_board() {
    let given = [("width", 16), ("height", 16), ("step-limit", 10_000)];
    conforms("snake", &given, &[pilots::greedy_snake], 1);
}

#[test]
fn rock_paper_scissors_conforms() {
    conforms("rps", &[("throws", 30)], &[pilots::beating_throws], 6);
    conforms("rps", &[("throws", 1)], &[], 3);
}

#[test]
fn connect_four_conforms() {
    let checked = conforms("connect-four", &[], &[pilots::watchful_stones], 12);
    assert!(checked.steps > 500, "{checked:?}");
}

#[test]
fn every_registered_system_conforms_with_its_defaults() {
    for descriptor in nets_systems::all() {
        conforms(descriptor.name, &[], &[], 2);
    }
}

#[test]
fn snake_arena_conforms_with_two_to_four_snakes() {
    for snakes in 2..=4 {
        let given = [("width", 7), ("height", 6), ("snakes", snakes), ("step-limit", 90)];
        let checked = conforms("snake-arena", &given, &[pilots::wary_snake], 3);
        assert!(checked.steps > 60, "{checked:?}");
    }
    conforms("snake-arena", &[("step-limit", 1), ("width", 5), ("height", 5)], &[], 2);
    let large = [("width", 16), ("height", 16), ("step-limit", 2_000)];
    conforms("snake-arena", &large, &[pilots::wary_snake], 1);
}
