//! Layers that go along a sequence and remember: RNN, GRU and LSTM.
//!
//! How long a sequence is, is known, so each of its places becomes kernels of its own. What the input
//! adds to all places is one product before them.

mod cells;

use super::attributes::{int, text, texts};
use super::movement::{Movement, Piece, Place};
use super::value::Value;
use super::{Lowering, Operator, Problem, floats};
use crate::onnx::Node;
use crate::program::{Linear, Unary};
use crate::tensor::{Tensor, strides};
use cells::{Cell, Kept, Kind};

/// Longer sequences would be more kernels than an agent has room for.
const PLACES_MAX: usize = 1024;

pub(super) fn operator(name: &str) -> Option<Operator> {
    Some(match name {
        "RNN" => |lowering, node| layer(lowering, node, Kind::Rnn),
        "GRU" => |lowering, node| layer(lowering, node, Kind::Gru),
        "LSTM" => |lowering, node| layer(lowering, node, Kind::Lstm),
        _ => return None,
    })
}

/// How large a layer is.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    places: usize,
    batch: usize,
    input: usize,
    hidden: usize,
    directions: usize,
    /// Whether the batch comes before the places, or the directions.
    is_batch_first: bool,
}

/// One direction's way along the sequence.
struct Way {
    /// What is remembered at each place, in the order of the sequence.
    hidden: Vec<Value>,
    /// What is remembered at its end.
    last: Kept,
}

fn layer(lowering: &mut Lowering<'_>, node: &Node, kind: Kind) -> Result<Vec<Value>, Problem> {
    refuse(node)?;
    let sizes = sizes(lowering, node, kind)?;
    let input = lowering.input(node, 0)?;
    let input = batch_second(lowering, &input, sizes.is_batch_first)?;
    let initial = [5, 6].map(|number| initial(lowering, node, number, &sizes));
    let [hidden, cell] = initial;
    let (hidden, cell) = (hidden?, cell?);
    let backwards = match (text(node, "direction", "forward")?, sizes.directions) {
        ("forward", 1) => vec![false],
        ("reverse", 1) => vec![true],
        ("bidirectional", 2) => vec![false, true],
        (other, count) => return Err(format!("direction {other:?} with weights for {count}")),
    };
    let mut ways = Vec::new();
    for (direction, is_backwards) in backwards.into_iter().enumerate() {
        let (from_input, cell_of) = weights(lowering, node, kind, &sizes, direction)?;
        let begin = Kept {
            hidden: part(lowering, &hidden, direction)?,
            cell: match kind {
                Kind::Lstm => Some(part(lowering, &cell, direction)?),
                Kind::Rnn | Kind::Gru => None,
            },
        };
        let rows = sizes.places * sizes.batch;
        let shape = vec![sizes.places, sizes.batch, from_input.outputs];
        let given = lowering.dense(&input, rows, from_input, shape)?;
        ways.push(along(lowering, &cell_of, &given, begin, is_backwards)?);
    }
    outputs(lowering, &sizes, &ways)
}

/// What would change what is computed and is not written here.
fn refuse(node: &Node) -> Result<(), Problem> {
    if int(node, "input_forget", 0)? != 0 {
        return Err("coupled gates (input_forget) are not supported".to_owned());
    }
    Ok(())
}

fn sizes(lowering: &Lowering<'_>, node: &Node, kind: Kind) -> Result<Sizes, Problem> {
    let is_batch_first = int(node, "layout", 0)? != 0;
    let input = lowering.input(node, 0)?;
    let &[first, second, columns] = &input.shape[..] else {
        return Err(format!("its input has shape {:?}, expected three dimensions", input.shape));
    };
    let recurrent = lowering.input(node, 2)?;
    let &[directions, _, hidden] = &recurrent.shape[..] else {
        return Err(format!("weights of shape {:?}, expected three dimensions", recurrent.shape));
    };
    let (places, batch) = if is_batch_first { (second, first) } else { (first, second) };
    let sizes = Sizes { places, batch, input: columns, hidden, directions, is_batch_first };
    if places > PLACES_MAX {
        return Err(format!("a sequence of {places} places; at most {PLACES_MAX} are supported"));
    }
    let rows = kind.gates() * hidden;
    for (number, expected) in [(1, [directions, rows, columns]), (2, [directions, rows, hidden])] {
        let got = lowering.input(node, number)?.shape;
        if got != expected {
            return Err(format!("weights of shape {got:?}, expected {expected:?}"));
        }
    }
    if let Some(lens) = lowering.known_ints(node, 4)?
        && lens.iter().any(|&len| len != places as i64)
    {
        return Err(format!("sequences of {lens:?} places in a tensor of {places}"));
    }
    Ok(sizes)
}

