//! Tic-tac-toe's view: the packed board holds every stone, and lines are seen as the rules do.

use nets_agent_sdk::tic_tac_toe::{BOARD, CELLS, OBSERVATION_BYTES_MAX, Packed, has_three};
use nets_core::{Action, Seat, State, Status};
use proptest::prelude::*;

use crate::{start, visit};

fn check_view(state: &dyn State) {
    let Status::Acting(acting) = state.status() else { panic!("visited after its end") };
    let bytes = state.bytes();
    assert_eq!(bytes.len(), OBSERVATION_BYTES_MAX);
    let stones = [1, 3].map(|at| u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    for seat in [Seat(0), Seat(1)] {
        let packed = Packed::new(state.packed_observation(seat));
        assert_eq!(
            (packed.own(), packed.theirs()),
            (stones[seat.index()], stones[1 - seat.index()])
        );
        assert_eq!(packed.free(), BOARD & !(stones[0] | stones[1]));
        if !acting.contains(seat) {
            continue;
        }
        for cell in (0..CELLS).filter(|cell| packed.free() >> cell & 1 == 1) {
            let mut next = state.fork();
            next.step(&[Action(cell.into())]).expect("a free cell");
            let won = next.bytes()[0] == 1 + seat.0;
            assert_eq!(has_three(packed.own() | 1 << cell), won, "{}", next.picture());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn the_view_agrees_with_the_state(picks in prop::collection::vec(any::<u8>(), 18)) {
        visit(start("tic-tac-toe", &[], 1), &picks, check_view);
    }
}
