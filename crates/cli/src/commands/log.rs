//! `nets log`: what happened on the chain, block by block.

use clap::Args;
use nets_node::{ArenaEvent, events};
use serde::Serialize;

use super::event_words::in_words;
use crate::arena::{ArenaArguments, failure};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

const HELP: &str = "\
A line for each event of the contract: its block, its name and its fields, with the names of local
accounts and the beginnings of hashes.

With --json, one object for each event, {\"block\": N, \"event\": {NAME: FIELDS}}, name and fields as in
the contract's interface; and at the end {\"head\": N, \"hash\": HASH}.";

/// Arguments of `nets log`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The first block to show
    #[arg(long, default_value_t = 1)]
    from: u64,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// An event in JSON.
#[derive(Serialize)]
struct EventLine<'a> {
    block: u64,
    event: &'a ArenaEvent,
}

/// The end of the log in JSON.
#[derive(Serialize)]
struct HeadLine {
    head: u64,
    hash: String,
}

/// Shows the log.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let node = arguments.arena.open()?;
    let owners = node.owner_names().map_err(failure)?;
    let names = owners.into_iter().map(|(owner, name)| (owner.to_string(), name)).collect();
    for (block, event) in events(&node, arguments.from).map_err(failure)? {
        match output.is_json() {
            true => output.json(&EventLine { block, event: &event })?,
            false => output.line(&format!("{block:>6}  {}", in_words(&event, &names)?))?,
        }
    }
    let head = node.head().map_err(failure)?;
    match output.is_json() {
        true => output.json(&HeadLine { head: head.number, hash: head.hash.to_string() })?,
        false => output.line(&format!("head {} {}", head.number, head.hash))?,
    }
    Ok(Exit::Done)
}
