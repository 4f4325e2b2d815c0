//! `nets prove`: one step of a recorded match as a small file that anyone can check against the
//! root of the trace.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use nets_core::{EndLeaf, InclusionProof, MatchRecord, StepLeaf, System};
use nets_runner::Verdict;
use serde::Serialize;

use super::recorded::Recorded;
use super::replay::conclude;
use super::shown::{actions_in_words, scores_in_words};
use crate::arguments::RecordArguments;
use crate::engine::EngineChoice;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::files::{self, Target};
use crate::output::{Output, Table, plural};

const HELP: &str = "\
Examples:
  nets prove game.match --step 3 -o step-3.proof
  nets check-proof step-3.proof --root ROOT

Exit status: 0 proven, 1 the record is false and nothing is proven, 2 it cannot be replayed or has
no such step.";

/// Arguments of `nets prove`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    record: RecordArguments,
    /// The step, counted from 0; the step after the last one is the end of the match
    #[arg(long, value_name = "N")]
    step: u32,
    /// Where the proof is written, `-` for stdout: beside the record without it
    #[arg(short, long = "output", value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,
    /// What plays
    #[arg(long, value_enum, default_value_t = EngineChoice::Fast)]
    engine: EngineChoice,
}

/// A proof in JSON.
#[derive(Serialize)]
struct ProofLine {
    verdict: &'static str,
    match_id: String,
    root: String,
    index: u32,
    leaf_count: u32,
    leaf: Option<String>,
    file: Option<PathBuf>,
}

/// Writes the proof.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let target = target(arguments, output)?;
    let recorded = Recorded::read(&arguments.record, output)?;
    let (verdict, played) = recorded.replay(arguments.engine, output)?;
    let Some(played) = played else {
        if output.is_json() {
            output.json(&unproven(&recorded, arguments.step))?;
        }
        return conclude(&verdict, output);
    };
    let (trace, index) = (&played.trace, arguments.step);
    let root = trace.root().to_string();
    let mut line = ProofLine {
        verdict: "wrong",
        match_id: trace.match_id().to_string(),
        root: root.clone(),
        index,
        leaf_count: trace.leaf_count(),
        leaf: None,
        file: None,
    };
    if verdict != Verdict::Right {
        if output.is_json() {
            output.json(&line)?;
        }
        return conclude(&verdict, output);
    }
    let proof = trace.prove(index).map_err(|_| {
        let steps = plural(played.outcome.step_count, "step");
        Failure::new(format!("the match has {steps}, got --step {index}"))
            .hint(format!("the last leaf, {}, is the end of the match", trace.leaf_count() - 1))
    })?;
    let bytes = proof.encode();
    let Some(target) = target else {
        output.bytes(&bytes)?;
        return Ok(Exit::Done);
    };
    target.write(&bytes)?;
    let file = target.path();
    let leaf = leaf_in_words(&proof, Some(recorded.system.as_ref()));
    if output.is_json() {
        (line.verdict, line.leaf, line.file) = ("right", Some(leaf), Some(file.to_owned()));
        output.json(&line)?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&["", ""]);
    table.row(["proven", &leaf]);
    table.row(["match", &line.match_id]);
    table.row(["root", &root]);
    table.row(["proof", &format!("{} ({} bytes)", file.display(), bytes.len())]);
    output.table(&table)?;
    output.note(&format!("\ncheck it with: nets check-proof {} --root {root}", file.display()));
    Ok(Exit::Done)
}

/// What there is to say of a record in which an action is not signed.
fn unproven(recorded: &Recorded, index: u32) -> ProofLine {
    let MatchRecord { spec, outcome, .. } = &recorded.record;
    ProofLine {
        verdict: "wrong",
        match_id: spec.id().to_string(),
        root: outcome.trace_root.to_string(),
        index,
        leaf_count: outcome.step_count.saturating_add(1),
        leaf: None,
        file: None,
    }
}

/// Where the proof goes, known before the match is played; none is stdout.
fn target(arguments: &Arguments, output: &Output) -> Result<Option<Target<'static>>, Failure> {
    let RecordArguments { record, modules, .. } = &arguments.record;
    let file = match &arguments.output {
        Some(path) if !files::is_stream(path) => path.clone(),
        Some(_) if output.is_json() => {
            return Err(Failure::new(
                "-o - writes the proof to stdout, where --json writes objects",
            )
            .hint("leave out one of them"));
        }
        Some(_) => return Ok(None),
        None => default_path(record, arguments.step),
    };
    Target::new(&files::PROOF, &file, modules.iter().chain([record])).map(Some)
}

fn default_path(record: &Path, index: u32) -> PathBuf {
    record.with_extension(format!("step-{index}.proof"))
}

/// What a leaf says, for people: with names of actions where the System is known.
pub(super) fn leaf_in_words(proof: &InclusionProof, system: Option<&dyn System>) -> String {
    if let Ok(end) = EndLeaf::decode(&proof.leaf) {
        let steps = plural(end.step_count, "step");
        let scores = scores_in_words(&end.scores);
        return format!("the end: {} after {steps}, score {scores}", end.termination);
    }
    match (StepLeaf::decode(&proof.leaf), system) {
        (Err(error), _) => error.to_string(),
        (Ok(leaf), Some(system)) => {
            let actions = actions_in_words(system, leaf.acting, &leaf.actions);
            format!("step {} of {}: {actions}", leaf.step, proof.leaf_count - 1)
        }
        (Ok(leaf), None) => {
            let pairs = leaf.acting.iter().zip(&leaf.actions);
            let pairs: Vec<_> =
                pairs.map(|(seat, action)| format!("{seat} action {action}")).collect();
            let steps = proof.leaf_count.saturating_sub(1);
            format!("step {} of {steps}: {}", leaf.step, pairs.join(", "))
        }
    }
}
