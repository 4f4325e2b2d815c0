//! `nets init`: a new arena.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use nets_core::Seed;
use nets_node::ArenaNode;
use serde::Serialize;

use crate::arena::failure;
use crate::arguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// Arguments of `nets init`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder of the new arena; one where this command was killed before is made over
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    folder: PathBuf,
    /// Make all secrets from this seed, for tests: whoever knows it owns the arena
    #[arg(long, value_name = "HEX", value_parser = arguments::seed)]
    seed: Option<Seed>,
}

/// An arena in JSON.
#[derive(Serialize)]
struct ArenaLine {
    folder: String,
    operator: String,
    arena: String,
    head: String,
}

/// Makes the arena.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let mut node = ArenaNode::init(&arguments.folder, arguments.seed).map_err(failure)?;
    node.flush().map_err(failure)?;
    let line = ArenaLine {
        folder: arguments.folder.display().to_string(),
        operator: node.account("operator").map_err(failure)?.address().to_string(),
        arena: node.contracts().deployment().arena.to_string(),
        head: node.head().map_err(failure)?.hash.to_string(),
    };
    if output.is_json() {
        output.json(&line)?;
        return Ok(Exit::Done);
    }
    output.line(&format!("arena in {}", line.folder))?;
    output.line(&format!("operator {}, contract {}", line.operator, line.arena))?;
    let leagues = node.folder().league_file();
    output.note(&format!(
        "edit {}, then `nets league create NAME --arena {}`",
        leagues.display(),
        line.folder
    ));
    Ok(Exit::Done)
}
