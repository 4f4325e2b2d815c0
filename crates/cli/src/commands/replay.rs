//! `nets replay`: a record against what really happens.

use clap::Args;
use nets_core::Termination;
use nets_runner::Verdict;
use serde::Serialize;

use super::recorded::Recorded;
use super::shown::{scores_in_words, system_in_words, termination_word};
use crate::arguments::RecordArguments;
use crate::engine::EngineChoice;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{BAD, GOOD, Output, plural};

const HELP: &str = "\
Examples:
  nets replay game.match
  nets replay game.match --engine interpreter

Exit status: 0 the record is right, 1 it is false (the first difference is printed), 2 it cannot be
replayed.";

/// Arguments of `nets replay`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    record: RecordArguments,
    /// What plays
    #[arg(long, value_enum, default_value_t = EngineChoice::Fast)]
    engine: EngineChoice,
}

/// A verdict in JSON.
#[derive(Serialize)]
struct VerdictLine {
    verdict: &'static str,
    difference: Option<String>,
    match_id: String,
    /// What really happens, whatever the record says.
    scores: Vec<i64>,
    termination: &'static str,
    steps: u32,
    trace_root: String,
}

/// Replays the record.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let recorded = Recorded::read(&arguments.record, output)?;
    let (verdict, played) = recorded.replay(arguments.engine, output)?;
    // Where a signed action is none, nothing else than the record says how the match went.
    let outcome = played.as_ref().map_or(&recorded.record.outcome, |played| &played.outcome);
    if output.is_json() {
        let difference = match &verdict {
            Verdict::Right => None,
            Verdict::Wrong(difference) => Some(difference.to_string()),
        };
        output.json(&VerdictLine {
            verdict: if difference.is_none() { "right" } else { "wrong" },
            difference,
            match_id: recorded.record.spec.id().to_string(),
            scores: outcome.scores.clone(),
            termination: termination_word(outcome.termination),
            steps: outcome.step_count,
            trace_root: outcome.trace_root.to_string(),
        })?;
    } else if let Verdict::Right = verdict {
        if recorded.record.venue.is_some() && matches!(outcome.termination, Termination::Forfeit(_))
        {
            output.note("that a clock ran out, only the chain says: `nets verify` asks it");
        }
        let system = system_in_words(recorded.system.as_ref());
        let scores = scores_in_words(&outcome.scores);
        let steps = plural(outcome.step_count, "step");
        output.line(&format!(
            "{GOOD}right{GOOD:#}: {system}, score {scores}, {} after {steps}",
            outcome.termination
        ))?;
    }
    conclude(&verdict, output)
}

/// The exit code of a verdict; people are told what is wrong.
pub(super) fn conclude(verdict: &Verdict, output: &mut Output) -> Result<Exit, Failure> {
    let Verdict::Wrong(difference) = verdict else { return Ok(Exit::Done) };
    if !output.is_json() {
        output.line(&format!("{BAD}false{BAD:#}: {difference}"))?;
    }
    Ok(Exit::Refuted)
}
