//! Tensors, number by number, against what the libraries write whose numbering they follow.

use nets_core::{Chance, Seat, Seed, System};

/// What both seats see as numbers after the actions of `script`.
fn tensors(system: &dyn System, script: &[&str]) -> [Vec<f32>; 2] {
    let mut state = system.start(Chance::from_seed(&Seed([1; 32])));
    for step in script {
        let words = step.split('/');
        let actions: Vec<_> = words.map(|word| system.action_by_name(word).unwrap()).collect();
        state.step(&actions).unwrap();
    }
    [Seat(0), Seat(1)].map(|seat| {
        let mut tensor = Vec::new();
        system.write_tensor(seat, &state.observation(seat), &mut tensor).unwrap();
        tensor
    })
}

fn digits(text: &str) -> Vec<f32> {
    let digits = text.chars().filter(|digit| *digit != ' ');
    digits.map(|digit| if digit == '1' { 1.0 } else { 0.0 }).collect()
}

/// Written by OpenSpiel 2.0.2, `connect_four`, after the same columns.
#[test]
fn connect_four_is_numbered_as_in_openspiel() {
    let system = crate::system("connect-four", &[]);
    let cases: [(&[&str], &str); 3] = [
        (
            &[],
            "000000000000000000000000000000000000000000\
             000000000000000000000000000000000000000000\
             111111111111111111111111111111111111111111",
        ),
        (
            &["3", "2", "4", "6", "1", "1", "7"],
            "101100100000000000000000000000000000000000\
             010001010000000000000000000000000000000000\
             000010001111111111111111111111111111111111",
        ),
        (
            &[
                "5", "1", "3", "5", "1", "5", "2", "1", "1", "4", "4", "1", "2", "1", "6", "5",
                "2", "6", "2",
            ],
            "011011011010000100000110000000000000000000\
             100100000001101000100000010010000001000000\
             000000100100010011011001101101111110111111",
        ),
    ];
    assert_eq!(system.tensor_shape(), [3, 6, 7]);
    for (script, expected) in cases {
        let [first, second] = tensors(&*system, script);
        assert_eq!(first, digits(expected), "{script:?}");
        assert_eq!(second, first, "{script:?}");
    }
}

/// Written by OpenSpiel 2.0.2, `tic_tac_toe`, after the same cells.
#[test]
fn tic_tac_toe_is_numbered_as_in_openspiel() {
    let system = crate::system("tic-tac-toe", &[]);
    assert_eq!(system.tensor_shape(), [3, 3, 3]);
    let expected = digits("010101111 100000000 001010000");
    assert_eq!(tensors(&*system, &["b2", "a1", "c1"]), [expected.clone(), expected]);
}

/// Written by OpenSpiel 2.0.2, `othello`, after the same cells.
#[test]
fn othello_is_numbered_as_in_openspiel() {
    let system = crate::system("othello", &[]);
    assert_eq!(system.tensor_shape(), [3, 8, 8]);
    let free = "1111111111111111110011111100011111100111111111111111111111111111";
    let first = "0000000000000000000100000011100000010000000000000000000000000000";
    let second = "0000000000000000001000000000000000001000000000000000000000000000";
    let expected = [[free, first, second], [free, second, first]];
    let expected = expected.map(|planes| digits(&planes.concat()));
    assert_eq!(tensors(&*system, &["d3", "c3", "c4"]), expected);
}

/// Written by OpenSpiel 2.0.2, `hex(board_size=4)`, after the same cells.
#[test]
fn hex_is_numbered_as_in_openspiel() {
    let system = crate::system("hex", &[("size", 4)]);
    assert_eq!(system.tensor_shape(), [9, 4, 4]);
    let expected = digits(
        "0000000000000000 0000000010000000 0001000000010000\
         0000000000000100 0100101100101001 0000000000000000\
         0000000000000010 1010010001000000 0000000000000000",
    );
    let script = ["c1", "a3", "b2", "b4", "b3", "d3", "a1", "d1", "c4"];
    assert_eq!(tensors(&*system, &script), [expected.clone(), expected]);
}

/// Written by OpenSpiel 2.0.2, `go(board_size=5)`, after the same points.
#[test]
fn go_is_numbered_as_in_openspiel() {
    let system = crate::system("go", &[("size", 5)]);
    assert_eq!(system.tensor_shape(), [4, 5, 5]);
    let expected = digits(
        "0100010000000000000000000 0000000000000000000000001\
         1011101111111111111111110 1111111111111111111111111",
    );
    let [first, second] = tensors(&*system, &["a2", "a1", "b1", "e5", "pass"]);
    assert_eq!(first, expected);
    assert_eq!(second, first);
}

/// OpenSpiel has the last stone alone in this plane, and a state does not say which it was.
#[test]
fn a_chain_of_hex_has_a_plane_of_its_own() {
    let system = crate::system("hex", &[("size", 3)]);
    let [tensor, _] = tensors(&*system, &["b1", "a1", "b2", "a2", "b3"]);
    assert_eq!(tensor[8 * 9..], digits("010010010"));
    let [tensor, _] = tensors(&*system, &["a1", "a2", "b1", "b2", "a3", "c2"]);
    assert_eq!(tensor[..9], digits("000111000"));
}

