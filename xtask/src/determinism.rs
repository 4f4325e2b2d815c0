//! The determinism gate: the same matches, played by builds that are as different as can be.
//!
//! The tests of `crates/determinism` play them in the build for tests and compare with what these
//! print: one build without optimisation, one for this very processor with all it offers (fused
//! multiply-add and wide vectors where it has them), one for WebAssembly.

use std::path::Path;

use crate::command::{run, run_with, works};

const PACKAGE: &str = "nets-determinism";
const TARGET: &str = "wasm32-unknown-unknown";
const TEST: &str = "other_builds_give_the_same_digests";

/// Builds the program in all ways and compares.
pub(crate) fn run_step(root: &Path) -> Result<(), String> {
    if !works(root, &["rustup", "--version"]) {
        return Err(format!(
            "rustup is missing: it brings {TARGET}, for which the Systems are built to be \
             compared; install it from https://rustup.rs"
        ));
    }
    run(root, &["rustup", "target", "add", TARGET])?;
    let build = ["cargo", "build", "--locked", "--package", PACKAGE];
    run(root, &[&build[..], &["--profile", "unoptimised"]].concat())?;
    let native = [("RUSTFLAGS", "-C target-cpu=native")];
    run_with(root, &[&build[..], &["--release"]].concat(), &native)?;
    let library = ["cargo", "rustc", "--locked", "--package", PACKAGE, "--release", "--lib"];
    run(root, &[&library[..], &["--target", TARGET, "--crate-type", "cdylib"]].concat())?;
    let built = |path: String| root.join("target").join(path).display().to_string();
    let programs = ["unoptimised", "release"].map(|folder| built(format!("{folder}/{PACKAGE}")));
    let module = built(format!("{TARGET}/release/{}.wasm", PACKAGE.replace('-', "_")));
    let environment =
        [("NETS_DETERMINISM_PROGRAMS", &*programs.join(",")), ("NETS_DETERMINISM_MODULE", &module)];
    // The whole workspace, or cargo would build all dependencies again with fewer features.
    let test = ["cargo", "test", "--locked", "--workspace", "--test", "main", "--", TEST];
    run_with(root, &test, &environment)
}
