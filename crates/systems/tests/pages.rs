//! The pages of the Systems: what is in `docs/systems/` is what the Systems say about themselves.
//!
//! Each page has a picture of a state some steps in. Nothing on a page is written by hand, so a
//! page cannot say what its System does not do.

use std::fs;
use std::path::{Path, PathBuf};

use nets_core::{Action, Chance, Descriptor, Information, Seat, Seed, State, Status, System};
use nets_systems::forecast::SHIPPED;
use nets_testkit::blessed;
use nets_testkit::system_conformance::Pilot;

use crate::pilots;

/// More actions than this are not listed on a page.
const ACTIONS_LISTED: u64 = 32;

/// Who plays to the picture of a System, and how many steps; [`wandering`] plays the others.
const PICTURED: &[(&str, Pilot, usize)] = &[
    ("snake", pilots::greedy_snake, 90),
    ("rps", pilots::beating_throws, 7),
    ("connect-four", pilots::watchful_stones, 17),
    ("go", pilots::taking_stones, 60),
    ("forecast", pilots::last_value, 60),
];

/// Takes one legal action after another, as the state's bytes happen to say.
fn wandering(state: &dyn State, seat: Seat) -> Action {
    let legal = state.legal_actions(seat);
    let sum: usize = state.bytes().iter().map(|&byte| usize::from(byte)).sum();
    legal[sum % legal.len()]
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/systems").join(name)
}

/// The newest version of each System, in the order of the registry.
fn newest() -> Vec<&'static Descriptor> {
    let all = nets_systems::all();
    let is_newest = |one: &&&Descriptor| {
        !all.iter().any(|other| other.name == one.name && other.version > one.version)
    };
    all.iter().filter(is_newest).copied().collect()
}

/// A state of a match, some steps in and not its last.
fn moment(system: &dyn System) -> Box<dyn State> {
    let name = system.descriptor().name;
    let pictured = PICTURED.iter().find(|(pictured, ..)| *pictured == name);
    let (_, pilot, steps) = pictured.copied().unwrap_or((name, wandering, 12));
    let mut state = system.start(Chance::from_seed(&Seed([1; 32])));
    for _ in 0..steps {
        let Status::Acting(acting) = state.status() else { break };
        let actions: Vec<_> = acting.iter().map(|seat| pilot(&*state, seat)).collect();
        let mut next = state.fork();
        next.step(&actions).unwrap();
        if matches!(next.status(), Status::Terminal(_)) {
            break;
        }
        state = next;
    }
    state
}

fn information(descriptor: &Descriptor) -> &'static str {
    match descriptor.information {
        Information::Perfect => "perfect",
        Information::Private => "private",
    }
}

fn shape(system: &dyn System) -> String {
    let sizes: Vec<_> = system.tensor_shape().iter().map(u32::to_string).collect();
    let planes = system.descriptor().tensor_planes.map(|planes| format!(", planes {planes}"));
    sizes.join(" × ") + &planes.unwrap_or_default()
}

fn page(system: &dyn System, moment: &dyn State) -> String {
    let descriptor = system.descriptor();
    let name = descriptor.name;
    let mut text = format!(
        "# {name}\n\n{}\n\n![A match under way]({name}.svg)\n\n{}\n",
        descriptor.summary,
        descriptor.rules.trim_end()
    );
    text += "\n| fact | |\n|---|---|\n";
    for (fact, value) in [
        ("version", descriptor.version.to_string()),
        ("seats", system.seat_count().to_string()),
        ("information", information(descriptor).to_owned()),
        ("most steps", system.step_count_max().to_string()),
        ("actions", system.action_count().to_string()),
        ("legal-action mask", format!("bool, {}", system.action_count())),
        ("observation", format!("up to {} bytes", system.observation_bytes_max())),
        ("tensor", format!("float32, {}", shape(system))),
    ] {
        text += &format!("| {fact} | {value} |\n");
    }
    text += &parameters(descriptor);
    text += &data(descriptor);
    text += &actions(system);
    for (heading, layout) in [
        ("Packed observation", descriptor.packed_layout),
        ("Observation", descriptor.observation_layout),
        ("Tensor", descriptor.tensor_layout),
        ("As text", &moment.picture()),
    ] {
        text += &format!("\n## {heading}\n\n```text\n{}\n```\n", layout.trim_end());
    }
    text += &more(name);
    text += &format!(
        "\nWritten by the System itself; `nets systems {name}` says the same, and with other \
         parameters. [All Systems](README.md)\n"
    );
    // A picture may have blanks at the end of a line, a document must not.
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// The agents in `agents/wasm` that play the System, which their names begin with.
fn agents(system: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agents/wasm");
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.to_string_lossy().into_owned());
    let plays = |agent: &str, system: &str| {
        agent.strip_prefix(system).is_some_and(|rest| rest.starts_with('-'))
    };
    // An agent of snake-arena is none of snake.
    let longer = newest().into_iter().map(|it| it.name).filter(|name| name.len() > system.len());
    let longer: Vec<_> = longer.collect();
    let mut agents: Vec<_> = names
        .filter_map(|name| name.strip_suffix(".wasm").map(str::to_owned))
        .filter(|agent| plays(agent, system) && !longer.iter().any(|other| plays(agent, other)))
        .collect();
    agents.sort();
    agents
}

