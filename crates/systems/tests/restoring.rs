//! Restoring: bytes that look like a state and are none are refused with the reason.
//!
//! The kit flips bits and cuts bytes; here each rule of consistency is broken on purpose, and the
//! largest board, too large to be filled by playing, is entered one step before its end.

use nets_core::{Action, Chance, Ending, Seat, Seed, Status, System};
use proptest::prelude::*;

fn chance() -> Chance {
    Chance::from_seed(&Seed([7; 32]))
}

fn refusal(system: &dyn System, bytes: &[u8]) -> String {
    match system.restore(bytes, chance()) {
        Err(error) => error.to_string(),
        Ok(state) => panic!("accepted {bytes:x?}\n{}", state.picture()),
    }
}

/// A running snake on 4 by 2 cells: tail 0, then 1, head 5, apple 7.
const SNAKE: [u8; 12] = [3, 0, 0, 2, 0, 5, 0, 7, 0, 0b10_0011, 0b1001, 0];

fn small_snake() -> std::sync::Arc<dyn System> {
    crate::system("snake", &[("width", 4), ("height", 2), ("step-limit", 9)])
}

/// A position in the bytes, and what to put there.
type Change = (usize, u8);

fn changed<const N: usize>(bytes: [u8; N], changes: &[Change]) -> [u8; N] {
    let mut bytes = bytes;
    for &(position, value) in changes {
        bytes[position] = value;
    }
    bytes
}

#[test]
fn a_consistent_snake_is_restored() {
    let state = small_snake().restore(&SNAKE, chance()).unwrap();
    assert_eq!(state.bytes(), SNAKE);
    assert_eq!(state.scores(), [23]);
}

#[test]
fn a_snake_whose_parts_contradict_each_other_is_refused() {
    let cases: &[(&str, &[Change], &str)] = &[
        ("status", &[(2, 4)], "status is 4, expected 0 to 3"),
        ("apple outside", &[(7, 8)], "apple is 8, expected below 8"),
        ("length", &[(3, 3)], "3 eaten, expected one cell more, got 3 occupied"),
        ("tail outside", &[(6, 200)], "the tail is at 200, outside the board"),
        ("tail free", &[(6, 4)], "fail at cell 4"),
        ("head elsewhere", &[(5, 1)], "the links lead to cell 5"),
        ("link off the board", &[(10, 0b1000)], "fail at cell 0"),
        ("link in a circle", &[(10, 0b1101)], "the links lead to cell 0"),
        ("link of the head", &[(11, 0b0100)], "links outside the body"),
        ("link of a free cell", &[(11, 0b1000_0000)], "links outside the body"),
        ("apple on the body", &[(7, 1)], "the apple at Some(1)"),
        ("no apple", &[(7, 0xff), (8, 0xff)], "the apple at None"),
        ("more eaten than steps", &[(0, 1)], "at step 1 of 9 with 2 eaten"),
        ("running at the limit", &[(0, 9)], "status Running at step 9 of 9"),
        ("beyond the limit", &[(0, 10), (2, 1)], "status Dead at step 10 of 9"),
        ("limit too early", &[(2, 3)], "status StepLimit at step 3 of 9"),
        ("won too early", &[(2, 2)], "status Won at step 3"),
        ("dead in the eating step", &[(0, 2), (2, 1)], "status Dead at step 2"),
    ];
    for (what, changes, expected) in cases {
        let text = refusal(&*small_snake(), &changed(SNAKE, changes));
        assert!(text.contains(expected), "{what}: {text}");
    }
}

#[test]
fn bits_beyond_the_board_are_refused() {
    // Nine cells: seven bits of the second occupancy byte and six of the third link byte are free.
    let system = crate::system("snake", &[("width", 3), ("height", 3)]);
    let bytes = system.start(chance()).bytes();
    assert_eq!(bytes.len(), 9 + 2 + 3);
    for (position, bit) in [(10, 1), (10, 7), (13, 2), (13, 7)] {
        let mut padded = bytes.clone();
        padded[position] |= 1 << bit;
        refusal(&*system, &padded);
    }
}

/// A snake along the rows of 16 by 16 cells, there and back, that has one cell left to fill.
fn nearly_full_board() -> Vec<u8> {
    let mut bytes = vec![0x10, 0x27, 0, 254, 0, 241, 0, 240, 0];
    bytes[0..2].copy_from_slice(&9_999u16.to_le_bytes());
    let (mut occupancy, mut links) = ([0xffu8; 32], [0u8; 64]);
    occupancy[30] = 0xfe;
    for row in 0..16usize {
        for column in 0..16 {
            let at_turn = column == if row % 2 == 0 { 15 } else { 0 };
            let action = if at_turn {
                2
            } else if row % 2 == 0 {
                1
            } else {
                3
            };
            let cell = 16 * row + column;
            let link = if cell == 240 || cell == 241 { 0 } else { action };
            links[cell / 4] |= link << (2 * (cell % 4));
        }
    }
    bytes.extend(occupancy);
    bytes.extend(links);
    bytes
}

