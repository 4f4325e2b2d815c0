//! Operators that move numbers.

use crate::networks::{Network, int, ints};

const COUNTED: [f32; 6] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];

fn check(network: Network, shape: &[usize], numbers: &[f32]) {
    let got = network.run(&COUNTED);
    assert_eq!(got.shape, shape);
    assert_eq!(got.as_f32().unwrap(), numbers);
}

#[test]
fn rows_and_columns_are_exchanged_cut_and_joined() {
    let of = || Network::of(&[2, 3]);
    check(of().node("Transpose x -> y"), &[3, 2], &[0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
    let cut = of().ints("s", &[1]).ints("e", &[99]).ints("a", &[-1]).ints("t", &[1]);
    check(cut.node("Slice x s e a t -> y"), &[2, 2], &[1.0, 2.0, 4.0, 5.0]);
    let stepped = of().ints("s", &[0]).ints("e", &[3]).ints("a", &[1]).ints("t", &[2]);
    check(stepped.node("Slice x s e a t -> y"), &[2, 2], &[0.0, 2.0, 3.0, 5.0]);
    let cut = of().ints("s", &[-1, 0]).ints("e", &[i64::MIN, 2]).ints("a", &[1, 0]);
    let turned = cut.ints("t", &[-2, 1]).node("Slice x s e a t -> y");
    check(turned, &[2, 2], &[2.0, 0.0, 5.0, 3.0]);
    let none = of().ints("s", &[0]).ints("e", &[2]).ints("a", &[1]).ints("t", &[-1]);
    let none = none.node("Slice x s e a t -> n").node_with("Concat n x -> y", &[("axis", int(1))]);
    check(none, &[2, 3], &COUNTED);
    let beyond = of().ints("s", &[9]).ints("e", &[-9]).ints("a", &[0]).ints("t", &[i64::MIN]);
    check(beyond.node("Slice x s e a t -> y"), &[1, 3], &[3.0, 4.0, 5.0]);
    let still = of().ints("s", &[0]).ints("e", &[2]).ints("a", &[1]).ints("t", &[0]);
    let still = still.node("Slice x s e a t -> y").refused().to_string();
    assert_eq!(still, "Slice number 0: a step of 0 leads nowhere");
    let parts = of().node_with("Split x -> a b c", &[("axis", int(1))]);
    let joined = parts.node_with("Concat c a -> y", &[("axis", int(-1))]);
    check(joined, &[2, 2], &[2.0, 0.0, 5.0, 3.0]);
    let picked = of().ints("i", &[-1, 0]).node_with("Gather x i -> y", &[("axis", int(0))]);
    check(picked, &[2, 3], &[3.0, 4.0, 5.0, 0.0, 1.0, 2.0]);
    let padded = of().ints("p", &[0, 1, 1, 0]).node("Pad x p -> y");
    check(padded, &[3, 4], &[0.0, 0.0, 1.0, 2.0, 0.0, 3.0, 4.0, 5.0, 0.0, 0.0, 0.0, 0.0]);
}

#[test]
fn shapes_change_without_their_numbers() {
    let of = || Network::of(&[2, 3]);
    check(of().ints("s", &[3, -1]).node("Reshape x s -> y"), &[3, 2], &COUNTED);
    check(of().ints("s", &[0, 1, 3]).node("Reshape x s -> y"), &[2, 1, 3], &COUNTED);
    check(of().node_with("Flatten x -> y", &[("axis", int(0))]), &[1, 6], &COUNTED);
    check(of().ints("a", &[0, -1]).node("Unsqueeze x a -> y"), &[1, 2, 3, 1], &COUNTED);
    let there_and_back = of().ints("a", &[1]).node("Unsqueeze x a -> u").node("Squeeze u -> y");
    check(there_and_back, &[2, 3], &COUNTED);
    let wide = Network::of(&[2, 1, 3]).ints("s", &[2, 1]).node("Expand x s -> y");
    check(wide, &[2, 2, 3], &[0., 1., 2., 0., 1., 2., 3., 4., 5., 3., 4., 5.]);
}

#[test]
fn sizes_are_computed_beforehand() {
    // As exporters write a flattening: the first size, and all others.
    let network = Network::of(&[2, 3])
        .ints("first", &[0])
        .ints("rest", &[-1])
        .node("Shape x -> s")
        .node_with("Gather s first -> n", &[("axis", int(0))])
        .node_with("Concat n rest -> t", &[("axis", int(0))])
        .node("Reshape x t -> y");
    check(network, &[2, 3], &COUNTED);
    // A size as the distance to its negative, and sizes the other way round.
    let turned = Network::of(&[2, 3])
        .ints("s", &[-1])
        .ints("e", &[-9])
        .ints("a", &[0])
        .node("Shape x -> n")
        .node("Slice n s e a s -> r")
        .node("Neg r -> m")
        .node("Abs m -> t")
        .node("Reshape x t -> y");
    check(turned, &[3, 2], &COUNTED);
    let least = Network::of(&[2, 3]).ints("n", &[i64::MIN]).node("Neg n -> m");
    let least = least.node("Reshape x m -> y").refused().to_string();
    assert_eq!(least, "Neg number 0: its whole numbers overflow");
    let doubled = Network::of(&[2, 3]).ints("two", &[2]).node("Shape x -> s");
    let doubled = doubled.node("Mul s two -> t").node("ConstantOfShape t -> z");
    check(
        doubled.node_with("ReduceSum z -> m", &[("keepdims", int(0))]).node("Add x m -> y"),
        &[2, 3],
        &COUNTED,
    );
}

#[test]
fn many_become_one_along_any_dimensions() {
    let of = || Network::of(&[2, 3]);
    let axes = |numbers: &[i64]| ("axes", ints(numbers));
    check(of().node_with("ReduceMean x -> y", &[axes(&[1])]), &[2, 1], &[1.0, 4.0]);
    let all = of().node_with("ReduceMax x -> y", &[("keepdims", int(0))]);
    check(all, &[], &[5.0]);
    let apart = Network::of(&[1, 2, 3]);
    let apart = apart.node_with("ReduceSum x -> y", &[axes(&[0, 2]), ("keepdims", int(0))]);
    check(apart, &[2], &[3.0, 12.0]);
    let where_most = of().node_with("ArgMax x -> y", &[("axis", int(0)), ("keepdims", int(0))]);
    check(where_most, &[3], &[1.0, 1.0, 1.0]);
}