/// The first two dimensions changed where the batch is the first.
fn batch_second(
    lowering: &mut Lowering<'_>,
    value: &Value,
    is_batch_first: bool,
) -> Result<Value, Problem> {
    if !is_batch_first {
        return Ok(value.clone());
    }
    let (mut shape, mut from) = (value.shape.clone(), strides(&value.shape));
    shape.swap(0, 1);
    from.swap(0, 1);
    lowering.moved(std::slice::from_ref(value), Movement::whole(shape, Place::new(0, from)))
}

/// What is remembered at first, `[directions, batch, hidden]`; 0 where the node says nothing.
fn initial(
    lowering: &mut Lowering<'_>,
    node: &Node,
    number: usize,
    sizes: &Sizes,
) -> Result<Value, Problem> {
    let expected = vec![sizes.directions, sizes.batch, sizes.hidden];
    let Some(value) = lowering.optional(node, number)? else {
        let zeros = vec![0.0; expected.iter().product()];
        return Ok(Value::constant(Tensor::f32(expected, zeros)));
    };
    let value = batch_second(lowering, &value, sizes.is_batch_first)?;
    if value.shape != expected {
        return Err(format!("input {number} has shape {:?}, expected {expected:?}", value.shape));
    }
    Ok(value)
}

/// One of the parts along the first dimension, without it.
fn part(lowering: &mut Lowering<'_>, value: &Value, number: usize) -> Result<Value, Problem> {
    let from = strides(&value.shape);
    let place = Place::new(number * from[0], from[1..].to_vec());
    let movement = Movement::whole(value.shape[1..].to_vec(), place);
    lowering.moved(std::slice::from_ref(value), movement)
}

/// The weights of a direction: from the input to all gates, and the cell.
fn weights(
    lowering: &Lowering<'_>,
    node: &Node,
    kind: Kind,
    sizes: &Sizes,
    direction: usize,
) -> Result<(Linear, Cell), Problem> {
    let rows = kind.gates() * sizes.hidden;
    let row = |number: usize, len: usize| -> Result<Option<Vec<f32>>, Problem> {
        let Some(tensor) = lowering.known(node, number)? else { return Ok(None) };
        let numbers = floats(&tensor);
        let own = numbers.get(direction * len..(direction + 1) * len);
        own.map(|own| Some(own.to_vec()))
            .ok_or_else(|| format!("input {number} has {} numbers", numbers.len()))
    };
    let from_input = row(1, rows * sizes.input)?.ok_or("its weights are missing")?;
    let from_kept = row(2, rows * sizes.hidden)?.ok_or("its weights are missing")?;
    let bias = row(3, 2 * rows)?.unwrap_or_else(|| vec![0.0; 2 * rows]);
    let (input_bias, kept_bias) = bias.split_at(rows);
    let cell = Cell {
        kind,
        hidden: sizes.hidden,
        batch: sizes.batch,
        weights: transposed(&from_kept, sizes.hidden, kept_bias),
        peepholes: if kind == Kind::Lstm { row(7, 3 * sizes.hidden)? } else { None },
        functions: functions(node, kind, direction)?,
        resets_after_product: int(node, "linear_before_reset", 0)? != 0,
    };
    Ok((transposed(&from_input, sizes.input, input_bias), cell))
}

/// ONNX has a row of taps for each output.
fn transposed(rows: &[f32], taps: usize, bias: &[f32]) -> Linear {
    let outputs = bias.len();
    let turned = (0..taps).flat_map(|tap| (0..outputs).map(move |output| output * taps + tap));
    let weights = turned.map(|place| rows[place]).collect();
    Linear { taps, outputs, weights, bias: bias.to_vec() }
}

