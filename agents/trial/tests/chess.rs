//! Chess's agents: their rules are the System's, modules play as their sources, and searching
//! beats taking, which beats chance.

use std::collections::BTreeMap;

use chess::Position;
use nets_agent_sdk::chess::{Board, Move};
use nets_agent_sdk::{Observation, scatter};
use nets_core::{Chance, Seat, Seed, State, Status};
use trial::{Player, full, packed, play, score_sum};

use crate::module;

const SYSTEM: &str = "chess";

/// Openings, so that seeds differ.
const PARAMETERS: [(&str, u64); 1] = [("openings", 52)];

fn random() -> Player<'static> {
    packed(chess::random::decide)
}

fn greedy() -> Player<'static> {
    full(chess::greedy::decide)
}

fn search() -> Player<'static> {
    full(chess::search::decide)
}

/// The position as an agent reads it, if the match goes on.
fn position(state: &dyn State) -> Option<Position> {
    let Status::Acting(seats) = state.status() else { return None };
    let seat = seats.iter().next()?;
    let bytes = state.observation(seat);
    let packed = state.packed_observation(seat);
    let seen =
        Observation { packed, fuel_left: 0, step: 0, seat: seat.0, seat_count: 2, bytes: &bytes };
    Some(Position::new(Board::new(seen)))
}

/// How many sequences of so many legal moves there are, as the agents see it.
fn perft(position: &Position, depth: u32) -> u64 {
    let moves = position.legal_moves();
    let moves = moves.as_slice();
    if depth == 1 {
        return moves.len() as u64;
    }
    moves.iter().map(|&chosen| perft(&position.after(chosen), depth - 1)).sum()
}

#[test]
fn agents_count_as_many_moves_as_is_known() {
    // The standard test positions and their published counts.
    for (fen, depth, expected) in [
        ("rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1", 4, 197_281),
        ("r3k2r/p1ppqpb1/bn2pnp1/3PN3/1p2P3/2N2Q1p/PPPBBPPP/R3K2R w KQkq - 0 1", 3, 97_862),
        ("8/2p5/3p4/KP5r/1R3p1k/8/4P1P1/8 w - - 0 1", 5, 674_624),
        ("r3k2r/Pppp1ppp/1b3nbN/nP6/BBP1P3/q4N2/Pp1P2PP/R2Q1RK1 w kq - 0 1", 4, 422_333),
        ("rnbq1k1r/pp1Pbppp/2p5/8/2B5/8/PPP1NnPP/RNBQK2R w KQ - 1 8", 3, 62_379),
    ] {
        let bytes = nets_systems::chess::bytes_from_fen(fen).expect("a position");
        let system = nets_systems::build(SYSTEM, &BTreeMap::new()).expect("chess");
        let state = system.restore(&bytes, Chance::from_seed(&Seed([0; 32]))).expect("a state");
        let position = position(&*state).expect("not over");
        assert_eq!(perft(&position, depth), expected, "{fen}");
    }
}

#[test]
fn agents_see_the_legal_moves_and_follow_each() {
    let given = BTreeMap::from([("openings".to_owned(), 52)]);
    let system = nets_systems::build(SYSTEM, &given).expect("chess");
    for seed in 0..40 {
        let mut state = system.start(Chance::from_seed(&Seed([seed; 32])));
        let mut expected: Option<Position> = None;
        while let Some(position) = position(&*state) {
            // What a move made of the last position is what the next observation shows.
            if let Some(expected) = expected {
                assert_eq!(expected, position, "{}", state.picture());
            }
            let Status::Acting(seats) = state.status() else { break };
            let legal = state.legal_actions(seats.iter().next().unwrap_or(Seat(0)));
            let moves = position.legal_moves();
            let mut found: Vec<u64> = moves.as_slice().iter().map(|&m| m.into()).collect();
            found.sort_unstable();
            assert_eq!(found, legal.iter().map(|action| action.0).collect::<Vec<_>>());
            let pick = scatter(state.packed_observation(Seat(0)) ^ u64::from(seed));
            let action = legal[pick as usize % legal.len()];
            let made = moves.as_slice().iter().find(|&&m| u64::from(m) == action.0);
            // Whether a pawn can be taken en passant, an agent only guesses after a double step.
            let is_double = |made: &Move| made.from().abs_diff(made.to()) == 16;
            expected = made.filter(|made| !is_double(made)).map(|&made| position.after(made));
            state.step(&[action]).expect("a legal action");
        }
    }
}

#[test]
fn modules_play_as_their_sources() {
    let source = play(SYSTEM, &PARAMETERS, 1, &mut [search(), greedy()]);
    let modules = &mut [module("chess-search"), module("chess-greedy")];
    assert_eq!(play(SYSTEM, &PARAMETERS, 1, modules), source);
    let source = play(SYSTEM, &PARAMETERS, 2, &mut [random(), greedy()]);
    let modules = &mut [module("chess-random"), module("chess-greedy")];
    assert_eq!(play(SYSTEM, &PARAMETERS, 2, modules), source);
}

#[test]
fn search_beats_greedy_which_beats_random() {
    let by_openings = (SYSTEM, &PARAMETERS[..]);
    let sums = [
        score_sum(20, 0, by_openings, greedy, random),
        score_sum(5, 0, by_openings, search, greedy),
    ];
    println!("greedy over random {} of 80, search over greedy {} of 20", sums[0], sums[1]);
    assert!(sums[0] > 50 && sums[1] > 16, "{sums:?}");
}
