//! `nets fetch`: the modules that an arena's leagues need and its folder lacks.

use clap::Args;
use nets_node::{ArenaNode, ModuleState, NeededData, NeededModule, NeededRecord};
use serde::Serialize;

use crate::arena::{ArenaArguments, Shown, failure};
use crate::arguments::SourceArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Table};

const HELP: &str = "\
Examples:
  nets fetch --source https://arena.example
  nets fetch --source ../copy-of-the-arena

Asks the sources in turn, those of --source first, then those that arena.toml names, and keeps what
hashes to what the chain says; anything else is named and the next one is asked. A module whose agent
was never an entry of a round need not be shown by anybody yet.

In signed leagues it gets the records of matches, which nobody can play again; any in which every
action is signed will do.

Exit status: 0 everything that may be had is here; 1 some is missing; 2 something went wrong.";

/// Arguments of `nets fetch`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    sources: SourceArguments,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// A module in JSON.
#[derive(Serialize)]
struct ModuleLine {
    league: String,
    member: u32,
    agent: String,
    module: String,
    state: &'static str,
    failures: Vec<String>,
}

/// A record of a signed match in JSON.
#[derive(Serialize)]
struct RecordLine {
    league: String,
    round: u32,
    #[serde(rename = "match")]
    index: u32,
    id: String,
    state: &'static str,
}

/// A data set in JSON.
#[derive(Serialize)]
struct DataLine<'a> {
    league: &'a str,
    data: String,
    state: &'static str,
}

/// Fetches what is missing.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let node = arguments.arena.open_with(&arguments.sources)?;
    let shown = Shown::new(output);
    let modules = node.fetch_modules(&shown);
    drop(shown);
    let mut table = Table::new(&["league", ">member", "agent", "module", "state"]);
    let mut exit = Exit::Done;
    for module in modules.map_err(failure)? {
        let short = (module.agent.short(), module.hash.short());
        let line = module_line(module);
        if line.state == "missing" {
            exit = Exit::Refuted;
            line.failures.iter().for_each(|reason| output.note(&format!("{}: {reason}", short.1)));
        }
        match output.is_json() {
            true => output.json(&line)?,
            false => table.row([
                line.league,
                line.member.to_string(),
                short.0,
                short.1,
                line.state.to_owned(),
            ]),
        }
    }
    if !output.is_json() {
        output.table(&table)?;
    }
    data(&node, output)?;
    match records(&node, output)? {
        true => Ok(exit),
        false => Ok(Exit::Refuted),
    }
}

/// Fetches data sets; one that is missing may not be shown yet, which is no failure.
fn data(node: &ArenaNode, output: &mut Output) -> Result<(), Failure> {
    let needed = node.fetch_data().map_err(failure)?;
    let mut table = Table::new(&["league", "data set", "state"]);
    for NeededData { league, hash, is_here } in &needed {
        let state = if *is_here { "here" } else { "not shown, or nobody gives it" };
        match output.is_json() {
            true => output.json(&DataLine { league, data: hash.to_string(), state })?,
            false => table.row([league.clone(), hash.to_string(), state.to_owned()]),
        }
    }
    if !output.is_json() && !needed.is_empty() {
        output.table(&table)?;
    }
    Ok(())
}

/// Fetches the records of signed matches; whether all are here.
fn records(node: &ArenaNode, output: &mut Output) -> Result<bool, Failure> {
    let shown = Shown::new(output);
    let records = node.fetch_records(&shown);
    drop(shown);
    let records = records.map_err(failure)?;
    let mut table = Table::new(&["league", ">round", ">match", "record", "state"]);
    for NeededRecord { league, round, index, id, is_here } in &records {
        let state = if *is_here { "here" } else { "missing" };
        let (league, id) = (league.clone(), id.to_string());
        match output.is_json() {
            true => output.json(&RecordLine { league, round: *round, index: *index, id, state })?,
            false => {
                let (round, index) = (round.to_string(), index.to_string());
                table.row([league, round, index, id, state.to_owned()]);
            }
        }
    }
    if !output.is_json() && !records.is_empty() {
        output.table(&table)?;
    }
    Ok(records.iter().all(|record| record.is_here))
}

fn module_line(module: NeededModule) -> ModuleLine {
    let (state, failures) = match module.state {
        ModuleState::Here => ("here", Vec::new()),
        ModuleState::Fetched => ("fetched", Vec::new()),
        ModuleState::Early => ("not shown yet", Vec::new()),
        ModuleState::Missing(failures) => ("missing", failures),
    };
    ModuleLine {
        league: module.league,
        member: module.member,
        agent: module.agent.to_string(),
        module: module.hash.to_string(),
        state,
        failures: failures.iter().map(ToString::to_string).collect(),
    }
}
