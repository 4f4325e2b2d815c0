//! Operators as ONNX itself defines them: the cases of its own package for each, run here.

use std::fs;
use std::path::Path;

use nets_pack::evaluate::evaluate;
use nets_pack::lower::{LowerError, lower};
use nets_pack::onnx::read_file;
use nets_pack::program::Program;

use super::Python;
use crate::exported::{floats, is_network};
use crate::modules::assert_emitted;

/// How many cases of the package are of what is supported, at least.
const CASES_MIN: usize = 350;

/// Uses of supported operators that are refused, in words of the refusals.
const REFUSED: [&str; 11] = [
    "past keys are not supported",
    "lengths without padding are not supported",
    "its output \"qk_matmul_output\" is not supported",
    "a remainder with the sign of what is divided is not supported",
    "of several greatest only the first is supported",
    "expected a batch of pictures or rows",
    "export the model for inference",
    "its output \"z\" is not supported",
    "[3, 1, 3, 4] times [1, 2, 4, 2]",
    "numbers, expected one",
    "input 1 depends on what the network is given",
];

/// Its numbers are written with four digits.
const ROUNDED: &str = "test_averagepool_2d_ceil_last_window_starts_on_pad";

/// What a case came to.
enum Outcome {
    Right,
    Refused(String),
    Wrong(String),
}

#[test]
fn operators_are_what_onnx_says() {
    let Some(python) = Python::named() else { return };
    let folder = python.run("onnx_cases.py", &[]);
    let (mut right, mut wrong) = (0, Vec::new());
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if !is_network(&path) || name == ROUNDED {
            continue;
        }
        match compared(&path) {
            Some(Outcome::Right) => right += 1,
            Some(Outcome::Refused(why)) if REFUSED.iter().any(|known| why.contains(known)) => {}
            Some(Outcome::Refused(why) | Outcome::Wrong(why)) => {
                wrong.push(format!("{name}: {why}"))
            }
            None => {}
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(right >= CASES_MIN, "only {right} cases are of what is supported");
}

/// None where the operator is not supported.
fn compared(path: &Path) -> Option<Outcome> {
    // Of other types than networks have, or with graphs inside.
    let model = read_file(path).ok()?;
    let program = match lower(&model) {
        Err(LowerError::Operator { .. } | LowerError::Domain { .. }) => return None,
        Err(error) => return Some(Outcome::Refused(error.to_string())),
        Ok(program) => program,
    };
    let input = floats(&path.with_extension("in"));
    let expected = floats(&path.with_extension("out"));
    Some(runs(&program, &input, &expected).map_or_else(Outcome::Wrong, |()| Outcome::Right))
}

fn runs(program: &Program, input: &[f32], expected: &[f32]) -> Result<(), String> {
    let outputs = evaluate(program, &[input]);
    let got: Vec<f32> =
        outputs.iter().flat_map(|output| output.as_f32().unwrap_or_default().to_vec()).collect();
    if got.len() != expected.len() {
        return Err(format!("{} numbers, expected {}", got.len(), expected.len()));
    }
    for (place, (got, expected)) in got.iter().zip(expected).enumerate() {
        let is_near = (got - expected).abs() <= 1e-6 + 1e-5 * expected.abs() || got == expected;
        if !is_near {
            return Err(format!("number {place} is {got}, expected {expected}"));
        }
    }
    assert_emitted(program, input);
    Ok(())
}
