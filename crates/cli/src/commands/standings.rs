//! `nets standings`: who is where in a league, and why.

use clap::Args;
use nets_node::{ArenaNode, RoundStatus};

use super::report::{compute, show_report};
use crate::arena::{ArenaArguments, ThreadArguments, failure};
use crate::complete;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

const HELP: &str = "\
Examples:
  nets standings
  nets standings bronze --round 0

Computes the round again from its records, or by playing where there are none of this node, and
compares it with the result that is final on the chain.

Exit status: 0 they are the same; 1 something else is final, the first difference is shown; 2 it
could not be computed.";

/// Arguments of `nets standings`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The league; all that have a final round without it
    #[arg(add = complete::leagues())]
    league: Option<String>,
    /// The round, counted from 0; the latest final one without it
    #[arg(long, requires = "league")]
    round: Option<u32>,
    #[command(flatten)]
    arena: ArenaArguments,
    #[command(flatten)]
    threads: ThreadArguments,
}

/// Shows the standings.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let Arguments { league, round, arena, threads } = arguments;
    let node = arena.open()?;
    let leagues = match league {
        Some(league) => vec![league.clone()],
        None => leagues_with_results(&node)?,
    };
    let mut exit = Exit::Done;
    for league in &leagues {
        match compute(&node, league, *round, threads.options(), output)? {
            Some(report) => show_report(&node, &report, output)?,
            None => exit = Exit::Refuted,
        }
    }
    Ok(exit)
}

fn leagues_with_results(node: &ArenaNode) -> Result<Vec<String>, Failure> {
    let mut leagues = Vec::new();
    for league in node.league_names() {
        let rounds = node.rounds(&league).map_err(failure)?;
        if rounds.iter().any(|round| round.status == RoundStatus::Final) {
            leagues.push(league);
        }
    }
    if leagues.is_empty() {
        let failure = Failure::new("no league of this arena has a final round");
        return Err(failure.hint("`nets league list` lists them, `nets round run LEAGUE` runs one"));
    }
    Ok(leagues)
}
