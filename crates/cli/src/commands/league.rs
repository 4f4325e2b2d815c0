//! `nets league …`: the leagues of an arena.

use std::collections::{BTreeMap, BTreeSet};

use clap::{Args, Subcommand};
use nets_core::{DATA, Digest};
use nets_node::{ArenaNode, BeaconKind, League, LeagueFile};
use serde::Serialize;

use super::agent_list;
use crate::arena::{ArenaArguments, failure};
use crate::arguments;
use crate::complete;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Table};

/// What can be done with leagues.
#[derive(Debug, Subcommand)]
pub(crate) enum LeagueCommand {
    /// Create a league from leagues.toml; its terms never change afterwards
    Create(CreateArguments),
    /// List the leagues
    List(ListArguments),
    /// Pay new coin of the embedded chain into a league's purse
    Fund(FundArguments),
    /// List the members of a league
    Members(MembersArguments),
}

/// Arguments of `nets league create`.
#[derive(Debug, Args)]
pub(crate) struct CreateArguments {
    /// The leagues to create, as leagues.toml names them
    #[arg(required = true, add = complete::described_leagues())]
    names: Vec<String>,
    /// Coin for the purse of each
    #[arg(long, value_name = "AMOUNT", default_value_t = 0)]
    fund: u128,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// Arguments of `nets league list`.
#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    #[command(flatten)]
    arena: ArenaArguments,
}

/// Arguments of `nets league fund`.
#[derive(Debug, Args)]
pub(crate) struct FundArguments {
    /// The league
    #[arg(add = complete::leagues())]
    name: String,
    /// How much coin
    #[arg(value_parser = arguments::amount)]
    amount: u128,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// Arguments of `nets league members`.
#[derive(Debug, Args)]
pub(crate) struct MembersArguments {
    /// The league
    #[arg(add = complete::leagues())]
    name: String,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// A league in JSON.
#[derive(Serialize)]
struct LeagueLine {
    name: String,
    system: String,
    parameters: BTreeMap<&'static str, u64>,
    /// The SHA-256 of the data set that it is played on.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<String>,
    required_stake: u128,
    entry_price: u128,
    matches_per_round: u16,
    payouts: Vec<u128>,
    rules: String,
    /// What rounds can be paid from.
    purse: u128,
    beacon: Option<&'static str>,
    beacon_address: String,
    beacon_worth: Option<&'static str>,
    /// How long the code of entries may be demanded, and then shown; 0 where sources are trusted.
    code_blocks: u32,
}

/// Where code comes from that nobody can be made to show, and what that is worth.
const TRUSTED: (&str, &str) = (
    "from sources",
    "they are trusted; an agent whose module nobody gives plays all the same, and nobody can check it",
);

/// Where code comes from that can be demanded, and what that is worth.
const DEMANDED: (&str, &str) = (
    "on demand",
    "anyone can have every module that plays, and an agent whose module is hidden does not play",
);

/// Runs a command.
pub(super) fn run(command: &LeagueCommand, output: &mut Output) -> Result<Exit, Failure> {
    match command {
        LeagueCommand::Create(arguments) => create(arguments, output),
        LeagueCommand::List(ListArguments { arena }) => list(arena, &[], output),
        LeagueCommand::Fund(FundArguments { name, amount, arena }) => {
            arena.open()?.fund_league(name, *amount).map_err(failure)?;
            list(arena, std::slice::from_ref(name), output)
        }
        LeagueCommand::Members(MembersArguments { name, arena }) => {
            agent_list::list(&arena.open()?, std::slice::from_ref(name), None, output)
        }
    }
}

fn create(arguments: &CreateArguments, output: &mut Output) -> Result<Exit, Failure> {
    let mut node = arguments.arena.open()?;
    let file = LeagueFile::read(&node.folder().league_file()).map_err(failure)?;
    for name in &arguments.names {
        let settings = file
            .league(name)
            .map_err(|error| failure(error).hint("add it to leagues.toml in the arena's folder"))?;
        node.create_league(settings).map_err(failure)?;
        if arguments.fund > 0 {
            node.fund_league(name, arguments.fund).map_err(failure)?;
        }
    }
    drop(node);
    list(&arguments.arena, &arguments.names, output)
}

/// Lists these leagues; all where none is named.
fn list(arena: &ArenaArguments, only: &[String], output: &mut Output) -> Result<Exit, Failure> {
    let node = arena.open()?;
    let headings =
        ["league", "system", ">stake", ">entry", ">matches", ">purse", "payouts", "beacon", "code"];
    let mut table = Table::new(&headings);
    let (mut worths, mut codes) = (BTreeMap::new(), BTreeSet::new());
    for name in node.league_names() {
        if !only.is_empty() && !only.contains(&name) {
            continue;
        }
        let league = node.league(&name).map_err(failure)?;
        let line = league_line(&node, &league)?;
        if output.is_json() {
            output.json(&line)?;
            continue;
        }
        worths.extend(line.beacon.zip(line.beacon_worth));
        codes.insert(if line.code_blocks == 0 { TRUSTED } else { DEMANDED });
        let payouts: Vec<_> = line.payouts.iter().map(u128::to_string).collect();
        table.row([
            line.name,
            system_here(&league),
            line.required_stake.to_string(),
            line.entry_price.to_string(),
            line.matches_per_round.to_string(),
            line.purse.to_string(),
            payouts.join(", "),
            line.beacon.map_or(line.beacon_address, str::to_owned),
            if line.code_blocks == 0 { TRUSTED } else { DEMANDED }.0.to_owned(),
        ]);
    }
    if !output.is_json() {
        output.table(&table)?;
    }
    for (beacon, worth) in worths {
        output.note(&format!("seeds from {beacon}: {worth}"));
    }
    for (code, worth) in codes {
        output.note(&format!("code {code}: {worth}"));
    }
    Ok(Exit::Done)
}

/// A System with those of its parameters that are not its defaults, as `hex v1 (size 7)`.
fn system_here(League { rules, blueprint, .. }: &League) -> String {
    let specs = blueprint.descriptor().parameters.iter().zip(blueprint.parameters().values());
    let others = specs.filter(|(spec, value)| spec.default != **value);
    let others = others.map(|(spec, value)| format!("{} {value}", spec.name));
    let data = blueprint.parameters().data().map(|hash| format!("{DATA} {}", hash.short()));
    let others: Vec<_> = others.chain(data).collect();
    match others.is_empty() {
        true => rules.system.to_string(),
        false => format!("{} ({})", rules.system, others.join(", ")),
    }
}

fn league_line(node: &ArenaNode, league: &League) -> Result<LeagueLine, Failure> {
    let ranks = league.terms.payouts.len() as u32;
    let beacon = node.beacon_of(league);
    let parameters = league.blueprint.parameters();
    Ok(LeagueLine {
        name: league.name.clone(),
        system: league.rules.system.to_string(),
        parameters: parameters.iter().collect(),
        data: parameters.data().map(Digest::to_string),
        required_stake: league.required_stake(),
        entry_price: league.terms.entryPrice,
        matches_per_round: league.terms.matchesPerRound,
        payouts: (0..ranks).map(|rank| league.payout(rank)).collect(),
        rules: league.rules.id().to_string(),
        purse: node.purse(league).map_err(failure)?,
        beacon: beacon.map(BeaconKind::name),
        beacon_address: league.terms.beacon.to_string(),
        beacon_worth: beacon.map(BeaconKind::worth),
        code_blocks: league.terms.codeBlocks,
    })
}
