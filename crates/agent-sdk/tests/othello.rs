//! Othello's views: discs, placements and moves are those of the System.

use nets_agent_sdk::Observation;
use nets_agent_sdk::othello::{CELLS, OBSERVATION_BYTES_MAX, PASS, Packed, Position};
use nets_core::{Action, State, Status};
use proptest::prelude::*;

use crate::{buffer, start, visit};

fn check_views(state: &dyn State) {
    let Status::Acting(seats) = state.status() else { panic!("visited after its end") };
    let seat = seats.iter().next().expect("a seat to act");
    let buffer = buffer(state, seat, 0);
    let seen = Observation::new(state.packed_observation(seat), &buffer);
    assert_eq!(seen.bytes.len(), OBSERVATION_BYTES_MAX);
    let position = Position::new(seen);
    assert_eq!(Packed::new(seen.packed).placements(), position.placements());
    assert_eq!(state.is_legal(seat, Action(PASS.into())), position.placements() == 0);

    for cell in 0..CELLS {
        let disc = 1 << cell;
        let action = Action(cell.into());
        assert_eq!(state.is_legal(seat, action), position.placements() & disc != 0);
        if !state.is_legal(seat, action) {
            continue;
        }
        let mut next = state.fork();
        next.step(&[action]).expect("a legal cell");
        let bytes = next.bytes();
        let other = Observation { bytes: &bytes, seat: 1 - seat.0, ..seen };
        assert_eq!(position.after(disc), Position::new(other), "{}", next.picture());
        assert_eq!(
            position.after(disc).passed(),
            Position::new(Observation { seat: seat.0, ..other })
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn views_agree_with_the_state(picks in prop::collection::vec(any::<u8>(), 240)) {
        visit(start("othello", &[], 1), &picks, check_views);
    }
}
