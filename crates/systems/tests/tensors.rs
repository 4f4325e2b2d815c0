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
    text.chars().map(|digit| if digit == '1' { 1.0 } else { 0.0 }).collect()
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
    assert_eq!(seen("cart-pole", &[1.0, 2.0, 0.125, -3.0]), [1.0, 2.0, 0.125, -3.0]);
    assert_eq!(seen("mountain-car", &[-0.5, 0.0625]), [-0.5, 0.0625]);
    let (sine, cosine) = (0.5f64.sin() as f32, 0.5f64.cos() as f32);
    assert_eq!(seen("acrobot", &[0.5, 0.0, 2.0, -4.0]), [cosine, sine, 1.0, 0.0, 2.0, -4.0]);
    assert_eq!(seen("pendulum", &[-0.5, 8.0]), [cosine, -sine, 8.0]);
}
