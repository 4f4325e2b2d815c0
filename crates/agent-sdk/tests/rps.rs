//! Rock-paper-scissors' views: each seat sees its own throws as its own.

use nets_agent_sdk::Observation;
use nets_agent_sdk::rps::{OBSERVATION_BYTES_MAX, Packed, Record, Throw};
use nets_core::{Action, Seat};
use proptest::prelude::*;

use crate::{buffer, start};

/// Points of a throw against another, by SPEC.md section 8.2.
fn points(own: Throw, theirs: Throw) -> u32 {
    if own == theirs { 1 } else { 2 * u32::from(theirs.beaten_by() == own) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn views_agree_with_what_was_thrown(throws in prop::collection::vec((0usize..3, 0usize..3), 1..40)) {
        let mut state = start("rps", &[("throws", throws.len() as u64 + 1)], 1);
        let mut expected = [0, 0];
        for (played, &(first, second)) in (1..).zip(&throws) {
            let thrown = [Throw::ALL[first], Throw::ALL[second]];
            state.step(&thrown.map(|throw| Action(throw.into()))).expect("all throws are legal");
            for (own, their) in [(0, 1), (1, 0)] {
                expected[own] += points(thrown[own], thrown[their]);
                let seat = Seat(u8::try_from(own).expect("two seats"));
                let packed = Packed::new(state.packed_observation(seat));
                prop_assert_eq!(packed.throws_played(), played);
                prop_assert_eq!(usize::from(packed.throws_left()), throws.len() + 1 - usize::from(played));
                prop_assert_eq!(packed.own_last(), Some(thrown[own]));
                prop_assert_eq!(packed.their_last(), Some(thrown[their]));
            }
            for (own, their) in [(0, 1), (1, 0)] {
                let buffer = buffer(&*state, Seat(u8::try_from(own).expect("two seats")), played.into());
                let record = Record::new(Observation::new(0, &buffer));
                prop_assert_eq!(record, Record {
                    throws_played: played,
                    own_points: expected[own],
                    their_points: expected[their],
                    own_last: Some(thrown[own]),
                    their_last: Some(thrown[their]),
                });
            }
        }
    }
}

#[test]
fn nothing_was_thrown_before_the_first_throw() {
    let state = start("rps", &[], 1);
    let packed = Packed::new(state.packed_observation(Seat(1)));
    assert_eq!((packed.own_last(), packed.their_last()), (None, None));
    assert_eq!((packed.throws_played(), packed.throws_left()), (0, 100));
    assert_eq!(state.observation(Seat(1)).len(), OBSERVATION_BYTES_MAX);
}
