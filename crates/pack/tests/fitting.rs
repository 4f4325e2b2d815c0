//! What of a network fits a System: where its planes are, and which of its outputs is what.

use nets_core::{Planes, System};
use nets_pack::agent::{Choice, PackError, Wishes, pack};
use nets_systems::build;

use crate::agents::{noise, packed, perceptron, system};
use crate::modules::engines;
use crate::networks::{Network, ints};

/// A convolution over a board with its planes first, and the same for whom they are last.
fn convolutions(planes: usize, side: usize, actions: usize) -> [Network; 2] {
    let kernels = noise(4 * planes * 9, 11);
    let flat = 4 * (side - 2) * (side - 2);
    let of = |shape: &[usize]| {
        Network::of(shape).weights("k", &[4, planes, 3, 3], &kernels).weights(
            "w",
            &[flat, actions],
            &noise(flat * actions, 12),
        )
    };
    let rest = |network: Network| {
        network.node("Relu c -> r").node("Flatten r -> f").node("MatMul f w -> y")
    };
    let first = rest(of(&[1, planes, side, side]).node("Conv x k -> c"));
    let last = of(&[1, side, side, planes])
        .node_with("Transpose x -> t", &[("perm", ints(&[0, 3, 1, 2]))])
        .node("Conv t k -> c");
    [first, rest(last)]
}

fn layout(planes: Planes) -> Wishes {
    Wishes { input_layout: Some(planes), ..Wishes::default() }
}

#[test]
fn planes_are_where_the_network_has_them_whatever_the_system_does() {
    for (name, planes, side) in [("snake", 5, 10), ("snake-arena", 9, 11), ("othello", 3, 8)] {
        let system = system(name);
        let actions = system.action_count() as usize;
        let mut shape = system.tensor_shape();
        shape.sort_unstable();
        assert_eq!(shape, [planes, side, side].map(|size| size as u32), "{name}");
        let [first, last] = convolutions(planes, side, actions);
        let of = |network: &Network, wishes: &Wishes| {
            let agent = packed(network, system.as_ref(), wishes);
            assert_eq!(agent.checked(system.as_ref(), engines()[0], 40).unwrap().alike, 40);
            agent.actions(system.as_ref(), engines()[0], 40).unwrap()
        };
        let decisions = of(&first, &layout(Planes::First));
        assert!(decisions.iter().any(|action| *action != decisions[0]), "{name}");
        assert_eq!(of(&last, &layout(Planes::Last)), decisions, "{name}");
        // Here the shape says it as well.
        assert_eq!(of(&first, &Wishes::default()), decisions, "{name}");
        assert_eq!(of(&last, &Wishes::default()), decisions, "{name}");
        let refused = pack(first.model(), system.as_ref(), &layout(Planes::Last)).unwrap_err();
        let expected = format!("expected [{side}, {side}, {planes}] or [");
        assert!(refused.to_string().contains(&expected), "{refused}");
    }
}

#[test]
fn a_shape_that_has_planes_first_or_last_needs_to_be_told() {
    let sides = ["width", "height"].map(|name| (name.to_owned(), "5".parse().unwrap()));
    let system = build("snake", &sides.into_iter().collect()).unwrap();
    let [first, last] = convolutions(5, 5, 4);
    let refused = pack(first.model(), system.as_ref(), &Wishes::default()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the network's input: its shape [1, 5, 5, 5] may have the planes first or last; the System \
         has them last"
    );
    let actions = |network: &Network, planes| {
        let agent = packed(network, system.as_ref(), &layout(planes));
        agent.actions(system.as_ref(), engines()[0], 60).unwrap()
    };
    let decisions = actions(&first, Planes::First);
    assert_eq!(actions(&last, Planes::Last), decisions);
    assert_ne!(actions(&first, Planes::Last), decisions);
    // Of a row of numbers the System's order is meant where no other is named.
    let row = perceptron(system.as_ref());
    let of = |wishes: &Wishes| packed(&row, system.as_ref(), wishes).module;
    assert_eq!(of(&Wishes::default()), of(&layout(Planes::Last)));
    assert_ne!(of(&Wishes::default()), of(&layout(Planes::First)));
}

