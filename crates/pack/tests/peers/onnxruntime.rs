//! Networks against onnxruntime.

use std::path::Path;

use nets_pack::evaluate::evaluate;
use nets_pack::lower::lower;
use nets_pack::onnx::read_file;
use nets_pack::program::Program;

use super::Python;
use crate::exported::{floats, is_network, networks};

/// Compares each network of a folder with what onnxruntime makes of noise; how many there were.
pub(super) fn compared(python: &Python, models: &Path) -> usize {
    let runs = python.run("onnxruntime_runs.py", &[models]);
    let mut count = 0;
    for entry in std::fs::read_dir(models).unwrap() {
        let path = entry.unwrap().path();
        if !is_network(&path) {
            continue;
        }
        let program = lower(&read_file(&path).unwrap()).unwrap();
        let at = runs.path().join(path.file_stem().unwrap());
        let given = floats(&at.with_extension("in"));
        let made = floats(&at.with_extension("out"));
        assert_near(&path, &program, &given, &made);
        count += 1;
    }
    count
}

fn assert_near(path: &Path, program: &Program, given: &[f32], made: &[f32]) {
    let len = |shape: &Vec<usize>| shape.iter().product::<usize>();
    let inputs: usize = program.inputs.iter().map(len).sum();
    let outputs: usize = program.outputs.iter().map(|output| len(&output.shape)).sum();
    assert_eq!(given.len() / inputs, made.len() / outputs, "{}", path.display());
    for (run, expected) in given.chunks(inputs).zip(made.chunks(outputs)) {
        let mut rest = run;
        let parts = program.inputs.iter().map(|shape| {
            let (part, others) = rest.split_at(len(shape));
            rest = others;
            part
        });
        let results = evaluate(program, &parts.collect::<Vec<_>>());
        let mut expected = expected;
        for result in &results {
            let (own, others) = expected.split_at(result.len());
            expected = others;
            // What is a difference of large numbers is as exact as these are.
            let largest = own.iter().fold(0.0f32, |most, number| most.max(number.abs()));
            for (got, expected) in result.as_f32().unwrap().iter().zip(own) {
                let off = (got - expected).abs();
                assert!(
                    off <= 1e-6 + 1e-5 * largest,
                    "{}: {got}, onnxruntime says {expected}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn networks_are_what_onnxruntime_makes_of_them() {
    let Some(python) = Python::named() else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exported");
    assert_eq!(compared(&python, &folder), networks().len());
}
