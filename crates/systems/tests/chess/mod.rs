//! Chess as chess players know it: counted moves, drawn positions, FEN and PGN.

mod draws;
mod moves;
mod notation;
mod perft;
mod positions;

use std::sync::Arc;

use nets_core::{Chance, Seat, Seed, State, System};
use nets_systems::chess::{bytes_from_fen, fen_from_bytes};

fn chess() -> Arc<dyn System> {
    crate::system("chess", &[("ply-limit", 10_000)])
}

fn chance() -> Chance {
    Chance::from_seed(&Seed([1; 32]))
}

fn state_of(fen: &str) -> Box<dyn State> {
    chess().restore(&bytes_from_fen(fen).unwrap(), chance()).unwrap()
}

fn fen_of(state: &dyn State) -> String {
    fen_from_bytes(&state.bytes()).unwrap()
}

fn play(state: &mut dyn State, moves: &str) {
    let system = chess();
    for name in moves.split_whitespace() {
        let action = system.action_by_name(name).unwrap();
        state.step(&[action]).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

/// The names of the legal moves of the seat to move.
fn legal_of(state: &dyn State) -> Vec<String> {
    let seats = [Seat(0), Seat(1)].into_iter();
    let actions = seats.flat_map(|seat| state.legal_actions(seat));
    actions.map(|action| chess().action_name(action)).collect()
}
