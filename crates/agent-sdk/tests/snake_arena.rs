//! The arena's views: packed and full agree with each other and with what the next step does.

use nets_agent_sdk::Observation;
use nets_agent_sdk::snake::{Direction, Size};
use nets_agent_sdk::snake_arena::{Arena, OBSERVATION_BYTES_MAX, Packed, SNAKES_MAX};
use nets_core::{Action, Seat, State, Status};
use proptest::prelude::*;

use crate::{buffer, start};

const STEP_LIMIT: u16 = 200;

/// What a seat of a match of so many is given.
fn observe(
    state: &dyn State,
    seat: Seat,
    seat_count: u8,
    buffer: &[u8],
    check: impl Fn(Arena<'_>),
) {
    let seen = Observation::new(state.packed_observation(seat), buffer);
    check(Arena::new(Observation { seat_count, ..seen }));
}

fn check_views(state: &dyn State, seat: Seat, seat_count: u8) {
    let packed = Packed::new(state.packed_observation(seat));
    let buffer = buffer(state, seat, 0);
    observe(state, seat, seat_count, &buffer, |arena| {
        assert_eq!(arena.snakes().count(), usize::from(seat_count));
        let (_, own) = arena.snakes().nth(arena.seat()).expect("one's own snake");
        let (size, head) = (arena.size(), packed.size().index(packed.head()));
        assert_eq!((size, own.cells.last()), (packed.size(), Some(&(head as u8))));
        assert_eq!(own.length, packed.length());
        assert_eq!(arena.step(), STEP_LIMIT - packed.steps_left());
        let others =
            arena.snakes().filter(|(other, snake)| *other != arena.seat() && snake.is_alive());
        assert_eq!(others.map(|(_, snake)| snake.length).max(), Some(packed.longest_other()));
        let nearest = (0..size.cells())
            .filter(|&index| arena.has_apple(index))
            .min_by_key(|&index| size.cell(index).distance(packed.head()));
        assert_eq!(nearest.map(|index| size.cell(index)), Some(packed.apple()));
        check_obstacles(&arena, packed);
    });
}

/// The obstacles that the packed half names, against the bodies of the full one.
fn check_obstacles(arena: &Arena<'_>, packed: Packed) {
    let stays = |index: u8| {
        let is_in = |cells: &[u8], growth: u8| cells[usize::from(growth == 0)..].contains(&index);
        arena.snakes().any(|(_, snake)| snake.is_alive() && is_in(snake.cells, snake.growth))
    };
    for way in Direction::ALL {
        let ahead = packed.size().neighbour(packed.head(), way);
        let blocked = ahead.is_none_or(|cell| stays(packed.size().index(cell) as u8));
        assert_eq!(packed.is_blocked(way), blocked, "{way:?}");
    }
}

/// The step that survives best, turned by the pick.
fn surviving(packed: Packed, pick: u8) -> Direction {
    let turned = (0..4).map(|turn| Direction::from_bits(pick.wrapping_add(turn)));
    turned.min_by_key(|&way| (packed.is_blocked(way), packed.is_contested(way))).expect("four ways")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn views_agree_with_the_state(
        seed: u8,
        size in (5u8..=16, 5u8..=16),
        seat_count in 2u8..=4,
        picks in prop::collection::vec(any::<u8>(), 200),
    ) {
        let (width, height) = size;
        let parameters = [
            ("width", width.into()),
            ("height", height.into()),
            ("snakes", seat_count.into()),
            ("step-limit", STEP_LIMIT.into()),
        ];
        let mut state = start("snake-arena", &parameters, seed);
        for pick in picks {
            let Status::Acting(acting) = state.status() else { break };
            let actions: Vec<Action> = acting.iter().map(|seat| {
                check_views(&*state, seat, seat_count);
                let packed = Packed::new(state.packed_observation(seat));
                prop_assert_eq!(packed.size(), Size { width, height });
                Ok(Action(surviving(packed, pick.rotate_left(seat.0.into())).into()))
            }).collect::<Result<_, _>>()?;
            state.step(&actions).expect("all directions are legal");
        }
    }
}

#[test]
fn the_fullest_board_fits_the_longest_observation() {
    let parameters =
        [("width".to_owned(), 16), ("height".to_owned(), 16), ("snakes".to_owned(), 4)];
    let system = nets_systems::build("snake-arena", &parameters.into()).expect("a System");
    assert_eq!(usize::from(system.seat_count()), SNAKES_MAX);
    assert_eq!(system.observation_bytes_max() as usize, OBSERVATION_BYTES_MAX);
}

#[test]
#[should_panic(expected = "not an observation of a snake arena")]
fn an_arena_of_fewer_seats_than_there_are_is_refused() {
    let state = start("snake-arena", &[("snakes", 3)], 1);
    let buffer = buffer(&*state, Seat(0), 0);
    observe(&*state, Seat(0), 2, &buffer, |_| {});
}
