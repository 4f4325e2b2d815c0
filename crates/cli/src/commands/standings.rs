//! `nets standings`: who is where in a league, and why.

use clap::Args;
use nets_node::{NodeError, round_report};
use serde::Serialize;

use super::report::show_report;
use crate::arena::{ArenaArguments, Shown, ThreadArguments, failure};
use crate::complete;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{BAD, Output};

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

/// Says that something else is final.
pub(super) fn refute(error: &NodeError, output: &mut Output) -> Result<Exit, Failure> {
    match error {
        NodeError::NotAsserted { league, round, difference } if output.is_json() => {
            output.json(&DifferenceLine { league, round: *round, difference })?;
        }
        _ => output.line(&format!("{BAD}false{BAD:#}: {error}"))?,
    }
    Ok(Exit::Refuted)
}
