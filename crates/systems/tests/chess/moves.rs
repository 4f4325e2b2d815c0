//! Single moves: castling and its conditions, en passant, promotion, numbers that are none.

use nets_core::{Action, Seat};
use nets_systems::chess::{bytes_from_fen, openings};

use super::{chance, chess, fen_of, legal_of, play, state_of};

fn has(fen: &str, name: &str) -> bool {
    legal_of(&*state_of(fen)).iter().any(|legal| legal == name)
}

#[test]
fn castling_is_the_kings_step_and_moves_the_rook() {
    let fen = "r3k2r/8/8/8/8/8/8/R3K2R w KQkq - 0 1";
    for (moves, expected) in [
        ("e1g1", "r3k2r/8/8/8/8/8/8/R4RK1 b kq - 1 1"),
        ("e1c1", "r3k2r/8/8/8/8/8/8/2KR3R b kq - 1 1"),
        ("e1g1 e8c8", "2kr3r/8/8/8/8/8/8/R4RK1 w - - 2 2"),
        ("e1c1 e8g8", "r4rk1/8/8/8/8/8/8/2KR3R w - - 2 2"),
        ("h1h8", "r3k2R/8/8/8/8/8/8/R3K3 b Qq - 0 1"),
        ("e1e2", "r3k2r/8/8/8/8/8/4K3/R6R b kq - 1 1"),
    ] {
        let mut state = state_of(fen);
        play(&mut *state, moves);
        assert_eq!(fen_of(&*state), expected, "{moves}");
    }
    // The king does not take its rook, as some programs write it.
    assert!(!has(fen, "e1h1") && !has(fen, "e1a1"));
}

#[test]
fn nobody_castles_out_of_through_or_into_check_or_without_the_right() {
    for (fen, short, long) in [
        ("4k3/8/8/8/8/8/8/R3K2R w KQ - 0 1", true, true),
        ("4k3/8/8/8/8/8/8/R3K2R w Q - 0 1", false, true),
        ("4k3/8/8/8/8/8/8/R3K2R w - - 0 1", false, false),
        ("4k3/8/8/8/8/8/4r3/R3K2R w KQ - 0 1", false, false),
        ("4k3/8/8/8/8/5r2/8/R3K2R w KQ - 0 1", false, true),
        ("4k3/8/8/8/8/6r1/8/R3K2R w KQ - 0 1", false, true),
        ("4k3/8/8/8/8/1r6/8/R3K2R w KQ - 0 1", true, true),
        ("4k3/8/8/8/8/2r5/8/R3K2R w KQ - 0 1", true, false),
        ("4k3/8/8/8/8/8/8/RN2K1NR w KQ - 0 1", false, false),
    ] {
        assert_eq!((has(fen, "e1g1"), has(fen, "e1c1")), (short, long), "{fen}");
    }
}

#[test]
fn a_pawn_is_taken_en_passant_at_once_or_never() {
    let mut state = state_of("4k3/3p4/8/4P3/8/8/8/4K3 b - - 0 1");
    play(&mut *state, "d7d5");
    assert_eq!(fen_of(&*state), "4k3/8/8/3pP3/8/8/8/4K3 w - d6 0 2");
    let mut taken = state.fork();
    play(&mut *taken, "e5d6");
    assert_eq!(fen_of(&*taken), "4k3/8/3P4/8/8/8/8/4K3 b - - 0 2");
    play(&mut *state, "e1e2 e8e7");
    assert!(!legal_of(&*state).contains(&"e5d6".to_owned()));
}

#[test]
fn a_pawn_becomes_what_it_is_told_and_must_be_told() {
    let fen = "8/P6k/8/8/8/8/8/K7 w - - 0 1";
    for (name, expected) in [
        ("a7a8n", "N7/7k/8/8/8/8/8/K7 b - - 0 1"),
        ("a7a8b", "B7/7k/8/8/8/8/8/K7 b - - 0 1"),
        ("a7a8r", "R7/7k/8/8/8/8/8/K7 b - - 0 1"),
        ("a7a8q", "Q7/7k/8/8/8/8/8/K7 b - - 0 1"),
    ] {
        let mut state = state_of(fen);
        play(&mut *state, name);
        assert_eq!(fen_of(&*state), expected);
    }
    assert!(!has(fen, "a7a8") && !has(fen, "a1b1q"));
    let number = |name: &str| chess().action_by_name(name).unwrap().0;
    assert_eq!(number("a7a8n"), 48 | 56 << 6 | 1 << 12);
    assert_eq!(number("e2e4"), 12 | 28 << 6);
}

#[test]
fn names_that_are_no_moves_are_no_actions() {
    let chess = chess();
    for name in ["", "e2", "e2e", "e2e9", "i1a1", "e7e8k", "e7e8qq", "E2E4", "éé", "e2é4", "O-O"]
    {
        assert_eq!(chess.action_by_name(name), None, "{name:?}");
    }
    assert_eq!(chess.action_by_name("#1804"), Some(Action(1804)));
    assert_eq!(chess.action_name(Action(5 << 12)), "#20480");
}

#[test]
fn every_opening_is_legal_has_an_even_number_of_plies_and_its_own_position() {
    let mut ends = Vec::new();
    for opening in openings() {
        let mut state = chess().start(chance());
        play(&mut *state, opening.moves);
        let count = opening.moves.split_whitespace().count();
        assert!([4, 6, 8].contains(&count), "{opening:?}");
        assert_eq!(opening.actions().count(), count, "{opening:?}");
        assert!(!state.legal_actions(Seat(0)).is_empty(), "{opening:?}");
        let fen = fen_of(&*state);
        ends.push(fen.split(' ').next().unwrap().to_owned());
    }
    assert!(ends.len() >= 50);
    ends.sort_unstable();
    ends.dedup();
    assert_eq!(ends.len(), openings().len());
}

#[test]
fn the_seed_chooses_the_opening_among_the_first_ones() {
    let start = crate::system("chess", &[("openings", 3)]);
    let mut seen = std::collections::BTreeSet::new();
    for index in 0..60 {
        let seed = nets_core::Seed([9; 32]).for_match(index);
        seen.insert(fen_of(&*start.start(nets_core::Chance::from_seed(&seed))));
    }
    let expected = openings()[..3].iter().map(|opening| {
        let mut state = chess().start(chance());
        play(&mut *state, opening.moves);
        fen_of(&*state)
    });
    assert_eq!(seen, expected.collect());
}

#[test]
fn a_state_of_a_fen_is_the_state_that_was_played_to_where_nothing_can_repeat() {
    let mut state = chess().start(chance());
    play(&mut *state, "e2e4 e7e5 d2d4 e5d4");
    assert_eq!(bytes_from_fen(&fen_of(&*state)).unwrap(), state.bytes());
}
