//! What a round came to, as several commands show it.

use std::collections::BTreeMap;

use nets_node::{
    ArenaNode, MatchStatus, NodeError, RoundOptions, RoundReport, StandingLine, round_report,
};
use serde::Serialize;

use crate::arena::{Shown, failure};
use crate::failure::Failure;
use crate::output::{BAD, Output, Table, plural};

/// Computes a final round again, the latest where none is named. Where something else is final, that
/// is shown and nothing given.
pub(super) fn compute(
    node: &ArenaNode,
    league: &str,
    round: Option<u32>,
    options: RoundOptions<'_>,
    output: &mut Output,
) -> Result<Option<RoundReport>, Failure> {
    let shown = Shown::new(output);
    let report = round_report(node, league, round, options, &shown);
    drop(shown);
    match report {
        Ok(report) => Ok(Some(report)),
        Err(NodeError::NotAsserted { league, round, difference }) if output.is_json() => {
            let (league, difference) = (&*league, &*difference);
            output.json(&DifferenceLine { league, round, difference })?;
            Ok(None)
        }
        Err(error @ NodeError::NotAsserted { .. }) => {
            output.line(&format!("{BAD}false{BAD:#}: {error}"))?;
            Ok(None)
        }
        Err(error) => Err(failure(error)),
    }
}

/// Something else is final, in JSON.
#[derive(Serialize)]
struct DifferenceLine<'a> {
    league: &'a str,
    round: u32,
    difference: &'a str,
}

/// A place in JSON.
#[derive(Serialize)]
struct PlaceLine<'a> {
    league: &'a str,
    round: u32,
    rank: u32,
    member: u32,
    name: String,
    agent: String,
    owner: String,
    owner_name: Option<String>,
    code: String,
    total: i64,
    disqualified_at: Option<u32>,
    forfeits: usize,
    payout: u128,
}

/// A round in JSON, after its places.
#[derive(Serialize)]
struct RoundLine<'a> {
    league: &'a str,
    round: u32,
    seed: String,
    played: usize,
    walkovers: usize,
    byes: usize,
    same_owner: usize,
    /// What this run of the command paid.
    paid_now: Vec<PaidLine>,
    /// The members that this run of the command slashed.
    slashed_now: &'a [u32],
}

/// A payout in JSON.
#[derive(Serialize)]
struct PaidLine {
    rank: u32,
    member: u32,
    amount: u128,
}

/// Shows the places of a round, with what it paid and whom it slashed.
pub(super) fn show_report(
    node: &ArenaNode,
    report: &RoundReport,
    output: &mut Output,
) -> Result<(), Failure> {
    let owners = node.owner_names().map_err(failure)?;
    let mut forfeits_of = BTreeMap::<u32, usize>::new();
    for line in &report.matches {
        for member in line.forfeits.iter().filter_map(|seat| *line.members.get(seat.index())?) {
            *forfeits_of.entry(member).or_default() += 1;
        }
    }
    let mut table = Table::new(&[">rank", "agent", "owner", ">total", ">forfeits", ">payout", ""]);
    for place in &report.standings {
        let StandingLine { rank, member, total, disqualified_at, payout, .. } = *place;
        let line = PlaceLine {
            league: &report.league,
            round: report.round,
            rank,
            member,
            name: node.agent_name(&place.agent),
            agent: place.agent.to_string(),
            owner: place.owner.to_string(),
            owner_name: owners.get(&place.owner).cloned(),
            code: place.code_hash.to_string(),
            total,
            disqualified_at,
            forfeits: forfeits_of.get(&member).copied().unwrap_or_default(),
            payout,
        };
        match output.is_json() {
            true => output.json(&line)?,
            false => table.row(cells(line)),
        }
    }
    let line = round_line(report);
    if output.is_json() {
        return output.json(&line);
    }
    let (league, round) = (line.league, line.round);
    let (played, skipped) = (line.played, report.matches.len() - line.played);
    output.line(&format!(
        "{league}, round {round}: {} played, {skipped} not, seed {}",
        plural(played as u64, "match"),
        report.seed.short()
    ))?;
    output.table(&table)
}

fn cells(line: PlaceLine<'_>) -> [String; 7] {
    let why = line.disqualified_at.map(|at| format!("false claim in match {at}: slashed"));
    [
        (line.rank + 1).to_string(),
        line.name,
        line.owner_name.unwrap_or(line.owner),
        line.total.to_string(),
        line.forfeits.to_string(),
        line.payout.to_string(),
        why.unwrap_or_default(),
    ]
}

fn round_line(report: &RoundReport) -> RoundLine<'_> {
    let count = |status| report.matches.iter().filter(|line| line.status == status).count();
    let paid = report.payouts.iter().map(|paid| PaidLine {
        rank: paid.rank,
        member: paid.member,
        amount: paid.amount,
    });
    RoundLine {
        league: &report.league,
        round: report.round,
        seed: report.seed.to_string(),
        played: count(MatchStatus::Played),
        walkovers: count(MatchStatus::Walkover),
        byes: count(MatchStatus::Bye),
        same_owner: count(MatchStatus::SameOwner),
        paid_now: paid.collect(),
        slashed_now: &report.slashed,
    }
}
