//! Perft of chess deeper than the tests go: the counts must be those that are known, and how fast
//! they are reached is printed. Run with `cargo bench -p nets-systems --bench perft`.
//!
//! The positions and counts are those of the Chess Programming Wiki, "Perft Results".

#![allow(clippy::print_stdout)]
#![allow(clippy::disallowed_types, reason = "a bench measures time")]

use std::collections::BTreeMap;
use std::env;
use std::time::Instant;

use nets_core::{Chance, Seed};
use nets_systems::chess::bytes_from_fen;
use nets_testkit::perft::perft;

const POSITIONS: [(&str, &str, u32, u64); 4] = [
    ("the start", "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1", 6, 119_060_324),
    ("an endgame", "8/2p5/3p4/KP5r/1R3p1k/8/4P1P1/8 w - - 0 1", 7, 178_633_661),
    (
        "promotions",
        "r3k2r/Pppp1ppp/1b3nbN/nP6/BBP1P3/q4N2/Pp1P2PP/R2Q1RK1 w kq - 0 1",
        6,
        706_045_033,
    ),
    (
        "promotions, mirrored",
        "r2q1rk1/pP1p2pp/Q4n2/bbp1p3/Np6/1B3NBn/pPPP1PPP/R3K2R b KQ - 0 1",
        6,
        706_045_033,
    ),
];

fn main() {
    // `cargo test --benches` only asks whether this runs.
    if env::args().any(|argument| argument == "--test") {
        return;
    }
    let chess = nets_systems::build("chess", &BTreeMap::new()).expect("chess");
    for (name, fen, depth, expected) in POSITIONS {
        let bytes = bytes_from_fen(fen).expect("a position");
        let state = chess.restore(&bytes, Chance::from_seed(&Seed::default())).expect("a state");
        let start = Instant::now();
        let count = perft(&*state, depth);
        let seconds = start.elapsed().as_secs_f64();
        assert_eq!(count, expected, "{name} to depth {depth}");
        let rate = count as f64 / seconds / 1e6;
        println!("{name}: {count} to depth {depth} in {seconds:.1} s, {rate:.0} million a second");
    }
}
