//! What the image takes to judge the example agents: instructions for a decision and for a unit of
//! fuel, and how long the machine runs. One match of each, in the last seat.
//!
//! Run with `cargo bench -p nets-judge --bench image`.

#![allow(clippy::print_stdout)]

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use std::{env, fs};

use nets_core::{
    Address, Digest, FuelClock, MatchSpec, PROTOCOL_VERSION, Rules, Seat, SeatIdentity, Seed,
    System,
};
use nets_judge::{Messages, Question};
use nets_machine::{Halt, Image, RUN_MAX, Segment, Trajectory};
use nets_runner::sandbox::{FastEngine, FastOptions, METERING_VERSION, on_match_stack};
use nets_runner::{SeatAgent, play};

/// An agent that ships, by name, with its module.
type Agent = (String, Vec<u8>);

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
    for descriptor in nets_systems::all() {
        let system = nets_systems::build(descriptor.name, &Default::default());
        let system = system.expect("it is registered");
        let agents = agents(&root.join("agents/wasm"), descriptor.name);
        for last in 0..agents.len() {
            // Who else plays is whoever comes after it, by name.
            let seats = usize::from(system.seat_count());
            let seated = (1..=seats).map(|place| &agents[(last + seats - place) % agents.len()]);
            judge(&image, &engine, system.as_ref(), &seated.collect::<Vec<_>>());
        }
    }
}

/// The agents that are named after a System, and not after one with a longer name.
fn agents(folder: &Path, system: &str) -> Vec<Agent> {
    let entries = fs::read_dir(folder).expect("they are there");
    let files = entries.map(|entry| entry.expect("it can be read").path());
    let systems = nets_systems::all().iter().map(|descriptor| descriptor.name);
    let longer: Vec<_> = systems.filter(|other| other.len() > system.len()).collect();
    let named = files.filter_map(|file| {
        let name = file.file_name()?.to_str()?.strip_suffix(".wasm")?.to_owned();
        let is_named_after = |system: &str| name.starts_with(&format!("{system}-"));
        let is_one = is_named_after(system) && !longer.iter().any(|other| is_named_after(other));
        is_one.then(|| (name, fs::read(&file).expect("it can be read")))
    });
    let mut named: Vec<_> = named.collect();
    named.sort();
    named
}

fn judge(image: &Arc<Image>, engine: &FastEngine, system: &dyn System, seated: &[&Agent]) {
    let load = |agent: &&Agent| SeatAgent::load(engine, system, &agent.1).expect("it loads");
    let agents: Vec<_> = seated.iter().map(load).collect();
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
    let played = on_match_stack(|| play(system, &spec, &seats)).expect("a verdict");

    let mut messages = Messages::default();
    let match_id = messages.insert_spec(&spec);
    identities.iter().for_each(|identity| messages.insert_agent(identity));
    for (_, module) in seated {
        messages.insert(module);
    }
    for shipped in nets_systems::forecast::SHIPPED {
        messages.insert(shipped.csv);
    }
    let mut leaves: Vec<_> = played.trace.steps().map(|leaf| leaf.encode()).collect();
    leaves.push(played.trace.end().encode());
    let trace_root = messages.insert_trace(&match_id, &leaves);
    let seat = Seat(seats.len() as u8 - 1);
    let (name, _) = seated[seat.index()];
    let step_count = played.outcome.step_count;
    let question = messages.insert_question(&Question { match_id, trace_root, step_count, seat });

    let known = move |value: &Digest| messages.link(value);
    let mut run = Trajectory::new(Arc::clone(image), &question.0, Arc::new(known));
    let start = Instant::now();
    let (halt, instructions) = run.run(RUN_MAX, |_| true).expect("all is known");
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(halt, Some(Halt::Exited(0)), "{name}");
    let decisions = played.trace.steps().filter(|leaf| leaf.acting.contains(seat)).count().max(1);
    let fuel = played.outcome.fuel_used[seat.index()].max(1);
    println!(
        "{:<22} {decisions:>9} {:>12} {instructions:>13} {:>9} {:>8.1} {seconds:>8.2} {:>7}",
        name,
        fuel / decisions as u64,
        instructions / decisions as u64,
        instructions as f64 / fuel as f64,
        Segment::covering(instructions).height,
    );
}
