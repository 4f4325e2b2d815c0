//! Seeds of matches as Python gives them: whole numbers, or 32 bytes.
//!
//! A number is written into 32 bytes with its lowest digits last, as `--seed` of the command does, so
//! that seed 42 here is `--seed 2a` there. Invariant: which seed follows on which depends on nothing
//! but that seed.

use nets_core::{Seed, sha256};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Reads a seed.
///
/// # Errors
/// When it is neither 32 bytes nor a whole number from 0 to 2^256 - 1.
pub(crate) fn read(value: &Bound<'_, PyAny>) -> PyResult<Seed> {
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return from_bytes(bytes.as_bytes());
    }
    let number = value.py().import("operator")?.call_method1("index", (value,))?;
    let bytes = number.call_method1("to_bytes", (32, "big")).map_err(|_| {
        PyValueError::new_err(format!(
            "the seed is {number}, expected 0 to 2**256 - 1, or 32 bytes"
        ))
    })?;
    from_bytes(bytes.cast::<PyBytes>()?.as_bytes())
}

fn from_bytes(bytes: &[u8]) -> PyResult<Seed> {
    let seed = bytes.try_into().map(Seed);
    seed.map_err(|_| {
        PyValueError::new_err(format!("the seed has {} bytes, expected 32", bytes.len()))
    })
}

/// The seed of the match that is played after the one with this seed, where nobody names another.
pub(crate) fn following(seed: &Seed) -> Seed {
    Seed(sha256(&seed.0).0)
}

/// The seed that is greater by `count`, or what is left of it beyond the greatest.
pub(crate) fn plus(seed: &Seed, count: usize) -> Seed {
    let mut sum = *seed;
    let mut carry = count as u64;
    for byte in sum.0.iter_mut().rev() {
        carry += u64::from(*byte);
        *byte = carry as u8;
        carry >>= 8;
    }
    sum
}
