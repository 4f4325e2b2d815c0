//! Layers that remember, against loops written straight from ONNX's formulas.

#![allow(clippy::disallowed_methods, reason = "compared with, not relied upon")]

use nets_pack::agent::{Remembered, Wishes, pack};
use nets_pack::evaluate::Evaluator;
use nets_pack::onnx::Attribute;

use crate::agents::{noise, system};
use crate::modules::{assert_emitted_twice, engines};
use crate::networks::{Network, assert_near, int, port};

const INPUT: usize = 3;
const HIDDEN: usize = 2;
const PLACES: usize = 4;

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

/// A layer's weights, as a file has them, for so many gates.
struct Layer {
    gates: usize,
    input: Vec<f32>,
    hidden: Vec<f32>,
    bias: Vec<f32>,
}

impl Layer {
    fn of(gates: usize) -> Self {
        let rows = gates * HIDDEN;
        Self {
            gates,
            input: noise(rows * INPUT, 1),
            hidden: noise(rows * HIDDEN, 2),
            bias: noise(2 * rows, 3),
        }
    }

    fn network(&self, line: &str, attributes: &[(&str, Attribute)]) -> Network {
        let rows = self.gates * HIDDEN;
        Network::of(&[PLACES, 1, INPUT])
            .weights("w", &[1, rows, INPUT], &self.input)
            .weights("r", &[1, rows, HIDDEN], &self.hidden)
            .weights("b", &[1, 2 * rows], &self.bias)
            .node_with(line, attributes)
    }

    /// What the input adds to a unit of a gate.
    fn seen(&self, x: &[f32], gate: usize, unit: usize) -> f32 {
        let row = gate * HIDDEN + unit;
        (0..INPUT).fold(self.bias[row], |sum, tap| sum + x[tap] * self.input[row * INPUT + tap])
    }

    /// What is remembered adds to it.
    fn told(&self, h: &[f32], gate: usize, unit: usize) -> f32 {
        let row = gate * HIDDEN + unit;
        let bias = self.bias[self.gates * HIDDEN + row];
        (0..HIDDEN).fold(bias, |sum, tap| sum + h[tap] * self.hidden[row * HIDDEN + tap])
    }

    fn sum(&self, x: &[f32], h: &[f32], gate: usize, unit: usize) -> f32 {
        self.seen(x, gate, unit) + self.told(h, gate, unit)
    }
}

fn sequence() -> Vec<f32> {
    noise(PLACES * INPUT, 4)
}

#[test]
fn a_gru_weighs_what_it_remembers_against_what_it_sees() {
    let layer = Layer::of(3);
    for resets_after in [false, true] {
        let mut h = [0.0f32; HIDDEN];
        let mut expected = Vec::new();
        for x in sequence().chunks(INPUT) {
            let gate = |number, unit| sigmoid(layer.sum(x, &h, number, unit));
            let reset: Vec<f32> = (0..HIDDEN).map(|unit| gate(1, unit)).collect();
            let rest: Vec<f32> = reset.iter().zip(&h).map(|(r, h)| r * h).collect();
            let next = [0, 1].map(|unit| {
                let told = if resets_after {
                    reset[unit] * layer.told(&h, 2, unit)
                } else {
                    layer.told(&rest, 2, unit)
                };
                let new = (layer.seen(x, 2, unit) + told).tanh();
                let z = gate(0, unit);
                (1.0 - z) * new + z * h[unit]
            });
            h = next;
            expected.extend(h);
        }
        let attributes = [("linear_before_reset", int(resets_after.into()))];
        let all = layer.network("GRU x w r b -> y", &attributes).run(&sequence());
        assert_eq!(all.shape, [PLACES, 1, 1, HIDDEN]);
        assert_near(all.as_f32().unwrap(), &expected);
        let last = layer.network("GRU x w r b -> all y", &attributes).run(&sequence());
        assert_eq!(last.shape, [1, 1, HIDDEN]);
        assert_near(last.as_f32().unwrap(), &h);
    }
}

#[test]
fn an_lstm_keeps_a_cell_beside_what_it_shows() {
    let layer = Layer::of(4);
    let (mut h, mut c) = ([0.0f32; HIDDEN], [0.0f32; HIDDEN]);
    for x in sequence().chunks(INPUT) {
        let gate = |number, unit| sigmoid(layer.sum(x, &h, number, unit));
        let cell = [0, 1]
            .map(|unit| gate(2, unit) * c[unit] + gate(0, unit) * layer.sum(x, &h, 3, unit).tanh());
        h = [0, 1].map(|unit| gate(1, unit) * cell[unit].tanh());
        c = cell;
    }
    let shown = layer.network("LSTM x w r b -> - y", &[]).run(&sequence());
    assert_near(shown.as_f32().unwrap(), &h);
    let cell = layer.network("LSTM x w r b -> - - y", &[]).run(&sequence());
    assert_near(cell.as_f32().unwrap(), &c);
}

