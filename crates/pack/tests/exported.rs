//! Networks as torch exports them, and forests as their converters write them, against what their makers
//! made of the same numbers; the scripts in `exported` wrote both.

use std::fs;
use std::path::{Path, PathBuf};

use nets_pack::evaluate::evaluate;
use nets_pack::lower::lower;
use nets_pack::onnx::read_file;
use nets_pack::program::Program;

use crate::modules::assert_emitted;

/// The networks of a folder, each with the path of its file.
pub(crate) fn networks() -> Vec<(PathBuf, Program)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exported");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| is_network(path)).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let program = lower(&read_file(&path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path, program)
    };
    paths.into_iter().map(read).collect()
}

pub(crate) fn is_network(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "onnx")
}

/// The numbers of a file, cut into inputs.
fn inputs(program: &Program, numbers: &[f32]) -> Vec<Vec<f32>> {
    let mut rest = numbers;
    let mut inputs = Vec::new();
    for shape in &program.inputs {
        let (input, others) = rest.split_at(shape.iter().product());
        inputs.push(input.to_vec());
        rest = others;
    }
    assert!(rest.is_empty());
    inputs
}

pub(crate) fn floats(path: &Path) -> Vec<f32> {
    let bytes = fs::read(path).unwrap();
    bytes.as_chunks().0.iter().map(|&four| f32::from_le_bytes(four)).collect()
}

#[test]
fn networks_are_what_their_makers_say() {
    let networks = networks();
    assert!(networks.len() > 35, "{}", networks.len());
    let mut wrong = Vec::new();
    for (path, program) in &networks {
        let name = path.file_stem().unwrap().to_string_lossy();
        let inputs = inputs(program, &floats(&path.with_extension("in")));
        let expected = floats(&path.with_extension("out"));
        let given: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
        let outputs = evaluate(program, &given);
        let got: Vec<f32> = outputs.iter().flat_map(|it| it.as_f32().unwrap().to_vec()).collect();
        assert_eq!(got.len(), expected.len(), "{name}");
        // Torch sums in another order.
        let near = |(got, expected): (&f32, &f32)| {
            (got - expected).abs() <= 2e-6 + 1e-5 * expected.abs()
        };
        if let Some(place) = got.iter().zip(&expected).position(|pair| !near(pair)) {
            wrong.push(format!("{name}: {place}: {} {}", got[place], expected[place]));
        }
        if let [input] = &given[..] {
            assert_emitted(program, input);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
