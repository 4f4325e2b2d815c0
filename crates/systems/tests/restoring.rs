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

/// The bytes of a tic-tac-toe state.
fn nine_cells(status: u8, first: u16, second: u16) -> Vec<u8> {
    [&[status][..], &first.to_le_bytes(), &second.to_le_bytes()].concat()
}

#[test]
fn stones_on_nine_cells_that_cannot_lie_so_are_refused() {
    let system = crate::system("tic-tac-toe", &[]);
    let running = nine_cells(0, 0b011, 0b11_000);
    assert_eq!(system.restore(&running, chance()).unwrap().bytes(), running);
    let cases: &[(Vec<u8>, &str)] = &[
        (nine_cells(4, 0, 0), "status is 4, expected 0 to 3"),
        (nine_cells(0, 1 << 9, 0), "stones outside the board: 0x200"),
        (nine_cells(0, 1, 1), "stones of both seats in the cells 0x1"),
        (nine_cells(0, 0, 1), "[0, 1] stones"),
        (nine_cells(0, 0b11, 0), "[2, 0] stones"),
        (nine_cells(1, 0b111, 0b111_000), "seat 0 has three in a line and would be to move"),
        (nine_cells(0, 0b111, 0b11_000), "status Running, the board shows FirstWon"),
        (nine_cells(3, 0b011, 0b11_000), "status Draw, the board shows Running"),
        (nine_cells(0, 0o117, 0o660), "the board shows FirstWon"),
        (nine_cells(0, 0o615, 0o162), "status Running, the board shows Draw"),
    ];
    for (bytes, expected) in cases {
        let text = refusal(&*system, bytes);
        assert!(text.contains(expected), "{text}");
    }
}

/// The bytes of an Othello state.
fn discs(status: u8, to_move: u8, first: u64, second: u64) -> Vec<u8> {
    [&[status, to_move][..], &first.to_le_bytes(), &second.to_le_bytes()].concat()
}

