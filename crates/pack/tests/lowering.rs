//! Operators that compute, and what is refused.

use nets_pack::lower::LowerError;
use nets_pack::onnx::Attribute;

use crate::networks::{Network, assert_near, int};

#[test]
fn layers_of_a_perceptron_are_sums_and_their_activations() {
    let network = Network::of(&[1, 2])
        .weights("w1", &[3, 2], &[1.0, 2.0, -1.0, 0.5, 0.0, -3.0])
        .weights("b1", &[3], &[0.5, 0.0, 1.0])
        .weights("w2", &[3, 1], &[2.0, -1.0, 4.0])
        .node_with("Gemm x w1 b1 -> h", &[("transB", int(1))])
        .node("Relu h -> r")
        .node("MatMul r w2 -> y");
    // 1·3 + 2·(-1) + 0.5 = 1.5; -3 - 0.5 = -3.5, cut; 3 + 1 = 4.
    let got = network.run(&[3.0, -1.0]);
    assert_eq!(got.shape, [1, 1]);
    assert_near(got.as_f32().unwrap(), &[2.0 * 1.5 + 4.0 * 4.0]);
}

#[test]
fn gemm_scales_both_of_its_parts_and_adds_what_is_not_known_beforehand() {
    let network = Network::of(&[2, 2]).weights("w", &[2, 2], &[1.0, 2.0, 3.0, 4.0]).node_with(
        "Gemm x w x -> y",
        &[("alpha", Attribute::Float(0.5)), ("beta", Attribute::Float(2.0))],
    );
    let got = network.run(&[1.0, 0.0, 0.0, 1.0]);
    assert_near(got.as_f32().unwrap(), &[0.5 + 2.0, 1.0, 1.5, 2.0 + 2.0]);
}

#[test]
fn matrices_that_are_not_known_beforehand_are_multiplied_in_pairs() {
    let network = Network::of(&[2, 1, 2])
        .ints("shape", &[2, 2, 1])
        .node("Reshape x shape -> t")
        .node("MatMul t x -> y");
    let got = network.run(&[1.0, 2.0, 3.0, 4.0]);
    assert_eq!(got.shape, [2, 2, 2]);
    assert_near(got.as_f32().unwrap(), &[1.0, 2.0, 2.0, 4.0, 9.0, 12.0, 12.0, 16.0]);
}

#[test]
fn shapes_are_brought_together_from_their_ends() {
    let network = Network::of(&[2, 3])
        .weights("row", &[3], &[10.0, 20.0, 30.0])
        .weights("column", &[2, 1], &[1.0, 2.0])
        .node("Add x row -> a")
        .node("Mul a column -> b")
        .node("Sub row b -> y");
    let got = network.run(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    assert_near(got.as_f32().unwrap(), &[-1.0, -2.0, -3.0, -18.0, -30.0, -42.0]);
}

#[test]
fn normalisation_brings_rows_and_channels_to_scale() {
    let rows = Network::of(&[2, 2])
        .weights("s", &[2], &[1.0, 2.0])
        .weights("b", &[2], &[0.0, 1.0])
        .node_with("LayerNormalization x s b -> y", &[("epsilon", Attribute::Float(0.0))]);
    assert_near(rows.run(&[1.0, 3.0, 5.0, 5.5]).as_f32().unwrap(), &[-1.0, 3.0, -1.0, 3.0]);
    let channels = Network::of(&[1, 2, 1, 2])
        .weights("s", &[2], &[1.0, 2.0])
        .weights("b", &[2], &[0.0, 1.0])
        .weights("m", &[2], &[1.0, 2.0])
        .weights("v", &[2], &[4.0, 1.0])
        .node_with("BatchNormalization x s b m v -> y", &[("epsilon", Attribute::Float(0.0))]);
    let got = channels.run(&[1.0, 3.0, 2.0, 4.0]);
    assert_near(got.as_f32().unwrap(), &[0.0, 1.0, 1.0, 5.0]);
}

#[test]
fn softmax_weighs_along_one_dimension() {
    let last = Network::of(&[2, 2]).node("Softmax x -> y");
    let e = std::f32::consts::E;
    let got = last.run(&[0.0, 1.0, 100.0, 100.0]);
    assert_near(got.as_f32().unwrap(), &[1.0 / (1.0 + e), e / (1.0 + e), 0.5, 0.5]);
    let first = Network::of(&[2, 2]).node_with("Softmax x -> y", &[("axis", int(0))]);
    let got = first.run(&[0.0, 5.0, 1.0, 5.0]);
    assert_near(got.as_f32().unwrap(), &[1.0 / (1.0 + e), 0.5, e / (1.0 + e), 0.5]);
    // Older versions take all dimensions from the axis on as one.
    let old = Network::of(&[1, 2, 2]).operator_set(11).node("Softmax x -> y");
    assert_near(old.run(&[3.0; 4]).as_f32().unwrap(), &[0.25; 4]);
}

#[test]
fn what_is_not_supported_is_named_with_its_place() {
    let unknown = Network::of(&[1]).node("Relu x -> h").node("Loop h -> y").refused();
    assert_eq!(
        unknown,
        LowerError::Operator { node: "Loop number 1".to_owned(), operator: "Loop".to_owned() }
    );
    let dynamic = Network::of(&[1, 2]).node("MatMul x z -> y").refused();
    assert!(dynamic.to_string().contains("input \"z\" is made by no node"), "{dynamic}");
    let wrong =
        Network::of(&[1, 3]).weights("w", &[2, 2], &[0.0; 4]).node("Gemm x w -> y").refused();
    assert_eq!(wrong.to_string(), "Gemm number 0: rows of 3 numbers by weights for 2");
    let nothing = Network::of(&[1]).refused();
    assert_eq!(nothing, LowerError::Output("y".to_owned()));
}

#[test]
fn rows_of_any_width_stay_apart() {
    for outputs in 1..=33 {
        let weights: Vec<f32> = (0..2 * outputs).map(|place| place as f32 - 7.0).collect();
        let network =
            Network::of(&[3, 2]).weights("w", &[2, outputs], &weights).node("MatMul x w -> y");
        let input = [1.0, 2.0, -3.0, 0.5, 4.0, -1.0];
        let expected: Vec<f32> = input
            .chunks(2)
            .flat_map(|row| {
                let sum =
                    |output: usize| row[0] * weights[output] + row[1] * weights[outputs + output];
                (0..outputs).map(sum).collect::<Vec<_>>()
            })
            .collect();
        assert_near(network.run(&input).as_f32().unwrap(), &expected);
    }
}
