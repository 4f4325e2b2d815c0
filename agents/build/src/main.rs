//! Rebuilds the committed modules of all agents, or checks that they are what the sources give.
//!
//! Usage: `cargo run -p build-agents` writes `wasm/*.wasm`, `wasm/SHA256SUMS`, and the adapters for
//! networks, `adapter/wasm/*.wasm`; with `--check` nothing is written and the modules are compared. An agent whose compiler is not installed, or
//! is another version than the one the committed module was built with, is skipped with a note.
//!
//! Where sources lie, `sources` knows, and how each language is compiled, `compile`.

mod compile;
mod rustc_wrapper;
mod sources;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

use sha2::{Digest, Sha256};

use compile::{CompileError, Compiled, Language};
use sources::{files, modules, sources, stem};

/// Why agents could not be built.
#[derive(Debug, thiserror::Error)]
enum BuildError {
    #[error("unknown argument {0:?}: the only one is --check")]
    Argument(String),
    #[error("{0}: {1}")]
    File(PathBuf, #[source] io::Error),
    #[error(transparent)]
    Compile(#[from] CompileError),
    #[error("{count} committed modules are not what their sources give: run without --check")]
    Stale { count: usize },
}

fn main() -> ExitCode {
    if env::var_os(rustc_wrapper::SWITCH).is_some() {
        return rustc_wrapper::run();
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let result = folder
        .canonicalize()
        .map_err(|error| BuildError::File(folder.clone(), error))
        .and_then(|folder| run(&folder));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(folder: &Path) -> Result<(), BuildError> {
    let check = match env::args().nth(1).as_deref() {
        None => false,
        Some("--check") => true,
        Some(other) => return Err(BuildError::Argument(other.to_owned())),
    };
    let mut stale = 0;
    for language in Language::ALL {
        let found = sources(folder, language)
            .map_err(|error| BuildError::File(folder.to_owned(), error))?;
        for source in found {
            let compiled = language.compile(folder, &source)?;
            let module = modules(folder, language).join(&source.name).with_extension("wasm");
            stale += usize::from(!settle(module, &source.name, compiled, check)?);
        }
    }
    if stale > 0 {
        return Err(BuildError::Stale { count: stale });
    }
    if check { Ok(()) } else { write_sums(&folder.join("wasm")) }
}

/// Writes one module or compares it with the committed one; says whether all is well.
fn settle(path: PathBuf, name: &str, compiled: Compiled, check: bool) -> Result<bool, BuildError> {
    let module = match compiled {
        Compiled::Module(module) => module,
        Compiled::Skipped(why) => {
            println!("skipped  {name}: {why}");
            return Ok(true);
        }
    };
    if !check {
        println!("built    {name}: {} bytes", module.len());
        fs::write(&path, module).map_err(|error| BuildError::File(path, error))?;
        return Ok(true);
    }
    let committed = fs::read(&path).map_err(|error| BuildError::File(path, error))?;
    let same = committed == module;
    let verdict = if same { "same    " } else { "differs " };
    println!("{verdict} {name}: {}", hash(&module));
    Ok(same)
}

/// Lists the hash of each module in the format of `sha256sum`.
fn write_sums(folder: &Path) -> Result<(), BuildError> {
    let mut sums = BTreeMap::new();
    let built = files(folder, "wasm");
    for path in built.map_err(|error| BuildError::File(folder.to_owned(), error))? {
        let name = stem(&path).unwrap_or_default();
        let module = fs::read(&path).map_err(|error| BuildError::File(path, error))?;
        sums.insert(name, hash(&module));
    }
    let lines: String = sums.iter().map(|(name, hash)| format!("{hash}  {name}.wasm\n")).collect();
    let path = folder.join("SHA256SUMS");
    fs::write(&path, lines).map_err(|error| BuildError::File(path, error))
}

fn hash(module: &[u8]) -> String {
    Sha256::digest(module).iter().map(|byte| format!("{byte:02x}")).collect()
}
