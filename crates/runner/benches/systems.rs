//! What Systems cost: steps for each CPU-second, of random play alone and of matches of WASM agents
//! with their trace.
//!
//! Random play asks for the legal actions, chooses one and steps. The agents are as small as agents
//! can be, each answers what was chosen in a random match before; the match is played as any other,
//! with fuel, observations, and every state hashed into the trace. Runs of everything alternate, and
//! medians are printed with the least and the most beside them. Run with `cargo bench -p nets-runner
//! --bench systems`, and a System's name after ` -- ` for it alone. To have other libraries in the
//! same run, name a Python that has `benches/peers/requirements.txt` in `NETS_BENCH_PYTHON`, and a
//! program built from `benches/peers/open_spiel.cc` in `NETS_BENCH_OPEN_SPIEL`.

#![allow(clippy::print_stdout)]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::{env, fs};

use nets_core::{
    Action, Chance, FuelClock, MatchSpec, PROTOCOL_VERSION, Rules, Seat, SeatIdentity, Seed,
    Status, System, Termination,
};
use nets_runner::sandbox::{FastEngine, FastOptions, METERING_VERSION};
use nets_runner::{SeatAgent, play};

const ROUNDS: usize = 7;

/// How long one figure is measured at least, in seconds of the CPU.
const SECONDS: f64 = 0.3;

/// Random matches of each System that agents play again.
const MATCHES: u32 = 8;

/// What other libraries have, as `peers.py` and `open_spiel.cc` know it.
const PEERS: [(&str, &str); 9] = [
    ("connect-four", "open-spiel-cpp"),
    ("connect-four", "open-spiel"),
    ("connect-four", "pettingzoo"),
    ("connect-four", "kaggle"),
    ("connect-four", "pgx"),
    ("chess", "open-spiel-cpp"),
    ("chess", "open-spiel"),
    ("chess", "pettingzoo"),
    ("chess", "pgx"),
];

fn main() {
    // `cargo test --benches` only asks whether this runs.
    if env::args().any(|argument| argument == "--test") {
        return;
    }
    let wanted: Vec<_> = env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let engine = FastEngine::new(&FastOptions::default()).expect("the engine starts");
    let names = nets_systems::all().iter().map(|descriptor| descriptor.name);
    let names = names.filter(|name| wanted.is_empty() || wanted.iter().any(|word| word == name));
    let mut rows: Vec<_> = names.map(|name| Row::new(&engine, name)).collect();
    let mut libraries = Library::start_all();
    for _ in 0..ROUNDS {
        for row in &mut rows {
            row.measure(&mut libraries);
        }
    }
    rows.iter_mut().for_each(Row::print);
}

/// The figures of one System.
struct Row {
    system: Arc<dyn System>,
    matches: Vec<Recorded>,
    native: Vec<f64>,
    traced: Vec<f64>,
    peers: Vec<(&'static str, Vec<f64>)>,
}

/// A random match with the agents that play it again.
struct Recorded {
    spec: MatchSpec,
    agents: Vec<SeatAgent>,
}

impl Row {
    fn new(engine: &FastEngine, name: &str) -> Self {
        let system = nets_systems::build(name, &Default::default()).expect("it is registered");
        let matches = (0..MATCHES).map(|number| Recorded::new(engine, system.as_ref(), number));
        let matches = matches.collect();
        let peers = PEERS.iter().filter(|(of, _)| *of == name).map(|&(_, peer)| (peer, Vec::new()));
        let peers = peers.collect();
        Self { system, matches, native: Vec::new(), traced: Vec::new(), peers }
    }

    fn measure(&mut self, libraries: &mut [Library]) {
        let (system, mut number) = (self.system.as_ref(), 0);
        self.native.push(rate(|| {
            number += 1;
            random_match(system, number, |_, _| {})
        }));
        self.traced.push(rate(|| self.matches.iter().map(|it| it.play(system)).sum()));
        for (peer, figures) in &mut self.peers {
            let name = system.descriptor().name;
            figures.extend(libraries.iter_mut().filter_map(|library| library.rate(peer, name)));
        }
    }

    fn print(&mut self) {
        let name = self.system.descriptor().name;
        print(&format!("{name}: random play"), &mut self.native);
        print(&format!("{name}: WASM agents and trace"), &mut self.traced);
        for (peer, figures) in &mut self.peers {
            print(&format!("{name}: {peer}"), figures);
        }
    }
}

impl Recorded {
    fn new(engine: &FastEngine, system: &dyn System, number: u32) -> Self {
        let mut actions = vec![Vec::new(); system.seat_count().into()];
        random_match(system, number, |seat, action| actions[seat.index()].push(action));
        let agent = |actions: &Vec<Action>| {
            let module = wat::parse_str(reciting(actions)).expect("the text is right");
            SeatAgent::load(engine, system, &module).expect("it loads")
        };
        let agents: Vec<_> = actions.iter().map(agent).collect();
        let identity = |agent: &SeatAgent| {
            let code_hash = agent.code_hash();
            SeatIdentity { owner: Default::default(), code_hash }.agent_id()
        };
        let rules = Rules {
            protocol_version: PROTOCOL_VERSION,
            metering_version: METERING_VERSION,
            system: system.id(),
            parameters: system.parameters().encode(),
            fuel_clock: FuelClock::default(),
        };
        let spec =
            MatchSpec { rules, seed: seed(number), agents: agents.iter().map(identity).collect() };
        Self { spec, agents }
    }

