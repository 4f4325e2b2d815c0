//! `nets demo`: a whole season between the example agents, in a folder of its own.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, ValueHint};
use nets_node::{ArenaFolder, NodeError, demo_season};
use serde::Serialize;

use super::report::show_report;
use crate::arena::{Shown, ThreadArguments, failure};
use crate::engine::code_cache;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, plural};

/// Arguments of `nets demo`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder to play in, or to go on in with a season that was stopped; a new one without it
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    folder: Option<PathBuf>,
    #[command(flatten)]
    threads: ThreadArguments,
}

/// The season in JSON, after its rounds.
#[derive(Serialize)]
struct SeasonLine<'a> {
    folder: &'a Path,
    blocks: u64,
    head: String,
}

/// Plays the season.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let folder = arguments.folder.clone().unwrap_or_else(new_folder);
    let options = arguments.threads.options();
    let shown = Shown::new(output);
    let arena = ArenaFolder::new(&folder).with_compiled_code(code_cache());
    let season = demo_season(arena, options, &shown);
    drop(shown);
    let season = season.map_err(|error| match error {
        NodeError::Interrupted => {
            let folder = folder.display();
            failure(error).hint(format!("nothing is lost; go on with `nets demo {folder}`"))
        }
        _ => failure(error),
    })?;
    for report in &season.rounds {
        show_report(&season.node, report, output)?;
    }
    let head = season.node.head().map_err(failure)?;
    if output.is_json() {
        let (blocks, head) = (head.number, head.hash.to_string());
        output.json(&SeasonLine { folder: &folder, blocks, head })?;
    } else {
        let blocks = plural(head.number, "block");
        output.line(&format!("the season is in {} ({blocks})", folder.display()))?;
        output.note(&format!("check all of it with `nets verify {}`", folder.display()));
    }
    Ok(Exit::Done)
}

/// A folder that nobody has: the time only names it, nothing in it depends on it.
fn new_folder() -> PathBuf {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    PathBuf::from(format!("nets-demo-{}", now.as_secs()))
}
