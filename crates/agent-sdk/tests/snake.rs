//! Snake's views: packed and full agree with each other and with what the next step does.

use nets_agent_sdk::Observation;
use nets_agent_sdk::snake::{Board, Direction, OBSERVATION_BYTES_MAX, Packed};
use nets_core::{Action, Seat, State};
use proptest::prelude::*;

use crate::{buffer, start, visit};

const SEAT: Seat = Seat(0);

fn check_views(state: &dyn State, steps: u16, limit: u16) {
    let packed = Packed::new(state.packed_observation(SEAT));
    let buffer = buffer(state, SEAT, steps.into());
    let board = Board::new(Observation::new(packed.bits(), &buffer));
    let size = packed.size();

    assert_eq!((packed.head(), Some(packed.apple())), (board.head(), board.apple()));
    assert_eq!((packed.length(), board.eaten() + 1), (board.length(), board.length()));
    assert_eq!((board.step(), packed.steps_left()), (steps, limit - steps));

    let body: Vec<_> = board.body().collect();
    assert_eq!(body.len(), usize::from(board.length()));
    assert_eq!((body[0], body[body.len() - 1]), (board.tail(), board.head()));
    for index in 0..size.cells() {
        let cell = size.cell(index);
        assert_eq!(size.index(cell), index);
        assert_eq!(board.is_body(cell), body.contains(&cell), "{}", state.picture());
    }
    check_steps(state, packed);
}

/// What the view says of each step, against the step itself.
fn check_steps(state: &dyn State, packed: Packed) {
    for way in Direction::ALL {
        let mut next = state.fork();
        next.step(&[Action(way.into())]).expect("all directions are legal");
        let dead = next.bytes()[2] == 1;
        assert_eq!(packed.dies(way), dead, "{way:?} in\n{}", state.picture());
        if !dead {
            let ahead = packed.ahead(way).expect("a step that survives stays on the board");
            assert_eq!(packed.size().index(ahead), usize::from(next.bytes()[5]));
        }
    }
}

/// Actions that live longer than random ones: those that survive, rotated by the pick.
fn surviving(state: &dyn State, pick: u8) -> Direction {
    let packed = Packed::new(state.packed_observation(SEAT));
    (0..4)
        .map(|turn| Direction::from_bits(pick.wrapping_add(turn)))
        .find(|&way| !packed.dies(way))
        .unwrap_or(Direction::Up)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn views_agree_with_the_state(
        seed: u8,
        width in 2u64..=16,
        height in 2u64..=16,
        picks in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let parameters = [("width", width), ("height", height), ("step-limit", 300)];
        let mut state = start("snake", &parameters, seed);
        for (steps, &pick) in (0..).zip(&picks) {
            if state.legal_actions(SEAT).is_empty() {
                break;
            }
            check_views(&*state, steps, 300);
            let way = surviving(&*state, pick);
            state.step(&[Action(way.into())]).expect("all directions are legal");
        }
    }
}

#[test]
fn the_largest_board_fits_the_longest_observation() {
    let state = start("snake", &[("width", 16), ("height", 16)], 1);
    visit(state, &[0], |state| {
        assert_eq!(state.observation(SEAT).len(), OBSERVATION_BYTES_MAX);
    });
}

#[test]
#[should_panic(expected = "not an observation of a snake's board")]
fn a_board_of_another_system_is_refused() {
    let state = start("connect-four", &[], 1);
    let buffer = buffer(&*state, SEAT, 0);
    Board::new(Observation::new(state.packed_observation(SEAT), &buffer));
}
