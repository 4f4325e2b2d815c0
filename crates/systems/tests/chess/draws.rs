//! How matches end: mate, and each kind of draw one ply before it and in it.

use nets_core::{Ending, Score, State, Status};

use super::{chance, play, state_of};

const FINISHED: Status = Status::Terminal(Ending::Finished);

/// The status byte, and whether the scores and the status fit it.
fn status_of(state: &dyn State) -> u8 {
    let byte = state.bytes()[2];
    let (over, scores): (_, [Score; 2]) = match byte {
        0 => (false, [1, 1]),
        1 => (true, [2, 0]),
        2 => (true, [0, 2]),
        _ => (true, [1, 1]),
    };
    assert_eq!(matches!(state.status(), Status::Terminal(_)), over, "status {byte}");
    assert_eq!(state.scores(), scores, "status {byte}");
    byte
}

#[test]
fn mate_wins_for_who_gives_it() {
    let start = crate::system("chess", &[]).start(chance());
    let mut state = start.fork();
    play(&mut *state, "f2f3 e7e5 g2g4 d8h4");
    assert_eq!((status_of(&*state), state.status()), (2, FINISHED));
    let mut state = start.fork();
    play(&mut *state, "e2e4 e7e5 f1c4 b8c6 d1h5 g8f6 h5f7");
    assert_eq!((status_of(&*state), state.status()), (1, FINISHED));
}

#[test]
fn stalemate_is_a_draw() {
    let mut state = state_of("7k/8/5KQ1/8/8/8/8/8 w - - 0 60");
    play(&mut *state, "g6f7");
    assert_eq!(status_of(&*state), 3);
}

#[test]
fn material_that_can_never_mate_is_a_draw() {
    for (fen, expected) in [
        ("4k3/8/8/8/8/8/8/4K3 w - - 0 60", 4),
        ("4k3/8/8/8/8/8/8/4KN2 w - - 0 60", 4),
        ("4kb2/8/8/8/8/8/8/4K3 w - - 0 60", 4),
        // Bishops on f8 and c1 are both on dark squares, c8 is a light one.
        ("4kb2/8/8/8/8/8/8/2B1K3 w - - 0 60", 4),
        ("2b1k3/8/8/8/8/8/8/2B1K3 w - - 0 60", 0),
        ("4kb2/8/7B/8/8/8/8/2B1K3 w - - 0 60", 4),
        ("4k3/8/8/8/8/8/8/2B1KB2 w - - 0 60", 0),
        ("4k3/8/8/8/8/8/8/4KNN1 w - - 0 60", 0),
        ("4kn2/8/8/8/8/8/8/4KN2 w - - 0 60", 0),
        ("4kn2/8/8/8/8/8/8/4KB2 w - - 0 60", 0),
        ("4k3/8/8/8/8/8/4P3/4K3 w - - 0 60", 0),
        ("4k3/8/8/8/8/8/8/4KR2 w - - 0 60", 0),
        ("4k3/8/8/8/8/8/8/4KQ2 w - - 0 60", 0),
    ] {
        assert_eq!(status_of(&*state_of(fen)), expected, "{fen}");
    }
    let mut state = state_of("4k3/8/8/8/8/8/4p3/4K3 w - - 0 60");
    play(&mut *state, "e1e2");
    assert_eq!(status_of(&*state), 4);
}

#[test]
fn the_third_time_a_position_comes_up_is_a_draw() {
    let mut state = crate::system("chess", &[]).start(chance());
    play(&mut *state, "g1f3 g8f6 f3g1 f6g8 b1c3 b8c6 c3b1");
    assert_eq!(status_of(&*state), 0);
    play(&mut *state, "c6b8");
    assert_eq!(status_of(&*state), 5);
}

