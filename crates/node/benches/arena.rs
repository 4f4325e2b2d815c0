//! What an arena costs: agents that enter and a round of theirs, on the embedded chain.
//!
//! Run with `cargo bench -p nets-node`; `NETS_BENCH_AGENTS=10000` says how many. The clock is the
//! wall's.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use std::{env, fs};

use nets_core::Seed;
use nets_node::{
    AgentEntry, ArenaNode, LeagueFile, LeagueSettings, Progress, RoundOptions, run_round,
};

/// How many agents enter in one block.
const BATCH: usize = 500;

fn main() {
    // `cargo test --benches` only asks whether this runs.
    if env::args().any(|argument| argument == "--test") {
        return;
    }
    let count = env::var("NETS_BENCH_AGENTS").map_or(1_000, |text| text.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = arena(&root, count);
    let start = Instant::now();
    enter(&mut node, folder.path(), count);
    let entered = start.elapsed();
    let stop = AtomicBool::new(false);
    let start = Instant::now();
    run_round(&mut node, "bronze", RoundOptions { threads: 2, stop: &stop }, &Silent).unwrap();
    let played = start.elapsed();
    node.flush().unwrap();
    let size = |name| fs::metadata(root.join("chain").join(name)).unwrap().len() / u64::from(count);
    let each = |time: Duration| time.as_secs_f64() * 1e3 / f64::from(count);
    println!("{count} agents: {:.2} ms each to enter, {BATCH} at a time", each(entered));
    println!("{:.2} ms each for the round", each(played));
    let (log, state) = (size("blocks.log"), size("state.cache"));
    println!("{log} bytes of log and {state} bytes of state each");
    let parts = ["artifacts/modules", "artifacts/records", "seals"];
    let parts = parts.map(|part| folder_size(&root.join(part)) / u64::from(count));
    let [modules, records, seals] = parts;
    println!("{modules} bytes of modules, {records} of records and {seals} of seals each");
    println!("{} bytes of everything each", folder_size(&root) / u64::from(count));
}

/// The bytes of all files in a folder.
fn folder_size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().flatten();
    let size = |entry: fs::DirEntry| match entry.file_type().unwrap().is_dir() {
        true => folder_size(&entry.path()),
        false => entry.metadata().unwrap().len(),
    };
    entries.map(size).sum()
}

/// An arena with a league of one short match, and an owner who can pay for so many agents.
fn arena(root: &Path, count: u32) -> ArenaNode {
    let mut node = ArenaNode::init(root, Some(Seed([1; 32]))).unwrap();
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
    node
}

fn enter(node: &mut ArenaNode, folder: &Path, count: u32) {
    let numbers: Vec<_> = (0..count).collect();
    for batch in numbers.chunks(BATCH) {
        let modules: Vec<_> = batch.iter().map(|&number| agent(folder, number)).collect();
        let entry = |module| AgentEntry { owner: "owner", module, stake: None, rounds: 1 };
        let entries: Vec<_> = modules.iter().map(|module| entry(module.as_path())).collect();
        node.add_agents("bronze", &entries).unwrap();
    }
}

/// Writes the module of an agent of this number: a custom section makes each another one, with the
/// same code.
fn agent(folder: &Path, number: u32) -> PathBuf {
    let agents = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agents/wasm");
    let mut wasm = fs::read(agents.join("snake-greedy.wasm")).unwrap();
    wasm.extend([0, 6, 1, b'n']);
    wasm.extend(number.to_le_bytes());
    let path = folder.join(format!("agent-{number}.wasm"));
    fs::write(&path, &wasm).unwrap();
    path
}

struct Silent;

impl Progress for Silent {
    fn matches(&self, _done: u32, _total: u32) {}

    fn note(&self, _text: &str) {}
}
