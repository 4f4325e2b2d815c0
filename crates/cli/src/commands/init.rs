//! `nets init`: a new arena, on an embedded chain or on one elsewhere.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use nets_core::Seed;
use nets_node::ArenaNode;
#[cfg(feature = "evm")]
use nets_node::{
    ArenaFolder, ChosenChain, FinalitySetting, FinalityWord, NewChain, found_elsewhere,
};
use serde::Serialize;

use crate::arena::{failure, flush};
use crate::arguments;
#[cfg(feature = "evm")]
use crate::elsewhere;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

#[cfg(feature = "evm")]
const HELP: &str = "\
Examples:
  nets init arena
  nets init arena --chain http://127.0.0.1:8545 --finality 2
  nets init arena --chain 'https://rpc.example/${RPC_KEY}'

On a chain elsewhere coin is real. The operator's key is encrypted by a password, which is asked for
or taken from NETS_PASSWORD_FILE; or it comes from NETS_KEY_OPERATOR and is written nowhere. The URL
is kept in arena.toml, so a secret in it is written as ${NAME}, for an environment variable.";

#[cfg(not(feature = "evm"))]
const HELP: &str = "\
Examples:
  nets init arena";

/// Arguments of `nets init`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The folder of the new arena; one where this command was killed before is made over
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    folder: PathBuf,
    /// Make all secrets from this seed, for tests: whoever knows it owns the arena
    #[arg(long, value_name = "HEX", value_parser = arguments::seed)]
    seed: Option<Seed>,
    #[cfg(feature = "evm")]
    #[command(flatten)]
    chain: ChainArguments,
}

/// Which chain the arena is to be on.
#[cfg(feature = "evm")]
#[derive(Debug, Args)]
pub(super) struct ChainArguments {
    /// The chain: embedded, or the URL of a JSON-RPC node of any EVM chain
    #[arg(long, value_name = "CHAIN", default_value_t = ChosenChain::Embedded,
          value_hint = ValueHint::Url, help_heading = "Chain")]
    chain: ChosenChain,
    /// When a block of it is final: finalized, as without it, or how many blocks must follow it
    #[arg(long, value_name = "WHEN", help_heading = "Chain", value_parser = finality)]
    finality: Option<FinalitySetting>,
    /// The most that a unit of gas may cost, in wei; 200 gwei without it
    #[arg(long, value_name = "WEI", help_heading = "Chain")]
    fee_max: Option<u64>,
}

#[cfg(feature = "evm")]
impl ChainArguments {
    /// The chain, if it is not to be an embedded one, which takes no options.
    pub(super) fn elsewhere(&self) -> Result<Option<NewChain>, Failure> {
        let Self { chain, finality, fee_max } = self;
        let ChosenChain::Elsewhere(url) = chain else {
            if finality.is_some() || fee_max.is_some() {
                let failure = Failure::new(
                    "--finality and --fee-max are for a chain elsewhere: on an embedded one every \
                     block is final and gas costs nothing",
                );
                return Err(failure.hint("leave them out, or name a chain with --chain URL"));
            }
            return Ok(None);
        };
        let finality = finality.unwrap_or(FinalitySetting::Word(FinalityWord::Finalized));
        Ok(Some(NewChain { url: url.clone(), finality, fee_max: *fee_max }))
    }
}

/// An arena in JSON.
#[derive(Serialize)]
struct ArenaLine {
    folder: String,
    operator: String,
    arena: String,
    head: String,
}

/// An arena without contracts in JSON.
#[cfg(feature = "evm")]
#[derive(Serialize)]
struct FoundedLine {
    folder: String,
    operator: String,
}

#[cfg(feature = "evm")]
fn finality(text: &str) -> Result<FinalitySetting, String> {
    match text.parse() {
        Ok(depth) => Ok(FinalitySetting::Depth(depth)),
        Err(_) if text == "finalized" => Ok(FinalitySetting::Word(FinalityWord::Finalized)),
        Err(_) => Err("expected `finalized` or a number of blocks".to_owned()),
    }
}

/// Makes the folder of an arena on a chain elsewhere.
#[cfg(feature = "evm")]
fn found(arguments: &Arguments, chain: &NewChain, output: &mut Output) -> Result<Exit, Failure> {
    let folder = ArenaFolder::new(&arguments.folder).with_passwords(elsewhere::ask_password);
    let operator = found_elsewhere(folder, arguments.seed, chain).map_err(failure)?;
    let line = FoundedLine {
        folder: arguments.folder.display().to_string(),
        operator: operator.to_string(),
    };
    if output.is_json() {
        output.json(&line)?;
        return Ok(Exit::Done);
    }
    output.line(&format!("arena in {}, without contracts", line.folder))?;
    output.line(&format!("operator {}", line.operator))?;
    output.note(&format!(
        "send the operator coin for gas, then `nets chain deploy --arena {}`",
        line.folder
    ));
    Ok(Exit::Done)
}

/// Makes the arena.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    #[cfg(feature = "evm")]
    if let Some(chain) = arguments.chain.elsewhere()? {
        return found(arguments, &chain, output);
    }
    let mut node = ArenaNode::init(&arguments.folder, arguments.seed).map_err(failure)?;
    flush(&mut node, output);
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
