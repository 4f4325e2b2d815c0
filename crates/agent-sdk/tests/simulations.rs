//! The simulations' views: exact ones are the state's numbers, packed ones are near to them.

use nets_agent_sdk::Observation;
use nets_agent_sdk::simulations::{
    Acrobot, CartPole, MountainCar, OBSERVATION_BYTES_MAX, Pendulum,
};
use nets_core::{Seat, State};
use proptest::prelude::*;

use crate::{buffer, start, visit};

const SEAT: Seat = Seat(0);

/// A step of 16 bits on the widest range that has so few, and one of 24.
const COARSE: f64 = 18.0 * std::f64::consts::PI / 65_535.0;
const FINE: f64 = 16.0 / 16_777_215.0;

/// The numbers in the state's bytes.
fn numbers(state: &dyn State) -> Vec<f64> {
    let bytes = state.bytes();
    let (numbers, _) = bytes[2..].as_chunks::<8>();
    numbers.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect()
}

/// Visits random play of a System, calling `check` with what it sees and the state's numbers.
fn watch(system: &str, seed: u8, picks: &[u8], check: impl Fn(Observation<'_>, &[f64])) {
    visit(start(system, &[], seed), picks, |state| {
        let buffer = buffer(state, SEAT, 0);
        let seen = Observation::new(state.packed_observation(SEAT), &buffer);
        assert!(seen.bytes.len() <= OBSERVATION_BYTES_MAX);
        check(seen, &numbers(state));
    });
}

fn assert_near(seen: &[f64], exact: &[f64], step: f64) {
    let is_near = |(a, b): (&f64, &f64)| (a - b).abs() < step;
    assert!(seen.iter().zip(exact).all(is_near), "{seen:?} instead of {exact:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn views_agree_with_the_state(seed: u8, picks in prop::collection::vec(any::<u8>(), 400)) {
        watch("cartpole", seed, &picks, |seen, exact| {
            let numbers = |seen: CartPole| [seen.place, seen.speed, seen.angle, seen.turning];
            assert_eq!(numbers(CartPole::new(seen)), exact);
            assert_near(&numbers(seen.packed.into()), exact, COARSE);
        });
        watch("mountain-car", seed, &picks, |seen, exact| {
            let numbers = |seen: MountainCar| [seen.place, seen.speed];
            let car = MountainCar::new(seen);
            assert_eq!(numbers(car), exact);
            assert_near(&numbers(seen.packed.into()), exact, FINE);
            assert_eq!(car.steps_left, MountainCar::from(seen.packed).steps_left);
            assert_eq!(200 - car.steps_left, u16::from_le_bytes([seen.bytes[0], seen.bytes[1]]));
        });
        watch("acrobot", seed, &picks, |seen, exact| {
            let numbers = |it: Acrobot| [it.upper, it.lower, it.upper_turning, it.lower_turning];
            assert_eq!(numbers(Acrobot::new(seen)), exact);
            assert_near(&numbers(seen.packed.into()), exact, COARSE);
        });
    }

    #[test]
    fn a_pendulum_is_seen_without_its_whole_turns(
        seed: u8,
        picks in prop::collection::vec(any::<u8>(), 400),
    ) {
        watch("pendulum", seed, &picks, |seen, exact| {
            let (pendulum, packed) = (Pendulum::new(seen), Pendulum::from(seen.packed));
            assert!((-4.0..4.0).contains(&pendulum.angle) && pendulum.turning == exact[1]);
            let turns = (exact[0] - pendulum.angle) / (2.0 * std::f64::consts::PI);
            assert_near(&[turns], &[turns.round()], 1e-9);
            assert_near(&[packed.angle, packed.turning], &[pendulum.angle, exact[1]], FINE);
            assert_eq!(pendulum.steps_left, packed.steps_left);
        });
    }
}
