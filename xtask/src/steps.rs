//! The steps of `cargo xtask test`: what must hold before a change is merged.
//!
//! Quick steps come first, so that a slip is told in seconds. Each installs what it needs where
//! that can be done without asking, and otherwise says what to install.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::path::Path;

use crate::command::{capture, run, run_with, works};
use crate::{determinism, licences, tidy};

/// The oldest Node.js that the contracts' scripts run on.
const NODE_MAJOR_MIN: u32 = 20;

/// How the names of the tests end that compare engines, and the image with them, for as long as they
/// are told to.
const FUZZ_TESTS: &str = "agree_for_as_long_as_asked";

/// How the names of the tests begin that need a node of an EVM chain.
const EVM_TESTS: &str = "evm::";

/// How the names of the tests begin that compare Systems with the same games of other libraries.
const PEER_TESTS: &str = "peers::";

/// What those libraries are, for pip: lists that name all that is needed.
const PEER_REQUIREMENTS: [&str; 2] =
    ["crates/systems/tests/peers/requirements.txt", "crates/pack/tests/peers/requirements.txt"];

/// What the tests of the Python package need, for pip.
const PACKAGE_REQUIREMENTS: &str = "python/tests/requirements.txt";

/// Where `cargo build` leaves the command.
const COMMAND: &str = "target/debug/nets";

/// A part of the test command.
pub(crate) struct Step {
    /// How it is called on the command line.
    pub(crate) name: &'static str,
    /// What passes when it passes.
    pub(crate) purpose: &'static str,
    /// Whether it needs nothing but Rust and little time.
    pub(crate) is_fast: bool,
    /// Runs it in the folder of the workspace.
    pub(crate) run: fn(&Path) -> Result<(), String>,
}

const fn step(
    name: &'static str,
    purpose: &'static str,
    is_fast: bool,
    run: fn(&Path) -> Result<(), String>,
) -> Step {
    Step { name, purpose, is_fast, run }
}

/// All steps in their order.
pub(crate) const STEPS: &[Step] = &[
    step("format", "sources are formatted", true, format),
    step("tidy", "the layout is kept", true, tidy::run),
    step("licences", "dependencies are permissive, published and pinned", true, licences::run),
    step("lint", "clippy has no complaint", true, lint),
    step("test", "all tests of the workspace pass", true, test),
    step("doc", "the documentation builds and its links lead somewhere", true, doc),
    step("agents", "agents are what their sources give, and play as they should", false, agents),
    step("image", "the image is what its sources give, wherever they are", false, image),
    step("python", "the Python package builds and does what the command does", false, package),
    step("contracts", "contracts are what their sources give; tests and mutants", false, contracts),
    step("evm", "the adapter of EVM chains does on a node what it should", false, evm),
    step("determinism", "every build plays the same matches", false, determinism::run_step),
    step("peers", "Systems and networks do as other libraries of the same do", false, peers),
    step(
        "fuzz",
        "both engines and the image agree on random modules for a quarter of a minute each",
        false,
        fuzz,
    ),
];

fn format(root: &Path) -> Result<(), String> {
    require_component(root, "rustfmt", &["cargo", "fmt", "--version"])?;
    let folders = [root, &root.join("agents"), &root.join("image")];
    folders.into_iter().try_for_each(|it| run(it, &["cargo", "fmt", "--all", "--check"]))
}

fn lint(root: &Path) -> Result<(), String> {
    require_component(root, "clippy", &["cargo", "clippy", "--version"])?;
    let targets = ["--workspace", "--all-targets", "--locked"];
    let line = [&["cargo", "clippy"][..], &targets, &["--", "-D", "warnings"]].concat();
    run(root, &line)
}

fn test(root: &Path) -> Result<(), String> {
    run(root, &["cargo", "test", "--workspace", "--locked"])
}

fn doc(root: &Path) -> Result<(), String> {
    let line = ["cargo", "doc", "--workspace", "--no-deps", "--locked"];
    run_with(root, &line, &[("RUSTDOCFLAGS", "-D warnings")])
}

fn agents(root: &Path) -> Result<(), String> {
    let folder = root.join("agents");
    if !works(&folder, &["rustup", "--version"]) {
        return Err("rustup is missing: it brings the toolchain that agents are built with; \
                    install it from https://rustup.rs"
            .to_owned());
    }
    run(&folder, &["rustup", "target", "add", "wasm32-unknown-unknown"])?;
    if works(&folder, &["npm", "--version"]) {
        run(&folder.join("assemblyscript"), &["npm", "ci"])?;
    }
    run(&folder, &["cargo", "run", "--locked", "-p", "build-agents", "--", "--check"])?;
    // Those that are networks are packed, by the packer that users have.
    run(root, &["cargo", "test", "--workspace", "--locked", "--test", "pack", "--", "shipped::"])?;
    run(&folder, &["cargo", "clippy", "--locked", "--all-targets", "--", "-D", "warnings"])?;
    run(&folder, &["cargo", "test", "--locked"])
}

fn image(root: &Path) -> Result<(), String> {
    let folder = root.join("image");
    if !works(&folder, &["rustup", "--version"]) {
        return Err("rustup is missing: it brings the sources of the library that the image is \
                    built with; install it from https://rustup.rs"
            .to_owned());
    }
    run(&folder, &["rustup", "component", "add", "rust-src"])?;
    run(&folder, &["cargo", "run", "--locked", "-p", "build-image", "--", "--check"])?;
    let tool = ["--locked", "-p", "build-image"];
    run(&folder, &[&["cargo", "test"][..], &tool].concat())?;
    let line = [&["cargo", "clippy"][..], &tool, &["--all-targets", "--", "-D", "warnings"]];
    run(&folder, &line.concat())
}

