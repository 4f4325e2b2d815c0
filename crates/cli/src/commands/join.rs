//! `nets join`: a folder for an arena of somebody else's, on its chain.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use nets_node::{ArenaFolder, join_elsewhere};
use serde::Serialize;

use super::init::ChainArguments;
use crate::arena::failure;
use crate::arguments::SourceArguments;
use crate::elsewhere;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

const HELP: &str = "\
Examples:
  nets join league --card card.json --chain https://rpc.example --source https://league.example
  nets watch --arena league --assert

A card is what `nets chain card` prints in the operator's arena. Nothing of it is believed: the
contracts must have the code of this build, and rules must hash to what the chain has. The folder
gets a key of its own, which needs coin for gas before it can act.";

/// Arguments of `nets join`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The new folder
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    folder: PathBuf,
    /// The arena's card
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    card: PathBuf,
    #[command(flatten)]
    sources: SourceArguments,
    #[command(flatten)]
    chain: ChainArguments,
}

/// What was joined, in JSON.
#[derive(Serialize)]
struct JoinedLine {
    folder: String,
    account: String,
}

/// Makes the folder.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let Some(chain) = arguments.chain.elsewhere()? else {
        let failure = Failure::new("an arena on an embedded chain cannot be joined");
        return Err(failure.hint("name its chain with --chain URL"));
    };
    let folder = ArenaFolder::new(&arguments.folder).with_passwords(elsewhere::ask_password);
    let account = join_elsewhere(folder, &chain, &arguments.card, &arguments.sources.sources)
        .map_err(failure)?;
    let (folder, account) = (arguments.folder.display().to_string(), account.to_string());
    if output.is_json() {
        output.json(&JoinedLine { folder, account })?;
        return Ok(Exit::Done);
    }
    output.line(&format!("joined in {folder}"))?;
    output.line(&format!("operator {account}"))?;
    output.note(&format!(
        "send it coin for gas, pay some in with `nets account deposit`, then `nets watch --arena \
         {folder}`"
    ));
    Ok(Exit::Done)
}
