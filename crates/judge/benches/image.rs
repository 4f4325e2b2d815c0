//! What the image takes to judge the example agents: instructions for a decision and for a unit of
//! fuel, and how long the machine runs. One match of each pair, judged for its last seat.
//!
//! Run with `cargo bench -p nets-judge --bench image`.

#![allow(clippy::print_stdout)]

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use std::{env, fs};

use nets_core::{
    Address, Digest, FuelClock, MatchSpec, PROTOCOL_VERSION, Rules, Seat, SeatIdentity, Seed,
};
use nets_judge::{Messages, Question};
use nets_machine::{FAN_OUT, Halt, Image, LEVELS_MAX, Segment, Trajectory};
use nets_runner::sandbox::{FastEngine, FastOptions, METERING_VERSION, on_match_stack};
use nets_runner::{SeatAgent, play};

/// Each System with the agents in its seats.
const MATCHES: [(&str, &[&str]); 21] = [
    ("snake", &["snake-greedy"]),
    ("snake", &["snake-scout"]),
    ("snake", &["snake-neural"]),
    ("rps", &["rps-rock", "rps-historian"]),
    ("tic-tac-toe", &["tic-tac-toe-greedy", "tic-tac-toe-perfect"]),
    ("connect-four", &["connect-four-random", "connect-four-greedy"]),
    ("connect-four", &["connect-four-greedy", "connect-four-search"]),
    ("connect-four", &["connect-four-greedy", "connect-four-neural"]),
    ("othello", &["othello-greedy", "othello-search"]),
    ("hex", &["hex-runner", "hex-bridger"]),
    ("go", &["go-greedy", "go-search"]),
    ("chess", &["chess-random", "chess-greedy"]),
    ("chess", &["chess-greedy", "chess-search"]),
    ("kuhn-poker", &["kuhn-poker-honest", "kuhn-poker-nash"]),
    ("leduc-poker", &["leduc-poker-honest", "leduc-poker-nash"]),
    ("cartpole", &["cartpole-balancing"]),
    ("mountain-car", &["mountain-car-planning"]),
    ("acrobot", &["acrobot-planning"]),
    ("pendulum", &["pendulum-holding"]),
    ("snake-arena", &["snake-arena-greedy", "snake-arena-spacious"]),
    ("forecast", &["forecast-regression"]),
];

fn main() {
    // `cargo test --benches` only asks whether this runs.
    if env::args().any(|argument| argument == "--test") {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let bytes = fs::read(root.join("image/nets.image")).expect("the image is in the repository");
    let image = Arc::new(Image::decode(&bytes).expect("it is one"));
    let engine = FastEngine::new(&FastOptions::default()).expect("the engine starts");
    println!(
        "{:<22} {:>9} {:>12} {:>13} {:>9} {:>8} {:>8} {:>7}",
        "agent", "decisions", "fuel each", "instructions", "each", "per fuel", "seconds", "answers"
    );
    for (name, agents) in MATCHES {
        let read = |name: &&str| fs::read(root.join(format!("agents/wasm/{name}.wasm")));
        let modules: Vec<_> = agents.iter().map(|name| read(name).expect("it is there")).collect();
        judge(&image, &engine, name, agents, &modules);
    }
}

fn judge(image: &Arc<Image>, engine: &FastEngine, name: &str, names: &[&str], modules: &[Vec<u8>]) {
    let system = nets_systems::build(name, &Default::default()).expect("it is registered");
    let load = |module: &Vec<u8>| SeatAgent::load(engine, system.as_ref(), module);
    let agents: Vec<_> = modules.iter().map(|module| load(module).expect("it loads")).collect();
    let seats: Vec<_> = agents.iter().collect();
    let rules = Rules {
        protocol_version: PROTOCOL_VERSION,
        metering_version: METERING_VERSION,
        system: system.id(),
        parameters: system.parameters().encode(),
        fuel_clock: FuelClock::default(),
    };
    let identity =
        |seat: &&SeatAgent| SeatIdentity { owner: Address::default(), code_hash: seat.code_hash() };
    let identities: Vec<_> = seats.iter().map(identity).collect();
    let agents = identities.iter().map(SeatIdentity::agent_id).collect();
    let spec = MatchSpec { rules, seed: Seed([7; 32]), agents };
    let played = on_match_stack(|| play(system.as_ref(), &spec, &seats)).expect("a verdict");

    let mut messages = Messages::default();
    let match_id = messages.insert_spec(&spec);
    identities.iter().for_each(|identity| messages.insert_agent(identity));
    for module in modules {
        messages.insert(module);
    }
    for shipped in nets_systems::forecast::SHIPPED {
        messages.insert(shipped.csv);
    }
    let mut leaves: Vec<_> = played.trace.steps().map(|leaf| leaf.encode()).collect();
    leaves.push(played.trace.end().encode());
    let trace_root = messages.insert_trace(&match_id, &leaves);
    let seat = Seat(seats.len() as u8 - 1);
    let step_count = played.outcome.step_count;
    let question = messages.insert_question(&Question { match_id, trace_root, step_count, seat });

    let known = move |value: &Digest| messages.link(value);
    let mut run = Trajectory::new(Arc::clone(image), &question.0, Arc::new(known));
    let start = Instant::now();
    let (halt, instructions) = run.run(FAN_OUT.pow(LEVELS_MAX), |_| true).expect("all is known");
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(halt, Some(Halt::Exited(0)), "{names:?}");
    let decisions = played.trace.steps().filter(|leaf| leaf.acting.contains(seat)).count().max(1);
    let fuel = played.outcome.fuel_used[seat.index()].max(1);
    println!(
        "{:<22} {decisions:>9} {:>12} {instructions:>13} {:>9} {:>8.1} {seconds:>8.2} {:>7}",
        names[seat.index()],
        fuel / decisions as u64,
        instructions / decisions as u64,
        instructions as f64 / fuel as f64,
        Segment::covering(instructions).height,
    );
}
