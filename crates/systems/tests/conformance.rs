//! The conformance kit on every System, with parameters at both ends of their ranges.

use nets_testkit::system_conformance::{Checked, Pilot, check, check_private};

use crate::{hidden, pilots};

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
fn tic_tac_toe_conforms() {
    conforms("tic-tac-toe", &[], &[pilots::blocking_stones], 12);
}

#[test]
fn othello_conforms() {
    let checked = conforms("othello", &[], &[pilots::corner_discs], 4);
    assert!(checked.steps > 1_000, "{checked:?}");
}

#[test]
fn hex_conforms_on_small_boards() {
    for size in 3..=6 {
        conforms("hex", &[("size", size)], &[pilots::straight_chain], 4);
    }
}

#[test]
fn hex_conforms_on_the_largest_board() {
    conforms("hex", &[("size", 11)], &[pilots::straight_chain], 1);
}

#[test]
fn go_conforms_on_small_boards() {
    let given = [("size", 5), ("ply-limit", 90)];
    let checked = conforms("go", &given, &[pilots::taking_stones], 3);
    assert!(checked.steps > 500, "{checked:?}");
    conforms("go", &[("size", 6), ("komi", 0), ("ply-limit", 1)], &[], 1);
}

#[test]
fn go_conforms_on_the_largest_board() {
    let given = [("size", 19), ("komi", 255), ("ply-limit", 12)];
    conforms("go", &given, &[pilots::taking_stones], 1);
    conforms("go", &[("size", 19), ("ply-limit", 2_000)], &[], 0);
}

#[test]
fn chess_conforms() {
    // Short matches: the kit tries a thousand actions in every state.
    let given = [("openings", 52), ("ply-limit", 60)];
    let checked = conforms("chess", &given, &[pilots::greedy_pieces], 2);
    assert!(checked.steps > 150, "{checked:?}");
    conforms("chess", &[("openings", 1), ("ply-limit", 16)], &[], 2);
}

#[test]
fn kuhn_poker_conforms_and_hides_cards() {
    for (hands, seeds) in [(1, 6), (20, 4)] {
        let build = || crate::system("kuhn-poker", &[("hands", hands)]);
        let checked = check_private(&build, &[], seeds, hidden::in_kuhn_poker);
        checked.unwrap_or_else(|e| panic!("{e}"));
    }
    conforms("kuhn-poker", &[("hands", 10_000)], &[], 0);
}

#[test]
fn leduc_poker_conforms_and_hides_cards() {
    for (hands, seeds) in [(1, 6), (12, 4)] {
        let build = || crate::system("leduc-poker", &[("hands", hands)]);
        let checked = check_private(&build, &[], seeds, hidden::in_leduc_poker);
        checked.unwrap_or_else(|e| panic!("{e}"));
    }
    conforms("leduc-poker", &[("hands", 10_000)], &[], 0);
}

#[test]
fn the_pole_on_a_cart_conforms() {
    conforms("cartpole", &[("step-limit", 60)], &[pilots::balancing_pole], 3);
    conforms("cartpole", &[("step-limit", 1)], &[], 1);
    conforms("cartpole", &[("step-limit", 10_000)], &[], 0);
}

#[test]
fn the_car_in_the_valley_conforms() {
    conforms("mountain-car", &[("step-limit", 130)], &[pilots::swinging_car], 3);
    conforms("mountain-car", &[("step-limit", 1)], &[], 1);
    conforms("mountain-car", &[("step-limit", 10_000)], &[], 0);
}

#[test]
fn the_acrobot_conforms() {
    conforms("acrobot", &[("step-limit", 120)], &[pilots::swinging_acrobot], 3);
    conforms("acrobot", &[("step-limit", 1)], &[], 1);
    conforms("acrobot", &[("step-limit", 10_000)], &[], 0);
}

#[test]
fn the_pendulum_conforms() {
    for levels in [3, 4, 21, 255] {
        let given = [("step-limit", 50), ("levels", levels)];
        conforms("pendulum", &given, &[pilots::swinging_pendulum], 1);
    }
    conforms("pendulum", &[("step-limit", 1)], &[], 1);
    conforms("pendulum", &[("step-limit", 10_000)], &[], 0);
}

#[test]
fn forecast_conforms() {
    let short = [("from", 12), ("count", 14), ("window", 9), ("season", 12)];
    for quantiles in [1, 3, 9] {
        let given = [&short[..], &[("quantiles", quantiles), ("levels", 2_000)]].concat();
        conforms("forecast", &given, &[pilots::last_value], 1);
    }
    let first = [("from", 1), ("count", 1), ("window", 1), ("levels", 2_000)];
    conforms("forecast", &first, &[], 1);
    let most = [("from", 1), ("count", 3), ("window", 32_000), ("levels", 65_536)];
    conforms("forecast", &most, &[], 0);
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
