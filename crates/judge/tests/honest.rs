//! True traces stand, whoever is asked about.

use nets_core::{Seat, SeatSet, Termination};
use nets_judge::Verdict;

use crate::stage::{Random, Stage, Told, random_steps, shipped_agents, systems};

fn stands_for_all(stage: &Stage, what: &str) -> Told {
    let told = Told::of(&stage.play());
    for seat in 0..stage.seat_count() {
        assert_eq!(stage.verdict(&told.leaves(), seat), Verdict::Stands, "{what}, seat {seat}");
    }
    told
}

#[test]
fn matches_of_shipped_agents_stand_in_every_system() {
    for system in systems() {
        let name = system.descriptor().name;
        let agents = shipped_agents(name);
        assert!(agents.len() >= 2, "{name} has {} agents", agents.len());
        let mut played_out = 0;
        // Each agent once in the first seat, the ones after it in the others.
        for first in 0..agents.len() {
            let seated = (0..usize::from(system.seat_count())).map(|seat| first + seat);
            let seated: Vec<_> = seated.map(|index| &agents[index % agents.len()]).collect();
            let modules = seated.iter().map(|(_, module)| module.clone()).collect();
            let stage = Stage::new(system.clone(), first as u8, modules);
            let names: Vec<_> = seated.iter().map(|(name, _)| name).collect();
            let told = stands_for_all(&stage, &format!("{names:?}"));
            let is_forfeit = matches!(told.end.termination, Termination::Forfeit(_));
            played_out += u32::from(!is_forfeit && told.end.fuel_used.iter().all(|fuel| *fuel > 0));
        }
        assert!(played_out > 0, "{name}: no match of the shipped agents came to its end");
    }
}

#[test]
fn random_matches_stand_in_every_system() {
    for system in systems() {
        for seed in 0..4 {
            let mut random = Random(u64::from(seed));
            let steps = random_steps(system.as_ref(), seed, &mut random, 60);
            let stage = Stage::scripted(system.clone(), seed, &steps);
            let told = stands_for_all(&stage, &format!("{} {seed}", system.descriptor().name));
            // A match that the script does not end, its end does.
            assert_eq!(told.steps.len(), steps.len());
        }
    }
}

#[test]
fn whoever_is_inadmissible_or_faults_forfeits() {
    let system = nets_systems::build("rps", &Default::default()).unwrap();
    let steps = random_steps(system.as_ref(), 1, &mut Random(1), 3);
    let scripted = Stage::scripted(system.clone(), 1, &steps);
    let endless = wat::parse_str(
        r#"(module (func (export "decide") (param i64) (result i64) (loop (br 0)) (unreachable)))"#,
    );
    let grows = wat::parse_str(
        r#"(module (memory 1) (func (export "decide") (param i64) (result i64)
            (i64.extend_i32_u (memory.grow (i32.const 600)))))"#,
    );
    for module in [b"no module".to_vec(), Vec::new(), endless.unwrap(), grows.unwrap()] {
        let modules = vec![module, scripted.modules[1].clone()];
        let stage = Stage::new(system.clone(), 1, modules);
        let told = stands_for_all(&stage, "a fault of seat 0");
        assert!(told.steps.is_empty());
        assert_eq!(told.end.termination, Termination::Forfeit(SeatSet::only(Seat(0))));
    }
}
