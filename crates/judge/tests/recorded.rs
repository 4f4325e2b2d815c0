//! The image agrees with both engines about every match of the Systems' vectors, played by modules that
//! take the recorded actions, and about a match of every agent that ships.

use std::fs;
use std::path::Path;

use nets_core::{FuelClock, SeatSet, SystemId};
use nets_systems::build_canonical;
use nets_testkit::example::Example;
use nets_testkit::system_vectors::{MatchVector, SystemVectors};

use crate::agreement::all_agree;
use crate::stage::{Stage, shipped_agents, systems};

/// Agents that think longer than this forfeit, which everybody has to say as well.
const FUEL_CLOCK: FuelClock = FuelClock { base: 600_000, increment: 2_000, cap: 600_000 };

#[test]
fn all_agree_about_every_recorded_match() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/systems");
    for system in systems() {
        let name = system.descriptor().name;
        let text = fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
        let vectors = SystemVectors::from_json(&text).unwrap();
        assert!(vectors.matches.len() > 1, "{name}");
        let build = |id: &SystemId, bytes: &[u8]| build_canonical(id, bytes).unwrap();
        for (recorded, example) in vectors.matches.iter().zip(vectors.examples(build).unwrap()) {
            let what = format!("{name}: {}", recorded.about);
            let (told, _) = all_agree(&stage(recorded, &example), &what);
            assert_eq!(told.steps.len(), recorded.steps.len(), "{what}");
            let actions = told.steps.iter().flat_map(|step| &step.actions).map(|action| action.0);
            assert!(actions.eq(recorded.steps.iter().flat_map(|it| it.actions.clone())), "{what}");
            assert_eq!(told.end.termination.encode(), recorded.end.termination, "{what}");
            assert_eq!(told.end.scores, recorded.end.scores, "{what}");
        }
    }
}

/// The recorded match, with a module for each seat that takes the actions it took.
fn stage(recorded: &MatchVector, example: &Example) -> Stage {
    let acting = recorded.steps.iter().map(|step| SeatSet(step.acting));
    let steps = acting.zip(&example.steps);
    let steps = steps.map(|(acting, actions)| acting.iter().zip(actions.iter().copied()).collect());
    let mut stage = Stage::scripted(example.system.clone(), 0, &steps.collect::<Vec<_>>());
    stage.spec.seed = example.seed;
    stage
}

#[test]
fn all_agree_about_a_match_of_every_agent_that_ships() {
    for system in systems() {
        let name = system.descriptor().name;
        let agents = shipped_agents(name);
        let mut played = 0;
        for first in (0..agents.len()).step_by(system.seat_count().into()) {
            let seated = (0..usize::from(system.seat_count())).map(|seat| first + seat);
            let seated: Vec<_> = seated.map(|index| &agents[index % agents.len()]).collect();
            let modules = seated.iter().map(|(_, module)| module.clone()).collect();
            let mut stage = Stage::new(system.clone(), first as u8, modules);
            stage.spec.rules.fuel_clock = FUEL_CLOCK;
            let names: Vec<_> = seated.iter().map(|(name, _)| name).collect();
            let (told, _) = all_agree(&stage, &format!("{names:?}"));
            played += told.steps.len();
        }
        assert!(played > 0, "{name}");
    }
}
