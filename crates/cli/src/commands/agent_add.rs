//! `nets agent add`: an agent enters a league.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use nets_core::Address;
use nets_node::{AgentEntry, KeyEntry};
use serde::Serialize;

use crate::arena::{ArenaArguments, failure};
use crate::complete;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

const HELP: &str = "\
Examples:
  nets agent add snake-greedy.wasm --league bronze --owner ada
  nets agent add agents/*.wasm --league bronze --owner ada --rounds 3
  nets agent add --key 0x… --name castle --league signed --owner ada

Several agents enter in one block: all of them, or none. An agent's name is that of its file. Each
is asked for one decision first, with a warning where it would forfeit; it enters all the same.

In a signed league an agent is a key, and plays from wherever its model is: `nets agent key` makes
one, `nets agent serve` plays for it.";

/// Arguments of `nets agent add`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The WASM module of each agent
    #[arg(value_name = "FILE", required_unless_present = "keys", value_hint = ValueHint::FilePath)]
    modules: Vec<PathBuf>,
    /// The address of the key of each agent of a signed league; may be repeated
    #[arg(long = "key", value_name = "ADDRESS", conflicts_with = "modules")]
    keys: Vec<Address>,
    /// What an agent that is a key is called here
    #[arg(long, requires = "keys")]
    name: Option<String>,
    /// The league it enters
    #[arg(long, add = complete::leagues())]
    league: String,
    /// The account it belongs to
    #[arg(long, add = complete::accounts())]
    owner: String,
    /// Its stake; the league's required one without it
    #[arg(long, value_name = "AMOUNT")]
    stake: Option<u128>,
    /// How many rounds to pay for now
    #[arg(long, default_value_t = 1)]
    rounds: u32,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// A member in JSON.
#[derive(Serialize)]
struct MemberLine {
    league: String,
    member: u32,
    agent: String,
    name: String,
}

/// Enters the agents.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let mut node = arguments.arena.open()?;
    let Arguments { modules, keys, league, owner, rounds, .. } = arguments;
    let (stake, rounds, name) = (arguments.stake, *rounds, arguments.name.as_deref());
    let entered = if keys.is_empty() {
        let modules = modules.iter().map(PathBuf::as_path);
        let entries: Vec<_> =
            modules.map(|module| AgentEntry { owner, module, stake, rounds }).collect();
        node.add_agents(league, &entries)
    } else {
        let entry = |&key: &Address| KeyEntry { owner, key, name, stake, rounds };
        node.add_keys(league, &keys.iter().map(entry).collect::<Vec<_>>())
    };
    for entered in entered.map_err(failure)? {
        let (member, agent) = (entered.member, entered.agent.to_string());
        if let Some(forfeit) = &entered.forfeit {
            output.warn(&format!(
                "{} would forfeit the first decision of a match of {league}: {}; `nets agent check \
                 FILE --system NAME` plays a trial match",
                entered.name, forfeit.failure
            ));
        }
        if let Some(before) = &entered.name_before {
            output.note(&format!(
                "{} is the same module of the same owner as {before}, so one agent: it is called {} \
                 from now on, in every league",
                entered.name, entered.name
            ));
        }
        if output.is_json() {
            let (league, name) = (league.clone(), entered.name);
            output.json(&MemberLine { league, member, agent, name })?;
        } else {
            output.line(&format!("agent {agent} is member {member} of {league}"))?;
        }
    }
    Ok(Exit::Done)
}
