//! Positions of a System as random play comes across them.

use nets_core::{Action, Chance, Seat, Seed, State, Status, System};

/// What a seat sees when it is to act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Position {
    /// Of which match.
    pub(super) game: u64,
    pub(super) step: u32,
    pub(super) seat: Seat,
    pub(super) packed: u64,
    pub(super) observation: Vec<u8>,
}

/// So many positions of matches in which every legal action is as likely; the same each time.
pub(super) fn sampled(system: &dyn System, count: usize) -> Vec<Position> {
    let mut positions = Vec::new();
    let mut number = 0u64;
    while positions.len() < count && number < count as u64 {
        played(system, number, count, &mut positions);
        number += 1;
    }
    positions
}

fn played(system: &dyn System, game: u64, count: usize, positions: &mut Vec<Position>) {
    let mut seed = Seed::default();
    seed.0[..8].copy_from_slice(&game.to_le_bytes());
    let mut state = system.start(Chance::from_seed(&seed));
    // Players' draws are those of another seed, so that they have nothing to do with the match's.
    let mut other = seed;
    other.0[31] ^= 1;
    let (draws, mut event) = (Chance::from_seed(&other), 0);
    let mut step = 0;
    while let Status::Acting(seats) = state.status() {
        let mut actions = Vec::new();
        for seat in seats.iter() {
            if positions.len() == count {
                return;
            }
            positions.push(seen(state.as_ref(), game, seat, step));
            let legal = state.legal_actions(seat);
            let place = draws.draw(event, legal.len() as u64) as usize;
            event += 1;
            actions.push(legal.get(place).copied().unwrap_or(Action(0)));
        }
        if state.step(&actions).is_err() {
            return;
        }
        step += 1;
    }
}

fn seen(state: &dyn State, game: u64, seat: Seat, step: u32) -> Position {
    let packed = state.packed_observation(seat);
    Position { game, step, seat, packed, observation: state.observation(seat) }
}
