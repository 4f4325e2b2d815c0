//! Scripts as text, and what is said of those that cannot be played.

use nets_core::{Action, Seed, SystemId};
use nets_determinism::{Script, answers};

const ONES: &str = "0101010101010101010101010101010101010101010101010101010101010101";

#[test]
fn a_script_is_read_as_it_is_written() {
    let script = Script {
        system: SystemId { name: "rps".to_owned(), version: 1 },
        parameters: 2u64.to_le_bytes().to_vec(),
        seed: Seed([1; 32]),
        steps: vec![vec![Action(0), Action(1)], vec![Action(2), Action(2)]],
    };
    let text = format!("rps 1 0200000000000000 {ONES} 0/1 2/2");
    assert_eq!(script.to_string(), text);
    assert_eq!(text.parse(), Ok(script));
    let bare = format!("connect-four 1 - {ONES}");
    assert_eq!(bare.parse::<Script>().unwrap().to_string(), bare);
}

#[test]
fn every_line_is_answered_and_says_what_is_wrong_with_it() {
    let lines = [
        format!("connect-four 1 - {ONES} 3 3"),
        format!("connect-four 1 - {ONES} 3 4"),
        format!("connect-four 1 - {ONES} 3 9"),
        format!("chess 7 - {ONES}"),
        format!("hex 1 0b0 {ONES}"),
        "hex 1".to_owned(),
    ];
    let answers = answers(&lines.join("\n"));
    let answers: Vec<_> = answers.lines().collect();
    assert!(answers[0].starts_with("results ") && answers[1].starts_with("results "));
    assert_ne!(answers[0], answers[1]);
    assert_eq!(
        answers[2..],
        [
            "connect-four v1: step 1: action 9 is not legal for seat 1",
            "chess v7: System chess has version 1, got 7; another release of nets may have it",
            "parameters \"0b0\" is not pairs of hex digits, or - for none",
            "a script begins with \"name version parameters seed\", parameters is missing",
        ]
    );
}
