//! The files in `vectors/` that are about this crate: what they hold is what the code does.
//!
//! Each test makes its file's content anew and compares it with the file, or writes it when run
//! with `BLESS=1`; then it reads the file and works out every case from that case's inputs alone,
//! as an implementation in another language would. `vectors/README.md` explains the fields.

mod chance;
mod hashing;
mod matches;
mod signed;
mod traces;
mod trees;

use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};

use nets_testkit::blessed;
use serde::Serialize;
use serde::de::DeserializeOwned;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../vectors/{name}.json"))
}

/// Compares the file with the vectors, or writes it, and gives what the file says.
fn blessed_file<T: Serialize + DeserializeOwned + PartialEq + Debug>(name: &str, vectors: &T) -> T {
    let text = serde_json::to_string_pretty(vectors).unwrap() + "\n";
    blessed::compare(&file(name), &text).unwrap_or_else(|error| panic!("{error}"));
    let read = serde_json::from_str(&fs::read_to_string(file(name)).unwrap()).unwrap();
    assert_eq!(read, *vectors);
    read
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold("0x".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.strip_prefix("0x").unwrap();
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}

fn unhex_array<const N: usize>(text: &str) -> [u8; N] {
    unhex(text).try_into().unwrap()
}

/// Numbers that may not fit 2^53: 16 hex digits, most significant first.
fn hex_u64(value: u64) -> String {
    format!("{value:#018x}")
}

fn unhex_u64(text: &str) -> u64 {
    u64::from_str_radix(text.strip_prefix("0x").unwrap(), 16).unwrap()
}
