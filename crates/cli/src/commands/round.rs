//! `nets round …`: rounds of a league, from entries to payouts.

use std::collections::BTreeMap;
use std::time::Duration;

use clap::{Args, Subcommand};
use nets_node::{
    BeaconKind, Claim, ClaimKind, TableOptions, VoidedRound, host_round, open_round, post_claims,
    resume_hosted_round, void_round,
};
use serde::Serialize;

use super::report::show_report;
use super::round_list::{self, ListArguments, MatchesArguments};
use crate::arena::{ArenaArguments, Shown, ThreadArguments, failure, flush};
use crate::complete;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, plural};

const OPEN_HELP: &str = "\
Examples:
  nets round open bronze

The seed comes from the league's beacon, which `nets league list` names. A public one is waited for,
and its value brought onto the chain: drand's some forty seconds after the freeze, RANDAO's after
some 130 blocks. Killed anywhere, the same command or `nets round run` goes on.";

const CLAIM_HELP: &str = "\
Computed scores are those of the agent's matches as they are played here for the claim. All claims
of one command are posted in one block.

The window is the league's claim-blocks, counted in blocks from the seed. On an embedded chain each
command that sends something makes a block, and `nets round run` lets the rest of the window pass:
claim right after `nets round open`.";

const VOID_HELP: &str = "\
Examples:
  nets round void bronze

For a round that gets no seed, or no result that both engines agree on. Lets the blocks pass that
the league's terms ask for first, and pays every entry its price back. A round whose result has
been asserted cannot be given up; `nets round run` brings it to its end.";

/// What can be done with rounds.
#[derive(Debug, Subcommand)]
pub(crate) enum RoundCommand {
    /// Open the next round: freeze its entries, then draw its seed
    Open(OpenArguments),
    /// Claim an agent's scores in the open round; a false claim costs its stake
    Claim(ClaimArguments),
    /// Run the round to its end: play, assert, wait, finalise, slash, pay
    Run(RunArguments),
    /// Give up the round under way: its entries are paid back
    Void(VoidArguments),
    /// List the rounds of a league
    List(ListArguments),
    /// List the matches of a round: who played, scores, forfeits, records
    Matches(MatchesArguments),
}

/// A league in an arena.
#[derive(Debug, Args)]
pub(crate) struct RoundArguments {
    /// The league
    #[arg(add = complete::leagues())]
    league: String,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// Arguments of `nets round open`.
#[derive(Debug, Args)]
#[command(after_help = OPEN_HELP)]
pub(crate) struct OpenArguments {
    #[command(flatten)]
    round: RoundArguments,
    #[command(flatten)]
    threads: ThreadArguments,
}

/// Arguments of `nets round claim`.
#[derive(Debug, Args)]
#[command(after_help = CLAIM_HELP)]
pub(crate) struct ClaimArguments {
    #[command(flatten)]
    round: RoundArguments,
    /// The agent, by its number among the league's members; may be repeated
    #[arg(long = "member", value_name = "MEMBER", required = true, value_delimiter = ',')]
    members: Vec<u32>,
    /// Claim this sum over all matches, for each agent, where the System has one seat
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
    /// Where agents of a signed league come to play
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// How long who is to act has before its clock on the chain is started
    #[arg(long, value_name = "SECONDS", default_value_t = 60, requires = "listen")]
    move_seconds: u64,
    #[command(flatten)]
    threads: ThreadArguments,
}

/// Arguments of `nets round void`.
#[derive(Debug, Args)]
#[command(after_help = VOID_HELP)]
pub(crate) struct VoidArguments {
    #[command(flatten)]
    round: RoundArguments,
}

/// An open round in JSON.
#[derive(Serialize)]
struct OpenLine<'a> {
    league: &'a str,
    round: u32,
    beacon: Option<&'static str>,
}

/// A claim in JSON.
#[derive(Serialize)]
struct ClaimLine<'a> {
    league: &'a str,
    member: u32,
    kind: &'static str,
    scores: Vec<i64>,
}

/// A round that was given up in JSON.
#[derive(Serialize)]
struct VoidLine<'a> {
    league: &'a str,
    round: u32,
    refunds: Vec<RefundLine>,
}

/// A refund in JSON.
#[derive(Serialize)]
struct RefundLine {
    member: u32,
    amount: u128,
}

