//! Which matches are played: those kept as vectors, and random ones of every registered System.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use nets_core::{Action, Chance, DATA, Descriptor, Seed, Status, System, SystemId};
use nets_determinism::Script;
use nets_systems::forecast::SHIPPED;
use nets_systems::{Blueprint, Given};
use nets_testkit::system_vectors::{MatchVector, SystemVectors};

/// Random matches of each version of each System, a third of them with its defaults.
const RANDOM_MATCHES: u64 = 12;

/// Steps of a random match at most, so that no System takes most of the time.
const STEPS_MAX: usize = 300;

/// All scripts by the System's name and version.
pub(crate) fn by_system() -> BTreeMap<String, Vec<Script>> {
    let mut scripts: BTreeMap<String, Vec<Script>> = BTreeMap::new();
    for script in vectors() {
        scripts.entry(script.system.to_string()).or_default().push(script);
    }
    for descriptor in nets_systems::all() {
        for number in 0..RANDOM_MATCHES {
            let script = random_match(descriptor, number);
            scripts.entry(script.system.to_string()).or_default().push(script);
        }
    }
    scripts
}

/// The matches in `vectors/systems/`, of which the playthroughs are the shorter ones.
fn vectors() -> Vec<Script> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/systems");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    let texts = files.iter().map(|file| fs::read_to_string(file).unwrap());
    texts.flat_map(|text| scripts_of(&SystemVectors::from_json(&text).unwrap())).collect()
}

fn scripts_of(vectors: &SystemVectors) -> Vec<Script> {
    let script = |vector: &MatchVector| {
        let digits = vector.parameter_bytes.trim_start_matches("0x");
        let parameters = if digits.is_empty() { "-" } else { digits };
        let mut line = format!("{} {} {parameters}", vectors.system, vectors.version);
        line.extend([" ", &vector.seed]);
        for step in &vector.steps {
            let actions: Vec<_> = step.actions.iter().map(u64::to_string).collect();
            line.extend([" ", &actions.join("/")]);
        }
        line.parse().unwrap()
    };
    vectors.matches.iter().map(script).collect()
}

fn random_match(descriptor: &'static Descriptor, number: u64) -> Script {
    let mut random = Random(number);
    let given = match descriptor.data {
        None => anywhere(descriptor, number, &mut random),
        Some(_) => on_shipped_data(number, &mut random),
    };
    let blueprint = Blueprint::named(descriptor.name, &given).unwrap();
    let parameters = blueprint.parameters().encode();
    let seed = Seed([0xde; 32]).for_match(number as u32);
    let id = SystemId { name: descriptor.name.to_owned(), version: descriptor.version };
    let system = blueprint.build().unwrap();
    let steps = random_steps(&*system, &seed, &mut random);
    Script { system: id, parameters, seed, steps }
}

/// Parameters from all over their ranges, or the defaults.
fn anywhere(descriptor: &Descriptor, number: u64, random: &mut Random) -> BTreeMap<String, Given> {
    let given = descriptor.parameters.iter().map(|spec| {
        let value = match (number % 3, random.below(3)) {
            (0, _) => spec.default,
            (_, 0) => spec.min,
            (_, 1) => spec.max,
            _ => spec.min + random.below(spec.max - spec.min + 1),
        };
        (spec.name.to_owned(), Given::Number(value))
    });
    given.collect()
}

/// One of the data sets that ship, whose other parameters have to fit its values.
fn on_shipped_data(number: u64, random: &mut Random) -> BTreeMap<String, Given> {
    let shipped = &SHIPPED[number as usize % SHIPPED.len()];
    BTreeMap::from([
        (DATA.to_owned(), Given::Text(shipped.name.to_owned())),
        ("quantiles".to_owned(), Given::Number(1 + random.below(9))),
        ("window".to_owned(), Given::Number(1 + random.below(100))),
    ])
}

fn random_steps(system: &dyn System, seed: &Seed, random: &mut Random) -> Vec<Vec<Action>> {
    let mut state = system.start(Chance::from_seed(seed));
    let mut steps = Vec::new();
    while let Status::Acting(seats) = state.status() {
        if steps.len() == STEPS_MAX {
            break;
        }
        let choose = |seat| {
            let legal = state.legal_actions(seat);
            legal[random.below(legal.len() as u64) as usize]
        };
        let actions: Vec<_> = seats.iter().map(choose).collect();
        state.step(&actions).unwrap();
        steps.push(actions);
    }
    steps
}

/// Numbers that look random, the same for the same seed (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ z >> 31) % bound
    }
}
