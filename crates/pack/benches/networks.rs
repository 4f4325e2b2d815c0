//! What networks cost in the sandbox: microseconds a run with metering, beside other runtimes.
//!
//! `NETS_BENCH_PYTHON` names a Python that has `benches/peers/requirements.txt`: it makes the networks,
//! and runs them with onnxruntime and tract in the same run. With the package ludax-agents as well, its
//! network for Othello is among them. What is compared takes turns; medians are printed, and the median of
//! the ratios in each turn.

#![allow(clippy::print_stdout)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;
use std::{env, fs};

use nets_pack::emit::emit;
use nets_pack::link::{Adapter, Heads};
use nets_pack::lower::lower;
use nets_pack::onnx::read_file;
use nets_pack::program::{Kernel, Program};
use nets_pack::quantize::int8;
use nets_runner::sandbox::{Decision, Engine as _, FastEngine, FastOptions, Instance, admit};

const TURNS: usize = 15;
const SECONDS: f64 = 0.2;
const CALLS: u32 = 16;
const MUTANTS: u8 = 100;
const PLENTY: u64 = u64::MAX >> 1;

/// Runs the network on what it is given.
const ADAPTER: &str = r#"(module
    (import "nets" "value" (func $value (result f32)))
    (import "nets" "network" (func $network (param i32) (result i32)))
    (import "nets" "settings" (func $settings (result i32)))
    (memory (export "memory") 2)
    (global (export "nets_observation") i32 (i32.const 64))
    (func (export "decide") (param i64) (result i64)
        (i64.extend_i32_u (call $network (i32.const 64)))))"#;

