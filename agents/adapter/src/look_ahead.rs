//! Looking ahead: what the network says of the positions one step on.
//!
//! That needs a System in which a seat knows where each action leads: everything is seen, two seats
//! act one after the other, and nothing is drawn. Invariant: where a step draws something, or both
//! seats would act, nothing is said at all, since the position to come is not known.

use std::cmp::Ordering;

use nets_core::{Action, Chance, Information, Seat, Seed, State, Status, System};

use crate::network::Network;

/// Each of the legal actions with the value of where it leads, for the seat that takes it. None
/// where that cannot be known.
pub(crate) fn values<S: System>(
    system: &S,
    seat: Seat,
    observation: &[u8],
    legal: &[Action],
    tensor: &mut Vec<f32>,
    network: &mut impl Network,
) -> Option<Vec<(Action, f32)>> {
    if system.descriptor().information != Information::Perfect || system.seat_count() != 2 {
        return None;
    }
    // What is seen is the state. Nothing may be drawn, so any chance will do.
    let here = system.restore(observation, Chance::from_seed(&Seed::default())).ok()?;
    let value = |&action: &Action| {
        let mut next = here.fork();
        next.step(&[action]).ok()?;
        let is_known = next.chance_event_count() == here.chance_event_count();
        let value = is_known.then(|| value_of(system, seat, &*next, tensor, network))??;
        Some((action, value))
    };
    legal.iter().map(value).collect()
}

/// What a position is worth for a seat: at the end what it is, before it what the network says.
fn value_of<S: System>(
    system: &S,
    seat: Seat,
    state: &dyn State,
    tensor: &mut Vec<f32>,
    network: &mut impl Network,
) -> Option<f32> {
    let acting = match state.status() {
        Status::Terminal(_) => return Some(verdict(&state.scores(), seat)),
        Status::Acting(seats) => seats,
    };
    let mover = acting.iter().next().filter(|_| acting.count() == 1)?;
    tensor.clear();
    system.write_tensor(mover, &state.observation(mover), tensor).ok()?;
    network.policy(tensor);
    Some(if mover == seat { network.value() } else { -network.value() })
}

/// 1 where the seat has the higher score, -1 where the other has it, else 0.
fn verdict(scores: &[i64], seat: Seat) -> f32 {
    let own = scores.get(seat.index());
    let other = scores.get(1 - (seat.index() & 1));
    match own.cmp(&other) {
        Ordering::Greater => 1.0,
        Ordering::Less => -1.0,
        Ordering::Equal => 0.0,
    }
}
