//! The SDK's views against the real Systems: whatever is seen is what the state holds.

mod chess;
mod connect_four;
mod forecast;
mod go;
mod hex;
mod othello;
mod poker;
mod rps;
mod simulations;
mod snake;
mod snake_arena;
mod tic_tac_toe;

use std::collections::BTreeMap;

use nets_agent_sdk::Observation;
use nets_core::{Action, Chance, ObservationHeader, Seat, Seed, State, Status};

/// The start of the match of a System on the seed of 32 bytes `seed`.
fn start(system: &str, parameters: &[(&str, u64)], seed: u8) -> Box<dyn State> {
    let given: BTreeMap<_, _> =
        parameters.iter().map(|&(name, value)| (name.to_owned(), value)).collect();
    let system = nets_systems::build(system, &given).expect("a System that ships with nets");
    system.start(Chance::from_seed(&Seed([seed; 32])))
}

/// What the host would have written into an agent's memory.
fn buffer(state: &dyn State, seat: Seat, step: u32) -> Vec<u8> {
    let observation = state.observation(seat);
    let header = ObservationHeader {
        fuel_left: 0x0123_4567_89ab_cdef,
        step,
        seat: seat.0,
        seat_count: 2,
        observation_bytes: u16::try_from(observation.len()).expect("a short observation"),
    };
    // An agent's buffer has room for longer observations.
    [&header.encode()[..], &observation, &[0xee; 40]].concat()
}

/// Calls `check` on each state of a match whose actions are picked by `picks`, in turn.
fn visit(mut state: Box<dyn State>, picks: &[u8], mut check: impl FnMut(&dyn State)) {
    for pick in picks.chunks(2) {
        let Status::Acting(seats) = state.status() else { break };
        check(&*state);
        let actions: Vec<Action> = seats
            .iter()
            .zip(pick.iter().cycle())
            .map(|(seat, &pick)| {
                let legal = state.legal_actions(seat);
                legal[usize::from(pick) % legal.len()]
            })
            .collect();
        state.step(&actions).expect("legal actions");
    }
}

#[test]
fn the_header_is_read_as_the_host_writes_it() {
    let state = start("connect-four", &[], 1);
    let buffer = buffer(&*state, Seat(1), 0x0102_0304);
    let seen = Observation::new(7, &buffer);
    assert_eq!((seen.packed, seen.fuel_left, seen.step), (7, 0x0123_4567_89ab_cdef, 0x0102_0304));
    assert_eq!((seen.seat, seen.seat_count), (1, 2));
    assert_eq!(seen.bytes, state.observation(Seat(1)));
}
