//! What matches cost: traced Snake steps for each CPU-second, matches on one and two threads.
//!
//! Runs of everything that is compared alternate, and medians are printed with the least and the
//! most beside them. Steps are counted by the CPU's time, so that other work on the machine does
//! not count; two threads are compared by the wall's. Run with `cargo bench -p nets-runner --bench
//! matches`. To have another program in the same run, name it in `NETS_BENCH_PEER`: it plays by
//! itself and prints its traced steps for each CPU-second.

#![allow(clippy::print_stdout)]

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Instant;
use std::{env, fs, thread};

use nets_core::{
    Address, FuelClock, MatchSpec, PROTOCOL_VERSION, Rules, SeatIdentity, Seed, System,
};
use nets_runner::sandbox::{FastEngine, FastOptions, MATCH_THREAD_STACK_BYTES, METERING_VERSION};
use nets_runner::{SeatAgent, play};

const ROUNDS: usize = 15;
const MATCHES: u32 = 4_000;

fn main() {
    // `cargo test --benches` only asks whether this runs.
    if env::args().any(|argument| argument == "--test") {
        return;
    }
    let engine = FastEngine::new(&FastOptions::default()).expect("the engine starts");
    let system = nets_systems::build("snake", &Default::default()).expect("Snake is registered");
    let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agents/wasm/snake-greedy.wasm");
    let module = fs::read(module).expect("the example agents are in the repository");
    let agent = SeatAgent::load(&engine, system.as_ref(), &module).expect("it loads");
    let table = Table { system: system.as_ref(), agent: &agent };
    let peer = env::var("NETS_BENCH_PEER").ok();
    let mut figures = Figures::default();
    for _ in 0..ROUNDS {
        let one = table.run(1);
        let two = table.run(2);
        figures.steps.push(f64::from(one.steps) / one.cpu);
        figures.matches.push(f64::from(MATCHES) / one.wall);
        figures.two_threads.push(one.wall / two.wall);
        figures.cpu_growth.push(two.cpu / one.cpu);
        if let Some(program) = &peer {
            let steps = peer_steps(program);
            figures.peer_steps.push(steps);
            figures.over_peer.push(f64::from(one.steps) / one.cpu / steps);
        }
    }
    figures.print();
}

#[derive(Default)]
struct Figures {
    steps: Vec<f64>,
    matches: Vec<f64>,
    two_threads: Vec<f64>,
    cpu_growth: Vec<f64>,
    peer_steps: Vec<f64>,
    over_peer: Vec<f64>,
}

impl Figures {
    fn print(self) {
        print("traced Snake steps a CPU-second, agent snake-greedy", self.steps);
        print("Snake matches a second, one thread", self.matches);
        print("matches on two threads over one", self.two_threads);
        print("CPU time for a match on two threads over one", self.cpu_growth);
        print("traced Snake steps a CPU-second, the peer", self.peer_steps);
        print("steps over the peer's", self.over_peer);
    }
}

fn print(what: &str, mut figures: Vec<f64>) {
    figures.sort_by(f64::total_cmp);
    if let (Some(least), Some(most)) = (figures.first(), figures.last()) {
        println!("{what}: {:.2} ({least:.2} to {most:.2})", figures[figures.len() / 2]);
    }
}

/// What many matches took.
struct Cost {
    steps: u32,
    /// Seconds of all threads together.
    cpu: f64,
    /// Seconds from start to end.
    wall: f64,
}

struct Table<'a> {
    system: &'a dyn System,
    agent: &'a SeatAgent,
}

impl Table<'_> {
    fn spec(&self, number: u32) -> MatchSpec {
        let identity =
            SeatIdentity { owner: Address::default(), code_hash: self.agent.code_hash() };
        let rules = Rules {
            protocol_version: PROTOCOL_VERSION,
            metering_version: METERING_VERSION,
            system: self.system.id(),
            parameters: self.system.parameters().encode(),
            fuel_clock: FuelClock::default(),
        };
        let seed = Seed([7; 32]).for_match(number);
        MatchSpec { rules, seed, agents: vec![identity.agent_id()] }
    }

    fn run(&self, threads: u32) -> Cost {
        let (next, steps) = (AtomicU32::new(0), AtomicU32::new(0));
        let cpu_nanoseconds = AtomicU64::new(0);
        let work = || {
            let before = cpu_seconds();
            let mut played = 0;
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= MATCHES {
                    break;
                }
                let result = play(self.system, &self.spec(number), &[self.agent]);
                played += result.expect("a verdict").outcome.step_count;
            }
            steps.fetch_add(played, Ordering::Relaxed);
            let cpu = (cpu_seconds() - before) * 1e9;
            cpu_nanoseconds.fetch_add(cpu as u64, Ordering::Relaxed);
        };
        let start = Instant::now();
        thread::scope(|scope| {
            for _ in 0..threads {
                let thread = thread::Builder::new().stack_size(MATCH_THREAD_STACK_BYTES);
                thread.spawn_scoped(scope, work).expect("a thread starts");
            }
        });
        let cpu = cpu_nanoseconds.into_inner() as f64 / 1e9;
        Cost { steps: steps.into_inner(), cpu, wall: start.elapsed().as_secs_f64() }
    }
}

/// Runs the peer and reads its traced steps for each CPU-second.
fn peer_steps(program: &str) -> f64 {
    let output = Command::new(program).output().expect("NETS_BENCH_PEER names a program");
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().expect("it prints its steps for each CPU-second")
}

/// How long this thread has had the processor, in seconds: the scheduler's own count, which it
/// brings up to date a few hundred times a second.
fn cpu_seconds() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux counts it");
    let nanoseconds = text.split_whitespace().next().and_then(|count| count.parse::<f64>().ok());
    nanoseconds.expect("its first number is nanoseconds") / 1e9
}
