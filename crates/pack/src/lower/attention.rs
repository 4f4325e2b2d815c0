//! Attention: queries weigh values by how well their keys fit.

use super::attributes::{float, int};
use super::value::Value;
use super::{Lowering, Operator, Problem};
use crate::onnx::Node;
use crate::program::{Binary, Unary};
use crate::tensor::Tensor;

pub(super) fn operator(name: &str) -> Option<Operator> {
    Some(match name {
        "Attention" => attention,
        _ => return None,
    })
}

/// softmax(Q K^T · scale + mask) V for each head.
fn attention(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    refuse(node)?;
    let [query, key, value] = [0, 1, 2].map(|number| lowering.input(node, number));
    let (query, key, value) = (query?, key?, value?);
    let is_flat = query.shape.len() == 3;
    let query_heads = int(node, "q_num_heads", 0)?;
    let key_heads = int(node, "kv_num_heads", 0)?;
    let query = lowering.by_heads(&query, query_heads)?;
    let key = lowering.by_heads(&key, key_heads)?;
    let value = lowering.by_heads(&value, key_heads)?;
    let heads = query.shape[1];
    let (key, value) = (lowering.shared(&key, heads)?, lowering.shared(&value, heads)?);
    let turned = lowering.transposed(&key, &[0, 1, 3, 2])?;
    let mut scores = lowering.product(&query, &turned)?;
    let width = query.shape[3] as f32;
    let scale = number(float(node, "scale", 1.0 / width.sqrt())?);
    scores = lowering.paired(Binary::Mul, &scores, &scale)?;
    let cap = float(node, "softcap", 0.0)?;
    if cap != 0.0 {
        let parts = lowering.paired(Binary::Div, &scores, &number(cap))?;
        let bent = lowering.each(Unary::Tanh, &parts)?;
        scores = lowering.paired(Binary::Mul, &bent, &number(cap))?;
    }
    let mask = mask(lowering, node, &scores.shape)?;
    if let Some(mask) = &mask {
        scores = lowering.paired(Binary::Add, &scores, mask)?;
    }
    let places = scores.shape[3];
    let mut weights = lowering.softmax_of(&scores, places)?;
    if let Some(mask) = &mask {
        // Also where nothing may be looked at, and no number is greater than another.
        let blocked = lowering.paired(Binary::Equal, mask, &number(f32::NEG_INFINITY))?;
        weights = lowering.chosen(&blocked, &number(0.0), &weights)?;
    }
    let result = lowering.product(&weights, &value)?;
    if !is_flat {
        return Ok(vec![result]);
    }
    let turned = lowering.transposed(&result, &[0, 2, 1, 3])?;
    let &[batch, places, heads, width] = &turned.shape[..] else { return Ok(vec![turned]) };
    Ok(vec![lowering.reshaped(&turned, vec![batch, places, heads * width])?])
}

fn refuse(node: &Node) -> Result<(), Problem> {
    for (place, name) in [(4, "past keys"), (5, "past values"), (6, "lengths without padding")] {
        if node.inputs.get(place).is_some_and(|input| !input.is_empty()) {
            return Err(format!("{name} are not supported"));
        }
    }
    Ok(())
}

fn number(number: f32) -> Value {
    Value::constant(Tensor::f32(vec![], vec![number]))
}

/// What is added to the scores: 0 where a query may look, minus infinity where it may not, or what the
/// node is given for it.
fn mask(
    lowering: &mut Lowering<'_>,
    node: &Node,
    scores: &[usize],
) -> Result<Option<Value>, Problem> {
    let (queries, keys) = (scores[2], scores[3]);
    let is_causal = int(node, "is_causal", 0)? != 0;
    let [left, right] = ["left_window_size", "right_window_size"].map(|name| int(node, name, -1));
    let (left, right) = (left?, if is_causal { 0 } else { right? });
    let is_limited = left >= 0 || right >= 0;
    let near = is_limited.then(|| {
        let ahead = |place: usize| (place % keys) as i64 - (place / keys) as i64;
        let is_blocked = |ahead: i64| left >= 0 && -ahead > left || right >= 0 && ahead > right;
        let mask = |place| if is_blocked(ahead(place)) { f32::NEG_INFINITY } else { 0.0 };
        let numbers = (0..queries * keys).map(mask).collect();
        Value::constant(Tensor::f32(vec![queries, keys], numbers))
    });
    let given = match lowering.optional(node, 3)? {
        // Truth values are whole numbers as long as they are known.
        Some(allowed) if allowed.as_constant().is_some_and(|it| it.as_i64().is_some()) => {
            Some(lowering.chosen(&allowed, &number(0.0), &number(f32::NEG_INFINITY))?)
        }
        other => other,
    };
    match (near, given) {
        (Some(one), Some(other)) => Ok(Some(lowering.paired(Binary::Add, &one, &other)?)),
        (one, other) => Ok(one.or(other)),
    }
}

impl Lowering<'_> {
    /// Rows of all heads as `[batch, heads, places, width]`.
    fn by_heads(&mut self, value: &Value, heads: i64) -> Result<Value, Problem> {
        match value.shape[..] {
            [_, _, _, _] => Ok(value.clone()),
            [batch, places, width] => {
                let heads = usize::try_from(heads).ok().filter(|&heads| heads > 0);
                let heads = heads.filter(|heads| width % heads == 0);
                let heads =
                    heads.ok_or_else(|| format!("rows of {width} numbers for its heads"))?;
                let split = vec![batch, places, heads, width / heads];
                let split = self.reshaped(value, split)?;
                self.transposed(&split, &[0, 2, 1, 3])
            }
            _ => Err(format!(
                "an input of shape {:?}, expected three or four dimensions",
                value.shape
            )),
        }
    }

    /// Keys or values for more heads than they have: each serves as many.
    fn shared(&mut self, value: &Value, heads: usize) -> Result<Value, Problem> {
        let &[batch, own, places, width] = &value.shape[..] else { return Ok(value.clone()) };
        if own == heads {
            return Ok(value.clone());
        }
        if own == 0 || !heads.is_multiple_of(own) {
            return Err(format!("{own} heads of keys for {heads} of queries"));
        }
        let apart = self.reshaped(value, vec![batch, own, 1, places, width])?;
        let all = self.expanded(&apart, vec![batch, own, heads / own, places, width])?;
        self.reshaped(&all, vec![batch, heads, places, width])
    }
}
