//! The image agrees with both engines about matches of random modules, and of modules that ship with
//! some bits changed.
//!
//! `NETS_FUZZ_SECONDS` makes [`all_agree_for_as_long_as_asked`] go on to further seeds for so many
//! seconds, `NETS_FUZZ_SEED` says from which on. A failure names the seed, and prints the modules.

use std::time::{Duration, Instant};

use nets_core::{Action, FuelClock, Termination};
use nets_testkit::modules::{among, general_module, random_agent};

use crate::agreement::all_agree;
use crate::stage::{Random, Stage, shipped_agents, systems};

/// Matches in a normal run.
const MATCHES: u64 = 60;

/// The most fuel that a seat has in a match, and what a decision adds.
const FUEL_CLOCK: FuelClock = FuelClock { base: 60_000, increment: 2_000, cap: 60_000 };

#[test]
fn all_agree_about_matches_of_random_modules() {
    let outcomes = (0..MATCHES).map(check).fold(Outcomes::default(), Outcomes::plus);
    println!("{outcomes:?}");
    assert!(outcomes.decisions > 5 * MATCHES, "too few decisions: {outcomes:?}");
    assert!(outcomes.forfeits > MATCHES / 4, "too few forfeits: {outcomes:?}");
    assert!(outcomes.ends > MATCHES / 8, "too few matches are played out: {outcomes:?}");
}

#[test]
fn all_agree_for_as_long_as_asked() {
    let Ok(seconds) = std::env::var("NETS_FUZZ_SECONDS") else { return };
    let seconds = seconds.parse().expect("NETS_FUZZ_SECONDS is a number of seconds");
    let (start, length) = (Instant::now(), Duration::from_secs(seconds));
    let first = std::env::var("NETS_FUZZ_SEED");
    let first = first.map_or(1_000_000, |seed| seed.parse().expect("NETS_FUZZ_SEED is a number"));
    let mut outcomes = Outcomes::default();
    for seed in first.. {
        if start.elapsed() >= length {
            println!("seeds from {first} to {seed}: {outcomes:?}");
            break;
        }
        outcomes = outcomes.plus(check(seed));
    }
}

/// What the matches came to, to see that they are worth comparing.
#[derive(Clone, Copy, Debug, Default)]
struct Outcomes {
    matches: u64,
    decisions: u64,
    forfeits: u64,
    /// Matches that were played to their end.
    ends: u64,
    fuel: u64,
    million_instructions: u64,
}

impl Outcomes {
    fn plus(self, more: Self) -> Self {
        Self {
            matches: self.matches + more.matches,
            decisions: self.decisions + more.decisions,
            forfeits: self.forfeits + more.forfeits,
            ends: self.ends + more.ends,
            fuel: self.fuel + more.fuel,
            million_instructions: self.million_instructions + more.million_instructions,
        }
    }
}

/// A match of some System between modules of some kind.
fn check(seed: u64) -> Outcomes {
    let mut random = Random(seed);
    let systems: Vec<_> = systems().collect();
    let system = random.pick(&systems).clone();
    let name = system.descriptor().name;
    let state = system.start(nets_core::Chance::from_seed(&nets_core::Seed([seed as u8; 32])));
    // Most answers should be actions that are legal for a while.
    let legal = |seat: &nets_core::Seat| state.legal_actions(*seat);
    let seats: Vec<_> = (0..system.seat_count()).map(nets_core::Seat).collect();
    let most = seats.iter().flat_map(legal).max().unwrap_or(Action(0)).0;
    let modules: Vec<_> = seats.iter().map(|_| module(name, most + 1, &mut random)).collect();
    let mut stage = Stage::new(system, seed as u8, modules);
    stage.spec.rules.fuel_clock = FUEL_CLOCK;
    let hex = |module: &Vec<u8>| module.iter().map(|byte| format!("{byte:02x}")).collect();
    let hex: Vec<String> = stage.modules.iter().map(hex).collect();
    let (told, instructions) = all_agree(&stage, &format!("seed {seed}, {name}, {hex:?}"));
    let is_forfeit = matches!(told.end.termination, Termination::Forfeit(_));
    Outcomes {
        matches: 1,
        decisions: told.steps.iter().map(|step| step.actions.len() as u64).sum(),
        forfeits: is_forfeit.into(),
        ends: (!is_forfeit).into(),
        fuel: told.end.fuel_used.iter().sum(),
        million_instructions: instructions / 1_000_000,
    }
}

/// A module that answers actions below `actions`, or does something else.
fn module(system: &str, actions: u64, random: &mut Random) -> Vec<u8> {
    let seed = random.next();
    match random.next() % 5 {
        0 | 1 => among(actions, wat::parse_str(random_agent::text(seed)).expect("well-formed")),
        2 | 3 => general_module::bytes(seed).map_or_else(Vec::new, |it| among(actions, it)),
        _ => {
            let (_, mut module) = random.pick(&shipped_agents(system)).clone();
            for _ in 0..1 + seed % 3 {
                let at = random.next() as usize % module.len();
                module[at] ^= 1 << (random.next() % 8);
            }
            module
        }
    }
}
