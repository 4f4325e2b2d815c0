//! The determinism gate: the same matches, played by builds that are as different as can be.
//!
//! The tests of `crates/determinism` play them in the build for tests and compare with what two others
//! print: a release for this very processor with all it offers (fused multiply-add and wide vectors
//! where it has them), and one for WebAssembly.

use std::path::Path;

use crate::command::{capture, run, run_with, works};

const PACKAGE: &str = "nets-determinism";
const WASM: &str = "wasm32-unknown-unknown";
const TEST: &str = "other_builds_give_the_same_digests";

/// Builds the program in all ways and compares.
pub(crate) fn run_step(root: &Path) -> Result<(), String> {
    if !works(root, &["rustup", "--version"]) {
        return Err(format!(
            "rustup is missing: it brings {WASM}, for which the Systems are built to be \
             compared; install it from https://rustup.rs"
        ));
    }
    run(root, &["rustup", "target", "add", WASM])?;
    // Named although it is this machine's own, so that the flags are for the program alone and macros
    // and build scripts serve both builds.
    let host = host(root)?;
    let build =
        ["cargo", "build", "--locked", "--package", PACKAGE, "--release", "--target", &host];
    run_with(root, &build, &[("RUSTFLAGS", "-C target-cpu=native")])?;
    let library = ["cargo", "rustc", "--locked", "--package", PACKAGE, "--release", "--lib"];
    run(root, &[&library[..], &["--target", WASM, "--crate-type", "cdylib"]].concat())?;
    let built = |target: &str, file: String| {
        root.join("target").join(target).join("release").join(file).display().to_string()
    };
    let program = built(&host, PACKAGE.to_owned());
    let module = built(WASM, format!("{}.wasm", PACKAGE.replace('-', "_")));
    let environment =
        [("NETS_DETERMINISM_PROGRAM", &*program), ("NETS_DETERMINISM_MODULE", &module)];
    // The whole workspace, or cargo would build all dependencies again with fewer features.
    let test = ["cargo", "test", "--locked", "--workspace", "--test", "main", "--", TEST];
    run_with(root, &test, &environment)
}

/// The target that programs of this machine are built for.
fn host(root: &Path) -> Result<String, String> {
    let shown = capture(root, &["rustc", "--version", "--verbose"])?;
    let host = shown.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| format!("rustc names no host: {shown}"))
}