#[test]
fn knights_that_change_places_make_the_same_position() {
    let mut state = state_of("4k3/8/8/8/8/p7/P7/N1N1K3 w - - 0 60");
    // Round once, and the knights stand where the other stood.
    play(&mut *state, "a1b3 e8d8 c1d3 d8e8 b3c1 e8d8 d3c5 d8e8 c5b3 e8d8 b3a1 d8e8");
    assert_eq!(status_of(&*state), 0);
    play(&mut *state, "e1d1 e8d8 d1e1 d8e8");
    assert_eq!(status_of(&*state), 5, "start, round trip, king's trip");
}

#[test]
fn a_lost_right_to_castle_makes_another_position() {
    let mut state = state_of("r3k2r/8/8/8/8/8/8/R3K2R w KQkq - 0 1");
    play(&mut *state, "a1b1 a8b8 b1a1 b8a8 a1b1 a8b8 b1a1 b8a8");
    assert_eq!(status_of(&*state), 0, "the first time, both sides could castle to either side");
    assert_eq!(state.bytes()[4], 0b0101);
    play(&mut *state, "a1b1");
    assert_eq!(status_of(&*state), 0, "the first time, Black could castle to the queen's side");
    play(&mut *state, "a8b8");
    assert_eq!(status_of(&*state), 5);
}

#[test]
fn a_legal_capture_en_passant_makes_another_position_and_one_that_a_pin_forbids_does_not() {
    let there_and_back = "e1f1 e8f8 f1e1 f8e8 e1f1 e8f8 f1e1 f8e8";
    let mut state = state_of("4k3/8/8/8/1p6/8/P7/4K2R w - - 0 60");
    play(&mut *state, "a2a4 e8f8 e1f1 f8e8 f1e1 e8f8 e1f1 f8e8 f1e1");
    assert_eq!(status_of(&*state), 0, "the first time, b4 could take a4");
    play(&mut *state, "e8f8");
    assert_eq!(status_of(&*state), 5);
    // The pawn on d4 would open the fourth rank to the rook on h4.
    let mut state = state_of("8/8/8/8/k2p3R/8/4P3/4K3 w - - 0 60");
    play(&mut *state, "e2e4");
    assert_eq!(state.bytes()[5..7], [8, 8]);
    play(&mut *state, "a4a5 e1f1 a5a4 f1e1 a4a5 e1f1 a5a4");
    assert_eq!(status_of(&*state), 0);
    play(&mut *state, "f1e1");
    assert_eq!(status_of(&*state), 5);
    let mut state = state_of("4k3/8/8/8/8/8/P7/4K2R w - - 0 60");
    play(&mut *state, there_and_back);
    assert_eq!(status_of(&*state), 5);
}

#[test]
fn a_hundred_quiet_plies_are_a_draw_unless_they_mate() {
    let mut state = state_of("4k3/8/8/8/8/8/8/R3K3 w Q - 98 90");
    play(&mut *state, "a1a2");
    assert_eq!(status_of(&*state), 0);
    play(&mut *state.fork(), "e8e7");
    play(&mut *state, "e8e7");
    assert_eq!(status_of(&*state), 6);
    let mut state = state_of("7k/8/6K1/8/8/8/8/R7 w - - 99 90");
    play(&mut *state.fork(), "a1a7");
    play(&mut *state, "a1a8");
    assert_eq!(status_of(&*state), 1);
    let mut state = state_of("4k3/p7/8/8/8/8/8/R3K3 w Q - 99 90");
    play(&mut *state, "a1a7");
    assert_eq!(status_of(&*state), 0, "a capture is progress");
}

#[test]
fn the_ply_limit_ends_a_match_that_is_not_over() {
    let quiet = "e2e3 e7e6 d2d3 d7d6 c2c3 c7c6 b2b3 b7b6 a2a3 a7a6 f2f3 f7f6 g2g3 g7g6 h2h3";
    let mut state = crate::system("chess", &[("ply-limit", 16)]).start(chance());
    play(&mut *state, quiet);
    assert_eq!(status_of(&*state), 0);
    play(&mut *state, "h7h6");
    assert_eq!(status_of(&*state), 7);
    assert_eq!(state.status(), Status::Terminal(Ending::StepLimit));
}
