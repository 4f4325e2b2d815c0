//! The fast engine against the interpreter: same action, same fuel, fault at the same call.
//!
//! Two sources of modules, each from a fixed list of seeds: a general generator, whose programs
//! are short and strange, and `random_agent`, whose programs run long. Every module is called with
//! several inputs and budgets, among them exactly what it uses and one less. Instances are told that
//! their match is over, so that the next one of the program may be what is left of the last.
//! `NETS_FUZZ_SECONDS` makes [`engines_agree_for_as_long_as_asked`] go on to further seeds for so
//! many seconds. A failure prints the module and the calls that tell the engines apart.

use std::sync::Arc;
use std::time::{Duration, Instant};

use nets_runner::sandbox::interpreter::InterpreterEngine;
use nets_runner::sandbox::{AdmittedModule, Decision, Engine, Program, admit, fast::Tier};
use nets_testkit::modules::{general_module, random_agent};

use super::agents::fast;

/// Budget that ends the programs that do not end by themselves.
const BUDGET: u64 = 20_000;

/// Modules from each source in a normal run.
const MODULES: u64 = 250;

#[test]
fn engines_agree_on_random_agents() {
    let outcomes: Outcomes = (0..MODULES).map(|seed| check_agent(seed, BUDGET)).sum();
    println!("random agents: {outcomes:?}");
    assert!(outcomes.actions > MODULES, "too few agents end: {outcomes:?}");
    assert!(outcomes.faults > MODULES, "too few agents fault: {outcomes:?}");
    assert!(outcomes.long_runs > MODULES, "too few agents run long: {outcomes:?}");
    #[cfg(target_arch = "x86_64")]
    if std::is_x86_feature_detected!("avx2") {
        let compared = outcomes.linear_time;
        assert!(compared > MODULES / 2, "the linear-time compiler took too few: {outcomes:?}");
    }
}

#[test]
fn engines_agree_on_general_modules() {
    let outcomes: Outcomes = (0..MODULES).map(|seed| check_general(seed, BUDGET)).sum();
    println!("general modules: {outcomes:?}");
    assert!(outcomes.modules > MODULES / 2, "too few modules are admitted: {outcomes:?}");
    assert!(outcomes.actions > MODULES, "too few modules end: {outcomes:?}");
    assert!(outcomes.faults > MODULES, "too few modules fault: {outcomes:?}");
}

#[test]
fn engines_agree_for_as_long_as_asked() {
    let Ok(seconds) = std::env::var("NETS_FUZZ_SECONDS") else { return };
    let seconds = seconds.parse().expect("NETS_FUZZ_SECONDS is a number of seconds");
    let (start, length) = (Instant::now(), Duration::from_secs(seconds));
    let mut outcomes = Outcomes::default();
    let mut seed = std::env::var("NETS_FUZZ_SEED")
        .map_or(1_000_000, |seed| seed.parse().expect("NETS_FUZZ_SEED is a number"));
    while start.elapsed() < length {
        outcomes =
            [outcomes, check_agent(seed, 200_000), check_general(seed, 200_000)].into_iter().sum();
        seed += 1;
    }
    println!("up to seed {seed}: {outcomes:?}");
}

/// What the calls came to, to see that the generators make programs worth running.
#[derive(Debug, Clone, Copy, Default)]
struct Outcomes {
    modules: u64,
    actions: u64,
    faults: u64,
    long_runs: u64,
    /// Modules that the linear-time compiler took as well.
    linear_time: u64,
}

impl std::iter::Sum for Outcomes {
    fn sum<I: Iterator<Item = Self>>(outcomes: I) -> Self {
        outcomes.fold(Self::default(), |sum, next| Self {
            modules: sum.modules + next.modules,
            actions: sum.actions + next.actions,
            faults: sum.faults + next.faults,
            long_runs: sum.long_runs + next.long_runs,
            linear_time: sum.linear_time + next.linear_time,
        })
    }
}

impl Outcomes {
    fn count(&mut self, decision: Decision) {
        match decision {
            Decision::Action { fuel_used, .. } => {
                self.actions += 1;
                self.long_runs += u64::from(fuel_used > 200);
            }
            Decision::Fault(_) => self.faults += 1,
        }
    }
}

fn check_agent(seed: u64, budget: u64) -> Outcomes {
    let text = random_agent::text(seed);
    let bytes = wat::parse_str(&text).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    let module = admit(&bytes).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    check(Arc::new(module), budget, &format!("random agent {seed}:\n{text}"))
}

fn check_general(seed: u64, budget: u64) -> Outcomes {
    let Some(bytes) = general_module::bytes(seed) else { return Outcomes::default() };
    let Ok(module) = admit(&bytes) else { return Outcomes::default() };
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    check(Arc::new(module), budget, &format!("general module {seed}, as hex:\n{hex}"))
}

/// Runs a module on all engines in all ways.
fn check(module: Arc<AdmittedModule>, budget: u64, report: &str) -> Outcomes {
    let reference = InterpreterEngine.load(&module).expect("the interpreter loads it");
    let optimised = fast().load_with(&module, Tier::Optimising).expect("the fast engine loads it");
    let mut programs = vec![("optimised", optimised)];
    // This compiler lacks some vector instructions on some processors and says so.
    programs.extend(fast().load_with(&module, Tier::LinearTime).ok().map(|p| ("linear-time", p)));
    let linear_time = programs.len() as u64 - 1;
    let mut outcomes = Outcomes { modules: 1, linear_time, ..Outcomes::default() };
    for first in [0, 1, u64::MAX, 0x0123_4567_89ab_cdef] {
        let calls = [(first, budget), (first ^ 5, budget), (9, budget)];
        let decisions = compare(&reference, &programs, &calls, report);
        decisions.iter().for_each(|&decision| outcomes.count(decision));
        if let Some(Decision::Action { fuel_used, .. }) = decisions.first().copied() {
            for tight in [fuel_used, fuel_used - 1, fuel_used / 2] {
                compare(&reference, &programs, &[(first, tight)], report);
            }
        }
    }
    outcomes
}

/// Makes the same calls on a fresh instance of each program and compares every verdict.
fn compare(
    reference: &Arc<dyn Program>,
    programs: &[(&str, Arc<dyn Program>)],
    calls: &[(u64, u64)],
    report: &str,
) -> Vec<Decision> {
    let expected = run(reference, calls);
    for (name, program) in programs {
        let found = run(program, calls);
        assert!(
            expected.iter().map(verdict).eq(found.iter().map(verdict)),
            "{name} and the interpreter differ on calls (packed, budget) {calls:?}\n\
             interpreter: {expected:?}\n{name}: {found:?}\n{report}"
        );
    }
    expected
}

fn run(program: &Arc<dyn Program>, calls: &[(u64, u64)]) -> Vec<Decision> {
    let mut instance = program.instantiate().expect("there is room for an instance");
    let decide = |&(packed, fuel)| instance.decide(packed, fuel).expect("the host does not fail");
    let decisions = calls.iter().map(decide).collect();
    instance.finish();
    decisions
}

/// What of a decision is part of the protocol: not the kind of a fault.
fn verdict(decision: &Decision) -> Option<(u64, u64)> {
    match *decision {
        Decision::Action { action, fuel_used } => Some((action, fuel_used)),
        Decision::Fault(_) => None,
    }
}
