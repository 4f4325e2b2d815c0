//! Choosing by the value of where an action leads.

use adapter::{Adapter, Choice};
use nets_core::{Action, Chance, Seat, Seed, State, System};
use nets_systems::alone;

use crate::made_up::MadeUp;
use crate::{seen, system};

/// The state of the System after these actions.
fn after(name: &str, actions: &[u64]) -> Box<dyn State> {
    let mut state = system(name, &[]).start(Chance::from_seed(&Seed::default()));
    for &action in actions {
        state.step(&[Action(action)]).unwrap();
    }
    state
}

/// What an adapter chooses by value for `seat`, and how often it asked the network.
fn chosen<S: System>(
    rules: S,
    state: &dyn State,
    seat: Seat,
    policy: impl Fn(&[f32]) -> Vec<f32>,
    value: impl Fn(&[f32]) -> f32,
) -> (u64, u32) {
    let mut network = MadeUp::new(policy, value);
    let bytes = state.observation(seat);
    let action = Adapter::new(rules, Choice::Value).decide(seen(seat, &bytes), &mut network);
    (action.0, network.calls)
}

fn tic_tac_toe(actions: &[u64], seat: Seat, value: impl Fn(&[f32]) -> f32) -> (u64, u32) {
    let rules = alone::tic_tac_toe(&[]).unwrap();
    chosen(rules, &*after("tic-tac-toe", actions), seat, |_| Vec::new(), value)
}

#[test]
fn a_win_is_taken_and_a_draw_is_worth_nothing() {
    // Seat 0 has cells 0 and 1; the network likes no position of the opponent's less than that.
    assert_eq!(tic_tac_toe(&[0, 3, 1, 4], Seat(0), |_| -0.9), (2, 4));
    // The last cell draws; nothing is left to ask.
    assert_eq!(tic_tac_toe(&[0, 1, 2, 4, 3, 5, 7, 6], Seat(0), |_| 0.5), (8, 0));
}

#[test]
fn what_is_good_for_the_opponent_is_bad_for_the_seat() {
    // Planes: free, seat 1, seat 0. The value is for seat 1, which moves next.
    let centre_is_bad = |tensor: &[f32]| -tensor[18 + 4];
    assert_eq!(tic_tac_toe(&[], Seat(0), centre_is_bad), (4, 9));
    let corner_is_bad = |tensor: &[f32]| -tensor[9 + 8];
    assert_eq!(tic_tac_toe(&[4], Seat(1), corner_is_bad), (8, 8));
}

#[test]
fn of_equal_values_the_lowest_action_is_taken_and_a_nan_is_the_worst() {
    assert_eq!(tic_tac_toe(&[0], Seat(1), |_| 0.25), (1, 8));
    let unknown_on_two = |tensor: &[f32]| if tensor[9 + 2] == 1.0 { 0.5 } else { f32::NAN };
    assert_eq!(tic_tac_toe(&[0], Seat(1), unknown_on_two), (2, 8));
}

/// What an adapter chooses by value at the start of a match, and how often it asked the network.
fn at_the_start<S: System>(rules: S, policy: &[f32]) -> (u64, u32) {
    let state = rules.start(Chance::from_seed(&Seed::default()));
    chosen(rules, &*state, Seat(0), |_| policy.to_vec(), |_| 0.0)
}

#[test]
fn where_the_next_position_cannot_be_known_the_policy_decides() {
    let parameters = |name: &str| system(name, &[]).parameters().encode();
    // Both act at once.
    let rps = alone::rps(&parameters("rps")).unwrap();
    assert_eq!(at_the_start(rps, &[0.0, 2.0, 1.0]), (1, 1));
    // One seat is alone.
    let snake = alone::snake(&parameters("snake")).unwrap();
    assert_eq!(at_the_start(snake, &[0.0, 1.0, 2.0, 3.0]), (3, 1));
    // Not everything is seen.
    let poker = alone::kuhn_poker(&parameters("kuhn-poker")).unwrap();
    assert_eq!(at_the_start(poker, &[0.0, 1.0]), (1, 1));
}
