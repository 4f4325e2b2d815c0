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
