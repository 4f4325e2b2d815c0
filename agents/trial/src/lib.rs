//! Plays agents against the real Systems, as functions or as modules, to see what they are worth.
//!
//! A trial is a match without its fuel clock and trace: the same states, the same observations,
//! the same end. An author uses it to compare agents in a native test before they are admitted;
//! what counts is what `nets` itself plays.

mod module;

use std::collections::BTreeMap;

use nets_agent_sdk::Observation;
use nets_core::{Action, Chance, ObservationHeader, Score, SeatSet, Seed, State, Status, System};

pub use module::Module;

/// The fuel for each decision of a trial: what the default clock holds at the start.
pub const FUEL: u64 = 10_000_000;

/// Somebody to sit in a seat: answers an observation with an action, or fails with none.
pub type Player<'a> = Box<dyn FnMut(Observation<'_>) -> Option<u64> + 'a>;

/// A player of a function that sees the packed observation.
pub fn packed<'a, P: From<u64>, A: Into<u64>>(mut decide: impl FnMut(P) -> A + 'a) -> Player<'a> {
    Box::new(move |seen| Some(decide(seen.packed.into()).into()))
}

/// A player of a function that sees the full observation.
pub fn full<'a, A: Into<u64>>(mut decide: impl FnMut(Observation<'_>) -> A + 'a) -> Player<'a> {
    Box::new(move |seen| Some(decide(seen).into()))
}

/// How a trial ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The score of each seat.
    pub scores: Vec<Score>,
    /// Who forfeited.
    pub forfeits: SeatSet,
    /// What each step's acting seats did, in order.
    pub actions: Vec<Vec<u64>>,
}

/// Plays one match of the System `name` on the seed numbered `seed`.
///
/// # Panics
/// When there is no such System or it does not accept the parameters.
pub fn play(
    name: &str,
    parameters: &[(&str, u64)],
    seed: u64,
    players: &mut [Player<'_>],
) -> Ended {
    let given: BTreeMap<_, _> =
        parameters.iter().map(|&(name, value)| (name.to_owned(), value)).collect();
    let system = nets_systems::build(name, &given).expect("a System that ships with nets");
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut state = system.start(Chance::from_seed(&Seed(bytes)));
    let mut played = Vec::new();
    while let Status::Acting(acting) = state.status() {
        let step = u32::try_from(played.len()).expect("matches are short");
        match ask(&*system, &*state, acting, step, players) {
            Ok(actions) => {
                state.step(&actions).expect("legal actions");
                played.push(actions.iter().map(|action| action.0).collect());
            }
            Err(forfeits) => {
                return Ended {
                    scores: system.forfeit_scores(forfeits),
                    forfeits,
                    actions: played,
                };
            }
        }
    }
    Ended { scores: state.scores(), forfeits: SeatSet::EMPTY, actions: played }
}

/// The actions of all acting seats, or the seats that forfeit.
fn ask(
    system: &dyn System,
    state: &dyn State,
    acting: SeatSet,
    step: u32,
    players: &mut [Player<'_>],
) -> Result<Vec<Action>, SeatSet> {
    let mut actions = Vec::new();
    let mut forfeits = SeatSet::EMPTY;
    for seat in acting.iter() {
        let bytes = state.observation(seat);
        let seen = Observation {
            packed: state.packed_observation(seat),
            fuel_left: FUEL,
            step,
            seat: seat.0,
            seat_count: system.descriptor().seat_count,
            bytes: &bytes,
        };
        match players[seat.index()](seen).map(Action) {
            Some(action) if state.is_legal(seat, action) => actions.push(action),
            _ => forfeits = forfeits.with(seat),
        }
    }
    if forfeits.is_empty() { Ok(actions) } else { Err(forfeits) }
}

/// The header that the host writes before this observation.
fn header(seen: &Observation<'_>) -> ObservationHeader {
    ObservationHeader {
        fuel_left: seen.fuel_left,
        step: seen.step,
        seat: seen.seat,
        seat_count: seen.seat_count,
        observation_bytes: u16::try_from(seen.bytes.len()).expect("observations are short"),
    }
}
