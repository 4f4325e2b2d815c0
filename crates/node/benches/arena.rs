//! What playing costs: traced steps, matches on one and two cores, agents on the embedded chain.
//!
//! Prints the median of several runs with the fastest and the slowest beside it, since the clock is
//! the wall's. Run with `cargo bench -p nets-node`; `NETS_BENCH_AGENTS=10000` makes the last part
//! larger.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use nets_core::{
    Address, FuelClock, MatchSpec, PROTOCOL_VERSION, Rules, SeatIdentity, Seed, System,
};
use nets_node::{
    AgentEntry, ArenaNode, LeagueFile, LeagueSettings, Progress, RoundOptions, run_round,
};
use nets_runner::sandbox::{FastEngine, FastOptions, MATCH_THREAD_STACK_BYTES, METERING_VERSION};
use nets_runner::{SeatAgent, play};

const RUNS: usize = 7;
const MATCHES: u32 = 2_000;

/// How many agents enter in one block.
const BATCH: usize = 500;

fn main() {
    // `cargo test --benches` only asks whether this runs.
    if env::args().any(|argument| argument == "--test") {
        return;
    }
    matches();
    agents();
}

fn module(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agents/wasm");
    fs::read(folder.join(format!("{name}.wasm"))).unwrap()
}

fn spec(system: &dyn System, agent: &SeatAgent, number: u32) -> MatchSpec {
    let identity = SeatIdentity { owner: Address::default(), code_hash: agent.code_hash() };
    let rules = Rules {
        protocol_version: PROTOCOL_VERSION,
        metering_version: METERING_VERSION,
        system: system.id(),
        parameters: system.parameters().encode(),
        fuel_clock: FuelClock::default(),
    };
    MatchSpec { rules, seed: Seed([7; 32]).for_match(number), agents: vec![identity.agent_id()] }
}

/// Plays matches on some threads; gives the steps and the time.
fn run(system: &dyn System, agent: &SeatAgent, threads: u32) -> (u32, Duration) {
    let (next, steps) = (AtomicU32::new(0), AtomicU32::new(0));
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..threads {
            let work = || loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= MATCHES {
                    return;
                }
                let played = play(system, &spec(system, agent, number), &[agent]).unwrap();
                steps.fetch_add(played.outcome.step_count, Ordering::Relaxed);
            };
            let thread = thread::Builder::new().stack_size(MATCH_THREAD_STACK_BYTES);
            thread.spawn_scoped(scope, work).unwrap();
        }
    });
    (steps.into_inner(), start.elapsed())
}

fn matches() {
    let engine = FastEngine::new(&FastOptions::default()).unwrap();
    let system = nets_systems::build("snake", &Default::default()).unwrap();
    let agent = SeatAgent::load(&engine, system.as_ref(), &module("snake-greedy")).unwrap();
    let mut figures = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..RUNS {
        let (steps, one) = run(system.as_ref(), &agent, 1);
        let (_, two) = run(system.as_ref(), &agent, 2);
        figures[0].push(f64::from(steps) / one.as_secs_f64());
        figures[1].push(f64::from(MATCHES) / one.as_secs_f64());
        figures[2].push(one.as_secs_f64() / two.as_secs_f64());
    }
    let [steps, matches, two] = figures;
    print("traced Snake steps a second, one thread, greedy agent", steps);
    print("matches a second, one thread", matches);
    print("matches on two threads over one", two);
}

fn print(what: &str, mut figures: Vec<f64>) {
    figures.sort_by(f64::total_cmp);
    let (least, most) = (figures[0], figures[figures.len() - 1]);
    println!("{what}: {:.2} ({least:.2} to {most:.2})", figures[figures.len() / 2]);
}

struct Silent;

impl Progress for Silent {
    fn matches(&self, _done: u32, _total: u32) {}

    fn note(&self, _text: &str) {}
}

/// Writes the module of an agent of this number: a custom section makes each another one, with the
/// same code.
fn agent(folder: &Path, number: u32) -> PathBuf {
    let mut wasm = module("snake-greedy");
    wasm.extend([0, 6, 1, b'n']);
    wasm.extend(number.to_le_bytes());
    let path = folder.join(format!("agent-{number}.wasm"));
    fs::write(&path, &wasm).unwrap();
    path
}

/// A round of many agents of one owner each match short: what the chain adds for each agent.
fn agents() {
    let count: u32 = env::var("NETS_BENCH_AGENTS").map_or(1_000, |text| text.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = ArenaNode::init(&root, Some(Seed([1; 32]))).unwrap();
    let file = LeagueFile::read(&node.folder().league_file()).unwrap();
    let league = LeagueSettings {
        parameters: [("step-limit".to_owned(), 20)].into(),
        matches_per_round: 1,
        slot_capital: 0,
        slots_per_owner: u16::MAX,
        ..file.league("bronze").unwrap().clone()
    };
    node.create_league(&league).unwrap();
    node.fund_league("bronze", 1_000).unwrap();
    node.create_account("owner", Some([9; 32])).unwrap();
    node.fund_account("owner", u128::from(count) * 20).unwrap();
    let start = Instant::now();
    let numbers: Vec<_> = (0..count).collect();
    for batch in numbers.chunks(BATCH) {
        let modules: Vec<_> = batch.iter().map(|&number| agent(folder.path(), number)).collect();
        let entry = |module| AgentEntry { owner: "owner", module, stake: None, rounds: 1 };
        let entries: Vec<_> = modules.iter().map(|module| entry(module.as_path())).collect();
        node.add_agents("bronze", &entries).unwrap();
    }
    let entered = start.elapsed();
    let stop = AtomicBool::new(false);
    let start = Instant::now();
    run_round(&mut node, "bronze", RoundOptions { threads: 2, stop: &stop }, &Silent).unwrap();
    let played = start.elapsed();
    node.flush().unwrap();
    let log = fs::metadata(root.join("chain").join("blocks.log")).unwrap().len();
    let state = fs::metadata(root.join("chain").join("state.cache")).unwrap().len();
    let per_agent = |time: Duration| time.as_secs_f64() * 1e3 / f64::from(count);
    println!(
        "{count} agents: {:.2} ms each to enter, {BATCH} at a time, {:.2} ms each for the round; on disk {} bytes of \
         log and {} bytes of state each",
        per_agent(entered),
        per_agent(played),
        log / u64::from(count),
        state / u64::from(count)
    );
}
