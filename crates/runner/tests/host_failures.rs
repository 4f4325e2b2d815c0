//! What the host cannot supply is an error without a verdict: nobody forfeits for it, and the match
//! can be played again.

use std::collections::BTreeMap;
use std::sync::Arc;

use nets_core::{
    Address, FuelClock, MatchSpec, PROTOCOL_VERSION, Rules, Score, SeatIdentity, Seed, System,
    Termination, sha256,
};
use nets_runner::sandbox::interpreter::InterpreterEngine;
use nets_runner::sandbox::{
    Decision, Engine, FastEngine, FastOptions, HostFailure, Instance, METERING_VERSION, admit,
};
use nets_runner::{PlayError, PlayedMatch, SeatAgent, play};

/// Grows its memory to 101 pages in its first decision, and always plays rock.
const HUNGRY: &str = "(module (memory 1) (global $has_grown (mut i32) (i32.const 0))
  (func (export \"decide\") (param i64) (result i64)
    global.get $has_grown i32.eqz if
      i32.const 100 memory.grow i32.const 1 i32.ne if unreachable end
      i32.const 1 global.set $has_grown
    end
    i64.const 0))";

/// Has a page of memory and always plays paper.
const MODEST: &str = "(module (memory 1)
  (func (export \"decide\") (param i64) (result i64) i64.const 1))";

const PAGE_BYTES: usize = 1 << 16;

fn bytes(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("the test's text is well-formed")
}

fn rock_paper_scissors() -> Arc<dyn System> {
    let parameters = BTreeMap::from([("throws".to_owned(), 3)]);
    nets_systems::build("rps", &parameters).expect("it is registered")
}

fn engine(instances: u32, memory_bytes: Option<usize>) -> FastEngine {
    let options = FastOptions { instances, memory_bytes, ..FastOptions::default() };
    FastEngine::new(&options).expect("the engine starts")
}

/// Plays the hungry agent in seat 0 against the modest one.
fn play_on(engine: &dyn Engine) -> Result<PlayedMatch, PlayError> {
    let system = rock_paper_scissors();
    let modules = [bytes(HUNGRY), bytes(MODEST)];
    let seat = |module: &Vec<u8>| {
        SeatIdentity { owner: Address::default(), code_hash: sha256(module) }.agent_id()
    };
    let rules = Rules {
        protocol_version: PROTOCOL_VERSION,
        metering_version: METERING_VERSION,
        system: system.id(),
        parameters: system.parameters().encode(),
        fuel_clock: FuelClock::default(),
    };
    let agents = modules.iter().map(seat).collect();
    let spec = MatchSpec { rules, seed: Seed::default(), agents };
    let load = |module: &Vec<u8>| SeatAgent::load(engine, system.as_ref(), module);
    let seats = modules.iter().map(load).collect::<Result<Vec<_>, _>>().expect("they load");
    play(system.as_ref(), &spec, &seats.iter().collect::<Vec<_>>())
}

/// The hungry agent before its first decision.
fn hungry_instance(engine: &dyn Engine) -> Box<dyn Instance> {
    let module = Arc::new(admit(&bytes(HUNGRY)).expect("it is admitted"));
    engine.load(&module).expect("it loads").instantiate().expect("there is room")
}

/// Asserts that a match was played to its end, as it always is where there is enough of everything.
fn assert_normal(played: &PlayedMatch) {
    assert_eq!(played.outcome.termination, Termination::Finished);
    assert!(played.faults.is_empty(), "{:?}", played.faults);
    let reference = play_on(&InterpreterEngine).expect("the interpreter has memory");
    assert_eq!(played.outcome, reference.outcome);
    let [hungry, modest]: [Score; 2] = played.outcome.scores[..].try_into().expect("two seats");
    assert!(modest > hungry, "paper beats rock");
}

#[test]
fn growth_that_the_host_refuses_ends_the_match_without_a_verdict() {
    // Both start with a page; a hundred more are one too many.
    let refused = play_on(&engine(2, Some(101 * PAGE_BYTES)));
    match refused {
        Err(PlayError::Host(HostFailure::Memory(message))) => {
            assert_eq!(message, "memory.grow was refused");
        }
        other => panic!("{other:?}"),
    }
    assert_normal(&play_on(&engine(2, Some(102 * PAGE_BYTES))).expect("there is just enough"));
    assert_normal(&play_on(&engine(2, None)).expect("there is plenty"));
}

#[test]
fn memory_that_is_missing_at_the_start_ends_the_match_without_a_verdict() {
    let refused = play_on(&engine(2, Some(PAGE_BYTES)));
    assert!(matches!(refused, Err(PlayError::Host(HostFailure::Memory(_)))), "{refused:?}");
}

#[test]
fn too_few_instances_end_the_match_without_a_verdict() {
    let refused = play_on(&engine(1, None));
    assert!(matches!(refused, Err(PlayError::Host(HostFailure::Memory(_)))), "{refused:?}");
    assert_normal(&play_on(&engine(2, None)).expect("there is room for both"));
}

#[test]
fn one_engine_plays_the_match_again_when_memory_was_given_back() {
    let engine = engine(4, Some(150 * PAGE_BYTES));
    let mut greedy = hungry_instance(&engine);
    let grown = greedy.decide(0, 1_000_000).expect("there is memory");
    assert!(matches!(grown, Decision::Action { action: 0, .. }), "{grown:?}");
    let refused = play_on(&engine);
    assert!(matches!(refused, Err(PlayError::Host(HostFailure::Memory(_)))), "{refused:?}");
    drop(greedy);
    for _ in 0..3 {
        assert_normal(&play_on(&engine).expect("each match gives back what it took"));
    }
}

#[test]
fn an_instance_that_the_host_failed_never_gives_a_verdict() {
    let mut instance = hungry_instance(&engine(1, Some(50 * PAGE_BYTES)));
    for expected in [HostFailure::Memory("memory.grow was refused".into()), HostFailure::Abandoned]
    {
        assert_eq!(instance.decide(0, 1_000_000), Err(expected));
    }
    assert_eq!(instance.decide(0, 1_000_000), Err(HostFailure::Abandoned));
}
