//! Regression: how the series changes next, by how it changed before.
//!
//! The change to the next value is taken to be a sum of weights: of one, of how far the last value
//! lies above the mean, and of the latest changes. At each step the weights are fitted to the past
//! that is seen. How wrong they were there says how far the quantiles lie apart.

use nets_agent_sdk::Observation;
use nets_agent_sdk::forecast::Series;

use crate::least_squares::{TERMS, fit};

/// The latest changes that have weights: a year of months.
const CHANGES: usize = TERMS - 2;

/// No more of the past is used; it is fuel.
const VALUES_MAX: usize = 400;

/// How much weights are held back, in values of the past: a change that was seen seldom says little.
const RIDGE: f64 = 4.0;

/// The level to answer.
pub fn decide(seen: Observation<'_>) -> u64 {
    let series = Series::new(seen);
    let mut values = [0.0; VALUES_MAX];
    let count = series.past_count().min(VALUES_MAX);
    let values = &mut values[..count];
    for (back, value) in (1..=count).rev().zip(values.iter_mut()) {
        *value = f64::from(series.past(back));
    }
    let forecast = forecast(values, series.quantile(), series.quantile_count());
    // A conversion to a whole number keeps within its range.
    u64::from((forecast + 0.5) as u16).min(series.highest().into())
}

/// A quantile of the next value.
fn forecast(values: &[f64], quantile: u8, quantile_count: u8) -> f64 {
    let last = values[values.len() - 1];
    // Some examples for each of the weights, or none is better than another.
    if values.len() < 2 * TERMS {
        return last;
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let targets = CHANGES + 1..values.len();
    let example = |at: usize| (terms(&values[..at], mean), values[at] - values[at - 1]);
    let weights = fit(targets.clone().map(example), RIDGE);
    let change = |past: &[f64]| -> f64 {
        terms(past, mean).iter().zip(&weights).map(|(term, weight)| term * weight).sum()
    };
    let mut errors = [0.0; VALUES_MAX];
    let errors = &mut errors[..targets.len()];
    for (error, at) in errors.iter_mut().zip(targets) {
        *error = values[at] - values[at - 1] - change(&values[..at]);
    }
    errors.sort_unstable_by(f64::total_cmp);
    let rank = errors.len() * (usize::from(quantile) + 1) / (usize::from(quantile_count) + 1);
    // The median of errors that were fitted away is noise.
    let error = if 2 * (quantile + 1) == quantile_count + 1 { 0.0 } else { errors[rank] };
    last + change(values) + error
}

/// What is weighted of a past.
fn terms(past: &[f64], mean: f64) -> [f64; TERMS] {
    let last = past.len() - 1;
    let mut terms = [0.0; TERMS];
    (terms[0], terms[1]) = (1.0, past[last] - mean);
    for (back, term) in terms[2..].iter_mut().enumerate() {
        *term = past[last - back] - past[last - back - 1];
    }
    terms
}