/// Written by OpenSpiel 2.0.2, `repeated_game(stage_game=matrix_rps(),num_repetitions=5)`.
#[test]
fn throws_are_numbered_as_in_openspiel() {
    let system = crate::system("rps", &[("throws", 5)]);
    assert_eq!(system.tensor_shape(), [6]);
    for (script, expected) in [
        (&[][..], "000000"),
        (&["rock/scissors"], "100001"),
        (&["rock/scissors", "paper/paper"], "010010"),
    ] {
        assert_eq!(tensors(&*system, script), [digits(expected), digits(expected)], "{script:?}");
    }
}

/// Written by OpenSpiel 2.0.2, `chess`, after the same moves: the squares of each of the first
/// thirteen planes as bits, a1 the lowest, and the number that fills each of the others.
const CHESS: [(&str, [u64; 13], [f32; 7]); 3] = [
    (
        "e2e4 e7e5 g1f3 g8f6 f3g1 f6g8 g1f3",
        [
            0x10,
            0x1000_0000_0000_0000,
            0x8,
            0x0800_0000_0000_0000,
            0x81,
            0x8100_0000_0000_0000,
            0x24,
            0x2400_0000_0000_0000,
            0x20_0002,
            0x4200_0000_0000_0000,
            0x1000_ef00,
            0x00ef_0010_0000_0000,
            0x0010_ffef_efdf_1040,
        ],
        [0.5, 0.0, 0.049_504_95, 1.0, 1.0, 1.0, 1.0],
    ),
    (
        "g1f3 g8f6 h1g1 a7a5 g1h1 a8a6",
        [
            0x10,
            0x1000_0000_0000_0000,
            0x8,
            0x0800_0000_0000_0000,
            0x81,
            0x8000_0100_0000_0000,
            0x24,
            0x2400_0000_0000_0000,
            0x20_0002,
            0x0200_2000_0000_0000,
            0xff00,
            0x00fe_0001_0000_0000,
            0x4101_defe_ffdf_0040,
        ],
        [0.0, 1.0, 0.019_801_98, 1.0, 0.0, 0.0, 1.0],
    ),
    (
        "c2c3 b7b6 e2e4 h7h5 h2h4 g7g6 b2b3 c8a6 c3c4 b6b5 e1e2 f8g7 e4e5 g8f6 g2g4 e8g8 \
             d2d4 f6e4 f1g2 b8c6 b3b4 h5g4 h4h5 g6h5 g2h3 e4f6 d1b3 f6e8 g1f3 e7e6 b3a3 d7d6 \
             h1e1 g4h3 e1h1 d6d5 a3b2 h5h4 f3g5 d8e7 b1d2 a6c8 h1e1 a7a6 f2f4 e7d6 e2d3 d5c4 \
             d2c4 c6e7 e5d6 f7f6 d3e2 f8f7 d6c7 g7h8 a2a4 a6a5 a1b1 h3h2 f4f5 h2h1n b2d2 a8a7",
        [
            0x1000,
            0x4000_0000_0000_0000,
            0x800,
            0,
            0x12,
            0x0021_0000_0000_0000,
            0x4,
            0x8400_0000_0000_0000,
            0x0000_0040_0400_0000,
            0x1010_0000_0000_0080,
            0x0004_0020_0b00_0000,
            0x3003_8000_0000,
            0x2bca_cf9c_70ff_e769,
        ],
        [0.0, 1.0, 0.019_801_98, 0.0, 0.0, 0.0, 0.0],
    ),
];

#[test]
fn chess_is_numbered_as_in_openspiel() {
    let system = crate::system("chess", &[]);
    assert_eq!(system.tensor_shape(), [20, 8, 8]);
    for (script, bits, numbers) in CHESS {
        let script: Vec<_> = script.split_whitespace().collect();
        let [first, second] = tensors(&*system, &script);
        let planes = bits.iter().flat_map(|bits| (0..64).map(move |square| bits >> square & 1));
        let filled = numbers.iter().flat_map(|&number| [number; 64]);
        let expected: Vec<_> = planes.map(|bit| bit as f32).chain(filled).collect();
        assert_eq!(first, expected, "{script:?}");
        assert_eq!(second, first, "{script:?}");
    }
}

/// The features of Jumanji's `Snake-v1`: body, head, tail, fruit, order divided by length.
#[test]
fn snake_has_the_features_of_jumanji() {
    let system = crate::system("snake", &[("width", 4), ("height", 2), ("step-limit", 9)]);
    // The tail is cell 0, then come 1 and the head 5; the apple is at 7.
    let observation = [3, 0, 0, 2, 0, 5, 0, 7, 0, 0b10_0011, 0b1001, 0];
    let mut tensor = Vec::new();
    system.write_tensor(Seat(0), &observation, &mut tensor).unwrap();
    let (none, third) = ([0.0; 5], 1.0 / 3.0);
    let expected = [
        [1.0, 0.0, 1.0, 0.0, third],
        [1.0, 0.0, 0.0, 0.0, 2.0 / 3.0],
        none,
        none,
        none,
        [1.0, 1.0, 0.0, 0.0, 1.0],
        none,
        [0.0, 0.0, 0.0, 1.0, 0.0],
    ];
    assert_eq!(system.tensor_shape(), [2, 4, 5]);
    assert_eq!(tensor, expected.as_flattened());
}

