//! `nets round list` and `nets round matches`: what rounds there were, and how each match ended.

use std::collections::BTreeMap;

use clap::Args;
use nets_node::{ArenaNode, BeaconKind, MatchLine, MatchStatus, RoundReport, RoundStatus};
use serde::Serialize;

use super::report::compute;
use super::shown::FaultObject;
use crate::arena::{ArenaArguments, ThreadArguments, failure};
use crate::complete;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Table, one_line};

const MATCHES_HELP: &str = "\
Examples:
  nets round matches bronze
  nets round matches bronze --round 0 --json

Computed again from the round's records, or by playing where there are none of this node, and
compared with the result that is final on the chain. A match that was played has a record, which
`nets replay` and `nets prove` take.

Exit status: as `nets standings`.";

/// Arguments of `nets round list`.
#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    /// The league
    #[arg(add = complete::leagues())]
    league: String,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// Arguments of `nets round matches`.
#[derive(Debug, Args)]
#[command(after_help = MATCHES_HELP)]
pub(crate) struct MatchesArguments {
    /// The league
    #[arg(add = complete::leagues())]
    league: String,
    /// The round, counted from 0; the latest final one without it
    #[arg(long)]
    round: Option<u32>,
    #[command(flatten)]
    arena: ArenaArguments,
    #[command(flatten)]
    threads: ThreadArguments,
}

/// A round in JSON.
#[derive(Serialize)]
struct RoundLine<'a> {
    league: &'a str,
    round: u32,
    status: &'static str,
    entries: u32,
    beacon: Option<&'static str>,
    beacon_index: u64,
    seed: Option<String>,
    opened_at: u64,
    seeded_at: Option<u64>,
    ended_at: Option<u64>,
    reserved: u128,
    refunds: u128,
    assertions: u32,
    asserter: Option<String>,
}

/// A match in JSON.
#[derive(Serialize)]
struct MatchRow<'a> {
    league: &'a str,
    round: u32,
    #[serde(rename = "match")]
    index: u32,
    status: &'static str,
    match_id: Option<String>,
    seats: Vec<Option<SeatCell>>,
    scores: &'a [i64],
    steps: u32,
    /// The seats that forfeited.
    forfeits: Vec<u8>,
    faults: Vec<FaultObject>,
    record: Option<String>,
}

/// Who sits in a seat, in JSON.
#[derive(Serialize)]
struct SeatCell {
    member: u32,
    name: String,
}

/// Lists the rounds of a league.
pub(super) fn list(arguments: &ListArguments, output: &mut Output) -> Result<Exit, Failure> {
    let ListArguments { league, arena } = arguments;
    let node = arena.open()?;
    let headings =
        [">round", "status", ">entries", ">opened", ">ended", ">reserved", ">refunds", "seed"];
    let mut table = Table::new(&headings);
    let beacon = node.beacon_of(&node.league(league).map_err(failure)?);
    for round in node.rounds(league).map_err(failure)? {
        let line = RoundLine {
            league,
            round: round.round,
            status: round_word(round.status),
            entries: round.entries,
            beacon: beacon.map(BeaconKind::name),
            beacon_index: round.beacon_index,
            seed: round.seed.map(|seed| seed.to_string()),
            opened_at: round.opened_at,
            seeded_at: round.seeded_at,
            ended_at: round.ended_at,
            reserved: round.reserved,
            refunds: round.refunds,
            assertions: round.assertions,
            asserter: round.asserter.map(|asserter| asserter.to_string()),
        };
        if output.is_json() {
            output.json(&line)?;
            continue;
        }
        table.row([
            line.round.to_string(),
            line.status.to_owned(),
            line.entries.to_string(),
            line.opened_at.to_string(),
            line.ended_at.map(|block| block.to_string()).unwrap_or_default(),
            line.reserved.to_string(),
            line.refunds.to_string(),
            round.seed.map(|seed| seed.short()).unwrap_or_default(),
        ]);
    }
    if !output.is_json() {
        output.table(&table)?;
    }
    if let Some(beacon) = beacon {
        output.note(&format!("seeds from {}: {}", beacon.name(), beacon.worth()));
    }
    Ok(Exit::Done)
}

fn round_word(status: RoundStatus) -> &'static str {
    match status {
        RoundStatus::None => "none",
        RoundStatus::Publishing => "publishing",
        RoundStatus::Open => "open",
        RoundStatus::Seeded => "seeded",
        RoundStatus::Final => "final",
        RoundStatus::Void => "void",
    }
}

/// Lists the matches of a round.
pub(super) fn matches(arguments: &MatchesArguments, output: &mut Output) -> Result<Exit, Failure> {
    let MatchesArguments { league, round, arena, threads } = arguments;
    let node = arena.open()?;
    let report = compute(&node, league, *round, threads.options(), output)?;
    let Some(report) = report else { return Ok(Exit::Refuted) };
    let names: BTreeMap<_, _> = report
        .standings
        .iter()
        .map(|place| (place.member, node.agent_name(&place.agent)))
        .collect();
    let headings = [">match", "status", "seats", "scores", ">steps", "forfeits", "record"];
    let mut table = Table::new(&headings);
    for line in &report.matches {
        let row = match_row(&node, &names, &report, line);
        match output.is_json() {
            true => output.json(&row)?,
            false => table.row(cells(row, line)),
        }
    }
    if !output.is_json() {
        output.table(&table)?;
    }
    Ok(Exit::Done)
}

fn match_row<'a>(
    node: &ArenaNode,
    names: &BTreeMap<u32, String>,
    report: &'a RoundReport,
    line: &'a MatchLine,
) -> MatchRow<'a> {
    let cell = |member: u32| {
        let name = names.get(&member).cloned().unwrap_or_default();
        SeatCell { member, name }
    };
    let record = line.id.map(|id| node.artifacts().record_path(&id));
    MatchRow {
        league: &report.league,
        round: report.round,
        index: line.index,
        status: match_word(line.status),
        match_id: line.id.map(|id| id.to_string()),
        seats: line.members.iter().map(|member| member.map(cell)).collect(),
        scores: &line.scores,
        steps: line.steps,
        forfeits: line.forfeits.iter().map(|seat| seat.0).collect(),
        faults: line.faults.iter().cloned().map(FaultObject::from).collect(),
        record: record.filter(|path| path.exists()).map(|path| path.display().to_string()),
    }
}

fn match_word(status: MatchStatus) -> &'static str {
    match status {
        MatchStatus::Played => "played",
        MatchStatus::Walkover => "walkover",
        MatchStatus::Bye => "bye",
        MatchStatus::SameOwner => "same owner",
    }
}

fn cells(row: MatchRow<'_>, line: &MatchLine) -> [String; 7] {
    let seat = |cell: Option<SeatCell>| cell.map_or_else(|| "–".to_owned(), |cell| cell.name);
    let seats: Vec<_> = row.seats.into_iter().map(seat).collect();
    let scores: Vec<_> = row.scores.iter().map(i64::to_string).collect();
    let faults: Vec<_> = line.faults.iter().map(|fault| one_line(&fault.to_string())).collect();
    [
        row.index.to_string(),
        row.status.to_owned(),
        seats.join(", "),
        scores.join(", "),
        row.steps.to_string(),
        faults.join("; "),
        row.record.unwrap_or_default(),
    ]
}
