//! `nets verify`: everything in an arena again, from what is on disk.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use nets_node::{VerifyError, VerifyReport};
use serde::Serialize;

use crate::arena::{Shown, ThreadArguments, failure};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{BAD, GOOD, Output, plural};

const HELP: &str = "\
Executes the chain's log from its first block, plays every match of every final round again and
compares verdicts, standings, balances, payouts and artifacts with what comes out.

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
    #[command(flatten)]
    threads: ThreadArguments,
}

/// The result in JSON.
#[derive(Serialize)]
struct VerifyLine {
    verified: bool,
    difference: Option<String>,
    blocks: u64,
    rounds: u32,
    matches: u32,
    payouts: u32,
    slashings: u32,
    coin: u128,
}

/// Verifies the arena.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let options = arguments.threads.options();
    let shown = Shown::new(output);
    let result = nets_node::verify(&arguments.folder, options.threads, options.stop, &shown);
    drop(shown);
    let (report, difference) = match result {
        Ok(report) => (report, None),
        Err(VerifyError::Altered(difference)) => (VerifyReport::default(), Some(difference)),
        Err(VerifyError::Unchecked(error)) => return Err(failure(error)),
    };
    let VerifyReport { blocks, rounds, matches, payouts, slashings, coin } = report;
    let exit = if difference.is_none() { Exit::Done } else { Exit::Refuted };
    if output.is_json() {
        let verified = difference.is_none();
        let line =
            VerifyLine { verified, difference, blocks, rounds, matches, payouts, slashings, coin };
        output.json(&line)?;
        return Ok(exit);
    }
    match difference {
        Some(difference) => output.line(&format!("{BAD}altered{BAD:#}: {difference}"))?,
        None => output.line(&format!(
            "{GOOD}verified{GOOD:#}: {}, {}, {}, {}, {}, {coin} coin accounted for",
            plural(blocks, "block"),
            plural(rounds, "round"),
            plural(matches, "match"),
            plural(payouts, "payout"),
            plural(slashings, "slashing"),
        ))?,
    }
    Ok(exit)
}
