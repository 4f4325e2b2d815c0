//! Convolutions and pools, against sums written straight from their definition.

use nets_pack::evaluate::evaluate;
use nets_pack::lower::lower;
use nets_pack::onnx::Attribute;
use nets_pack::program::Kernel;
use nets_pack::quantize::int8;

use crate::modules::assert_emitted_twice;
use crate::networks::{Network, assert_near, int, ints};

/// Numbers that look random, between -1 and 1.
fn numbers(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed;
    (0..count)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 - 1.0
        })
        .collect()
}

/// A convolution by its definition over channels, rows, columns.
struct Defined {
    channels: usize,
    side: usize,
    outputs: usize,
    window: usize,
    stride: usize,
    dilation: usize,
    border: usize,
    groups: usize,
}

impl Defined {
    fn output_side(&self) -> usize {
        (self.side + 2 * self.border - (self.window - 1) * self.dilation - 1) / self.stride + 1
    }

    fn run(&self, input: &[f32], weights: &[f32], bias: &[f32]) -> Vec<f32> {
        let (share, side) = (self.channels / self.groups, self.output_side());
        let mut output = Vec::new();
        for o in 0..self.outputs {
            let first = o / (self.outputs / self.groups) * share;
            for row in 0..side {
                for column in 0..side {
                    let mut sum = f64::from(bias[o]);
                    for c in 0..share {
                        for (i, j) in
                            (0..self.window).flat_map(|i| (0..self.window).map(move |j| (i, j)))
                        {
                            let at = |place: usize, tap: usize| {
                                (place * self.stride + tap * self.dilation).checked_sub(self.border)
                            };
                            let (Some(r), Some(k)) = (at(row, i), at(column, j)) else { continue };
                            if r < self.side && k < self.side {
                                let weight =
                                    weights[((o * share + c) * self.window + i) * self.window + j];
                                let number = input[((first + c) * self.side + r) * self.side + k];
                                sum += f64::from(weight) * f64::from(number);
                            }
                        }
                    }
                    output.push(sum as f32);
                }
            }
        }
        output
    }

    fn check(&self) {
        let input = numbers(self.channels * self.side * self.side, 1);
        let ((weights, bias), network) = self.network();
        let got = network.run(&input);
        assert_eq!(got.shape, [1, self.outputs, self.output_side(), self.output_side()]);
        assert_near(got.as_f32().unwrap(), &self.run(&input, &weights, &bias));
    }

    /// Weights and biases, and the network that has them.
    fn network(&self) -> ((Vec<f32>, Vec<f32>), Network) {
        let share = self.channels / self.groups;
        let weights = numbers(self.outputs * share * self.window * self.window, 2);
        let bias = numbers(self.outputs, 3);
        let two = |number: usize| ints(&[number as i64; 2]);
        let network = Network::of(&[1, self.channels, self.side, self.side])
            .weights("w", &[self.outputs, share, self.window, self.window], &weights)
            .weights("b", &[self.outputs], &bias)
            .node_with(
                "Conv x w b -> y",
                &[
                    ("strides", two(self.stride)),
                    ("dilations", two(self.dilation)),
                    ("pads", ints(&[self.border as i64; 4])),
                    ("group", int(self.groups as i64)),
                ],
            );
        ((weights, bias), network)
    }
}

#[test]
fn convolutions_are_what_their_definition_says() {
    let plain = Defined {
        channels: 3,
        side: 6,
        outputs: 5,
        window: 3,
        stride: 1,
        dilation: 1,
        border: 1,
        groups: 1,
    };
    plain.check();
    Defined { stride: 2, border: 0, ..plain }.check();
    Defined { dilation: 2, ..plain }.check();
    Defined { channels: 4, outputs: 6, groups: 2, ..plain }.check();
    Defined { channels: 4, outputs: 4, groups: 4, window: 1, border: 0, ..plain }.check();
}

