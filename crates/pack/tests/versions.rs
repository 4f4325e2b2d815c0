//! What a file says beside its operators, and what must not be ignored of it.

use nets_pack::lower::LowerError;
use nets_pack::onnx::{Attribute, read_file};

use crate::networks::{Network, int, ints};

fn relu() -> Network {
    Network::of(&[2]).node("Relu x -> y")
}

#[test]
fn versions_that_are_not_known_are_refused_with_those_that_are() {
    for version in [7, 13, 28] {
        assert_eq!(relu().operator_set(version).run(&[-1.0, 2.0]).as_f32().unwrap(), [0.0, 2.0]);
    }
    for version in [-1, 0, 1, 6, 29, i64::MAX] {
        let refused = relu().operator_set(version).refused();
        assert!(matches!(refused, LowerError::Version { .. }), "{refused}");
        let expected =
            format!("operators of ai.onnx in version {version}, expected version 7 to 28");
        assert_eq!(refused.to_string(), expected);
    }
    let trees = Network::of(&[1, 2]).node("ai.onnx.ml.TreeEnsemble x -> y");
    for (version, problem) in [(5, "its tree_roots are missing"), (6, "expected version 1 to 5")] {
        let refused = trees_of(version).refused().to_string();
        assert!(refused.contains(problem), "{refused}");
    }
    let refused = trees.refused().to_string();
    assert!(refused.contains("its tree_roots are missing"), "{refused}");
    let other = Network::of(&[2]).operators_of("com.microsoft", 1);
    let other = other.node("com.microsoft.BiasGelu x -> y").refused().to_string();
    assert_eq!(
        other,
        "com.microsoft.BiasGelu number 0: operators of com.microsoft are not supported, those of \
         ai.onnx and ai.onnx.ml are"
    );
    // A set that no node is of says nothing.
    relu().operators_of("com.microsoft", 1).run(&[1.0, 2.0]);
}

fn trees_of(version: i64) -> Network {
    let network = Network::of(&[1, 2]).operators_of("ai.onnx.ml", version);
    network.node("ai.onnx.ml.TreeEnsemble x -> y")
}

#[test]
fn files_say_their_versions() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exported");
    let sets = |name: &str| read_file(&folder.join(name)).unwrap().operator_sets;
    assert_eq!(sets("Zoo-23.onnx"), [("ai.onnx".to_owned(), 23)].into());
    assert_eq!(sets("TreesXgboost.onnx")["ai.onnx.ml"], 1);
}

#[test]
fn attributes_that_are_not_known_are_refused() {
    let number = |number| Attribute::Float(number);
    let word = |word: &str| Attribute::Text(word.to_owned());
    let cases: [(&str, &str, Attribute, &str); 9] = [
        ("Relu x -> y", "alpha", number(0.1), "attribute \"alpha\" is not supported"),
        (
            "Softmax x -> y",
            "temperature",
            number(2.0),
            "attribute \"temperature\" is not supported",
        ),
        ("Add x x -> y", "broadcast", int(1), "attribute \"broadcast\" is not supported"),
        ("Swish x -> y", "alpha", number(2.0), "its alpha is not 1, which alone is supported"),
        ("Cast x -> y", "to", int(8), "numbers of type 8 are not supported"),
        ("Pad x p -> y", "value", number(1.0), "only padding with 0 is supported"),
        ("Split x -> y z", "num_outputs", int(3), "num_outputs is 3, but there are 2 outputs"),
        ("Pad x p -> y", "mode", word("reflect"), "only padding with a constant is supported"),
        ("LayerNormalization x s -> y", "stash_type", int(16), "its stash_type is 16"),
    ];
    for (line, name, attribute, expected) in cases {
        let network = Network::of(&[4]).ints("p", &[1, 1]).weights("s", &[4], &[1.0; 4]);
        let refused = network.node_with(line, &[(name, attribute)]).refused().to_string();
        assert!(refused.contains(expected), "{line} {name}: {refused}");
    }
    let window = Network::of(&[1, 1, 4]).weights("w", &[1, 1, 2], &[1.0; 2]);
    let window = window.node_with("Conv x w -> y", &[("kernel_shape", ints(&[3]))]).refused();
    let window = window.to_string();
    assert!(window.contains("its kernel_shape is [3], but its weights are [2]"), "{window}");
}

#[test]
fn what_changes_nothing_is_left_aside() {
    let cases: [(&str, &str, Attribute); 4] = [
        ("Swish x -> y", "alpha", Attribute::Float(1.0)),
        ("Dropout x -> y", "ratio", Attribute::Float(0.5)),
        ("Cast x -> y", "to", int(16)),
        ("LayerNormalization x s -> y", "stash_type", int(1)),
    ];
    for (line, name, attribute) in cases {
        let network = Network::of(&[4]).weights("s", &[4], &[1.0; 4]);
        let with =
            network.node_with(line, &[(name, attribute.clone())]).run(&[0.25, -1.5, 2.0, 3.0]);
        if name == "to" {
            assert_eq!(with.as_f32().unwrap(), [0.25, -1.5, 2.0, 3.0]);
            continue;
        }
        let without = Network::of(&[4]).weights("s", &[4], &[1.0; 4]).node(line);
        assert_eq!(with, without.run(&[0.25, -1.5, 2.0, 3.0]), "{line} {name}");
    }
}

#[test]
fn layers_in_training_are_refused() {
    let dropout = |training: i64| {
        Network::of(&[2])
            .weights("r", &[1], &[0.5])
            .ints("t", &[training])
            .node("Dropout x r t -> y")
    };
    assert_eq!(dropout(0).run(&[1.0, -2.0]).as_f32().unwrap(), [1.0, -2.0]);
    let refused = dropout(1).refused().to_string();
    assert!(
        refused.contains("its training_mode is on; export the model for inference"),
        "{refused}"
    );
    let told = Network::of(&[2]).weights("r", &[1], &[0.5]).node("Dropout x r x -> y").refused();
    assert!(told.to_string().contains("it must be a constant"), "{told}");
    let normal = |line: &str, version| {
        let row = |network: Network, name: &str| network.weights(name, &[1], &[1.0]);
        let network = ["s", "b", "m", "v"].into_iter().fold(Network::of(&[1, 1, 2]), row);
        network.operator_set(version).node(line)
    };
    normal("BatchNormalization x s b m v -> y", 9).run(&[1.0, 2.0]);
    let trained = normal("BatchNormalization x s b m v -> y n o p q", 9).refused().to_string();
    assert!(trained.contains("it gives means and variances"), "{trained}");
}