#[test]
fn discs_that_cannot_lie_so_are_refused() {
    let system = crate::system("othello", &[]);
    let (first, second) = (1 << 28 | 1 << 35, 1 << 27 | 1 << 36);
    let all = first | second;
    for bytes in [discs(0, 0, first, second), discs(0, 1, first, second), discs(1, 0, all, 0)] {
        assert_eq!(system.restore(&bytes, chance()).unwrap().bytes(), bytes);
    }
    let cases: &[(Vec<u8>, &str)] = &[
        (discs(4, 0, first, second), "status is 4, expected 0 to 3"),
        (discs(0, 2, first, second), "the seat to act is 2, expected 0 or 1"),
        (discs(0, 0, all, second), "discs of both seats on the cells 0x1008000000"),
        (discs(0, 0, first, 1 << 27), "no discs on 0x1000000000 in the middle"),
        (discs(1, 0, first, second), "status FirstWon, the board shows Running"),
        (discs(0, 0, all, 0), "status Running, the board shows FirstWon"),
        (discs(3, 0, 0, all), "status Draw, the board shows SecondWon"),
        (discs(2, 0, 0xffff_ffff, !0xffff_ffff), "the board shows Draw"),
        (discs(1, 1, all, 0), "seat 1 to act when the match is over, expected 0"),
    ];
    for (bytes, expected) in cases {
        let text = refusal(&*system, bytes);
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn a_board_of_go_to_which_its_moves_do_not_lead_is_refused() {
    let system = crate::system("go", &[("size", 5), ("ply-limit", 6)]);
    // Black c3, White d3: points 12 and 13.
    let bytes = [2, 0, 0, 0, 0x10, 0, 0, 0, 0x20, 0, 0, 12, 13];
    assert_eq!(system.restore(&bytes, chance()).unwrap().bytes(), bytes);
    let cases: &[(&[Change], &str)] = &[
        (&[(0, 7)], "ply is 7, expected 0 to 6"),
        (&[(0, 3)], "1 more bytes expected for move"),
        (&[(0, 1)], "1 bytes left over"),
        (&[(2, 4)], "status is 4, expected 0 to 3"),
        (&[(2, 2)], "status SecondWon, the moves lead to Running"),
        (&[(4, 0x30)], "byte 1 of the stones of seat 0 is 0x30, the moves make it 0x10"),
        (&[(10, 0x80)], "byte 3 of the stones of seat 1 is 0x80, the moves make it 0x00"),
        (&[(12, 12)], "move 1, 12, is not legal"),
        (&[(12, 26)], "move 1, 26, is not legal"),
    ];
    for (changes, expected) in cases {
        let text = refusal(&*system, &changed(bytes, changes));
        assert!(text.contains(expected), "{changes:?}: {text}");
    }
    // Two passes are the end; nobody goes on.
    let over = [3, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 25, 25, 25];
    assert!(refusal(&*system, &over).contains("move 2, 25, is not legal"));
}

/// The bytes of chess after these moves.
fn chess_after(moves: &str) -> Vec<u8> {
    let system = crate::system("chess", &[]);
    let mut state = system.start(chance());
    for name in moves.split_whitespace() {
        state.step(&[system.action_by_name(name).unwrap()]).unwrap();
    }
    state.bytes()
}

#[test]
fn a_position_of_chess_that_cannot_be_is_refused() {
    let system = crate::system("chess", &[]);
    // After a double step that could be taken en passant, and three knights' moves since.
    let pawns = chess_after("e2e4 a7a6 e4e5 d7d5");
    let knights = chess_after("e2e4 a7a6 e4e5 d7d5 g1f3 g8f6 f3g1");
    for bytes in [&pawns, &knights] {
        assert_eq!(&system.restore(bytes, chance()).unwrap().bytes(), bytes);
    }
    assert_eq!(pawns[..8], [4, 0, 0, 0, 15, 3, 3, 0]);
    assert_eq!(knights[..8], [7, 0, 0, 3, 15, 8, 3, 3]);
    let cases: &[(&[u8], &[Change], &str)] = &[
        (&pawns, &[(2, 8)], "status is 8, expected 0 to 7"),
        (&pawns, &[(2, 1)], "status WhiteWon, the position shows Running"),
        (&pawns, &[(2, 7)], "status StepLimit, the position shows Running"),
        (&pawns, &[(0, 145), (1, 1), (5, 8), (6, 8)], "ply 401 of at most 400"),
        (&pawns, &[(0, 144), (1, 1)], "status Running, the position shows StepLimit"),
        (&pawns, &[(3, 5), (5, 8), (6, 8)], "halfmove clock 5 at ply 4"),
        (&pawns, &[(0, 200), (3, 101), (5, 8), (6, 8)], "halfmove clock 101 at ply 200"),
        (&pawns, &[(4, 16)], "castling rights is 16, expected 0 to 15"),
        (&pawns, &[(5, 9)], "en passant file is 9, expected 0 to 8"),
        (&pawns, &[(5, 8)], "byte 5 is 8, the moves make it 3"),
        (&pawns, &[(6, 8)], "byte 5 is 3, the moves make it 8"),
        (&pawns, &[(5, 4), (6, 4)], "The en passant square is invalid"),
        (&pawns, &[(3, 1)], "a capture en passant with no double step just before"),
        (&pawns, &[(8, 0x20)], "The castling rights are invalid"),
        (&pawns, &[(10, 0x35), (8, 0x26)], "a right to castle for a king that is not on e1"),
        (&pawns, &[(8, 0x27)], "square 0 has 7, which is no piece"),
        (&pawns, &[(8, 0x28)], "square 0 has 8, which is no piece"),
        (&pawns, &[(24, 6)], "The board is invalid"),
        (&pawns, &[(7, 1)], "2 more bytes expected for move"),
        (&knights, &[(3, 2)], "3 moves with the halfmove clock at 2"),
        (&knights, &[(5, 3)], "byte 5 is 3, the moves make it 8"),
        (&knights, &[(3, 4)], "a capture en passant with no double step just before"),
        (&knights, &[(44, 0)], "move 2 did not lead here"),
        (&knights, &[(45, 0x11)], "move 2 did not lead here"),
        (&knights, &[(40, 0x47)], "move 0 did not lead here"),
    ];
    for (bytes, changes, expected) in cases {
        let mut bytes = bytes.to_vec();
        changes.iter().for_each(|&(position, value)| bytes[position] = value);
        let text = refusal(&*system, &bytes);
        assert!(text.contains(expected), "{changes:?}: {text}");
    }
}

#[test]
fn a_seat_that_must_pass_can_do_nothing_else() {
    // Seat 0 holds the middle and a1, seat 1 b1: only seat 0 can enclose something, from c1.
    let system = crate::system("othello", &[]);
    let middle = 0b11 << 27 | 0b11 << 35;
    let bytes = discs(0, 1, middle | 0b1, 0b10);
    let mut state = system.restore(&bytes, chance()).unwrap();
    assert_eq!(state.legal_actions(Seat(1)), [Action(64)]);
    assert!(state.step(&[Action(2)]).is_err());
    state.step(&[Action(64)]).unwrap();
    assert_eq!(state.legal_actions(Seat(0)), [Action(2)]);
    assert!(state.step(&[Action(64)]).is_err());
    state.step(&[Action(2)]).unwrap();
    assert_eq!(state.bytes(), discs(1, 0, middle | 0b111, 0));
}

#[test]
fn hexagons_that_cannot_lie_so_are_refused() {
    let system = crate::system("hex", &[("size", 3)]);
    let bytes = |status: u8, first: u16, second: u16| nine_cells(status, first, second);
    let running = bytes(0, 0o022, 0o011);
    assert_eq!(system.restore(&running, chance()).unwrap().bytes(), running);
    let cases: &[(Vec<u8>, &str)] = &[
        (bytes(4, 0, 0), "status is 4, expected 0 to 3"),
        (bytes(0, 1 << 9, 0), "stones outside the board: 0x200"),
        (bytes(0, 0, 1 << 15), "stones outside the board: 0x8000"),
        (bytes(0, 1, 1), "stones of both seats in the cells 0x1"),
        (bytes(0, 0, 1), "[0, 1] stones"),
        (bytes(1, 0o222, 0o111), "seat 0 has connected and would be to move"),
        (bytes(0, 0o222, 0o011), "status Running, the board shows FirstWon"),
        (bytes(0, 0o007, 0o070), "status Running, the board shows SecondWon"),
        (bytes(3, 0o022, 0o011), "status Draw, the board shows Running"),
        // From c1 over b2 to a3 cells touch, from a1 over b2 to c3 they do not.
        (bytes(0, 0o124, 0o003), "status Running, the board shows FirstWon"),
        (bytes(1, 0o421, 0o012), "status FirstWon, the board shows Running"),
    ];
    for (bytes, expected) in cases {
        let text = refusal(&*system, bytes);
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn moves_that_could_not_be_taken_back_are_no_past() {
    let system = crate::system("chess", &[]);
    // The king's castling changes its rights, and so does the rook's first move.
    let mut castled = chess_after("e2e4 e7e5 g1f3 g8f6 f1c4 f8c5 e1g1");
    assert_eq!((castled[3], castled[7]), (5, 0));
    castled[7] = 1;
    castled.extend((4u16 | 6 << 6).to_le_bytes());
    assert!(refusal(&*system, &castled).contains("move 0 is not legal"));
    let mut rook = chess_after("e2e4 e7e5 g1f3 g8f6 h1g1");
    assert_eq!((rook[4], rook[7]), (0b1110, 0));
    (rook[4], rook[7]) = (0b1111, 1);
    rook.extend((7u16 | 6 << 6).to_le_bytes());
    assert!(refusal(&*system, &rook).contains("move 0 cannot be taken back"));
    // A knight does not come from the square beside it.
    let mut beside = chess_after("e2e4 a7a6 g1f3");
    beside[40..42].copy_from_slice(&(22u16 | 21 << 6).to_le_bytes());
    assert!(refusal(&*system, &beside).contains("move 0 is not legal"));
    // Three times the same position is the end; nobody moves on.
    let mut over = chess_after("g1f3 g8f6 f3g1 f6g8 g1f3 g8f6 f3g1 f6g8");
    let back = over[40..44].to_vec();
    (over[0], over[2], over[3], over[7]) = (10, 5, 10, 10);
    over.extend(back);
    let knights_out = chess_after("g1f3 g8f6");
    over[8..40].copy_from_slice(&knights_out[8..40]);
    assert!(refusal(&*system, &over).contains("the match is over before move 8"));
}

proptest! {
    /// Noise is refused or is a state that has these bytes and can be seen and stepped.
    #[test]
    fn noise_is_never_a_panic(
        noise in prop::collection::vec(prop_oneof![Just(0u8), Just(0xff), any::<u8>()], 0..120),
        (width, height) in (2u64..=16, 2u64..=16),
        size in 3u64..=11,
    ) {
        let snake = crate::system("snake", &[("width", width), ("height", height)]);
        let others = nets_systems::all().iter().filter(|descriptor| descriptor.name != "snake");
        let others = others.map(|descriptor| crate::system(descriptor.name, &[]));
        for system in others.chain([snake, crate::system("hex", &[("size", size)])]) {
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
