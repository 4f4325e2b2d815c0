//! `nets chain …`: the embedded chain itself.

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::arena::{ArenaArguments, failure};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, plural};

/// The most blocks at once: each waits for the disk.
const BLOCKS_MAX: u64 = 100_000;

const ADVANCE_HELP: &str = "\
Examples:
  nets chain advance 16

Windows are counted in blocks, and on an embedded chain only what happens makes a block: this is how
time passes in an arena where nothing happens. It passes for everybody: if a round is under way, its
claims and its assertion can be late after this.";

/// What can be done with the chain.
#[derive(Debug, Subcommand)]
pub(crate) enum ChainCommand {
    /// Let blocks pass with nothing in them, so that windows end
    Advance(AdvanceArguments),
}

/// Arguments of `nets chain advance`.
#[derive(Debug, Args)]
#[command(after_help = ADVANCE_HELP)]
pub(crate) struct AdvanceArguments {
    /// How many blocks
    #[arg(value_parser = clap::value_parser!(u64).range(1..=BLOCKS_MAX))]
    blocks: u64,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// The chain's head in JSON.
#[derive(Serialize)]
struct HeadLine {
    head: u64,
    hash: String,
}

/// Runs a command.
pub(super) fn run(command: &ChainCommand, output: &mut Output) -> Result<Exit, Failure> {
    let ChainCommand::Advance(AdvanceArguments { blocks, arena }) = command;
    let mut node = arena.open()?;
    let head = node.advance(*blocks).map_err(failure)?;
    match output.is_json() {
        true => output.json(&HeadLine { head: head.number, hash: head.hash.to_string() })?,
        false => output.line(&format!(
            "{} passed, the chain is at block {}",
            plural(*blocks, "block"),
            head.number
        ))?,
    }
    Ok(Exit::Done)
}
