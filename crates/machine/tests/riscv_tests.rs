//! The official tests of RISC-V for RV32I and M, each a program that says which of its cases failed.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use nets_machine::{Halt, Image, Machine};

/// How many there are: those of rv32ui but for two that need what the machine has not, and rv32um.
const COUNT: usize = 48;

#[test]
fn every_official_test_passes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/riscv-tests");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let images = files.filter(|file| file.extension().is_some_and(|it| it == "image"));
    let mut count = 0;
    for file in images {
        let image = Image::decode(&fs::read(&file).unwrap()).unwrap();
        let mut machine = Machine::new(Arc::new(image), &[0; 32]);
        let halt = machine.run(100_000, &()).unwrap();
        assert_eq!(halt, Some(Halt::Exited(0)), "{}", file.display());
        count += 1;
    }
    assert_eq!(count, COUNT);
}
