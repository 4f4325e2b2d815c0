//! Networks that others trained.

use std::path::Path;

use nets_core::{FuelClock, Seed, System, Termination};
use nets_pack::agent::{Choice, Wishes, pack};
use nets_pack::lower::lower;
use nets_pack::onnx::read_file;
use nets_pack::quantize::int8;
use nets_runner::SeatAgent;

use super::Python;
use super::onnxruntime::compared;
use crate::agents::{noise, system};
use crate::exported::is_network;
use crate::matches::played;
use crate::modules::{assert_emitted, engines};

/// More than looking ahead takes with a network of nineteen million products.
const FUEL: u64 = 1_000_000_000;

#[test]
fn networks_of_others_give_the_same_numbers() {
    let Some(python) = Python::named() else { return };
    let models = python.run("third_party.py", &[]);
    assert!(compared(&python, models.path()) > 20);
    for entry in std::fs::read_dir(models.path()).unwrap() {
        let path = entry.unwrap().path();
        if is_network(&path) {
            let program = lower(&read_file(&path).unwrap()).unwrap();
            let input = noise(program.inputs[0].iter().product(), 7);
            assert_emitted(&program, &input);
            assert_emitted(&int8(program), &input);
        }
    }
}

#[test]
fn a_network_of_others_plays_othello_and_wins() {
    let Some(python) = Python::named() else { return };
    let models = python.run("third_party.py", &[]);
    let model = read_file(&models.path().join("reversi.onnx")).unwrap();
    let system = system("othello");
    let agent = pack(&model, system.as_ref(), &Wishes::default()).unwrap();
    let alike = agent.tried(system.as_ref(), engines()[0], 2000).unwrap().agreement;
    assert!(alike.alike * 100 >= alike.positions * 98, "{alike:?}");
    let simple =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agents/wasm/othello-greedy.wasm");
    let load = |module: &[u8]| SeatAgent::load(engines()[0], system.as_ref(), module).unwrap();
    let simple = load(&std::fs::read(simple).unwrap());
    // Nothing is drawn in Othello, so other games come of other choices.
    let sampled = (1..=8).map(|tenths| Choice::Sampled(tenths as f32 / 10.0));
    let mut points = [0, 0];
    for choice in [Choice::Best, Choice::Value].into_iter().chain(sampled) {
        let wishes = Wishes { choice, ..Wishes::default() };
        let network = load(&pack(&model, system.as_ref(), &wishes).unwrap().module);
        let (first, second) = ([&network, &simple], [&simple, &network]);
        let (first, second) = (scores(system.as_ref(), first), scores(system.as_ref(), second));
        points[0] += first[0] + second[1];
        points[1] += first[1] + second[0];
    }
    assert!(points[0] > 2 * points[1], "{points:?}");
}

/// The scores of a match on a clock that gives a network of millions of products its time.
fn scores(system: &dyn System, seats: [&SeatAgent; 2]) -> Vec<i64> {
    let clock = FuelClock { base: FUEL, increment: FUEL, cap: FUEL };
    let outcome = played(system, &seats, clock, Seed([7; 32])).outcome;
    assert_eq!(outcome.termination, Termination::Finished);
    outcome.scores
}