#[test]
fn a_snake_of_length_one_is_head_and_tail() {
    let system = crate::system("snake", &[("width", 3), ("height", 3)]);
    let [tensor, _] = tensors(&*system, &[]);
    let centre: Vec<_> = tensor.chunks(5).nth(4).unwrap().to_vec();
    assert_eq!(centre, [1.0, 1.0, 1.0, 0.0, 1.0]);
    assert_eq!(tensor.iter().sum::<f32>(), 5.0, "one apple and nothing else");
}

/// Written by OpenSpiel 2.0.2, `kuhn_poker`, and followed by what is known of the last hand.
#[test]
fn a_hand_of_kuhn_poker_is_numbered_as_in_openspiel() {
    let system = crate::system("kuhn-poker", &[("hands", 2)]);
    // A king of seat 0 was shown against a queen: bet, bet. Now seat 1 begins with a jack and has
    // passed; seat 0 has a king and has bet.
    let state = [1, 0, 2, 0, 0, 0, 0, 2, 0b101, 2, 1, 0b111];
    let state = system.restore(&state, Chance::from_seed(&Seed([1; 32]))).unwrap();
    let last = |own: [f32; 3], other: [f32; 3], end: [f32; 3]| {
        [&own[..], &other, &[0.0, 1.0, 0.0, 1.0, 0.0, 0.0], &end].concat()
    };
    let hand = |player: [f32; 2], card: [f32; 3]| {
        let betting = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
        [&player[..], &card, &betting, &[1.0, 2.0]].concat()
    };
    let (jack, queen, king) = ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]);
    let expected = [
        [hand([0.0, 1.0], king), last(king, queen, [2.0, 1.0, 1.0])].concat(),
        [hand([1.0, 0.0], jack), last(queen, king, [-2.0, 1.0, 1.0])].concat(),
    ];
    for (seat, expected) in [Seat(0), Seat(1)].into_iter().zip(expected) {
        let mut tensor = Vec::new();
        system.write_tensor(seat, &state.observation(seat), &mut tensor).unwrap();
        assert_eq!(tensor, expected, "{seat}");
    }
}

/// Written by OpenSpiel 2.0.2, `leduc_poker`, for card 1 against 5 with 0 open.
#[test]
fn a_hand_of_leduc_poker_is_numbered_as_in_openspiel() {
    let system = crate::system("leduc-poker", &[("hands", 1)]);
    // Call, raise, raise, call; call, raise.
    let (first, second) = (3 * (3 * (3 * (3 + 1) + 2) + 2) + 1, 3 * (3 + 1) + 2);
    let state = [0, 0, 0, 0, 0, 0, 1, 5, 0, first, second, 255, 255, 255, 1, 1];
    let state = system.restore(&state, Chance::from_seed(&Seed([1; 32]))).unwrap();
    let mut tensor = Vec::new();
    system.write_tensor(Seat(0), &state.observation(Seat(0)), &mut tensor).unwrap();
    assert_eq!(tensor[..30], digits("100100001000001001011010010000"));
    assert_eq!(tensor[30..32], [5.0, 9.0]);
    tensor.clear();
    system.write_tensor(Seat(1), &state.observation(Seat(1)), &mut tensor).unwrap();
    assert_eq!(tensor[..30], digits("010000011000001001011010010000"));
}

/// The observation that Gymnasium makes of the same numbers.
#[test]
fn simulations_are_observed_as_in_gymnasium() {
    let seen = |name: &str, numbers: &[f64]| {
        let system = crate::system(name, &[]);
        let mut bytes = vec![1, 0];
        bytes.extend(numbers.iter().flat_map(|number| number.to_bits().to_le_bytes()));
        bytes.resize(system.observation_bytes_max() as usize, 0);
        let mut tensor = Vec::new();
        system.write_tensor(Seat(0), &bytes, &mut tensor).unwrap();
        assert_eq!(system.tensor_shape(), [tensor.len() as u32]);
        tensor
    };
    assert_eq!(seen("cartpole", &[1.0, 2.0, 0.125, -3.0]), [1.0, 2.0, 0.125, -3.0]);
    assert_eq!(seen("mountain-car", &[-0.5, 0.0625]), [-0.5, 0.0625]);
    let (sine, cosine) = (0.5f64.sin() as f32, 0.5f64.cos() as f32);
    assert_eq!(seen("acrobot", &[0.5, 0.0, 2.0, -4.0]), [cosine, sine, 1.0, 0.0, 2.0, -4.0]);
    assert_eq!(seen("pendulum", &[-0.5, 8.0]), [cosine, -sine, 8.0]);
}
