//! `nets check-proof`: whether a proof holds for the root of a trace. It needs no record, agent or
//! System.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use nets_core::{Digest, InclusionProof};
use serde::Serialize;

use super::prove::leaf_in_words;
use crate::arguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::files;
use crate::output::{BAD, GOOD, Output};

const HELP: &str = "\
Examples:
  nets check-proof step-3.proof --root ROOT

Exit status: 0 the proof holds, 1 it does not, 2 the file is no proof.";

/// Arguments of `nets check-proof`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The proof
    #[arg(value_hint = ValueHint::FilePath)]
    proof: PathBuf,
    /// The root of the trace that the step should be in: 64 hex digits
    #[arg(long, value_name = "HEX", value_parser = arguments::digest)]
    root: Digest,
}

const OTHER_ROOT: &str =
    "the root must be of the same match's trace, as `nets prove` and `nets replay --json` print it";

/// A check in JSON.
#[derive(Serialize)]
struct CheckLine {
    holds: bool,
    reason: Option<String>,
    match_id: String,
    index: u32,
    leaf_count: u32,
    leaf: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'static str>,
}

/// Checks the proof.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let bytes = files::read(&files::PROOF, &arguments.proof)?;
    let proof = InclusionProof::decode(&bytes).map_err(|error| {
        Failure::new(format!("{} is no proof: {error}", arguments.proof.display()))
            .hint("nets prove makes one")
    })?;
    let checked = proof.verify(&arguments.root);
    let leaf = leaf_in_words(&proof, None);
    if output.is_json() {
        output.json(&CheckLine {
            holds: checked.is_ok(),
            reason: checked.as_ref().err().map(ToString::to_string),
            match_id: proof.match_id.to_string(),
            index: proof.index,
            leaf_count: proof.leaf_count,
            leaf,
            hint: checked.is_err().then_some(OTHER_ROOT),
        })?;
    } else {
        match &checked {
            Ok(()) => {
                output.line(&format!("{GOOD}holds{GOOD:#}: match {}, {leaf}", proof.match_id))
            }
            Err(error) => output.line(&format!("{BAD}does not hold{BAD:#}: {error}")),
        }?;
        if checked.is_err() {
            output.hint(OTHER_ROOT);
        }
    }
    Ok(if checked.is_ok() { Exit::Done } else { Exit::Refuted })
}
