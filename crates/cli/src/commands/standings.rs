//! `nets standings`: who is where in a league, and why.

use clap::Args;

use super::report::{FinalRoundArguments, show_report};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

const HELP: &str = "\
Computes the round again from its records, or by playing where there are none of this node, and
compares it with the result that is final on the chain.

Exit status: 0 they are the same; 1 something else is final, the first difference is shown; 2 it
could not be computed.";

/// Arguments of `nets standings`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    round: FinalRoundArguments,
}

/// Shows the standings.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let Some((node, report)) = arguments.round.compute(output)? else { return Ok(Exit::Refuted) };
    show_report(&node, &report, output)?;
    Ok(Exit::Done)
}
