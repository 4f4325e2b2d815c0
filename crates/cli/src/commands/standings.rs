//! `nets standings`: who is where in a league, and why.

use std::collections::BTreeMap;

use clap::Args;
use nets_node::{ArenaNode, MatchStatus, NodeError, RoundReport, round_report};
use serde::Serialize;

use crate::arena::{ArenaArguments, Shown, ThreadArguments, failure};
use crate::complete;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{BAD, Output, Table, plural};

const HELP: &str = "\
Computes the round again from its records, or by playing where there are none of this node, and
compares it with the result that is final on the chain.

Exit status: 0 they are the same; 1 something else is final, the first difference is shown; 2 it
could not be computed.";

/// Arguments of `nets standings`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The league
    #[arg(add = complete::leagues())]
    league: String,
    /// The round, counted from 0; the latest without it
    #[arg(long)]
    round: Option<u32>,
    #[command(flatten)]
    arena: ArenaArguments,
    #[command(flatten)]
    threads: ThreadArguments,
}

/// A place in JSON.
#[derive(Serialize)]
struct PlaceLine<'a> {
    league: &'a str,
    round: u32,
    rank: u32,
    member: u32,
    owner: String,
    agent: String,
    code: String,
    total: i64,
    disqualified_at: Option<u32>,
    forfeits: usize,
    payout: u128,
}

/// Something else is final, in JSON.
#[derive(Serialize)]
struct DifferenceLine<'a> {
    league: &'a str,
    round: u32,
    difference: &'a str,
}

/// Shows the standings.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let node = arguments.arena.open()?;
    let options = arguments.threads.options();
    let shown = Shown::new(output);
    let report = round_report(&node, &arguments.league, arguments.round, options, &shown);
    drop(shown);
    match report {
        Ok(report) => {
            show_report(&node, &report, output)?;
            Ok(Exit::Done)
        }
        Err(error @ NodeError::NotAsserted { .. }) => refute(&error, output),
        Err(error) => Err(failure(error)),
    }
}

fn refute(error: &NodeError, output: &mut Output) -> Result<Exit, Failure> {
    match error {
        NodeError::NotAsserted { league, round, difference } if output.is_json() => {
            output.json(&DifferenceLine { league, round: *round, difference })?;
        }
        _ => output.line(&format!("{BAD}false{BAD:#}: {error}"))?,
    }
    Ok(Exit::Refuted)
}

/// Shows the places of a round, with what it paid and whom it slashed.
pub(super) fn show_report(
    node: &ArenaNode,
    report: &RoundReport,
    output: &mut Output,
) -> Result<(), Failure> {
    let RoundReport { league, round, .. } = report;
    let mut table = Table::new(&[">rank", "agent", "owner", ">total", ">forfeits", ">payout", ""]);
    let owners = node.owner_names().map_err(failure)?;
    let mut forfeits_of = BTreeMap::<u32, usize>::new();
    for member in report.matches.iter().flat_map(|line| &line.forfeits) {
        *forfeits_of.entry(*member).or_default() += 1;
    }
    for place in &report.standings {
        let owner = owners.get(&place.owner).cloned().unwrap_or_else(|| place.owner.to_string());
        let forfeits = forfeits_of.get(&place.member).copied().unwrap_or_default();
        if output.is_json() {
            output.json(&PlaceLine {
                league,
                round: *round,
                rank: place.rank,
                member: place.member,
                owner,
                agent: place.agent.to_string(),
                code: place.code_hash.to_string(),
                total: place.total,
                disqualified_at: place.disqualified_at,
                forfeits,
                payout: place.payout,
            })?;
            continue;
        }
        let why = place.disqualified_at.map(|at| format!("false claim in match {at}: slashed"));
        table.row([
            (place.rank + 1).to_string(),
            node.agent_name(&place.agent),
            owner,
            place.total.to_string(),
            forfeits.to_string(),
            place.payout.to_string(),
            why.unwrap_or_default(),
        ]);
    }
    if output.is_json() {
        return Ok(());
    }
    let played = report.matches.iter().filter(|line| line.status == MatchStatus::Played).count();
    let skipped = report.matches.len() - played;
    output.line(&format!(
        "{league}, round {round}: {} played, {skipped} not, seed {}",
        plural(played as u64, "match"),
        report.seed.short()
    ))?;
    output.table(&table)
}
