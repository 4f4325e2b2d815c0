//! The greatest number, and the softmax.

use adapter::{Adapter, Choice, best, sampled};
use nets_core::{Action, Chance, Seat, Seed};

use crate::made_up::MadeUp;
use crate::{seen, system};

const MATCHES: u32 = 20_000;

fn numbered(numbers: &[f32]) -> Vec<(Action, f32)> {
    (0..).map(Action).zip(numbers.iter().copied()).collect()
}

/// How often each action is sampled, of one on average.
fn shares(numbers: &[f32], temperature: f32) -> Vec<f64> {
    let mut counts = vec![0u32; numbers.len()];
    for number in 0..MATCHES {
        let observation = number.to_le_bytes();
        let action = sampled(&numbered(numbers), temperature, Seat(0), &observation).unwrap();
        counts[action.0 as usize] += 1;
    }
    counts.into_iter().map(|count| f64::from(count) / f64::from(MATCHES)).collect()
}

#[test]
fn the_greatest_number_wins_and_of_several_the_lowest_action() {
    const NAN: f32 = f32::NAN;
    let best = |numbers: &[f32]| best(numbered(numbers)).map(|action| action.0);
    assert_eq!(best(&[0.5, 2.0, 1.0, 2.0]), Some(1));
    assert_eq!(best(&[-0.0, 0.0]), Some(0));
    assert_eq!(best(&[NAN, f32::NEG_INFINITY, -1.0, NAN]), Some(2));
    assert_eq!(best(&[1.0, NAN, f32::INFINITY]), Some(2));
    assert_eq!(best(&[NAN, f32::NEG_INFINITY]), Some(1));
    assert_eq!(best(&[NAN, NAN]), Some(0));
    assert_eq!(best(&[]), None);
}

#[test]
fn actions_are_sampled_as_often_as_the_softmax_says() {
    let weights = [1.0, 2.0, 5.0];
    let logits = [0.0, std::f32::consts::LN_2, 1.609_438];
    for (shares, weights) in [
        (shares(&logits, 1.0), weights),
        (shares(&logits, 0.5), weights.map(|weight: f64| weight * weight)),
        (shares(&logits.map(|logit| logit + 80.0), 1.0), weights),
        (shares(&logits, f32::INFINITY), [1.0; 3]),
    ] {
        let total: f64 = weights.iter().sum();
        for (share, weight) in shares.iter().zip(weights) {
            assert!((share - weight / total).abs() < 0.015, "{shares:?} of {weights:?}");
        }
    }
}

#[test]
fn numbers_that_are_none_are_never_sampled_where_others_are() {
    assert_eq!(shares(&[f32::NAN, 1.0, f32::NEG_INFINITY], 1.0), [0.0, 1.0, 0.0]);
    assert_eq!(shares(&[f32::INFINITY, 1.0, f32::NAN], 1.0), [1.0, 0.0, 0.0]);
    assert_eq!(shares(&[f32::NAN, f32::NAN], 1.0), [1.0, 0.0]);
    for temperature in [0.0, -1.0, f32::NAN] {
        assert_eq!(shares(&[1.0, 1.5], temperature), [0.0, 1.0], "at {temperature}");
    }
}

#[test]
fn what_is_sampled_follows_from_seat_and_observation() {
    let numbers = numbered(&[0.0; 100]);
    let of = |seat, observation: &[u8]| sampled(&numbers, 1.0, Seat(seat), observation);
    assert_eq!(of(0, b"seen"), of(0, b"seen"));
    assert_ne!(of(0, b"seen"), of(1, b"seen"));
    assert_ne!(of(0, b"seen"), of(0, b"seen\0"));
}

#[test]
fn an_adapter_takes_legal_actions_alone() {
    let system = system("connect-four", &[]);
    let mut state = system.start(Chance::from_seed(&Seed::default()));
    for _ in 0..6 {
        state.step(&[Action(3)]).unwrap();
    }
    let parameters = system.parameters().encode();
    for (choice, expected) in [(Choice::Best, 2), (Choice::Sampled { temperature: 1e-3 }, 2)] {
        let alone = nets_systems::alone::connect_four(&parameters).unwrap();
        let mut adapter = Adapter::new(alone, choice);
        // The column that it likes best is full.
        let mut network = MadeUp::new(|_| vec![0.0, 1.0, 8.0, 9.0, 3.0, 2.0, 1.0], |_| 0.0);
        let bytes = state.observation(Seat(0));
        assert_eq!(adapter.decide(seen(Seat(0), &bytes), &mut network), Action(expected));
    }
}

#[test]
fn bytes_of_another_system_give_action_0_and_do_not_ask_the_network() {
    let alone = nets_systems::alone::connect_four(&[]).unwrap();
    let mut adapter = Adapter::new(alone, Choice::Best);
    let mut network = MadeUp::new(|_| vec![0.0, 1.0], |_| 0.0);
    for bytes in [&[][..], &[0xff; 18], &[0; 40]] {
        assert_eq!(adapter.decide(seen(Seat(0), bytes), &mut network), Action(0));
    }
    assert_eq!(network.calls, 0);
}

#[test]
fn actions_for_which_the_network_has_no_number_are_the_worst() {
    let alone = nets_systems::alone::connect_four(&[]).unwrap();
    let mut adapter = Adapter::new(alone, Choice::Best);
    let mut network = MadeUp::new(|_| vec![-5.0, -4.0], |_| 0.0);
    let state = system("connect-four", &[]).start(Chance::from_seed(&Seed::default()));
    let bytes = state.observation(Seat(0));
    assert_eq!(adapter.decide(seen(Seat(0), &bytes), &mut network), Action(1));
}