#[test]
fn sums_for_whole_tiles_are_the_same_sums() {
    for (side, border) in [(6, 1), (7, 1), (5, 0), (3, 1), (8, 2)] {
        for (channels, outputs) in [(8, 16), (24, 48)] {
            let layer = Defined {
                channels,
                side,
                outputs,
                window: 3,
                stride: 1,
                dilation: 1,
                border,
                groups: 1,
            };
            let (_, network) = layer.network();
            let program = int8(lower(network.model()).unwrap());
            let is_tiled =
                |kernel: &Kernel| matches!(kernel, Kernel::ConvInt8 { tiles: Some(_), .. });
            assert!(program.kernels.iter().any(is_tiled));
            // The second run finds the weights ready.
            let input = numbers(channels * side * side, 9);
            assert_emitted_twice(&program, &input);
            // What differs from numbers that are not whole is their rounding.
            let exact = network.run(&input);
            let whole = evaluate(&program, &[&input]).swap_remove(0);
            let pairs = exact.as_f32().unwrap().iter().zip(whole.as_f32().unwrap());
            for (exact, whole) in pairs {
                assert!((exact - whole).abs() < 0.1, "{exact} {whole}");
            }
        }
    }
}

#[test]
fn layers_of_convolutions_keep_their_channels_together_and_come_out_in_order() {
    let (first, second) = (numbers(4 * 2 * 9, 4), numbers(3 * 4, 5));
    let input = numbers(2 * 25, 6);
    let network = Network::of(&[1, 2, 5, 5])
        .weights("w", &[4, 2, 3, 3], &first)
        .weights("v", &[3, 4, 1, 1], &second)
        .node_with("Conv x w -> a", &[("pads", ints(&[1; 4]))])
        .node("Relu a -> r")
        .node("Conv r v -> c")
        .node("Flatten c -> y");
    let layer = |channels, outputs, window, border| Defined {
        channels,
        side: 5,
        outputs,
        window,
        stride: 1,
        dilation: 1,
        border,
        groups: 1,
    };
    let middle: Vec<f32> =
        layer(2, 4, 3, 1).run(&input, &first, &[0.0; 4]).iter().map(|sum| sum.max(0.0)).collect();
    let got = network.run(&input);
    assert_eq!(got.shape, [1, 75]);
    assert_near(got.as_f32().unwrap(), &layer(4, 3, 1, 0).run(&middle, &second, &[0.0; 3]));
}

#[test]
fn pools_take_the_greatest_or_the_mean_of_what_is_inside() {
    let counted: Vec<f32> = (0..16).map(|number| number as f32).collect();
    let pool = |operator: &str, attributes: &[(&str, Attribute)]| {
        Network::of(&[1, 1, 4, 4]).node_with(&format!("{operator} x -> y"), attributes)
    };
    let (two, strides) = (("kernel_shape", ints(&[2, 2])), ("strides", ints(&[2, 2])));
    let most = pool("MaxPool", &[two.clone(), strides.clone()]).run(&counted);
    assert_eq!(most.as_f32().unwrap(), [5.0, 7.0, 13.0, 15.0]);
    let mean = pool("AveragePool", &[two.clone(), strides.clone()]).run(&counted);
    assert_eq!(mean.as_f32().unwrap(), [2.5, 4.5, 10.5, 12.5]);
    let border = ("pads", ints(&[1, 1, 0, 0]));
    let inside = pool("AveragePool", &[two.clone(), strides.clone(), border.clone()]).run(&counted);
    assert_eq!(inside.as_f32().unwrap()[..2], [0.0, 1.5]);
    let with = ("count_include_pad", int(1));
    let whole = pool("AveragePool", &[two, strides, border, with]).run(&counted);
    assert_eq!(whole.as_f32().unwrap()[..2], [0.0, 0.75]);
    let global = pool("GlobalAveragePool", &[]).run(&counted);
    assert_eq!(
        (global.shape.as_slice(), global.as_f32().unwrap()),
        (&[1, 1, 1, 1][..], &[7.5][..])
    );
    let three = ("kernel_shape", ints(&[3, 3]));
    let ceiled = pool("MaxPool", &[three, ("strides", ints(&[2, 2])), ("ceil_mode", int(1))]);
    assert_eq!(ceiled.run(&counted).as_f32().unwrap(), [10.0, 11.0, 14.0, 15.0]);
}
