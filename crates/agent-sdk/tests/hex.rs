//! Hex's views: each seat sees the board by the lines that it has to cross.

use nets_agent_sdk::Observation;
use nets_agent_sdk::hex::{Board, OBSERVATION_BYTES_MAX, Packed, SIZE_MAX};
use nets_core::{Action, Seat, State, Status};
use proptest::prelude::*;

use crate::{buffer, start, visit};

fn check_views(state: &dyn State, size: u8) {
    let Status::Acting(acting) = state.status() else { panic!("visited after its end") };
    let set_bytes = (usize::from(size) * usize::from(size)).div_ceil(8);
    let bytes = state.bytes();
    let stone = |seat: u8, cell: u8| {
        let byte = bytes[1 + usize::from(seat) * set_bytes + usize::from(cell / 8)];
        byte >> (cell % 8) & 1 == 1
    };
    for seat in [0, 1] {
        let buffer = buffer(state, Seat(seat), 0);
        let packed = Packed::new(state.packed_observation(Seat(seat)));
        let board = Board::new(Observation::new(packed.bits(), &buffer));
        assert_eq!((packed.size(), board.size()), (size, size));
        for line in 0..size {
            let cell = |place| if seat == 0 { line * size + place } else { place * size + line };
            let has_stone = (0..size).any(|place| stone(seat, cell(place)));
            assert_eq!(packed.has_stone(line), has_stone);
            let free = (0..size).filter(|&place| board.is_free(cell(place)));
            let nearest = free.min_by_key(|place| place.abs_diff(size / 2));
            assert_eq!(packed.free_place(line), nearest);
            for place in 0..size {
                assert_eq!(board.action(line, place), cell(place));
                assert_eq!(board.is_own(line, place), stone(seat, cell(place)));
                assert_eq!(board.is_theirs(line, place), stone(1 - seat, cell(place)));
                let is_legal = state.is_legal(Seat(seat), Action(cell(place).into()));
                assert_eq!(is_legal, acting.contains(Seat(seat)) && board.is_free(cell(place)));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn views_agree_with_the_state(
        size in 3..=SIZE_MAX,
        picks in prop::collection::vec(any::<u8>(), 242),
    ) {
        let state = start("hex", &[("size", size.into())], 1);
        visit(state, &picks, |state| check_views(state, size));
    }
}

#[test]
fn the_largest_board_fits_the_longest_observation() {
    let state = start("hex", &[("size", SIZE_MAX.into())], 1);
    assert_eq!(state.observation(Seat(0)).len(), OBSERVATION_BYTES_MAX);
}
