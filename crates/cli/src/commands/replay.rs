//! `nets replay`: a record against what really happens.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use nets_core::{Chance, State, Termination};
use nets_runner::Verdict;
use serde::Serialize;

use super::pgn::Game;
use super::recorded::Recorded;
use super::shown::{scores_in_words, system_in_words, termination_word};
use super::svg;
use crate::arguments::RecordArguments;
use crate::engine::EngineChoice;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{BAD, GOOD, Output, plural};

const HELP: &str = "\
Examples:
  nets replay game.match
  nets replay game.match --engine interpreter
  nets replay game.match --svg third.svg --step 3
  nets replay game.match --pgn game.pgn

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
    /// Write a picture of the recorded match to an SVG file, after its last step
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    svg: Option<PathBuf>,
    /// Picture the state after this many steps instead
    #[arg(long, value_name = "N", requires = "svg")]
    step: Option<u32>,
    /// Write a match of chess to a PGN file, if the record is right
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pgn: Option<PathBuf>,
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
    let files = || std::iter::once(&arguments.record.record).chain(&arguments.record.modules);
    if let Some(path) = &arguments.svg {
        let state = state_after(&recorded, arguments.step)?;
        svg::target(path, files())?.write(state.svg().as_bytes())?;
    }
    let game = arguments.pgn.as_deref().map(|path| Game::new(&recorded.record, path, files()));
    let game = game.transpose()?;
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
    if let (Some(game), Verdict::Right) = (game, &verdict) {
        game.write()?;
    }
    conclude(&verdict, output)
}

/// The state after so many recorded steps, or after all of them; what is not legal ends a false
/// record's picture, and the verdict says so.
fn state_after(recorded: &Recorded, step: Option<u32>) -> Result<Box<dyn State>, Failure> {
    let steps = &recorded.record.steps;
    let count = step.map_or(steps.len(), |step| step as usize);
    let Some(steps) = steps.get(..count) else {
        return Err(Failure::new(format!("--step {count}, the match has {}", steps.len()))
            .hint("give a number of steps that the match has"));
    };
    let mut state = recorded.system.start(Chance::from_seed(&recorded.record.spec.seed));
    let _ = steps.iter().try_for_each(|step| state.step(&step.actions));
    Ok(state)
}

/// The exit code of a verdict; people are told what is wrong.
pub(super) fn conclude(verdict: &Verdict, output: &mut Output) -> Result<Exit, Failure> {
    let Verdict::Wrong(difference) = verdict else { return Ok(Exit::Done) };
    if !output.is_json() {
        output.line(&format!("{BAD}false{BAD:#}: {difference}"))?;
    }
    Ok(Exit::Refuted)
}
