//! Ways to choose: what an agent does is held against the reference and against the weights of the
//! file by the way in which it chooses, and by no other.

use nets_core::System;
use nets_pack::agent::{Choice, Packed, Precision, Wishes};

use crate::agents::{noise, packed, perceptron, system};
use crate::modules::engines;
use crate::networks::Network;

const CHOICES: [Choice; 3] = [Choice::Best, Choice::Sampled(8.0), Choice::Value];

fn wishes(choice: Choice) -> Wishes {
    Wishes { choice, ..Wishes::default() }
}

/// How many decisions of so many are those of the reference.
fn alike(agent: &Packed, system: &dyn System, count: usize) -> usize {
    let checked = agent.checked(system, engines()[0], count).unwrap();
    assert_eq!(checked.positions, count);
    checked.alike
}

#[test]
fn every_way_to_choose_is_that_of_the_reference_on_both_engines() {
    for name in ["connect-four", "tic-tac-toe", "othello", "rps"] {
        let system = system(name);
        for choice in CHOICES {
            let agent = packed(&perceptron(system.as_ref()), system.as_ref(), &wishes(choice));
            for engine in engines() {
                let checked = agent.checked(system.as_ref(), engine, 30).unwrap();
                let all = (checked.alike, checked.positions);
                assert_eq!(all, (30, 30), "{name} {choice:?} {}", engine.name());
            }
        }
    }
}

#[test]
fn draws_are_those_of_the_reference_in_a_thousand_positions() {
    for temperature in [0.01, 0.3, 1.0, 100.0] {
        for name in ["snake", "kuhn-poker", "leduc-poker"] {
            let system = system(name);
            let network = perceptron(system.as_ref());
            let wishes = Wishes {
                policy: Some("policy".into()),
                value: Some("value".into()),
                ..wishes(Choice::Sampled(temperature))
            };
            let agent = packed(&network, system.as_ref(), &wishes);
            assert_eq!(alike(&agent, system.as_ref(), 1_000), 1_000, "{name} {temperature}");
        }
    }
}

#[test]
fn a_check_finds_an_agent_that_chooses_in_another_way() {
    let system = system("connect-four");
    let network = perceptron(system.as_ref());
    for choice in CHOICES {
        let mut agent = packed(&network, system.as_ref(), &wishes(choice));
        for other in CHOICES.into_iter().filter(|other| *other != choice) {
            agent.module = packed(&network, system.as_ref(), &wishes(other)).module;
            let alike = alike(&agent, system.as_ref(), 60);
            assert!(alike < 50, "{other:?} is taken for {choice:?}: {alike} of 60");
        }
    }
    let other = packed(&network, system.as_ref(), &wishes(Choice::Sampled(500.0))).module;
    let mut agent = packed(&network, system.as_ref(), &wishes(Choice::Sampled(0.1)));
    agent.module = other;
    assert!(alike(&agent, system.as_ref(), 60) < 50);
}

/// A network of one number for all actions of the pendulum.
fn scale(system: &dyn System, seed: u32) -> Network {
    let inputs = system.tensor_shape().iter().product::<u32>() as usize;
    Network::of(&[1, inputs])
        .weights("w", &[inputs, 1], &noise(inputs, seed))
        .node("MatMul x w -> s")
        .node("Sigmoid s -> y")
}

#[test]
fn a_check_finds_an_agent_that_is_not_the_nearest() {
    let system = system("pendulum");
    let of =
        |seed| packed(&scale(system.as_ref(), seed), system.as_ref(), &wishes(Choice::Nearest));
    let mut agent = of(3);
    assert_eq!(alike(&agent, system.as_ref(), 100), 100);
    agent.module = of(4).module;
    assert!(alike(&agent, system.as_ref(), 100) < 90);
}

#[test]
fn weights_of_eight_bits_are_compared_by_the_choice_that_is_made() {
    let system = system("connect-four");
    // The policy is the same number for all, which nothing changes; values are close together.
    let network = Network::of(&[1, 126])
        .outputs(&["policy", "value"])
        .weights("w1", &[126, 64], &noise(126 * 64, 1))
        .weights("w2", &[64, 64], &noise(64 * 64, 2))
        .weights("w3", &[64, 1], &noise(64, 4))
        .weights("w4", &[64, 7], &[0.0; 64 * 7])
        .node("MatMul x w1 -> h")
        .node("Tanh h -> r")
        .node("MatMul r w2 -> i")
        .node("Tanh i -> s")
        .node("MatMul s w4 -> policy")
        .node("MatMul s w3 -> value");
    for choice in CHOICES {
        let of =
            |precision| packed(&network, system.as_ref(), &Wishes { precision, ..wishes(choice) });
        let (int8, float) = (of(Precision::Int8), of(Precision::F32));
        let trial = int8.tried(system.as_ref(), engines()[0], 300).unwrap();
        let actions = |agent: &Packed| agent.actions(system.as_ref(), engines()[0], 300).unwrap();
        let pairs = actions(&int8).into_iter().zip(actions(&float));
        let alike = pairs.filter(|(one, other)| one == other).count();
        assert_eq!(trial.agreement.alike, alike, "{choice:?}");
        assert_eq!(alike < 300, choice == Choice::Value, "{choice:?}: {alike} of 300");
    }
}