#[test]
fn a_row_has_no_planes() {
    let system = system("cartpole");
    let named = |planes| Wishes { policy: Some("policy".into()), ..layout(planes) };
    let refused = pack(perceptron(system.as_ref()).model(), system.as_ref(), &named(Planes::First));
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("the tensor of cartpole v1 is a row of numbers"), "{refused}");
}

/// A network that says nothing but what a position is worth.
fn judge(system: &dyn System) -> Network {
    let inputs = system.tensor_shape().iter().product::<u32>() as usize;
    Network::of(&[1, inputs])
        .outputs(&["value"])
        .weights("w", &[inputs, 1], &noise(inputs, 3))
        .node("MatMul x w -> v")
        .node("Tanh v -> value")
}

#[test]
fn a_value_alone_is_enough_to_look_ahead_and_for_nothing_else() {
    for name in ["tic-tac-toe", "connect-four", "chess"] {
        let system = system(name);
        let of = |choice| {
            let wishes = Wishes { choice, ..Wishes::default() };
            pack(judge(system.as_ref()).model(), system.as_ref(), &wishes)
        };
        let agent = of(Choice::Value).unwrap();
        for engine in engines() {
            let checked = agent.checked(system.as_ref(), engine, 8).unwrap();
            assert_eq!(checked.alike, checked.positions, "{name} {}", engine.name());
        }
        let actions = agent.actions(system.as_ref(), engines()[0], 30).unwrap();
        assert!(actions.iter().any(|action| *action != actions[0]), "{name}");
        for choice in [Choice::Best, Choice::Sampled(1.0)] {
            let refused = of(choice).unwrap_err();
            assert!(matches!(refused, PackError::ValueAlone(_)), "{refused}");
            assert!(refused.to_string().contains("a value alone chooses nothing"), "{refused}");
        }
    }
    let rps = system("rps");
    let wishes = Wishes { choice: Choice::Value, ..Wishes::default() };
    let refused = pack(judge(rps.as_ref()).model(), rps.as_ref(), &wishes).unwrap_err();
    assert!(refused.to_string().contains("both seats of rps v1 act at once"), "{refused}");
    // One number may be a scale, unless it is said to be the value.
    let wishes = Wishes { choice: Choice::Nearest, ..Wishes::default() };
    packed(&judge(rps.as_ref()), rps.as_ref(), &wishes);
    let named = Wishes { value: Some("value".into()), ..wishes };
    let refused = pack(judge(rps.as_ref()).model(), rps.as_ref(), &named).unwrap_err();
    assert!(refused.to_string().contains("expected one with one number"), "{refused}");
}

#[test]
fn which_of_several_outputs_is_meant_has_to_be_said() {
    let system = system("tic-tac-toe");
    let network = Network::of(&[1, 27])
        .outputs(&["a", "b", "v", "w"])
        .weights("k", &[27, 9], &noise(27 * 9, 3))
        .weights("l", &[9, 1], &noise(9, 3))
        .node("MatMul x k -> a")
        .node("Tanh a -> b")
        .node("MatMul a l -> v")
        .node("MatMul b l -> w");
    let of = |wishes: &Wishes| pack(network.model(), system.as_ref(), wishes);
    let value = Wishes { choice: Choice::Value, ..Wishes::default() };
    for (wishes, wanted) in [(Wishes::default(), "policy"), (value, "value")] {
        let refused = of(&wishes).unwrap_err();
        assert!(matches!(refused, PackError::Several { head, .. } if head == wanted), "{refused}");
        let expected = format!("several could be the {wanted}; there are \"a\" of shape [1, 9], ");
        assert!(refused.to_string().contains(&expected), "{refused}");
    }
    let named = |name: &str| Some(name.to_owned());
    let wishes = Wishes { policy: named("a"), value: named("w"), ..Wishes::default() };
    of(&wishes).unwrap();
    let refused = of(&Wishes { policy: named("v"), ..Wishes::default() }).unwrap_err();
    assert!(refused.to_string().contains("the policy \"v\" has not 9 numbers"), "{refused}");
    let refused = of(&Wishes { policy: named("a"), value: named("b"), ..Wishes::default() });
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("the value \"b\" is not one number"), "{refused}");
}
