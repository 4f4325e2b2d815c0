//! Plays agents against the real Systems, as functions or as modules, to see what they are worth.
//!
//! A trial is a match without its fuel clock and trace: the same states, the same observations,
//! the same end. An author uses it to compare agents in a native test before they are admitted;
//! what counts is what `nets` itself plays.

mod module;

use std::collections::BTreeMap;

use nets_agent_sdk::{Observation, scatter};
use nets_core::{
    Action, Chance, ObservationHeader, Score, Seat, SeatSet, Seed, State, Status, System,
};

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
    play_after(0, name, parameters, seed, players)
}

/// Plays one match whose first `opening` steps nobody decides: the seed picks among legal actions.
/// So matches differ where a System has no chance and agents do the same in the same state.
///
/// # Panics
/// When there is no such System or it does not accept the parameters.
pub fn play_after(
    opening: u32,
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
        let decided = if step < opening {
            Ok(acting.iter().map(|seat| any_action(&*state, seat, seed, step)).collect())
        } else {
            ask(&*system, &*state, acting, step, players)
        };
        match decided {
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

/// How the first of two agents fares against the second: the sum of its scores over matches on the
/// seeds below `seeds`, each played from both seats, after openings of so many steps.
///
/// # Panics
/// When one of the agents forfeits, or as in [`play_after`].
pub fn score_sum(
    seeds: u64,
    opening: u32,
    (name, parameters): (&str, &[(&str, u64)]),
    own: fn() -> Player<'static>,
    theirs: fn() -> Player<'static>,
) -> Score {
    let score = |seed, seat: usize| {
        let mut players = [own(), theirs()];
        players.rotate_right(seat);
        let ended = play_after(opening, name, parameters, seed, &mut players);
        assert!(ended.forfeits.is_empty(), "{:?} on seed {seed}", ended.forfeits);
        ended.scores[seat]
    };
    (0..seeds).map(|seed| score(seed, 0) + score(seed, 1)).sum()
}

/// A legal action that the seed picks.
fn any_action(state: &dyn State, seat: Seat, seed: u64, step: u32) -> Action {
    let legal = state.legal_actions(seat);
    let pick = scatter(scatter(seed) ^ u64::from(step) << 8 ^ u64::from(seat.0));
    legal[(pick % legal.len() as u64) as usize]
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
            seat_count: system.seat_count(),
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