#[test]
fn the_largest_board_is_won_with_its_last_cell_in_the_last_step() {
    let given = [("width", 16), ("height", 16), ("step-limit", 10_000)];
    let system = crate::system("snake", &given);
    let mut state = system.restore(&nearly_full_board(), chance()).unwrap();
    assert_eq!(state.packed_observation(Seat(0)) >> 24 & 0xf, 0b0111);
    assert_eq!(state.chance_event_count(), 255);
    state.step(&[Action(3)]).unwrap();
    assert_eq!(state.status(), Status::Terminal(Ending::Finished));
    assert_eq!(state.scores(), [10 * 255 + 256]);
    assert_eq!(state.chance_event_count(), 255);
    assert_eq!(state.packed_observation(Seat(0)) >> 32, 256);
    let bytes = state.bytes();
    assert_eq!(bytes[2..9], [2, 255, 0, 240, 0, 0xff, 0xff]);
    assert_eq!(system.restore(&bytes, chance()).unwrap().bytes(), bytes);
}

#[test]
fn throws_whose_points_do_not_add_up_are_refused() {
    let system = crate::system("rps", &[("throws", 5)]);
    // Two throws, a win and a tie for seat 0; the last was paper against rock.
    let bytes = [2, 0, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0];
    assert_eq!(system.restore(&bytes, chance()).unwrap().bytes(), bytes);
    let cases: &[(&[Change], &str)] = &[
        (&[(0, 6)], "throws played is 6, expected 0 to 5"),
        (&[(2, 2)], "2 throws give 4 points together, got 3"),
        (&[(10, 3)], "the last throws are [3, 0] after 2 throws"),
        (&[(10, 0), (11, 7)], "the last throws are [0, 7]"),
        (&[(0, 0), (2, 0), (6, 0)], "the last throws are [1, 0] after 0 throws"),
        (&[(0, 1), (2, 1)], "give [2, 0] points, got [1, 1] in all"),
    ];
    for (changes, expected) in cases {
        let text = refusal(&*system, &changed(bytes, changes));
        assert!(text.contains(expected), "{text}");
    }
}

/// The bytes of a Connect Four state.
fn stones(ply: u8, status: u8, first: u64, second: u64) -> Vec<u8> {
    [&[ply, status][..], &first.to_le_bytes(), &second.to_le_bytes()].concat()
}

#[test]
fn stones_that_cannot_lie_so_are_refused() {
    let system = crate::system("connect-four", &[]);
    let column = |stones: u64, column: u32| stones << (7 * column);
    let three_each = stones(6, 0, column(0b111, 0), column(0b111, 1));
    assert_eq!(system.restore(&three_each, chance()).unwrap().bytes(), three_each);
    let cases: &[(Vec<u8>, &str)] = &[
        (stones(6, 4, 7, 7 << 7), "status is 4, expected 0 to 3"),
        (stones(1, 0, 1 << 6, 0), "outside the board"),
        (stones(1, 0, 1 << 63, 0), "outside the board"),
        (stones(2, 0, 1, 1), "stones of both seats"),
        (stones(2, 0, 1, 0b100), "stones above a gap"),
        (stones(3, 0, 1, 0b110), "ply 3 has [2, 1] stones, got [1, 2]"),
        (stones(43, 0, 1, 0b10), "ply 43 has [22, 21] stones"),
        (stones(8, 1, 0b1111, 0b1111 << 7), "seat 0 has four in a line and would be to move"),
        (stones(7, 0, 0b1111, 0b111 << 7), "status Running, the board shows FirstWon"),
        (stones(6, 3, 0b111, 0b111 << 7), "status Draw, the board shows Running"),
        (stones(6, 1, 0b111, 0b111 << 7), "status FirstWon, the board shows Running"),
    ];
    for (bytes, expected) in cases {
        let text = refusal(&*system, bytes);
        assert!(text.contains(expected), "{text}");
    }
}

proptest! {
    /// Noise is refused or is a state that has these bytes and can be seen and stepped.
    #[test]
    fn noise_is_never_a_panic(
        noise in prop::collection::vec(prop_oneof![Just(0u8), Just(0xff), any::<u8>()], 0..120),
        (width, height) in (2u64..=16, 2u64..=16),
    ) {
        let snake = crate::system("snake", &[("width", width), ("height", height)]);
        let others = nets_systems::all().iter().filter(|descriptor| descriptor.name != "snake");
        let others = others.map(|descriptor| crate::system(descriptor.name, &[]));
        for system in others.chain([snake]) {
            let length = system.observation_bytes_max() as usize;
            let mut exact = noise.clone();
            exact.resize(length, 0);
            for bytes in [&noise, &exact] {
                let Ok(mut state) = system.restore(bytes, chance()) else { continue };
                prop_assert_eq!(&state.bytes(), bytes);
                prop_assert!(!state.picture().is_empty());
                let _ = state.step(&[Action(0)]);
            }
        }
    }
}
