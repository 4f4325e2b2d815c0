//! `nets demo --dispute`: a false outcome, hidden, and how it ends.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use nets_node::{
    ArenaFolder, ArenaNode, Deed, DeedKind, DisputeReport, DisputeStep, Hiding, Progress,
    RoundOptions, demo_dispute,
};
#[cfg(feature = "evm")]
use nets_node::{deploy_contracts, found_elsewhere};
use serde::Serialize;

use super::demo::Arguments;
use crate::arena::{Shown, failure, flush};
#[cfg(feature = "evm")]
use crate::elsewhere;
use crate::engine::code_cache;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// A step of the dispute in JSON.
#[derive(Serialize)]
struct StepLine {
    block: u64,
    actor: &'static str,
    #[serde(flatten)]
    deed: Deed,
}

/// What it came to, in JSON.
#[derive(Serialize)]
struct ReportLine<'a> {
    folder: &'a Path,
    match_index: u32,
    step: u32,
    steps: u32,
    blocks: u64,
    seconds: u64,
    gas: &'a BTreeMap<&'static str, u64>,
    lost: u128,
    earned: u128,
    burnt: u128,
    payouts: usize,
}

/// Plays the dispute in a new arena in `folder`.
pub(super) fn run(
    folder: &Path,
    arguments: &Arguments,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let options = arguments.threads.options();
    let hiding = if arguments.silent { Hiding::Always } else { Hiding::UntilDemanded };
    let mut node = arena(folder, arguments, options)?;
    let (mut steps, mut seconds) = (Vec::new(), 0);
    let shown = Shown::new(output);
    let mut asserted = None;
    let mut hear = |step: &DisputeStep| {
        shown.note(&step_in_words(step));
        let began = *asserted.get_or_insert_with(Instant::now);
        if matches!(step.deed.kind, DeedKind::Refute | DeedKind::Expire) {
            seconds = began.elapsed().as_secs();
        }
        steps.push(step.clone());
        Ok(())
    };
    let report = demo_dispute(&mut node, hiding, options, &shown, &mut hear);
    drop(shown);
    let report = report.map_err(failure)?;
    flush(&mut node, output);
    if output.is_json() {
        let line = |step: &DisputeStep| StepLine {
            block: step.block,
            actor: step.actor,
            deed: step.deed.clone(),
        };
        steps.iter().map(line).try_for_each(|line| output.json(&line))?;
    }
    show(folder, &report, seconds, output)?;
    Ok(Exit::Done)
}

fn step_in_words(step: &DisputeStep) -> String {
    format!("block {}, {}: {}", step.block, step.actor, step.deed)
}

fn show(
    folder: &Path,
    report: &DisputeReport,
    seconds: u64,
    output: &mut Output,
) -> Result<(), Failure> {
    if output.is_json() {
        let DisputeReport {
            match_index, step, steps, blocks, lost, earned, burnt, payouts, ..
        } = *report;
        let gas = &report.gas;
        return output.json(&ReportLine {
            folder,
            match_index,
            step,
            steps,
            blocks,
            seconds,
            gas,
            lost,
            earned,
            burnt,
            payouts,
        });
    }
    let gas = report.gas.iter().map(|(actor, gas)| format!("{actor} {gas}"));
    let gas = gas.collect::<Vec<_>>().join(", ");
    let DisputeReport { match_index, step, steps, blocks, lost, earned, burnt, payouts, .. } =
        report;
    output.line(&format!(
        "the lie about step {step} of {steps} in match {match_index} was dead after {blocks} blocks, \
         {seconds} s; gas: {gas}"
    ))?;
    output.line(&format!(
        "the liar lost {lost}, the watcher earned {earned}, {burnt} was burnt; the true outcome is \
         final, {payouts} ranks are paid"
    ))?;
    output.note(&format!("check all of it with `nets verify {}`", folder.display()));
    Ok(())
}

#[cfg(not(feature = "evm"))]
fn arena(folder: &Path, _: &Arguments, _: RoundOptions<'_>) -> Result<ArenaNode, Failure> {
    let folder = ArenaFolder::new(folder).with_compiled_code(code_cache());
    ArenaNode::init(folder, None).map_err(failure)
}

/// A new arena, on the chain that was asked for.
#[cfg(feature = "evm")]
fn arena(
    folder: &Path,
    arguments: &Arguments,
    options: RoundOptions<'static>,
) -> Result<ArenaNode, Failure> {
    // Its accounts are worth nothing, and the operator's key may come from the environment.
    let folder = ArenaFolder::new(folder)
        .with_compiled_code(code_cache())
        .with_passwords(|_, _| Ok("nets demo".to_owned()));
    let Some(chain) = arguments.chain.elsewhere()? else {
        return ArenaNode::init(folder, None).map_err(failure);
    };
    found_elsewhere(folder.clone(), None, &chain).map_err(failure)?;
    deploy_contracts(folder.clone(), options.stop, elsewhere::say).map_err(failure)?;
    let mut node = ArenaNode::open(folder).map_err(failure)?;
    node.watch(options.stop, elsewhere::say);
    Ok(node)
}
