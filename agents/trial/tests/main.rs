//! What the agents are worth, and that the committed modules are what they claim to be.

mod abi;
mod modules;
mod strength;

use std::path::{Path, PathBuf};

/// The committed module of an agent.
fn module_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../wasm").join(name).with_extension("wasm")
}

/// The names of all committed modules, in order.
fn module_names() -> Vec<String> {
    let sums = std::fs::read_to_string(module_path("x").with_file_name("SHA256SUMS")).unwrap();
    let name = |line: &str| line.split("  ").nth(1).unwrap().trim_end_matches(".wasm").to_owned();
    sums.lines().map(name).collect()
}
