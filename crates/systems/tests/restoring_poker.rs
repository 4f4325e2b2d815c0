//! Restoring poker: tables that no dealer and no betting can have made are refused.

use nets_core::{Action, Chance, Seat, Seed, System};

fn chance() -> Chance {
    Chance::from_seed(&Seed([7; 32]))
}

fn refusal(system: &dyn System, bytes: &[u8]) -> String {
    match system.restore(bytes, chance()) {
        Err(error) => error.to_string(),
        Ok(state) => panic!("accepted {bytes:x?}\n{}", state.picture()),
    }
}

fn changed(bytes: &[u8], changes: &[(usize, u8)]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for &(position, value) in changes {
        bytes[position] = value;
    }
    bytes
}

#[test]
fn tables_of_kuhn_poker_that_cannot_be_are_refused() {
    let system = crate::system("kuhn-poker", &[("hands", 3)]);
    // One hand: jack against king, pass, bet, bet. Now a queen against a king, after a pass.
    let bytes = [1, 0, 0xfe, 0xff, 0xff, 0xff, 1, 2, 0b10, 0, 2, 0b1011];
    let state = system.restore(&bytes, chance()).unwrap();
    assert_eq!(state.bytes(), bytes);
    assert_eq!(state.scores(), [-2, 2]);
    assert_eq!(state.legal_actions(Seat(0)), [Action(0), Action(1)]);
    assert_eq!(state.observation(Seat(0)), changed(&bytes, &[(6, 255)]));
    assert_eq!(state.observation(Seat(1)), changed(&bytes, &[(7, 255)]));
    let cases: &[(&[(usize, u8)], &str)] = &[
        (&[(0, 4)], "hands played is 4, expected 0 to 3"),
        (&[(6, 3)], "card is 3, expected below 3 or 255"),
        (&[(6, 2)], "the cards are [2, 2]"),
        (&[(6, 255)], "the cards are [255, 2]"),
        (&[(8, 0)], "no betting has the codes [0]"),
        (&[(8, 0b1100)], "no betting has the codes [12]"),
        (&[(8, 0b110)], "a hand stands at Folded(1)"),
        (&[(11, 0b101)], "a hand stands at Acts(0)"),
        (&[(9, 255)], "the cards are [255, 2]"),
        (&[(2, 0xff)], "1 chips before the last hand, expected at most 0 in 0 hands"),
        (&[(2, 0), (5, 0x80)], "chips before the last hand"),
        (&[(0, 3)], "a hand after the last"),
        (&[(0, 0)], "something before the first hand"),
    ];
    for (changes, expected) in cases {
        let text = refusal(&*system, &changed(&bytes, changes));
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn tables_of_leduc_poker_that_cannot_be_are_refused() {
    let system = crate::system("leduc-poker", &[("hands", 2)]);
    // One hand: raise, fold. Now jack against queen with a king open, after two calls.
    let bytes = [1, 0, 1, 0, 0, 0, 0, 2, 4, 13, 1, 5, 0, 255, 15, 1];
    let state = system.restore(&bytes, chance()).unwrap();
    assert_eq!(state.bytes(), bytes);
    assert_eq!(state.chance_event_count(), 6);
    // After a fold nothing is shown, and each seat knows its own card.
    assert_eq!(state.observation(Seat(0)), changed(&bytes, &[(6, 255), (12, 255)]));
    assert_eq!(state.observation(Seat(1)), changed(&bytes, &[(7, 255), (11, 255)]));
    let cases: &[(&[(usize, u8)], &str)] = &[
        (&[(8, 255)], "the open card is 255 in round 1"),
        (&[(8, 2)], "the card 2 was dealt and lies open"),
        (&[(8, 0)], "the cards are [0, 2] and 0"),
        (&[(8, 6)], "card is 6"),
        (&[(9, 1), (10, 4)], "no betting has the codes [1, 4]"),
        (&[(9, 2)], "no betting has the codes [2, 1]"),
        (&[(9, 3)], "no betting has the codes [3, 1]"),
        (&[(9, 4)], "the open card is 4 in round 0"),
        (&[(13, 1)], "the open card is 1 in round 0"),
        (&[(10, 13)], "a hand stands at Showdown"),
        (&[(2, 2)], "1 chips before the last hand"),
    ];
    for (changes, expected) in cases {
        let text = refusal(&*system, &changed(&bytes, changes));
        assert!(text.contains(expected), "{text}");
    }
}