fn contracts(root: &Path) -> Result<(), String> {
    let folder = root.join("contracts");
    require_node(&folder)?;
    run(&folder, &["npm", "ci"])?;
    for script in ["check", "test", "mutants-some"] {
        run(&folder, &["npm", "run", "--silent", script])?;
    }
    Ok(())
}

fn evm(root: &Path) -> Result<(), String> {
    let folder = root.join("contracts");
    require_node(&folder)?;
    // Anvil is one of its packages.
    run(&folder, &["npm", "ci"])?;
    let line = ["cargo", "test", "--locked", "--workspace", "--test", "main", "--", EVM_TESTS];
    run_with(root, &line, &[("NETS_REQUIRE_ANVIL", "1")])
}

/// Tests the package with its compiled half as the workspace builds it, since the wheel's would be
/// everything once more; that it can be packaged is asked apart.
fn package(root: &Path) -> Result<(), String> {
    let python = python_with(root, "python", &[PACKAGE_REQUIREMENTS])?;
    run(root, &["cargo", "build", "--workspace", "--all-targets", "--locked"])?;
    let built = root.join("target/debug").join(format!("{DLL_PREFIX}_native{DLL_SUFFIX}"));
    let placed = root.join("python/nets/_native.abi3.so");
    fs::copy(&built, &placed).map_err(|error| format!("{}: {error}", built.display()))?;
    let folder = root.join("python").display().to_string();
    let command = root.join(COMMAND).display().to_string();
    let settings = [("PYTHONPATH", &*folder), ("NETS_COMMAND", &*command)];
    run_with(root, &[&python, "-m", "pytest", "--quiet", "python/tests"], &settings)?;
    let sources = ["sdist", "--manifest-path", "python/Cargo.toml", "--out", "target/python/dist"];
    run(root, &[&[&*python, "-m", "maturin"], &sources[..]].concat())
}

fn peers(root: &Path) -> Result<(), String> {
    let python = python_with(root, "peers", &PEER_REQUIREMENTS)?;
    let tests = ["--test", "systems", "--test", "pack", "--", PEER_TESTS];
    let line = [&["cargo", "test", "--locked", "--workspace"][..], &tests].concat();
    run_with(root, &line, &[("NETS_PEERS_PYTHON", &python)])
}

/// A Python of its own, in the folder `name` among what is built, with the packages of lists that
/// name all that is needed; they are installed again when a list changes.
fn python_with(root: &Path, name: &str, lists: &[&str]) -> Result<String, String> {
    let probe = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";
    if !works(root, &["python3", "-c", probe]) {
        return Err("the Python package and comparisons with other libraries need Python 3.11 or \
                    later with venv: https://www.python.org, or your system's packages python3 and \
                    python3-venv; to leave them out: cargo xtask test --fast"
            .to_owned());
    }
    let folder = root.join("target").join(name);
    let python = folder.join("bin/python").display().to_string();
    let failed = |file: &Path, error| format!("{}: {error}", file.display());
    let mut wanted = String::new();
    for list in lists {
        let file = root.join(list);
        wanted += &fs::read_to_string(&file).map_err(|error| failed(&file, error))?;
    }
    // Written last, so that what was interrupted is done again.
    let installed = folder.join("installed.txt");
    if fs::read_to_string(&installed).is_ok_and(|text| text == wanted) {
        return Ok(python);
    }
    run(root, &["python3", "-m", "venv", "--clear", &folder.display().to_string()])?;
    let install = [&python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"];
    for list in lists {
        run(root, &[&install[..], &["--no-deps", "--requirement", list]].concat())?;
    }
    fs::write(&installed, wanted).map_err(|error| failed(&installed, error))?;
    Ok(python)
}

fn fuzz(root: &Path) -> Result<(), String> {
    // The whole workspace, or cargo would build all dependencies again with fewer features.
    let line = ["cargo", "test", "--locked", "--workspace", "--test", "main", "--", FUZZ_TESTS];
    // A filter that matches nothing passes, so the test has to be seen first.
    let listed = capture(root, &[&line[..], &["--list"]].concat())?;
    let count = listed.matches(&format!("{FUZZ_TESTS}: test")).count();
    if count != 2 {
        let wanted = format!("{count} tests are called …{FUZZ_TESTS}, expected 2");
        return Err(format!("{wanted}, of nets-runner and nets-judge; correct xtask/src/steps.rs"));
    }
    run_with(root, &[&line[..], &["--nocapture"]].concat(), &[("NETS_FUZZ_SECONDS", "15")])
}

/// Sees to it that a part of the toolchain is there.
fn require_component(root: &Path, name: &str, probe: &[&str]) -> Result<(), String> {
    if works(root, probe) { Ok(()) } else { run(root, &["rustup", "component", "add", name]) }
}

/// Sees to it that what is in `folder` can be installed.
pub(crate) fn require_node(folder: &Path) -> Result<(), String> {
    let advice = format!(
        "the contracts need Node.js {NODE_MAJOR_MIN} or later with npm: https://nodejs.org, or \
         your system's packages nodejs and npm; to leave them out: cargo xtask test --fast"
    );
    let missing = |program| format!("{program} is missing: {advice}");
    let version = capture(folder, &["node", "--version"]).map_err(|_| missing("node"))?;
    if node_major(&version).is_none_or(|major| major < NODE_MAJOR_MIN) {
        return Err(format!("node is {}: {advice}", version.trim()));
    }
    if works(folder, &["npm", "--version"]) { Ok(()) } else { Err(missing("npm")) }
}

fn node_major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_node_is_read() {
        assert_eq!(node_major("v20.20.2\n"), Some(20));
        assert_eq!(node_major("20.20.2"), None);
        assert_eq!(node_major(""), None);
    }
}
