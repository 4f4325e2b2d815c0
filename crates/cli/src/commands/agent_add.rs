//! `nets agent add`: an agent enters a league.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use nets_node::AgentEntry;
use serde::Serialize;

use crate::arena::{ArenaArguments, failure};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// Arguments of `nets agent add`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The agent's WASM module
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    module: PathBuf,
    /// The league it enters
    #[arg(long)]
    league: String,
    /// The account it belongs to
    #[arg(long)]
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
}

/// Enters the agent.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let mut node = arguments.arena.open()?;
    let Arguments { module, league, owner, stake, rounds, .. } = arguments;
    let entry = AgentEntry { owner, module, stake: *stake, rounds: *rounds };
    let member = node.add_agent(league, &entry).map_err(failure)?;
    let members = node.members(league).map_err(failure)?;
    let agent = members.get(member as usize).map(|line| line.agent.to_string());
    let agent = agent.unwrap_or_default();
    let line = MemberLine { league: league.clone(), member, agent };
    if output.is_json() {
        output.json(&line)?;
    } else {
        output.line(&format!("agent {} is member {member} of {league}", line.agent))?;
    }
    Ok(Exit::Done)
}
