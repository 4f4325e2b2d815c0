//! The networks in `agents/networks`: the agents that ship are what is packed of them, to the byte, and
//! beat those that look one step ahead, on the fuel clock that leagues have by default.
//!
//! `BLESS=1` packs the modules anew; `build-agents` then writes their hashes.

use std::fs;
use std::path::PathBuf;

use nets_core::{FuelClock, Seed, System, sha256};
use nets_pack::agent::{Choice, Wishes, pack};
use nets_pack::onnx::read_file;
use nets_runner::SeatAgent;

use crate::agents::system;
use crate::matches::played;
use crate::modules::engines;

/// The networks that ship, named as their Systems are, and how their agents choose.
const SHIPPED: [(&str, Choice); 2] = [("snake", Choice::Best), ("connect-four", Choice::Value)];

fn agents() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../agents"))
}

fn module(name: &str) -> Vec<u8> {
    fs::read(agents().join("wasm").join(name).with_extension("wasm")).unwrap()
}

/// The score of each seat in a match of agents that ship, none of whom may forfeit.
fn scores(system: &dyn System, names: &[&str], seed: u8) -> Vec<i64> {
    let modules: Vec<_> = names.iter().map(|name| module(name)).collect();
    let load = |module: &Vec<u8>| SeatAgent::load(engines()[0], system, module).unwrap();
    let seats: Vec<_> = modules.iter().map(load).collect();
    let seats: Vec<_> = seats.iter().collect();
    let played = played(system, &seats, FuelClock::default(), Seed([seed; 32]));
    assert!(played.faults.is_empty(), "{names:?} on seed {seed}: {:?}", played.faults);
    played.outcome.scores
}

#[test]
fn agents_that_ship_are_what_is_packed_of_their_networks() {
    let sums = fs::read_to_string(agents().join("wasm/SHA256SUMS")).unwrap();
    for (name, choice) in SHIPPED {
        let network = agents().join("networks").join(name).with_extension("onnx");
        let model = read_file(&network).unwrap();
        let wishes = Wishes { choice, ..Wishes::default() };
        let packed = pack(&model, system(name).as_ref(), &wishes).unwrap().module;
        let path = agents().join(format!("wasm/{name}-neural.wasm"));
        if std::env::var_os("BLESS").is_some() {
            fs::write(path, packed).unwrap();
            continue;
        }
        let is_same = fs::read(&path).is_ok_and(|committed| committed == packed);
        assert!(
            is_same,
            "{} is not what is packed of {}: run this test with BLESS=1, then \
            `cargo run -p build-agents` in agents/",
            path.display(),
            network.display()
        );
        let line = format!("{}  {name}-neural.wasm\n", sha256(&packed));
        assert!(
            sums.contains(&line),
            "agents/wasm/SHA256SUMS lacks {line:?}: run \
            `cargo run -p build-agents` in agents/"
        );
    }
}

#[test]
fn a_network_that_watched_a_planner_beats_the_greedy_snake() {
    let snake = system("snake");
    let sum = |name| (0..40).map(|seed| scores(snake.as_ref(), &[name], seed)[0]).sum::<i64>();
    let (neural, greedy) = (sum("snake-neural"), sum("snake-greedy"));
    assert!(neural * 10 > greedy * 12, "{neural} is not a fifth more than {greedy}");
}

#[test]
fn a_network_that_played_itself_beats_greedy_connect_four_from_either_seat() {
    let rules = system("connect-four");
    let (neural, greedy) = ("connect-four-neural", "connect-four-greedy");
    assert_eq!(scores(rules.as_ref(), &[neural, greedy], 0), [2, 0]);
    assert_eq!(scores(rules.as_ref(), &[greedy, neural], 0), [0, 2]);
}

#[test]
fn networks_that_ship_decide_alike_on_both_engines_and_as_the_reference() {
    for (name, choice) in SHIPPED {
        let system = system(name);
        let model =
            read_file(agents().join("networks").join(name).with_extension("onnx").as_path());
        let wishes = Wishes { choice, ..Wishes::default() };
        let packed = pack(&model.unwrap(), system.as_ref(), &wishes).unwrap();
        for engine in engines() {
            let checked = packed.checked(system.as_ref(), engine, 12).unwrap();
            assert_eq!((checked.alike, checked.positions), (12, 12), "{name} {}", engine.name());
        }
    }
}
