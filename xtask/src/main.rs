//! The project's chores, run as `cargo xtask …`.
//!
//! `test` is the command that says whether the project is sound; `.ci/run` calls nothing else.
//! `tidy` and `licences` are two of its steps that are useful alone. Chores depend on nothing of
//! the project, so that they run where the project does not compile.
//!
//! Reading order: [`suite`] (what `test` runs and how it reports), [`steps`] (the commands of each
//! step), [`tidy`] (the rules of the layout), [`licences`] (what may be depended on),
//! [`new_system`] (what a System begins as).

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a chore reports on the terminal")]

mod checkout;
mod command;
mod determinism;
mod dispute;
mod licences;
mod metadata;
mod new_system;
mod steps;
mod suite;
mod tidy;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "usage:
  cargo xtask test                 everything that must hold; what CI runs
  cargo xtask test --fast          without agents, image, contracts, chains, other builds, peers and fuzzing
  cargo xtask test --only STEP     one step; may be given several times
  cargo xtask test --list          the steps
  cargo xtask dispute [--silent]   a false outcome, hidden, found and punished, on a local EVM chain
  cargo xtask new-system NAME      a System to begin with, registered, tested and on a page
  cargo xtask tidy                 the layout check alone
  cargo xtask licences             the check of dependencies alone";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["test", options @ ..] => suite::run(&root(), options),
        ["dispute", options @ ..] => dispute::dispute(&root(), options),
        ["new-system", name] => new_system::run(&root(), name),
        ["tidy"] => tidy::run(&root()),
        ["licences"] => licences::run(&root()),
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // The suite has said all there is to say, and its last line is its summary.
        Err(message) if message.is_empty() => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// The folder of the workspace.
///
/// Cargo tells it when it runs this program. What it told at compile time may be another checkout,
/// where two share a target folder.
fn root() -> PathBuf {
    let xtask = env::var_os("CARGO_MANIFEST_DIR");
    let xtask = xtask.map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    xtask.parent().unwrap_or(Path::new(".")).to_owned()
}