#[test]
fn a_sequence_may_be_read_from_its_end() {
    let layer = Layer::of(1);
    let reverse = ("direction", Attribute::Text("reverse".into()));
    let got = layer.network("RNN x w r b -> y", &[reverse]).run(&sequence());
    let mut h = [0.0f32; HIDDEN];
    let mut expected = Vec::new();
    for x in sequence().chunks(INPUT).rev() {
        h = [0, 1].map(|unit| layer.sum(x, &h, 0, unit).tanh());
        expected.splice(0..0, h);
    }
    assert_near(got.as_f32().unwrap(), &expected);
}

#[test]
fn what_a_layer_cannot_do_is_refused() {
    let layer = Layer::of(3);
    let refused = |line: &str, attribute: (&str, Attribute)| {
        layer.network(line, &[attribute]).refused().to_string()
    };
    let clipped = refused("GRU x w r b -> y", ("clip", Attribute::Float(1.0)));
    assert!(clipped.contains("attribute \"clip\" is not supported"), "{clipped}");
    let names = ["Softsign", "Tanh"].map(str::to_owned).to_vec();
    let unknown = refused("GRU x w r b -> y", ("activations", Attribute::Texts(names)));
    assert!(unknown.contains("activation \"Softsign\" is not supported"), "{unknown}");
    let gates = refused("LSTM x w r b -> y", ("layout", int(0)));
    assert!(gates.contains("weights of shape [1, 6, 3], expected [1, 8, 3]"), "{gates}");
}

/// A network that counts what it has seen: `h' = h + x·w`, `y = h'`.
fn counting(system: &dyn nets_core::System) -> Network {
    let inputs = system.tensor_shape().iter().product::<u32>() as usize;
    let actions = system.action_count() as usize;
    Network::of(&[1, inputs])
        .also_given(port("h", &[1, actions]))
        .outputs(&["y", "k"])
        .weights("w", &[inputs, actions], &noise(inputs * actions, 5))
        .node("MatMul x w -> s")
        .node("Add h s -> k")
        .node("Identity k -> y")
}

fn state(input: &str, output: &str) -> Wishes {
    let remembered = Remembered { input: input.into(), output: output.into() };
    Wishes { remembered: vec![remembered], ..Wishes::default() }
}

#[test]
fn a_network_remembers_within_a_match_and_forgets_after_it() {
    let system = system("tic-tac-toe");
    let network = counting(system.as_ref());
    let agent = pack(network.model(), system.as_ref(), &state("h", "k")).unwrap();
    let mut evaluator = Evaluator::new(&agent.float);
    let input = noise(27, 6);
    let once = evaluator.run(&[&input]).swap_remove(0);
    let twice = evaluator.run(&[&input]).swap_remove(0);
    let doubled: Vec<f32> = once.as_f32().unwrap().iter().map(|number| number * 2.0).collect();
    assert_near(twice.as_f32().unwrap(), &doubled);
    assert_emitted_twice(&agent.program, &input);
    // More matches than one, each with seats that remember their own alone.
    for engine in engines() {
        let checked = agent.checked(system.as_ref(), engine, 60).unwrap();
        assert_eq!(checked.alike, checked.positions, "{}", engine.name());
    }
}

#[test]
fn what_is_remembered_must_be_there_and_keep_its_shape() {
    let system = system("tic-tac-toe");
    let refused = |wishes: &Wishes| {
        pack(counting(system.as_ref()).model(), system.as_ref(), wishes).unwrap_err().to_string()
    };
    let unknown = refused(&state("g", "k"));
    assert!(unknown.contains("no input left is named \"g\"; there are x, h"), "{unknown}");
    let unknown = refused(&state("h", "z"));
    assert!(unknown.contains("no output is named \"z\"; there are y, k"), "{unknown}");
    let other = refused(&state("x", "k"));
    assert!(other.contains("x has the shape [1, 27] and k [1, 9]"), "{other}");
    let twice = Wishes {
        remembered: ["h", "x"].map(|it| Remembered { input: it.into(), output: "k".into() }).into(),
        ..Wishes::default()
    };
    let twice = refused(&twice);
    assert!(twice.contains("k is given to two inputs, h and x"), "{twice}");
    let forgotten = refused(&Wishes::default());
    assert!(forgotten.contains("there are 2, expected one"), "{forgotten}");
    let wishes = Wishes { choice: nets_pack::agent::Choice::Value, ..state("h", "k") };
    let looking = refused(&wishes);
    assert!(looking.contains("positions that are not played"), "{looking}");
}
