//! `nets seed …`: an owner's share of the next seed, where a league's beacon takes shares.

use clap::{Args, Subcommand};
use nets_node::ShareStep;
use serde::Serialize;

use crate::arena::{ArenaArguments, failure};
use crate::complete;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

const HELP: &str = "\
Examples:
  nets seed commit bronze --owner ada
  nets seed show bronze --owner ada

For leagues with beacon = \"offline-shared\". Commit before the operator reveals its secret, show within
the beacon's window after it; a share that is not shown costs its bond, which is paid from the coin that
the owner holds outside the arena. `nets round run` does both for owners whose keys are in the folder.";

/// What an owner does about its share.
#[derive(Debug, Subcommand)]
#[command(after_help = HELP)]
pub(crate) enum SeedCommand {
    /// Commit to a share of the next seed, with the bond
    Commit(ShareArguments),
    /// Show the share once the operator's secret is known, and have the bond back
    Show(ShareArguments),
    /// Take the commitment and the bond back before that
    TakeBack(ShareArguments),
}

/// Whose share of which league's seed.
#[derive(Debug, Args)]
pub(crate) struct ShareArguments {
    /// The league
    #[arg(add = complete::leagues())]
    league: String,
    /// The account
    #[arg(long, value_name = "NAME", add = complete::accounts())]
    owner: String,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// What was done, in JSON.
#[derive(Serialize)]
struct ShareLine<'a> {
    league: &'a str,
    owner: &'a str,
    step: &'static str,
    beacon_index: u64,
}

/// Runs a command.
pub(super) fn run(command: &SeedCommand, output: &mut Output) -> Result<Exit, Failure> {
    let (step, word, arguments) = match command {
        SeedCommand::Commit(arguments) => (ShareStep::Commit, "committed to", arguments),
        SeedCommand::Show(arguments) => (ShareStep::Show, "showed", arguments),
        SeedCommand::TakeBack(arguments) => (ShareStep::TakeBack, "took back", arguments),
    };
    let ShareArguments { league, owner, arena } = arguments;
    let index = arena.open()?.share_seed(league, owner, step).map_err(failure)?;
    let step = match step {
        ShareStep::Commit => "commit",
        ShareStep::Show => "show",
        ShareStep::TakeBack => "take back",
    };
    match output.is_json() {
        true => output.json(&ShareLine { league, owner, step, beacon_index: index })?,
        false => output.line(&format!("{owner} {word} its share of seed {index}"))?,
    }
    Ok(Exit::Done)
}
