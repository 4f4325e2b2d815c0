//! Two independent engines give the same outcome, trace and fuel, to the last bit.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use nets_core::{
    Address, FuelClock, MatchRecord, MatchSpec, PROTOCOL_VERSION, Rules, SeatIdentity, Seed,
    System, sha256,
};
use nets_runner::sandbox::interpreter::InterpreterEngine;
use nets_runner::sandbox::{Engine, FastEngine, FastOptions, METERING_VERSION, on_match_stack};
use nets_runner::{SeatAgent, Verdict, play, replay};

const SNAKE: &[&str] = &[
    "snake-wanderer",
    "snake-greedy",
    "snake-prudent",
    "snake-drifter",
    "snake-scout",
    "trapper",
    "burner",
    "outlaw",
];
const RPS: &[&str] =
    &["rps-rock", "rps-cycle", "rps-avenger", "rps-mixer", "rps-historian", "trapper", "burner"];
const CONNECT_FOUR: &[&str] =
    &["connect-four-random", "connect-four-greedy", "connect-four-search", "trapper", "outlaw"];

/// A System for two, its parameters, and its agents, which are named after it.
type Duel = (&'static str, &'static [(&'static str, u64)], [&'static str; 3]);

const DUELS: [Duel; 8] = [
    ("tic-tac-toe", &[], ["random", "greedy", "perfect"]),
    ("othello", &[], ["random", "greedy", "search"]),
    ("hex", &[("size", 5)], ["random", "runner", "bridger"]),
    ("go", &[("size", 5), ("ply-limit", 40)], ["random", "greedy", "search"]),
    ("chess", &[("openings", 52), ("ply-limit", 40)], ["random", "greedy", "search"]),
    ("kuhn-poker", &[("hands", 20)], ["random", "honest", "nash"]),
    ("leduc-poker", &[("hands", 20)], ["random", "honest", "nash"]),
    ("snake-arena", &[("step-limit", 40)], ["random", "greedy", "spacious"]),
];

/// The simulations with their agents, named so as well.
const SIMULATIONS: [(&str, [&str; 3]); 4] = [
    ("cartpole", ["random", "leaning", "balancing"]),
    ("mountain-car", ["random", "swinging", "planning"]),
    ("acrobot", ["random", "swinging", "planning"]),
    ("pendulum", ["random", "holding", "swinging"]),
];

/// An agent of the repository, on both engines.
struct Both {
    identity: SeatIdentity,
    fast: SeatAgent,
    second: SeatAgent,
}

fn load(system: &dyn System, fast: &dyn Engine, name: &str) -> Both {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agents/wasm");
    let module = fs::read(folder.join(format!("{name}.wasm"))).unwrap();
    let second = SeatAgent::load(&InterpreterEngine, system, &module).unwrap();
    let fast = SeatAgent::load(fast, system, &module).unwrap();
    let identity = SeatIdentity { owner: Address::default(), code_hash: sha256(&module) };
    Both { identity, fast, second }
}

/// Plays a match on one engine, records it, reads the record back and replays it on the other.
fn cross_check(system: &dyn System, seed: u8, fuel_clock: FuelClock, seats: &[&Both]) {
    let rules = Rules {
        protocol_version: PROTOCOL_VERSION,
        metering_version: METERING_VERSION,
        system: system.id(),
        parameters: system.parameters().encode(),
        fuel_clock,
    };
    let identities: Vec<_> = seats.iter().map(|seat| seat.identity).collect();
    let agents = identities.iter().map(SeatIdentity::agent_id).collect();
    let spec = MatchSpec { rules, seed: Seed([seed; 32]), agents };
    let fast: Vec<_> = seats.iter().map(|seat| &seat.fast).collect();
    let second: Vec<_> = seats.iter().map(|seat| &seat.second).collect();
    let played = on_match_stack(|| play(system, &spec, &fast)).unwrap();
    let steps = played.recorded_steps();
    let outcome = played.outcome;
    let record = MatchRecord {
        spec,
        seats: identities,
        venue: None,
        steps,
        outcome,
        modules: BTreeMap::new(),
    };
    let record = MatchRecord::decode(&record.encode()).unwrap();
    let (verdict, _) = replay(&record, system, &second).unwrap();
    assert_eq!(verdict, Verdict::Right, "{} seed {seed}", system.id());
}

fn solo(system: &dyn System, names: &[&str], fuel_clock: FuelClock, seeds: u8) -> u32 {
    let engine = FastEngine::new(&FastOptions::default()).unwrap();
    let agents: Vec<_> = names.iter().map(|name| load(system, &engine, name)).collect();
    for agent in &agents {
        (0..seeds).for_each(|seed| cross_check(system, seed, fuel_clock, &[agent]));
    }
    names.len() as u32 * u32::from(seeds)
}

fn pairs(system: &dyn System, names: &[&str], fuel_clock: FuelClock) -> u32 {
    let engine = FastEngine::new(&FastOptions::default()).unwrap();
    let agents: Vec<_> = names.iter().map(|name| load(system, &engine, name)).collect();
    for first in &agents {
        agents.iter().for_each(|second| cross_check(system, 1, fuel_clock, &[first, second]));
    }
    (names.len() * names.len()) as u32
}

fn build(name: &str, parameters: &[(&str, u64)]) -> Arc<dyn System> {
    let given = parameters.iter().map(|&(name, value)| (name.to_owned(), value)).collect();
    nets_systems::build(name, &given).unwrap()
}

#[test]
fn agents_for_two_play_equally_on_both_engines() {
    let clock = FuelClock { base: 2_000_000, increment: 200_000, cap: 2_000_000 };
    for (system, parameters, agents) in DUELS {
        let names = agents.map(|agent| format!("{system}-{agent}"));
        pairs(build(system, parameters).as_ref(), &names.each_ref().map(String::as_str), clock);
    }
}

#[test]
fn agents_in_floating_point_play_equally_on_both_engines() {
    let clock = FuelClock { base: 20_000_000, increment: 1_000_000, cap: 20_000_000 };
    for (system, agents) in SIMULATIONS {
        let names = agents.map(|agent| format!("{system}-{agent}"));
        let system = build(system, &[("step-limit", 20)]);
        solo(system.as_ref(), &names.each_ref().map(String::as_str), clock, 1);
    }
}

#[test]
fn two_hundred_recorded_matches_are_equal_on_both_engines() {
    let clock = FuelClock { base: 2_000_000, increment: 200_000, cap: 2_000_000 };
    let tight = FuelClock { base: 400, increment: 300, cap: 1_000 };
    let snake = build("snake", &[("step-limit", 60)]);
    let small = build("snake", &[("width", 4), ("height", 3)]);
    let mut matches = solo(snake.as_ref(), SNAKE, clock, 7);
    matches += solo(small.as_ref(), SNAKE, clock, 4);
    matches += solo(snake.as_ref(), SNAKE, tight, 4);
    matches += pairs(build("rps", &[("throws", 30)]).as_ref(), RPS, clock);
    matches += pairs(build("connect-four", &[]).as_ref(), CONNECT_FOUR, clock);
    matches += pairs(build("connect-four", &[]).as_ref(), CONNECT_FOUR, tight);
    assert!(matches >= 200, "{matches}");
}