/// What a direction's gates do to their sums.
fn functions(node: &Node, kind: Kind, direction: usize) -> Result<Vec<Unary>, Problem> {
    let defaults = kind.functions();
    let Some(names) = texts(node, "activations")? else { return Ok(defaults) };
    let own = names.chunks(defaults.len()).nth(direction);
    let own = own.filter(|own| own.len() == defaults.len());
    let own = own.ok_or_else(|| format!("its activations are {names:?}"))?;
    let function = |name: &String| match name.to_ascii_lowercase().as_str() {
        "sigmoid" => Ok(Unary::Sigmoid),
        "tanh" => Ok(Unary::Tanh),
        "relu" => Ok(Unary::Relu),
        _ => Err(format!("activation {name:?} is not supported")),
    };
    own.iter().map(function).collect()
}

/// Goes along the sequence, of whose places `given` has what the input adds to the gates.
fn along(
    lowering: &mut Lowering<'_>,
    cell: &Cell,
    given: &Value,
    begin: Kept,
    is_backwards: bool,
) -> Result<Way, Problem> {
    let places = given.shape[0];
    let mut hidden = vec![begin.hidden.clone(); places];
    let mut last = begin;
    for turn in 0..places {
        let place = if is_backwards { places - 1 - turn } else { turn };
        let gates = part(lowering, given, place)?;
        last = cell.next(lowering, &gates, &last)?;
        hidden[place] = last.hidden.clone();
    }
    Ok(Way { hidden, last })
}

/// All places, and the ends: of what is given on, and of an LSTM's cells.
fn outputs(
    lowering: &mut Lowering<'_>,
    sizes: &Sizes,
    ways: &[Way],
) -> Result<Vec<Value>, Problem> {
    let Sizes { places, batch, hidden, directions, is_batch_first, .. } = *sizes;
    let inputs: Vec<Value> = ways.iter().flat_map(|way| way.hidden.iter().cloned()).collect();
    let shape = if is_batch_first {
        vec![batch, places, directions, hidden]
    } else {
        vec![places, directions, batch, hidden]
    };
    let goal = strides(&shape);
    let [place_stride, direction_stride, batch_stride] =
        if is_batch_first { [goal[1], goal[2], goal[0]] } else { [goal[0], goal[1], goal[2]] };
    let piece = |number: usize| {
        let (direction, place) = (number / places, number % places);
        let to =
            Place::new(place * place_stride + direction * direction_stride, vec![batch_stride, 1]);
        Piece {
            input: number,
            shape: vec![batch, hidden],
            from: Place::new(0, vec![hidden, 1]),
            to,
        }
    };
    let pieces = (0..inputs.len()).map(piece).collect();
    let all = lowering.moved(&inputs, Movement { shape, pieces })?;
    let ends: Vec<Value> = ways.iter().map(|way| way.last.hidden.clone()).collect();
    let mut results = vec![all, stacked(lowering, sizes, &ends)?];
    let cells: Option<Vec<Value>> = ways.iter().map(|way| way.last.cell.clone()).collect();
    if let Some(cells) = cells {
        results.push(stacked(lowering, sizes, &cells)?);
    }
    Ok(results)
}

/// The directions' ends, one after another.
fn stacked(lowering: &mut Lowering<'_>, sizes: &Sizes, ends: &[Value]) -> Result<Value, Problem> {
    let Sizes { batch, hidden, directions, is_batch_first, .. } = *sizes;
    let (shape, apart, rows) = if is_batch_first {
        (vec![batch, directions, hidden], hidden, directions * hidden)
    } else {
        (vec![directions, batch, hidden], batch * hidden, hidden)
    };
    let piece = |input: usize| {
        let (from, to) = (Place::new(0, vec![hidden, 1]), Place::new(input * apart, vec![rows, 1]));
        Piece { input, shape: vec![batch, hidden], from, to }
    };
    let pieces = (0..ends.len()).map(piece).collect();
    lowering.moved(ends, Movement { shape, pieces })
}