    /// Plays the match; how many steps it has.
    fn play(&self, system: &dyn System) -> u32 {
        let agents: Vec<_> = self.agents.iter().collect();
        let outcome = play(system, &self.spec, &agents).expect("a verdict").outcome;
        assert!(!matches!(outcome.termination, Termination::Forfeit(_)), "{outcome:?}");
        outcome.step_count
    }
}

/// A module that answers these actions, one after the other.
fn reciting(actions: &[Action]) -> String {
    let bytes = actions.iter().flat_map(|action| action.0.to_le_bytes());
    let data: String = bytes.map(|byte| format!("\\{byte:02x}")).collect();
    let pages = 1 + actions.len() * 8 / 65_536;
    format!(
        r#"(module (memory {pages}) (data (i32.const 0) "{data}") (global $next (mut i32) (i32.const 0))
        (func (export "decide") (param i64) (result i64) (i64.load (global.get $next))
          (global.set $next (i32.add (global.get $next) (i32.const 8)))))"#
    )
}

fn seed(number: u32) -> Seed {
    Seed([7; 32]).for_match(number)
}

/// Plays a random match and tells every action; how many steps it has.
fn random_match(system: &dyn System, number: u32, mut tell: impl FnMut(Seat, Action)) -> u32 {
    let mut state = system.start(Chance::from_seed(&seed(number)));
    let (mut random, mut steps) = (Random(number.into()), 0);
    let (mut legal, mut actions) = (Vec::new(), Vec::new());
    while let Status::Acting(seats) = state.status() {
        actions.clear();
        for seat in seats.iter() {
            legal.clear();
            state.write_legal_actions(seat, &mut legal);
            let action = legal[random.below(legal.len())];
            tell(seat, action);
            actions.push(action);
        }
        state.step(&actions).expect("legal actions are accepted");
        steps += 1;
    }
    steps
}

/// Numbers that look random, the same for the same seed (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((u128::from(z ^ z >> 31) * bound as u128) >> 64) as usize
    }
}

/// How many steps a CPU-second has of what makes some at each call.
fn rate(mut steps: impl FnMut() -> u32) -> f64 {
    let (start, mut done, mut calls) = (cpu_seconds(), 0, 1);
    loop {
        done += (0..calls).map(|_| u64::from(steps())).sum::<u64>();
        let seconds = cpu_seconds() - start;
        if seconds > SECONDS {
            return done as f64 / seconds;
        }
        // Asking for the time takes longer than many a match, so it is asked ever less often.
        calls *= 2;
    }
}

/// How long this thread has had the processor, in seconds: the scheduler's own count, which it
/// brings up to date a few hundred times a second.
fn cpu_seconds() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux counts it");
    let nanoseconds = text.split_whitespace().next().and_then(|count| count.parse::<f64>().ok());
    nanoseconds.expect("its first number is nanoseconds") / 1e9
}

fn print(what: &str, figures: &mut [f64]) {
    figures.sort_by(f64::total_cmp);
    if let (Some(least), Some(most)) = (figures.first(), figures.last()) {
        let median = figures[figures.len() / 2];
        println!("{what}: {median:.0} steps a CPU-second ({least:.0} to {most:.0})");
    }
}

/// Other libraries, played by a program that is asked for one figure after the other.
struct Library {
    child: Child,
    answers: BufReader<std::process::ChildStdout>,
}

impl Library {
    /// Those that the environment names.
    fn start_all() -> Vec<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/peers.py");
        let python = env::var_os("NETS_BENCH_PYTHON").map(|python| {
            let mut command = Command::new(python);
            command.arg(script);
            command
        });
        let open_spiel = env::var_os("NETS_BENCH_OPEN_SPIEL").map(Command::new);
        python.into_iter().chain(open_spiel).map(Self::start).collect()
    }

    fn start(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the environment names a program that runs");
        let answers = BufReader::new(child.stdout.take().expect("it is piped"));
        Self { child, answers }
    }

    /// The steps of a game for each CPU-second; none where the library is not there.
    fn rate(&mut self, peer: &str, game: &str) -> Option<f64> {
        let questions = self.child.stdin.as_mut().expect("it is piped");
        writeln!(questions, "{peer} {game}").and_then(|()| questions.flush()).expect("it listens");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("it answers");
        answer.trim().parse().ok()
    }
}
