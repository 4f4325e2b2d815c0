//! An arena with a signed league, its agents as threads, and a host to run against.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use nets_core::{Address, AgentKey, Seed, sha256};
use nets_node::{
    AgentCounts, AgentModel, AgentService, ArenaNode, ChainAnswers, KeyEntry, LeagueFile,
    LeagueSettings, ModelModule, NodeError, Progress, Referee, RoundReport, TableOptions,
    host_round, serve_agent,
};

use crate::support::{GO_ON, Silent, module, two_threads};

pub(crate) const LEAGUE: &str = "signed";

/// How long a seat has for a move at the table, where nobody is meant to be late.
pub(crate) const PATIENT: Duration = Duration::from_secs(60);

/// A moment in which honest agents on a busy machine answer many times over.
pub(crate) const HASTY: Duration = Duration::from_secs(3);

pub(crate) fn key(name: &str) -> AgentKey {
    AgentKey::from_secret(&sha256(format!("the key of {name}").as_bytes()).0).unwrap()
}

/// Connect Four, or Snake, of signed actions with short windows.
pub(crate) fn signed_league(node: &ArenaNode, system: &str) -> LeagueSettings {
    let file = LeagueFile::read(&node.folder().league_file()).unwrap();
    LeagueSettings {
        name: LEAGUE.to_owned(),
        system: system.to_owned(),
        parameters: Default::default(),
        fuel_base: 0,
        fuel_increment: 0,
        fuel_cap: 0,
        clock_blocks: 6,
        matches_per_round: 2,
        claim_blocks: 8,
        challenge_blocks: 1,
        minimum_stake: 10,
        slot_capital: 10,
        unbond_blocks: 64,
        ..file.league("gold").unwrap().clone()
    }
}

/// An arena with such a league, and for each name an owner with an agent of the same name.
pub(crate) fn signed_arena(root: &Path, system: &str, names: &[&str]) -> ArenaNode {
    signed_arena_of(root, |node| signed_league(node, system), names)
}

/// The same with a league of one's own.
pub(crate) fn signed_arena_of(
    root: &Path,
    league: impl FnOnce(&ArenaNode) -> LeagueSettings,
    names: &[&str],
) -> ArenaNode {
    let mut node = ArenaNode::init(root, Some(Seed([3; 32]))).unwrap();
    let league = league(&node);
    node.create_league(&league).unwrap();
    node.fund_league(LEAGUE, 100_000).unwrap();
    for name in names {
        node.create_account(name, Some(sha256(name.as_bytes()).0)).unwrap();
        node.fund_account(name, 5_000).unwrap();
        let key = key(name).address();
        let entry = KeyEntry { owner: name, key, name: Some(name), stake: None, rounds: 1 };
        node.add_keys(LEAGUE, &[entry]).unwrap();
    }
    node
}

pub(crate) fn owner(node: &ArenaNode, name: &str) -> Address {
    node.account(name).unwrap().address()
}

/// What was noted, and where the table is once it is open.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    notes: Mutex<Vec<String>>,
    changed: Condvar,
}

impl Progress for Notes {
    fn matches(&self, _done: u32, _total: u32) {}

    fn note(&self, text: &str) {
        self.notes.lock().unwrap().push(text.to_owned());
        self.changed.notify_all();
    }
}

impl Notes {
    /// The first note that holds a text, once there is one.
    pub(crate) fn wait_for(&self, text: &str) -> String {
        let mut notes = self.notes.lock().unwrap();
        loop {
            if let Some(note) = notes.iter().find(|note| note.contains(text)) {
                return note.clone();
            }
            let (after, waited) =
                self.changed.wait_timeout(notes, Duration::from_secs(120)).unwrap();
            assert!(!waited.timed_out(), "nobody said {text:?}, but {after:?}");
            notes = after;
        }
    }
}

/// A host that runs a round in a thread of its own.
pub(crate) struct Host {
    pub(crate) address: SocketAddr,
    thread: JoinHandle<(ArenaNode, Result<RoundReport, NodeError>)>,
}

impl Host {
    pub(crate) fn run(mut node: ArenaNode, move_time: Duration) -> Self {
        let notes = Arc::new(Notes::default());
        let theirs = notes.clone();
        let thread = thread::spawn(move || {
            let table = TableOptions { listen: "127.0.0.1:0", move_time };
            let report = host_round(&mut node, LEAGUE, two_threads(), Some(table), &*theirs);
            (node, report)
        });
        let opened = notes.wait_for("wait for their agents at ");
        let address = opened.rsplit(' ').next().unwrap().parse().unwrap();
        Self { address, thread }
    }

    pub(crate) fn finish(self) -> (ArenaNode, RoundReport) {
        let (node, report) = self.thread.join().unwrap();
        (node, report.unwrap())
    }
}

/// An honest agent in a thread of its own.
pub(crate) struct Agent {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<AgentCounts>,
}

/// Where an agent's journal is.
pub(crate) fn journal(root: &Path, name: &str) -> PathBuf {
    root.join(format!("{name}.journal"))
}

impl Agent {
    pub(crate) fn start(
        root: &Path,
        (name, owner): (&str, Address),
        host: SocketAddr,
        wasm: &str,
    ) -> Self {
        Self::with(root, name, host, wasm, (Referee::host(owner), None))
    }

    /// An agent that knows the chain in some way.
    pub(crate) fn with(
        root: &Path,
        name: &str,
        host: SocketAddr,
        wasm: &str,
        (referee, answers): (Referee, Option<ChainAnswers>),
    ) -> Self {
        let (key, journal, host) = (key(name), journal(root, name), host.to_string());
        let model = AgentModel::Module(ModelModule::read(&module(wasm), None).unwrap());
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = thread::spawn(move || {
            let service = AgentService {
                key,
                host: &host,
                journal: &journal,
                model,
                jobs: 2,
                referee,
                answers,
                stop: &stopped,
            };
            serve_agent(service, &Silent).unwrap()
        });
        Self { stop, thread }
    }

    pub(crate) fn finish(self) -> AgentCounts {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

/// Whether a round and all of its records are right, by what is on disk alone.
pub(crate) fn verified(node: ArenaNode) -> nets_node::VerifyReport {
    let folder = node.folder().clone();
    drop(node);
    nets_node::verify(folder, 2, &GO_ON, &Silent).unwrap()
}
