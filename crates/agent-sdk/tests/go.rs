//! Go's views: the packed points are legal, and the board has the stones and the past.

use nets_agent_sdk::Observation;
use nets_agent_sdk::go::{Action as Chosen, Board, OBSERVATION_BYTES_MAX, Packed};
use nets_core::{Action, Seat, State, Status};
use proptest::prelude::*;

use crate::{start, visit};

/// What is printed at a point of the picture, whose uppermost row is the last.
fn printed(state: &dyn State, size: u16, point: u16) -> Option<u8> {
    let picture = state.picture();
    let row = picture.lines().nth((size - 1 - point / size).into()).expect("a row");
    match row.chars().nth((3 + 2 * (point % size)).into()).expect("a column") {
        '●' => Some(0),
        '○' => Some(1),
        _ => None,
    }
}

fn check_views(state: &dyn State, size: u16) {
    let Status::Acting(acting) = state.status() else { panic!("visited after its end") };
    let seat = acting.iter().next().expect("one acts");
    let (bits, bytes) = (state.packed_observation(seat), state.observation(seat));
    assert!(bytes.len() <= OBSERVATION_BYTES_MAX);
    let seen = Observation {
        packed: bits,
        fuel_left: 0,
        step: 0,
        seat: seat.0,
        seat_count: 2,
        bytes: &bytes,
    };
    let (packed, board) = (Packed::new(bits), Board::new(seen));
    assert_eq!((packed.points(), board.mover()), (size * size, seat.0));
    assert_eq!(board.ply() + packed.plies_left(), 60);
    assert_eq!(packed.komi(), 15);
    let points = packed.plain().into_iter().chain([packed.most_taking()]).flatten();
    for point in points {
        assert!(state.is_legal(seat, Action(Chosen::Stone(point).into())), "{point}");
    }
    assert!(state.is_legal(Seat(board.mover()), Action(Chosen::Pass(packed.points()).into())));
    for point in 0..size * size {
        assert_eq!(board.stone(point), printed(state, size, point), "{point}");
    }
    assert_eq!(board.actions().last(), packed.last());
    assert_eq!(board.actions().count(), usize::from(board.ply()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn views_agree_with_the_state(
        size in prop_oneof![Just(5u16), Just(16)],
        picks in prop::collection::vec(any::<u8>(), 60),
    ) {
        let given = [("size", u64::from(size)), ("ply-limit", 60)];
        visit(start("go", &given, 1), &picks, |state| check_views(state, size));
    }
}
