//! `nets round …`: rounds of a league, from entries to payouts.

use clap::{Args, Subcommand};
use nets_node::{Claim, ClaimKind, open_round, post_claim, run_round};
use serde::Serialize;

use super::standings::show_report;
use crate::arena::{ArenaArguments, Shown, ThreadArguments, failure};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// What can be done with rounds.
#[derive(Debug, Subcommand)]
pub(crate) enum RoundCommand {
    /// Open the next round: freeze its entries, then draw its seed
    Open(RoundArguments),
    /// Claim an agent's scores in the open round; a false claim costs its stake
    Claim(ClaimArguments),
    /// Run the round to its end: play, assert, wait, finalise, slash, pay
    Run(RunArguments),
}

/// A league in an arena.
#[derive(Debug, Args)]
pub(crate) struct RoundArguments {
    /// The league
    league: String,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// Arguments of `nets round claim`.
#[derive(Debug, Args)]
pub(crate) struct ClaimArguments {
    #[command(flatten)]
    round: RoundArguments,
    /// The agent, by its number among the league's members
    #[arg(long)]
    member: u32,
    /// Claim this sum over all matches
    #[arg(long, value_name = "SCORE", allow_negative_numbers = true, conflicts_with = "each")]
    total: Option<i64>,
    /// Claim these scores, one for each match; without either, what the matches come to here
    #[arg(long, value_name = "SCORES", value_delimiter = ',', allow_negative_numbers = true)]
    each: Option<Vec<i64>>,
    #[command(flatten)]
    threads: ThreadArguments,
}

/// Arguments of `nets round run`.
#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    #[command(flatten)]
    round: RoundArguments,
    /// Go on with the round that is under way, and fail where there is none
    #[arg(long)]
    resume: bool,
    #[command(flatten)]
    threads: ThreadArguments,
}

/// An open round in JSON.
#[derive(Serialize)]
struct OpenLine<'a> {
    league: &'a str,
    round: u32,
}

/// A claim in JSON.
#[derive(Serialize)]
struct ClaimLine<'a> {
    league: &'a str,
    member: u32,
    kind: &'static str,
    scores: Vec<i64>,
}

/// Runs a command.
pub(super) fn run(command: &RoundCommand, output: &mut Output) -> Result<Exit, Failure> {
    match command {
        RoundCommand::Open(arguments) => open(arguments, output),
        RoundCommand::Claim(arguments) => claim(arguments, output),
        RoundCommand::Run(arguments) => run_to_end(arguments, output),
    }
}

fn open(arguments: &RoundArguments, output: &mut Output) -> Result<Exit, Failure> {
    let mut node = arguments.arena.open()?;
    let league = &arguments.league;
    let round = open_round(&mut node, league, &Shown::new(output)).map_err(failure)?;
    if output.is_json() {
        output.json(&OpenLine { league, round })?;
    } else {
        output.line(&format!("{league}: round {round} is open, its seed is drawn"))?;
    }
    Ok(Exit::Done)
}

fn claim(arguments: &ClaimArguments, output: &mut Output) -> Result<Exit, Failure> {
    let mut node = arguments.round.arena.open()?;
    let (league, member) = (&arguments.round.league, arguments.member);
    let kind = match (arguments.total, &arguments.each) {
        (Some(total), _) => ClaimKind::Given(Claim::Total(total)),
        (None, Some(scores)) => ClaimKind::Given(Claim::EachMatch(scores.clone())),
        (None, None) => ClaimKind::Computed,
    };
    let options = arguments.threads.options();
    let shown = Shown::new(output);
    let posted = post_claim(&mut node, league, member, &kind, options, &shown).map_err(failure)?;
    drop(shown);
    let kind = match posted {
        Claim::Total(_) => "total",
        Claim::EachMatch(_) => "each_match",
    };
    let scores = posted.scores().to_vec();
    if output.is_json() {
        output.json(&ClaimLine { league, member, kind, scores })?;
    } else {
        output.line(&format!("claimed for member {member} of {league}: {scores:?}"))?;
    }
    Ok(Exit::Done)
}

fn run_to_end(arguments: &RunArguments, output: &mut Output) -> Result<Exit, Failure> {
    let mut node = arguments.round.arena.open()?;
    let league = &arguments.round.league;
    if arguments.resume && !nets_node::is_under_way(&node, league).map_err(failure)? {
        return Err(Failure::new(format!("{league} has no round under way"))
            .hint("leave out --resume to open and run the next one"));
    }
    let options = arguments.threads.options();
    let shown = Shown::new(output);
    let report = run_round(&mut node, league, options, &shown).map_err(failure)?;
    drop(shown);
    node.flush().map_err(failure)?;
    show_report(&node, &report, output)?;
    Ok(Exit::Done)
}