/// What else there is of the System: matches to read and agents to play against.
fn more(name: &str) -> String {
    let mut text = format!(
        "\n## Matches and agents\n\nMatches to read, every state with its bytes, are \
         `{name}-*.txt` in [playthroughs](../../crates/systems/tests/playthroughs).",
    );
    let agents: Vec<_> = agents(name).iter().map(|agent| format!("`{agent}`")).collect();
    if !agents.is_empty() {
        let agents = agents.join(", ");
        text += &format!(
            " The [agents](../guides/write-an-agent.md#the-agents-that-ship) {agents} are in \
             [agents/wasm](../../agents/wasm)."
        );
    }
    text + "\n"
}

fn data(descriptor: &Descriptor) -> String {
    let Some(spec) = &descriptor.data else { return String::new() };
    let mut text = format!("\n## Data\n\n`data` is {}. ", spec.meaning);
    let Some(default) = spec.default else { return text + "A match may do without.\n" };
    text += &format!("Default: `{default}`.\n");
    text += "\n| ships | is | SHA-256 |\n|---|---|---|\n";
    for shipped in SHIPPED {
        text += &format!("| `{}` | {} | `{}` |\n", shipped.name, shipped.about, shipped.hash());
    }
    text
}

fn parameters(descriptor: &Descriptor) -> String {
    if descriptor.parameters.is_empty() {
        return "\nThere are no parameters.\n".to_owned();
    }
    let mut text = "\n## Parameters\n\n| parameter | meaning | least | most | default |\n\
                    |---|---|--:|--:|--:|\n"
        .to_owned();
    for spec in descriptor.parameters {
        text += &format!(
            "| `{}` | {} | {} | {} | {} |\n",
            spec.name, spec.meaning, spec.min, spec.max, spec.default
        );
    }
    text + "\nWhat is said here of sizes holds for the defaults.\n"
}

fn actions(system: &dyn System) -> String {
    let count = system.action_count();
    if count > ACTIONS_LISTED {
        return String::new();
    }
    let mut text = "\n## Actions\n\n| action | name |\n|--:|---|\n".to_owned();
    for action in (0..count).map(Action) {
        text += &format!("| {action} | `{}` |\n", system.action_name(action));
    }
    text
}

fn index(systems: &[std::sync::Arc<dyn System>]) -> String {
    let mut text = "# Systems\n\nWhat agents compete at. Each page has the rules with their \
                    source, the parameters, and what every byte and number of an observation \
                    means; [SPEC.md](../../SPEC.md#8-systems) has the rules word by word.\n\n\
                    | System | is | seats | information | actions | tensor |\n\
                    |---|---|--:|---|--:|---|\n"
        .to_owned();
    for system in systems {
        let descriptor = system.descriptor();
        let name = descriptor.name;
        text += &format!(
            "| [{name}]({name}.md) | {} | {} | {} | {} | {} |\n",
            descriptor.summary,
            system.seat_count(),
            information(descriptor),
            system.action_count(),
            shape(&**system)
        );
    }
    text + "\nOne of your own: [add a System](../guides/add-a-system.md).\n"
}

#[test]
fn every_system_has_its_page() {
    let systems: Vec<_> = newest().iter().map(|it| crate::system(it.name, &[])).collect();
    let compare = |name: &str, text: &str| {
        blessed::compare(&file(name), text).unwrap_or_else(|e| panic!("{e}"));
    };
    for system in &systems {
        let name = system.descriptor().name;
        let moment = moment(&**system);
        compare(&format!("{name}.svg"), &moment.svg());
        compare(&format!("{name}.md"), &page(&**system, &*moment));
    }
    compare("README.md", &index(&systems));
}

#[test]
fn every_page_has_its_system() {
    let names: Vec<_> = newest().iter().map(|descriptor| descriptor.name).collect();
    for entry in fs::read_dir(file("")).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        let is_known = stem == "README" || names.contains(&stem.as_str());
        assert!(is_known, "{} is of no System; delete it", path.display());
    }
}
