//! Perft: how many sequences of legal moves there are, against counts that many programs agree on.
//!
//! The positions and counts are those of the Chess Programming Wiki, "Perft Results". Every move
//! goes through the state's own list and step, the last one through the list alone. The bench of the
//! same name goes deeper.

use nets_testkit::perft::perft;

use super::state_of;

fn counts(fen: &str, expected: &[u64]) {
    let state = state_of(fen);
    let got: Vec<_> = (1..=expected.len() as u32).map(|depth| perft(&*state, depth)).collect();
    assert_eq!(got, expected, "{fen}");
}

#[test]
fn the_start_position_has_the_known_counts() {
    let fen = "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1";
    counts(fen, &[20, 400, 8_902, 197_281, 4_865_609]);
}

#[test]
fn kiwipete_has_the_known_counts() {
    let fen = "r3k2r/p1ppqpb1/bn2pnp1/3PN3/1p2P3/2N2Q1p/PPPBBPPP/R3K2R w KQkq - 0 1";
    counts(fen, &[48, 2_039, 97_862, 4_085_603, 193_690_690]);
}

#[test]
fn an_endgame_with_pins_en_passant_has_the_known_counts() {
    counts("8/2p5/3p4/KP5r/1R3p1k/8/4P1P1/8 w - - 0 1", &[14, 191, 2_812, 43_238, 674_624]);
}

#[test]
fn a_position_of_promotions_has_the_known_counts() {
    let expected = [6, 264, 9_467, 422_333, 15_833_292];
    counts("r3k2r/Pppp1ppp/1b3nbN/nP6/BBP1P3/q4N2/Pp1P2PP/R2Q1RK1 w kq - 0 1", &expected);
    counts("r2q1rk1/pP1p2pp/Q4n2/bbp1p3/Np6/1B3NBn/pPPP1PPP/R3K2R b KQ - 0 1", &expected);
}

#[test]
fn a_position_that_found_many_faults_has_the_known_counts() {
    let fen = "rnbq1k1r/pp1Pbppp/2p5/8/2B5/8/PPP1NnPP/RNBQK2R w KQ - 1 8";
    counts(fen, &[44, 1_486, 62_379, 2_103_487, 89_941_194]);
}

#[test]
fn a_quiet_middle_game_has_the_known_counts() {
    let fen = "r4rk1/1pp1qppp/p1np1n2/2b1p1B1/2B1P1b1/P1NP1N2/1PP1QPPP/R4RK1 w - - 0 10";
    counts(fen, &[46, 2_079, 89_890, 3_894_594, 164_075_551]);
}
