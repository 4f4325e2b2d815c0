//! Networks as agents of Systems.

use nets_core::{FuelClock, System};
use nets_pack::agent::{Agreement, Choice, Packed, Precision, Trial, Wishes, pack};
use nets_systems::build;

use crate::modules::engines;
use crate::networks::Network;

pub(crate) fn system(name: &str) -> std::sync::Arc<dyn System> {
    build(name, &std::collections::BTreeMap::new()).unwrap()
}

/// Numbers between -1 and 1 that follow no pattern.
pub(crate) fn noise(len: usize, seed: u32) -> Vec<f32> {
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as f32 / u32::MAX as f32 * 2.0 - 1.0
    };
    (0..len).map(|_| next()).collect()
}

/// A perceptron of this System's size with a policy and a value.
pub(crate) fn perceptron(system: &dyn System) -> Network {
    let inputs = system.tensor_shape().iter().product::<u32>() as usize;
    let actions = system.action_count() as usize;
    Network::of(&[1, inputs])
        .outputs(&["policy", "value"])
        .weights("w1", &[inputs, 24], &noise(inputs * 24, 1))
        .weights("b1", &[24], &noise(24, 2))
        .weights("w2", &[24, actions], &noise(24 * actions, 3))
        .weights("w3", &[24, 1], &noise(24, 4))
        .node("Gemm x w1 b1 -> h")
        .node("Relu h -> r")
        .node("MatMul r w2 -> policy")
        .node("MatMul r w3 -> v")
        .node("Tanh v -> value")
}

pub(crate) fn packed(network: &Network, system: &dyn System, wishes: &Wishes) -> Packed {
    pack(network.model(), system, wishes).unwrap()
}

#[test]
fn an_agent_of_every_system_takes_the_best_legal_action() {
    for descriptor in nets_systems::all() {
        let system = system(descriptor.name);
        let network = perceptron(system.as_ref());
        for precision in [Precision::Int8, Precision::F32] {
            let wishes = Wishes { precision, ..Wishes::default() };
            let agent = packed(&network, system.as_ref(), &wishes);
            for engine in engines() {
                let checked = agent.checked(system.as_ref(), engine, 6).unwrap();
                assert_eq!(
                    checked.alike,
                    checked.positions,
                    "{} {}",
                    descriptor.name,
                    engine.name()
                );
                assert_eq!(checked.positions, 6);
            }
        }
    }
}

#[test]
fn weights_of_eight_bits_decide_nearly_always_alike_and_cost_less() {
    let system = system("connect-four");
    let network = perceptron(system.as_ref());
    let trial = |precision| {
        let wishes = Wishes { precision, ..Wishes::default() };
        packed(&network, system.as_ref(), &wishes)
            .tried(system.as_ref(), engines()[0], 300)
            .unwrap()
    };
    let (int8, float) = (trial(Precision::Int8), trial(Precision::F32));
    assert_eq!(float.agreement.alike, 300);
    assert!(int8.agreement.alike >= 290, "{int8:?}");
    assert!(int8.fuel_max < float.fuel_max, "{int8:?} {float:?}");
    assert!(int8.fuel_max < FuelClock::default().increment, "{int8:?}");
}

#[test]
fn what_does_not_fit_the_system_is_refused() {
    let system = system("tic-tac-toe");
    let refused = |network: Network, wishes: Wishes| {
        pack(network.model(), system.as_ref(), &wishes).unwrap_err().to_string()
    };
    let small = Network::of(&[1, 5]).weights("w", &[5, 9], &noise(45, 1)).node("MatMul x w -> y");
    let message = refused(small, Wishes::default());
    assert!(message.contains("it has the shape [1, 5], expected [3, 3, 3] or [27]"), "{message}");
    let few = Network::of(&[1, 27]).weights("w", &[27, 5], &noise(135, 1)).node("MatMul x w -> y");
    let message = refused(few, Wishes::default());
    assert!(
        message.contains("expected one with 9 numbers, one for each action of tic-tac-toe"),
        "{message}"
    );
    let network = perceptron(system.as_ref());
    let wishes = Wishes { policy: Some("logits".into()), ..Wishes::default() };
    let message = pack(network.model(), system.as_ref(), &wishes).unwrap_err().to_string();
    assert!(message.contains("none is named \"logits\""), "{message}");
    let blind =
        Network::of(&[1, 27]).weights("w", &[27, 9], &noise(243, 1)).node("MatMul x w -> y");
    let message = refused(blind, Wishes { choice: Choice::Value, ..Wishes::default() });
    assert!(message.contains("none is a value"), "{message}");
}

/// What is sure to be taken: the level nearest to the number, of all that are legal in these Systems.
fn nearest(number: f32, actions: u64) -> u64 {
    let most = (actions - 1) as f32;
    (number * most).clamp(0.0, most).round() as u64
}

