//! `nets demo`: a whole season between the example agents, in a folder of its own.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, ValueHint};
use nets_node::{ArenaFolder, NodeError, demo_season};
use serde::Serialize;

use super::demo_dispute;
#[cfg(feature = "evm")]
use super::init::ChainArguments;
use super::report::show_report;
use crate::arena::{Shown, ThreadArguments, failure, flush};
use crate::engine::code_cache;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, plural};

const HELP: &str = "\
Examples:
  nets demo
  nets demo --dispute
  nets demo --dispute --chain http://127.0.0.1:8545 --finality 1

A dispute can be played on any EVM chain; the operator's key, with coin for gas, is taken from
NETS_KEY_OPERATOR. `cargo xtask dispute` does so on a chain that it starts itself.";

/// Arguments of `nets demo`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The folder to play in, or to go on in with a season that was stopped; a new one without it
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    folder: Option<PathBuf>,
    /// Play a dispute instead: a false outcome is asserted, hidden, found and punished
    #[arg(long)]
    dispute: bool,
    /// In a dispute, have the liar answer no demand at all
    #[arg(long, requires = "dispute")]
    pub(super) silent: bool,
    #[cfg(feature = "evm")]
    #[command(flatten)]
    pub(super) chain: ChainArguments,
    #[command(flatten)]
    pub(super) threads: ThreadArguments,
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
    if arguments.dispute {
        return demo_dispute::run(&folder, arguments, output);
    }
    #[cfg(feature = "evm")]
    if arguments.chain.elsewhere()?.is_some() {
        let failure = Failure::new("the season is played on an embedded chain only");
        return Err(failure.hint("leave out --chain, or add --dispute"));
    }
    let options = arguments.threads.options();
    let shown = Shown::new(output);
    let arena = ArenaFolder::new(&folder).with_compiled_code(code_cache());
    let season = demo_season(arena, options, &shown);
    drop(shown);
    let mut season = season.map_err(|error| match error {
        NodeError::Interrupted => {
            let folder = folder.display();
            failure(error).hint(format!("nothing is lost; go on with `nets demo {folder}`"))
        }
        _ => failure(error),
    })?;
    flush(&mut season.node, output);
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
