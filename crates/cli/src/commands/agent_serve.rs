//! `nets agent serve`: an agent of signed leagues, played from where its model is.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{ArgGroup, Args, ValueHint};
use nets_core::Address;
use nets_node::{
    AgentModel, AgentService, ChainAnswers, ModelModule, ModelProgram, Referee, read_agent_key,
    serve_agent,
};
use serde::Serialize;

use crate::arena::{ArenaArguments, ChosenChainArguments, Shown, ask_password, failure, stop_flag};
use crate::engine::code_cache;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, plural};

const HELP: &str = "\
Examples:
  nets agent serve --key castle.key --owner 0x… --host arena.example:8550 --exec python3 castle.py
  nets agent serve --key castle.key --owner 0x… --host arena.example:8550 --module castle.wasm

Connects to whoever hosts the rounds, again and again, until Ctrl-C. Every state is computed here
from what the other agents signed; nothing that the host says is believed. What the key signs is
first written to its journal, beside the key without --journal: keep it, and let no other process
sign with the key, since two actions signed for one step cost the agent its stake.

A program reads one question a line, as JSON, and answers each with a line: an action's number, or
its name where that is no number. docs/guides/serve-an-agent.md says more.";

/// Arguments of `nets agent serve`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
#[command(group(ArgGroup::new("model").required(true).args(["exec", "module"])))]
pub(crate) struct Arguments {
    /// The file of the agent's key
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    key: PathBuf,
    /// The address of the agent's owner: matches of others that entered the same key are not played
    #[arg(long, value_name = "ADDRESS")]
    owner: Address,
    /// The folder of the arena, made by `nets join` or the host's own: its chain is asked which matches
    /// there are; without it, the host is believed that
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    arena: Option<PathBuf>,
    #[command(flatten)]
    chain: ChosenChainArguments,
    /// The account of that folder which pays for moves on the chain, where a match of the agent's is on
    /// the clock there; without it only the host brings them
    #[arg(long, value_name = "NAME", requires = "arena")]
    account: Option<String>,
    /// Where the host listens
    #[arg(long, value_name = "ADDRESS:PORT")]
    host: String,
    /// The file of what the key has signed
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    journal: Option<PathBuf>,
    /// How many processes of the model, or threads of the module, decide at once
    #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: u16,
    /// How long the model may take for an answer before it is started again
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    patience: u64,
    /// Let a WASM module decide
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    module: Option<PathBuf>,
    /// Let a program decide: all that follows is its name and its arguments
    #[arg(long, value_name = "COMMAND", num_args = 1.., allow_hyphen_values = true)]
    exec: Option<Vec<String>>,
}

/// What was done, in JSON.
#[derive(Serialize)]
struct ServedLine {
    key: String,
    matches: u64,
    signed: u64,
    failed: u64,
    false_words: u64,
}

/// Plays until Ctrl-C.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let key = read_agent_key(&arguments.key, ask_password).map_err(failure)?;
    let address = key.address().to_string();
    let journal = arguments.journal.clone();
    let journal = journal.unwrap_or_else(|| arguments.key.with_extension("journal"));
    let service = AgentService {
        key,
        host: &arguments.host,
        journal: &journal,
        model: model(arguments)?,
        jobs: arguments.jobs.into(),
        referee: referee(arguments)?,
        answers: answers(arguments)?,
        stop: stop_flag(),
    };
    let shown = Shown::new(output);
    let counts = serve_agent(service, &shown);
    drop(shown);
    let counts = counts.map_err(failure)?;
    let nets_node::AgentCounts { matches, signed, failed, false_words } = counts;
    if output.is_json() {
        output.json(&ServedLine { key: address, matches, signed, failed, false_words })?;
    } else {
        let matches = plural(matches as u32, "match");
        output.line(&format!("{address} signed {signed} actions in {matches}"))?;
    }
    Ok(Exit::Done)
}

/// Who says which matches are real.
fn referee(arguments: &Arguments) -> Result<Referee, Failure> {
    match arena(arguments) {
        None => Ok(Referee::host(arguments.owner)),
        Some(arena) => Referee::chain(arguments.owner, arena.folder()).map_err(failure),
    }
}

/// What goes on on the chain, where others than the arena's operator can send something there.
fn answers(arguments: &Arguments) -> Result<Option<ChainAnswers>, Failure> {
    let (Some(account), Some(arena)) = (&arguments.account, arena(arguments)) else {
        return Ok(None);
    };
    ChainAnswers::new(arena.open()?, account).map(Some).map_err(failure)
}

fn arena(arguments: &Arguments) -> Option<ArenaArguments> {
    let arena = arguments.arena.clone()?;
    Some(ArenaArguments::new(arena, arguments.chain.clone()))
}

fn model(arguments: &Arguments) -> Result<AgentModel, Failure> {
    let patience = Duration::from_secs(arguments.patience);
    match (&arguments.exec, &arguments.module) {
        (Some(command), _) => {
            Ok(AgentModel::Program(ModelProgram { command: command.clone(), patience }))
        }
        (None, module) => {
            let module = module.as_deref().unwrap_or(Path::new(""));
            Ok(AgentModel::Module(ModelModule::read(module, code_cache()).map_err(failure)?))
        }
    }
}
