//! Which engine plays, and where the fast one keeps compiled code.
//!
//! The choice changes how long a match takes and never what comes out.

use std::env;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use nets_core::MAX_SEATS;
use nets_runner::sandbox::interpreter::InterpreterEngine;
use nets_runner::sandbox::{Engine, FastEngine, FastOptions};

use crate::failure::Failure;
use crate::output::Output;

/// An engine as it is named on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EngineChoice {
    /// Machine code, made by a compiler and kept for the next time
    Fast,
    /// The reference: slow, simple, and independent of the fast one
    Interpreter,
}

impl EngineChoice {
    /// Sets the engine up.
    pub(crate) fn start(self, output: &Output) -> Result<Box<dyn Engine>, Failure> {
        match self {
            Self::Fast => Ok(Box::new(fast_engine(output)?)),
            Self::Interpreter => Ok(Box::new(InterpreterEngine)),
        }
    }
}

fn fast_engine(output: &Output) -> Result<FastEngine, Failure> {
    let (instances, cache) = (u32::from(MAX_SEATS), code_cache());
    let options = FastOptions { instances, cache, ..FastOptions::default() };
    // A cache that cannot be had costs time, not results.
    let engine = FastEngine::new(&options).or_else(|error| {
        output.warn(&format!(
            "compiled code is not kept: {error}; NETS_CACHE names another folder for it"
        ));
        FastEngine::new(&FastOptions { cache: None, ..options })
    });
    engine.map_err(|error| Failure::from(error).hint("try --engine interpreter"))
}

/// The folder of compiled code, for all commands: `NETS_CACHE`, else where caches belong; none without a home.
pub(crate) fn code_cache() -> Option<PathBuf> {
    let folder = |variable: &str| env::var_os(variable).filter(|path| !path.is_empty());
    let user_cache = || {
        let xdg = folder("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        xdg.or_else(|| folder("HOME").map(|home| Path::new(&home).join(".cache")))
    };
    let named = folder("NETS_CACHE").map(PathBuf::from);
    named.or_else(|| user_cache().map(|cache| cache.join("nets")))
}
