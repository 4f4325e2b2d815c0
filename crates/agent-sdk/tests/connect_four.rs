//! Connect Four's views: the packed board holds every stone, and lines are seen as the rules do.

use nets_agent_sdk::connect_four::{COLUMNS, OBSERVATION_BYTES_MAX, Packed, has_four};
use nets_core::{Action, Seat, State, Status};
use proptest::prelude::*;

use crate::{start, visit};

/// The stones of both seats, from the state's bytes.
fn stones(state: &dyn State) -> [u64; 2] {
    let bytes = state.bytes();
    assert_eq!(bytes.len(), OBSERVATION_BYTES_MAX);
    [2, 10].map(|at| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes")))
}

fn check_views(state: &dyn State) {
    let Status::Acting(acting) = state.status() else { panic!("visited after its end") };
    let stones = stones(state);
    for (own, theirs) in [(0, 1), (1, 0)] {
        let seat = Seat(u8::try_from(own).expect("two seats"));
        let packed = Packed::new(state.packed_observation(seat));
        let position = packed.position();
        assert_eq!((position.own, position.theirs), (stones[own], stones[theirs]));
        assert_eq!(packed.ply(), state.bytes()[0]);
        if !acting.contains(seat) {
            continue;
        }
        for column in 0..COLUMNS {
            let landing = position.landing(column);
            assert_eq!(landing.is_some(), state.is_legal(seat, Action(column.into())));
            let Some(landing) = landing else { continue };
            let mut next = state.fork();
            next.step(&[Action(column.into())]).expect("a legal column");
            let after = position.after(landing);
            assert_eq!((after.theirs, after.own), (self::stones(&*next)[own], stones[theirs]));
            let won = next.bytes()[1] == 1 + seat.0;
            assert_eq!(has_four(after.theirs), won, "{}", next.picture());
            assert_eq!(after.is_full() && !won, next.bytes()[1] == 3);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn views_agree_with_the_state(picks in prop::collection::vec(any::<u8>(), 84)) {
        visit(start("connect-four", &[], 1), &picks, check_views);
    }
}