/// Runs a command.
pub(super) fn run(command: &RoundCommand, output: &mut Output) -> Result<Exit, Failure> {
    match command {
        RoundCommand::Open(arguments) => open(arguments, output),
        RoundCommand::Claim(arguments) => claim(arguments, output),
        RoundCommand::Run(arguments) => run_to_end(arguments, output),
        RoundCommand::Void(VoidArguments { round }) => void(round, output),
        RoundCommand::List(arguments) => round_list::list(arguments, output),
        RoundCommand::Matches(arguments) => round_list::matches(arguments, output),
    }
}

fn open(arguments: &OpenArguments, output: &mut Output) -> Result<Exit, Failure> {
    let mut node = arguments.round.arena.open()?;
    let league = &arguments.round.league;
    let shown = Shown::new(output);
    let round = open_round(&mut node, league, arguments.threads.options(), &shown);
    drop(shown);
    let round = round.map_err(failure)?;
    let beacon = node.beacon_of(&node.league(league).map_err(failure)?).map(BeaconKind::name);
    if output.is_json() {
        output.json(&OpenLine { league, round, beacon })?;
    } else {
        let from = beacon.map(|beacon| format!(" from {beacon}")).unwrap_or_default();
        output.line(&format!("{league}: round {round} is open, its seed is drawn{from}"))?;
    }
    Ok(Exit::Done)
}

fn claim(arguments: &ClaimArguments, output: &mut Output) -> Result<Exit, Failure> {
    let mut node = arguments.round.arena.open()?;
    let league = &arguments.round.league;
    let kind = match (arguments.total, &arguments.each) {
        (Some(total), _) => ClaimKind::Given(Claim::Total(total)),
        (None, Some(scores)) => ClaimKind::Given(Claim::EachMatch(scores.clone())),
        (None, None) => ClaimKind::Computed,
    };
    let claims: BTreeMap<_, _> = arguments.members.iter().map(|&m| (m, kind.clone())).collect();
    let shown = Shown::new(output);
    let posted = post_claims(&mut node, league, &claims, arguments.threads.options(), &shown);
    drop(shown);
    for (member, claim) in posted.map_err(failure)? {
        let kind = match claim {
            Claim::Total(_) => "total",
            Claim::EachMatch(_) => "each_match",
        };
        let scores = claim.scores().to_vec();
        if output.is_json() {
            output.json(&ClaimLine { league, member, kind, scores })?;
        } else {
            output.line(&format!("claimed for member {member} of {league}: {scores:?}"))?;
        }
    }
    Ok(Exit::Done)
}

fn run_to_end(arguments: &RunArguments, output: &mut Output) -> Result<Exit, Failure> {
    let mut node = arguments.round.arena.open()?;
    let league = &arguments.round.league;
    let options = arguments.threads.options();
    let move_time = Duration::from_secs(arguments.move_seconds);
    let table = arguments.listen.as_deref().map(|listen| TableOptions { listen, move_time });
    let shown = Shown::new(output);
    let report = match arguments.resume {
        true => resume_hosted_round(&mut node, league, options, table, &shown),
        false => host_round(&mut node, league, options, table, &shown).map(Some),
    };
    drop(shown);
    let report = report.map_err(failure)?.ok_or_else(|| {
        Failure::new(format!("{league} has no round under way"))
            .hint("leave out --resume to open and run the next one")
    })?;
    flush(&mut node, output);
    show_report(&node, &report, output)?;
    Ok(Exit::Done)
}

fn void(round: &RoundArguments, output: &mut Output) -> Result<Exit, Failure> {
    let mut node = round.arena.open()?;
    let league = &round.league;
    let voided = void_round(&mut node, league, ThreadArguments::default().options().stop);
    let VoidedRound { round, refunds } = voided.map_err(failure)?;
    if output.is_json() {
        let refund = |(member, amount)| RefundLine { member, amount };
        let refunds = refunds.into_iter().map(refund).collect();
        output.json(&VoidLine { league, round, refunds })?;
    } else {
        let refunded: u128 = refunds.iter().map(|(_, amount)| amount).sum();
        let entries = plural(refunds.len() as u64, "refund");
        output.line(&format!("{league}: round {round} is void, {entries} of {refunded} coin"))?;
    }
    Ok(Exit::Done)
}