#[test]
fn one_number_stands_for_the_nearest_action() {
    let system = system("pendulum");
    let inputs = system.tensor_shape().iter().product::<u32>() as usize;
    let network = Network::of(&[1, inputs])
        .weights("w", &[inputs, 1], &noise(inputs, 3))
        .node("MatMul x w -> s")
        .node("Sigmoid s -> y");
    let wishes = Wishes { choice: Choice::Nearest, ..Wishes::default() };
    let agent = packed(&network, system.as_ref(), &wishes);
    for engine in engines() {
        let checked = agent.checked(system.as_ref(), engine, 20).unwrap();
        assert_eq!(checked.alike, checked.positions, "{}", engine.name());
    }
    let refused = pack(network.model(), system.as_ref(), &Wishes::default()).unwrap_err();
    assert!(refused.to_string().contains("numbers, one for each action"), "{refused}");
    let two = perceptron(system.as_ref());
    let named = Wishes { policy: Some("policy".into()), ..wishes };
    let refused = pack(two.model(), system.as_ref(), &named).unwrap_err();
    assert!(
        refused.to_string().contains("the policy \"policy\" has not one number, from 0 to 1"),
        "{refused}"
    );
}

#[test]
fn a_forest_forecasts() {
    let window = [("window".to_owned(), "2".parse().unwrap())];
    let system = build("forecast", &window.into_iter().collect()).unwrap();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = path.join("tests/exported/TreesForest.onnx");
    let model = nets_pack::onnx::read_file(&path).unwrap();
    let wishes = Wishes { choice: Choice::Nearest, ..Wishes::default() };
    let agent = pack(&model, system.as_ref(), &wishes).unwrap();
    // The forest itself, asked about what the seat sees first.
    let start = system.start(nets_core::Chance::from_seed(&nets_core::Seed::default()));
    let seat = nets_core::Seat(0);
    let mut tensor = Vec::new();
    system.write_tensor(seat, &start.observation(seat), &mut tensor).unwrap();
    let forest = nets_pack::lower::lower(&model).unwrap();
    let said = nets_pack::evaluate::evaluate(&forest, &[&tensor]).swap_remove(0);
    let expected = nearest(said.as_f32().unwrap()[0], system.action_count());
    for engine in engines() {
        let first = agent.actions(system.as_ref(), engine, 1).unwrap()[0];
        assert_eq!(first.0, expected, "{}", engine.name());
    }
}

#[test]
fn what_fits_as_int8_is_packed_though_it_would_not_as_f32() {
    let system = system("tic-tac-toe");
    let width = 2_100;
    let network = Network::of(&[1, 27])
        .weights("w1", &[27, width], &noise(27 * width, 1))
        .weights("w2", &[width, width], &noise(width * width, 2))
        .weights("w3", &[width, 9], &noise(width * 9, 3))
        .node("MatMul x w1 -> h")
        .node("MatMul h w2 -> i")
        .node("MatMul i w3 -> y");
    let agent = packed(&network, system.as_ref(), &Wishes::default());
    assert!(agent.module.len() < 6 << 20, "{}", agent.module.len());
    let trial = agent.tried(system.as_ref(), engines()[0], 1).unwrap();
    assert_eq!(trial.agreement.positions, 1);
    // With one decision alone, that is what one costs.
    assert_eq!(trial.fuel_max, trial.fuel_first);
    assert!(trial.fuel_max > (width * width) as u64 / 2);
}

#[test]
fn values_are_looked_up_only_where_actions_lead_to_what_is_known() {
    for name in ["cartpole", "kuhn-poker"] {
        let system = system(name);
        let network = perceptron(system.as_ref());
        let wishes = Wishes {
            choice: Choice::Value,
            policy: Some("policy".into()),
            value: Some("value".into()),
            ..Wishes::default()
        };
        let refused = pack(network.model(), system.as_ref(), &wishes).unwrap_err().to_string();
        assert!(refused.contains("where an action leads is not known"), "{name}: {refused}");
    }
}

/// How many decisions a clock allows, one after the other.
fn counted(trial: &Trial, clock: &FuelClock, most: u64) -> Option<u64> {
    let mut left = clock.base;
    for decision in 0..most {
        let cost = if decision == 0 { trial.fuel_first } else { trial.fuel_max };
        let Some(rest) = clock.refill(left).checked_sub(cost) else { return Some(decision) };
        left = rest;
    }
    None
}

#[test]
fn decisions_within_a_clock_are_as_many_as_it_can_pay() {
    let most = 3_000;
    for (fuel_first, fuel_max) in [(7, 5), (5, 7), (90, 30), (1, 1), (0, 0), (100, 99)] {
        let agreement = Agreement { alike: 1, positions: 1 };
        let trial = Trial { fuel_first, fuel_max, agreement };
        for base in [0, 1, 6, 8, 50, 99, 100, 101, 500, 2_000] {
            for increment in [0, 1, 4, 5, 6, 29, 30, 98, 99, 1_000] {
                for cap in [base, base + 1, base + 3, base + 40, base + 1_000] {
                    let clock = FuelClock { base, increment, cap };
                    let expected = counted(&trial, &clock, most);
                    assert_eq!(trial.decisions_within(&clock), expected, "{trial:?} {clock:?}");
                }
            }
        }
    }
    // Nobody waits for so many to be counted.
    let trial =
        Trial { fuel_first: 0, fuel_max: 2, agreement: Agreement { alike: 1, positions: 1 } };
    let clock = FuelClock { base: u64::MAX, increment: 1, cap: u64::MAX };
    assert_eq!(trial.decisions_within(&clock), Some(u64::MAX));
}
