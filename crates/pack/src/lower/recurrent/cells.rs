//! What happens at one place of a sequence.

use super::super::movement::{Movement, Place};
use super::super::value::Value;
use super::super::{Lowering, Problem};
use crate::program::{Binary, Linear, Unary};
use crate::tensor::Tensor;

/// What a layer is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Rnn,
    Gru,
    Lstm,
}

impl Kind {
    /// In how many parts its weights are.
    pub(super) fn gates(self) -> usize {
        match self {
            Self::Rnn => 1,
            Self::Gru => 3,
            Self::Lstm => 4,
        }
    }

    /// What it does to sums where the node says nothing else.
    pub(super) fn functions(self) -> Vec<Unary> {
        match self {
            Self::Rnn => vec![Unary::Tanh],
            Self::Gru => vec![Unary::Sigmoid, Unary::Tanh],
            Self::Lstm => vec![Unary::Sigmoid, Unary::Tanh, Unary::Tanh],
        }
    }
}

/// What is remembered from one place to the next: `[batch, hidden]` each.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) hidden: Value,
    /// Of an LSTM alone.
    pub(super) cell: Option<Value>,
}

/// What one direction does at each place.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) kind: Kind,
    pub(super) hidden: usize,
    pub(super) batch: usize,
    /// From what is remembered to all gates.
    pub(super) weights: Linear,
    /// By what an LSTM's gates see its cell: input, output, forget.
    pub(super) peepholes: Option<Vec<f32>>,
    pub(super) functions: Vec<Unary>,
    /// Whether a GRU resets what its candidate is told after it is multiplied, not before.
    pub(super) resets_after_product: bool,
}

impl Cell {
    /// What is remembered after a place, to whose gates its input adds `given`.
    pub(super) fn next(
        &self,
        lowering: &mut Lowering<'_>,
        given: &Value,
        kept: &Kept,
    ) -> Result<Kept, Problem> {
        match (self.kind, &kept.cell) {
            (Kind::Rnn, _) => {
                let sum = self.sum(lowering, given, &kept.hidden)?;
                let hidden = lowering.each(self.functions[0], &sum)?;
                Ok(Kept { hidden, cell: None })
            }
            (Kind::Lstm, Some(cell)) => self.lstm(lowering, given, &kept.hidden, cell),
            (Kind::Gru | Kind::Lstm, _) => self.gru(lowering, given, &kept.hidden),
        }
    }

    /// What the input and what is remembered add up to in all gates.
    fn sum(
        &self,
        lowering: &mut Lowering<'_>,
        given: &Value,
        hidden: &Value,
    ) -> Result<Value, Problem> {
        let told = self.told(lowering, hidden, 0, self.kind.gates())?;
        lowering.paired(Binary::Add, given, &told)
    }

    fn gru(
        &self,
        lowering: &mut Lowering<'_>,
        given: &Value,
        hidden: &Value,
    ) -> Result<Kept, Problem> {
        let (gate, candidate) = (self.functions[0], self.functions[1]);
        let told = self.told(lowering, hidden, 0, 2)?;
        let seen = self.columns(lowering, given, 0, 2)?;
        let both = lowering.paired(Binary::Add, &seen, &told)?;
        let both = lowering.each(gate, &both)?;
        let [update, reset] = [0, 1].map(|number| self.columns(lowering, &both, number, 1));
        let (update, reset) = (update?, reset?);
        let told = if self.resets_after_product {
            let told = self.told(lowering, hidden, 2, 1)?;
            lowering.paired(Binary::Mul, &reset, &told)?
        } else {
            let rest = lowering.paired(Binary::Mul, &reset, hidden)?;
            self.told(lowering, &rest, 2, 1)?
        };
        let seen = self.columns(lowering, given, 2, 1)?;
        let sum = lowering.paired(Binary::Add, &seen, &told)?;
        let candidate = lowering.each(candidate, &sum)?;
        let one = Value::constant(Tensor::f32(vec![], vec![1.0]));
        let rest = lowering.paired(Binary::Sub, &one, &update)?;
        let new = lowering.paired(Binary::Mul, &rest, &candidate)?;
        let old = lowering.paired(Binary::Mul, &update, hidden)?;
        Ok(Kept { hidden: lowering.paired(Binary::Add, &new, &old)?, cell: None })
    }

    fn lstm(
        &self,
        lowering: &mut Lowering<'_>,
        given: &Value,
        hidden: &Value,
        cell: &Value,
    ) -> Result<Kept, Problem> {
        let (gate, candidate, shown) = (self.functions[0], self.functions[1], self.functions[2]);
        let sum = self.sum(lowering, given, hidden)?;
        let input = self.columns(lowering, &sum, 0, 1)?;
        let input = self.peeping(lowering, input, cell, 0)?;
        let input = lowering.each(gate, &input)?;
        let forget = self.columns(lowering, &sum, 2, 1)?;
        let forget = self.peeping(lowering, forget, cell, 2)?;
        let forget = lowering.each(gate, &forget)?;
        let new = self.columns(lowering, &sum, 3, 1)?;
        let new = lowering.each(candidate, &new)?;
        let new = lowering.paired(Binary::Mul, &input, &new)?;
        let old = lowering.paired(Binary::Mul, &forget, cell)?;
        let cell = lowering.paired(Binary::Add, &old, &new)?;
        let output = self.columns(lowering, &sum, 1, 1)?;
        let output = self.peeping(lowering, output, &cell, 1)?;
        let output = lowering.each(gate, &output)?;
        let shown = lowering.each(shown, &cell)?;
        let hidden = lowering.paired(Binary::Mul, &output, &shown)?;
        Ok(Kept { hidden, cell: Some(cell) })
    }

    /// What a gate's sum is with what it sees of the cell.
    fn peeping(
        &self,
        lowering: &mut Lowering<'_>,
        sum: Value,
        cell: &Value,
        number: usize,
    ) -> Result<Value, Problem> {
        let Some(peepholes) = &self.peepholes else { return Ok(sum) };
        let row = peepholes[number * self.hidden..][..self.hidden].to_vec();
        let row = Value::constant(Tensor::f32(vec![self.hidden], row));
        let seen = lowering.paired(Binary::Mul, &row, cell)?;
        lowering.paired(Binary::Add, &sum, &seen)
    }

    /// What is remembered, as `count` gates from `first` on are told it.
    fn told(
        &self,
        lowering: &mut Lowering<'_>,
        hidden: &Value,
        first: usize,
        count: usize,
    ) -> Result<Value, Problem> {
        let (from, outputs) = (first * self.hidden, count * self.hidden);
        let rows = self.weights.weights.chunks_exact(self.weights.outputs);
        let linear = Linear {
            taps: self.weights.taps,
            outputs,
            weights: rows.flat_map(|row| row[from..from + outputs].to_vec()).collect(),
            bias: self.weights.bias[from..from + outputs].to_vec(),
        };
        lowering.dense(hidden, self.batch, linear, vec![self.batch, outputs])
    }

    /// The numbers of `count` gates from `first` on.
    fn columns(
        &self,
        lowering: &mut Lowering<'_>,
        value: &Value,
        first: usize,
        count: usize,
    ) -> Result<Value, Problem> {
        let shape = vec![self.batch, count * self.hidden];
        let from = Place::new(first * self.hidden, vec![value.shape[1], 1]);
        lowering.moved(std::slice::from_ref(value), Movement::whole(shape, from))
    }
}