fn main() {
    // `cargo test --benches` only asks whether this runs.
    if env::args().any(|argument| argument == "--test") {
        return;
    }
    let Ok(python) = env::var("NETS_BENCH_PYTHON") else {
        println!("name a Python in NETS_BENCH_PYTHON, see the head of benches/networks.rs");
        return;
    };
    let folder = env::temp_dir().join(format!("nets-networks-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for networks");
    let others = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/third_party.py");
    let made = Command::new(&python).arg(others).arg(&folder).stderr(Stdio::null()).status();
    if !made.is_ok_and(|status| status.success()) {
        println!("without the network of ludax-agents, which is not there");
    }
    let mut library = Library::start(&python, &folder);
    let engine = FastEngine::new(&FastOptions::default()).expect("the engine starts");
    for name in ["mlp", "cnn", "reversi", "resnet"] {
        let path = folder.join(format!("{name}.onnx"));
        if path.exists() {
            compare(&engine, &mut library, name, &path);
        }
    }
    fs::remove_dir_all(folder).expect("the folder is ours");
}

fn compare(engine: &FastEngine, library: &mut Library, name: &str, path: &Path) {
    let float = lower(&read_file(path).expect("a network")).expect("it is supported");
    let whole = int8(float.clone());
    mutants(name, &whole);
    let (mut float, mut whole) = (Agent::of(engine, &float), Agent::of(engine, &whole));
    println!("{name}: int8 {}; f32 {}", whole.facts, float.facts);
    let mut columns: [Vec<f64>; 4] = Default::default();
    for _ in 0..TURNS {
        let figures = [
            Some(whole.microseconds()),
            Some(float.microseconds()),
            library.microseconds("onnxruntime", name),
            library.microseconds("tract", name),
        ];
        for (column, figure) in columns.iter_mut().zip(figures) {
            column.extend(figure);
        }
    }
    let peer = columns[2].clone();
    for (what, column) in ["int8", "f32", "onnxruntime", "tract"].iter().zip(columns) {
        if column.is_empty() {
            continue;
        }
        let ratios = column.iter().zip(&peer).map(|(one, other)| one / other).collect();
        println!("{name}: {what}: {:.1} us, {:.2} of onnxruntime", median(column), median(ratios));
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Networks of one shape, each with a weight of its own: what it takes to load the first, the second and
/// the others, and to begin a match with them.
fn mutants(name: &str, program: &Program) {
    let engine = FastEngine::new(&FastOptions::default()).expect("the engine starts");
    let (mut loads, mut begins) = (Vec::new(), Vec::new());
    for number in 0..MUTANTS {
        let mut mutant = program.clone();
        let layers = mutant.kernels.iter_mut().filter_map(|kernel| match kernel {
            Kernel::ConvInt8 { linear, .. } => linear.first_mut(),
            _ => None,
        });
        for layer in layers {
            layer.weights[0] = f32::from(number);
        }
        let admitted = Arc::new(admit(&module(&mutant)).expect("it is admitted"));
        let start = Instant::now();
        let loaded = engine.load(&admitted).expect("it loads");
        loads.push(start.elapsed().as_secs_f64() * 1e6);
        let start = Instant::now();
        loaded.instantiate().expect("it starts");
        begins.push(start.elapsed().as_secs_f64() * 1e6);
    }
    let [first, second] = [loads[0], loads[1]];
    let (load, begin) = (median(loads.split_off(2)), median(begins.split_off(2)));
    println!(
        "{name}: of {MUTANTS} mutants the first is loaded in {first:.0} us, the second in {second:.0}, \
         the others in {load:.1}; a match begins in {begin:.0} us, with the first in {:.0}",
        begins[0]
    );
}

/// The module of a network.
fn module(program: &Program) -> Vec<u8> {
    let adapter = wat::parse_str(ADAPTER).expect("text of a module");
    let adapter = Adapter::read(&adapter).expect("it has a memory");
    let network = emit(program, adapter.end());
    let heads = Heads { policy: 0, value: None };
    adapter.link(&network, &heads, b"").expect("an adapter")
}

/// A network in the sandbox.
struct Agent {
    instance: Box<dyn Instance>,
    facts: String,
}

impl Agent {
    fn of(engine: &FastEngine, program: &Program) -> Self {
        let module = module(program);
        let admitted = Arc::new(admit(&module).expect("it is admitted"));
        let start = Instant::now();
        let loaded = engine.load(&admitted).expect("it compiles");
        let compile = start.elapsed().as_secs_f64() * 1e3;
        let mut instance = loaded.instantiate().expect("it starts");
        let input: usize = program.inputs[0].iter().product();
        let tensor = (0..input).flat_map(|place| (place as f32 / input as f32).to_le_bytes());
        instance.write_observation(&tensor.collect::<Vec<u8>>());
        let fuel = run(instance.as_mut());
        let facts = format!("{} kB, {fuel} fuel, {compile:.0} ms", module.len() / 1000);
        Self { instance, facts }
    }

    fn microseconds(&mut self) -> f64 {
        run(self.instance.as_mut());
        let start = cpu_seconds();
        let mut count = 0;
        loop {
            // Asking for the time takes as long as a small network.
            (0..CALLS).for_each(|_| _ = run(self.instance.as_mut()));
            count += CALLS;
            let seconds = cpu_seconds() - start;
            if seconds > SECONDS {
                return seconds / f64::from(count) * 1e6;
            }
        }
    }
}

fn run(instance: &mut dyn Instance) -> u64 {
    match instance.decide(0, PLENTY).expect("the host does") {
        Decision::Action { fuel_used, .. } => fuel_used,
        Decision::Fault(kind) => panic!("{kind}"),
    }
}

/// How long this thread has had the processor, in seconds: the scheduler's own count.
fn cpu_seconds() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux counts it");
    let nanoseconds = text.split_whitespace().next().and_then(|count| count.parse::<f64>().ok());
    nanoseconds.expect("its first number is nanoseconds") / 1e9
}

/// Other runtimes, in a Python that is asked for one figure after the other.
struct Library {
    child: Child,
    answers: BufReader<ChildStdout>,
}

impl Library {
    /// Has networks written into the folder, and waits until they are.
    fn start(python: &str, folder: &Path) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/networks.py");
        let mut command = Command::new(python);
        command.arg(script).arg(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("NETS_BENCH_PYTHON names a Python");
        let mut answers = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut ready = String::new();
        answers.read_line(&mut ready).expect("it answers");
        assert_eq!(ready.trim(), "ready", "networks are written");
        Self { child, answers }
    }

    /// The microseconds of a run; none where the runtime is not there.
    fn microseconds(&mut self, runtime: &str, name: &str) -> Option<f64> {
        let questions = self.child.stdin.as_mut().expect("it is piped");
        let asked = writeln!(questions, "{runtime} {name}").and_then(|()| questions.flush());
        asked.expect("it listens");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("it answers");
        answer.trim().parse().ok()
    }
}
