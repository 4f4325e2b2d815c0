//! `nets verify`: everything in an arena again, from what is on disk.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use nets_core::{DATA, Digest};
use nets_node::{ArenaFolder, OwingRound, VerifiedLeague, VerifyError, VerifyReport};
use serde::Serialize;

use crate::arena::{ChosenChainArguments, Shown, ThreadArguments, failure};
use crate::arguments::{self, SourceArguments};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{BAD, GOOD, Output, plural};

const HELP: &str = "\
Executes the chain's log from its first block, which must create the contracts of this build, plays
every match of every final round again and compares verdicts, standings, balances, payouts and
artifacts with what comes out. Believes no cache, and writes nothing but modules and rules that are
missing and that a source has, so a read-only copy of a whole arena will do. Where the cache of the
chain's state has seen a block that the log lacks, that is a difference.

A log that was cut after some block, and its cache with it, looks like the arena at an earlier
moment. Keep the head that is
printed somewhere else and give it back with --head: then no block up to it was cut or replaced.
Names of leagues, agents and accounts are this folder's own, and nothing proves them: the leagues
are shown with their numbers and terms.

On a chain elsewhere the contracts must have this build's code, and their final logs and state are
read from a node instead of a log; the leagues of this folder are then checked in the same way. The
members of each round are read as of its block, for which the node must keep old states.

Exit status: 0 all of it is right; 1 something was altered, the first difference is shown; 2 it
could not be checked.";

/// Arguments of `nets verify`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The arena's folder
    #[arg(value_name = "DIR", default_value = ".", env = "NETS_ARENA",
          value_hint = ValueHint::DirPath)]
    folder: PathBuf,
    /// The hash of a block that the log must hold, as printed by an earlier `nets verify` or `log`
    #[arg(long, value_name = "HASH", value_parser = arguments::digest)]
    head: Option<Digest>,
    #[command(flatten)]
    sources: SourceArguments,
    #[command(flatten)]
    chain: ChosenChainArguments,
    #[command(flatten)]
    threads: ThreadArguments,
}

/// The result in JSON.
#[derive(Serialize)]
struct VerifyLine {
    verified: bool,
    difference: Option<String>,
    #[serde(flatten)]
    report: Option<ReportLine>,
}

/// What was verified, in JSON.
#[derive(Serialize)]
struct ReportLine {
    blocks: u64,
    head: String,
    torn_bytes: u64,
    leagues: Vec<LeagueLine>,
    rounds: u32,
    matches: u32,
    payouts: u32,
    slashings: u32,
    coin: Option<u128>,
    owing: Vec<OwingLine>,
}

/// A final round that is not settled, in JSON.
#[derive(Serialize)]
struct OwingLine {
    league: String,
    round: u32,
    unpaid_ranks: Vec<u32>,
    unslashed_members: Vec<u32>,
}

/// A league in JSON.
#[derive(Serialize)]
struct LeagueLine {
    league: u64,
    name: Option<String>,
    system: String,
    parameters: Vec<String>,
    matches_per_round: u16,
    required_stake: u128,
    entry_price: u128,
    members: u32,
    rounds: u32,
}

/// Verifies the arena.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let Arguments { folder, head, sources, chain, threads } = arguments;
    let folder = ArenaFolder::new(folder)
        .with_sources(sources.sources.clone())
        .with_chain(chain.chain.clone());
    let options = threads.options();
    let shown = Shown::new(output);
    let result = nets_node::verify_with_head(folder, *head, options.threads, options.stop, &shown);
    drop(shown);
    let (report, difference) = match result {
        Ok(report) => (Some(report_line(report)), None),
        Err(VerifyError::Altered(difference)) => (None, Some(difference)),
        Err(VerifyError::Unchecked(error)) => return Err(failure(error)),
    };
    let verified = difference.is_none();
    if output.is_json() {
        output.json(&VerifyLine { verified, difference, report })?;
    } else if let Some(difference) = difference {
        output.line(&format!("{BAD}altered{BAD:#}: {difference}"))?;
        output.hint("get what differs back from a copy of the arena, and verify that");
    } else if let Some(report) = report {
        show(&report, output)?;
    }
    Ok(if verified { Exit::Done } else { Exit::Refuted })
}

fn report_line(report: VerifyReport) -> ReportLine {
    let league = |league: VerifiedLeague| LeagueLine {
        league: league.number,
        name: league.name,
        system: league.system,
        parameters: league
            .parameters
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .chain(league.data.map(|hash| format!("{DATA}={hash}")))
            .collect(),
        matches_per_round: league.matches_per_round,
        required_stake: league.required_stake,
        entry_price: league.entry_price,
        members: league.members,
        rounds: league.rounds,
    };
    let owing = |round: OwingRound| OwingLine {
        league: round.league,
        round: round.round,
        unpaid_ranks: round.unpaid_ranks,
        unslashed_members: round.unslashed_members,
    };
    ReportLine {
        blocks: report.head.number,
        head: report.head.hash.to_string(),
        torn_bytes: report.torn_bytes,
        leagues: report.leagues.into_iter().map(league).collect(),
        rounds: report.rounds,
        matches: report.matches,
        payouts: report.payouts,
        slashings: report.slashings,
        coin: report.coin,
        owing: report.owing.into_iter().map(owing).collect(),
    }
}

fn show(report: &ReportLine, output: &mut Output) -> Result<(), Failure> {
    for league in &report.leagues {
        let name = league.name.as_deref().map(|name| format!(", here called {name}"));
        output.line(&format!(
            "league {}{}: {}; {} a round, stake {}, entry price {}; {}, {}",
            league.league,
            name.unwrap_or_default(),
            [std::slice::from_ref(&league.system), &league.parameters].concat().join(" "),
            plural(league.matches_per_round, "match"),
            league.required_stake,
            league.entry_price,
            plural(league.members, "agent"),
            plural(league.rounds, "round"),
        ))?;
    }
    if report.torn_bytes > 0 {
        output.note(&format!(
            "{} at the log's end are of a block that was never acknowledged; the next block takes \
             their place",
            plural(report.torn_bytes, "byte"),
        ));
    }
    for OwingLine { league, round, unpaid_ranks, unslashed_members } in &report.owing {
        output.note(&format!(
            "{league}, round {round} is final and still owes {} and {}; `nets round run {league}` \
             settles the latest round",
            plural(unpaid_ranks.len() as u32, "payout"),
            plural(unslashed_members.len() as u32, "slashing"),
        ));
    }
    output.line(&format!("head {} {}", report.blocks, report.head))?;
    output.line(&format!(
        "{GOOD}verified{GOOD:#}: {}, {}, {}, {}, {}{}",
        plural(report.blocks, "block"),
        plural(report.rounds, "round"),
        plural(report.matches, "match"),
        plural(report.payouts, "payout"),
        plural(report.slashings, "slashing"),
        report.coin.map_or(String::new(), |coin| format!(", {coin} coin accounted for")),
    ))?;
    if report.coin.is_none() {
        output.note("what happened on the chain was read from its node and not executed again");
    }
    Ok(())
}
