//! `nets agent check`: whether a module may play, how close to the limits it is, and what it does
//! in a match.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueHint};
use nets_core::{Seed, System, sha256};
use nets_judge::instructions_max;
use nets_machine::RUN_MAX;
use nets_node::FaultLine;
use nets_runner::sandbox::limits::{self, Limit};
use nets_runner::sandbox::module::{Function, Signature};
use nets_runner::sandbox::{AdmissionError, AdmittedModule, admit};
use nets_runner::{FaultReport, SeatAgent};
use serde::Serialize;

use super::play::play_match;
use super::shown::{FaultObject, scores_in_words, system_in_words};
use crate::arguments::{FuelArguments, ParameterArguments, SystemName};
use crate::engine::EngineChoice;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::files;
use crate::output::{BAD, GOOD, Output, Table, grouped, one_line, plural};

const HELP: &str = "\
Examples:
  nets agent check agents/wasm/snake-greedy.wasm
  nets agent check agents/wasm/snake-greedy.wasm --system snake

Exit status: 0 the agent may play; 1 it may not, or it forfeits the trial match; 2 the file cannot
be read or is no WebAssembly module, or the System does not exist.";

const GUIDE: &str = "docs/guides/write-an-agent.md says what a module must be and how to build one";

/// Arguments of `nets agent check`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The agent's WASM module
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    agent: PathBuf,
    /// Play a trial match of this System with the agent in all seats and a seed of zeros
    #[arg(long, value_parser = SystemName)]
    system: Option<String>,
    #[command(flatten)]
    parameters: ParameterArguments,
    #[command(flatten)]
    fuel: FuelArguments,
}

/// A check in JSON.
#[derive(Serialize)]
struct CheckLine {
    admissible: bool,
    reason: Option<String>,
    code_hash: String,
    size: usize,
    exports: Vec<String>,
    wants_observation: Option<bool>,
    limits: Vec<LimitLine>,
    trial: Option<Trial>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'static str>,
}

/// A limit in JSON.
#[derive(Serialize)]
struct LimitLine {
    name: &'static str,
    used: u64,
    limit: u64,
    unit: &'static str,
}

/// A trial match in JSON.
#[derive(Serialize)]
struct Trial {
    system: String,
    scores: Vec<i64>,
    steps: u32,
    fuel: Vec<SeatFuel>,
    faults: Vec<FaultObject>,
    /// The same for people.
    #[serde(skip)]
    forfeits: Vec<String>,
}

/// What one seat of the trial match used.
#[derive(Serialize)]
struct SeatFuel {
    seat: usize,
    decisions: u64,
    fuel_used: u64,
    fuel_per_decision: u64,
    /// How many instructions a dispute over this seat may be about at most, by its clock.
    dispute_instructions: u64,
}

/// Checks the agent.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let system = system(arguments)?;
    let module = files::read(&files::AGENT, &arguments.agent)?;
    let admitted = admit(&module);
    if let Err(no_module @ AdmissionError::NoModule) = &admitted {
        let message = format!("{} cannot be an agent: {no_module}", arguments.agent.display());
        return Err(Failure::new(message).hint(GUIDE));
    }
    let mut line = CheckLine {
        admissible: admitted.is_ok(),
        reason: admitted.as_ref().err().map(ToString::to_string),
        code_hash: sha256(&module).to_string(),
        size: module.len(),
        exports: admitted.as_ref().map(|it| it.exports().to_vec()).unwrap_or_default(),
        wants_observation: admitted.as_ref().ok().map(|it| it.observation_address().is_some()),
        limits: admitted.as_ref().map(limit_lines).unwrap_or_default(),
        trial: None,
        hint: None,
    };
    if let (Ok(_), Some(system)) = (&admitted, system) {
        try_out(arguments, system.as_ref(), module, &mut line, output)?;
    }
    let is_fit = line.admissible && line.trial.as_ref().is_none_or(|it| it.faults.is_empty());
    line.hint = (!line.admissible).then_some(GUIDE);
    match output.is_json() {
        true => output.json(&line)?,
        false => show(&line, output)?,
    }
    Ok(if is_fit { Exit::Done } else { Exit::Refuted })
}

/// The System of the trial match, if there is to be one.
fn system(arguments: &Arguments) -> Result<Option<Arc<dyn System>>, Failure> {
    arguments.fuel.clock()?;
    match &arguments.system {
        Some(name) => arguments.parameters.build(name).map(Some),
        None => {
            let parameter = arguments.parameters.given.first().map(|(name, _)| ("--param", name));
            let data = arguments.parameters.data.words();
            let data = data.as_ref().map(|(option, value)| (*option, value));
            match data.or(parameter) {
                Some((option, value)) => {
                    Err(Failure::new(format!("{option} {value} is of no System"))
                        .hint(format!("name the System with --system, or leave out {option}")))
                }
                None => Ok(None),
            }
        }
    }
}

/// Plays the trial match, or says why this System does not admit the agent.
fn try_out(
    arguments: &Arguments,
    system: &dyn System,
    module: Vec<u8>,
    line: &mut CheckLine,
    output: &Output,
) -> Result<(), Failure> {
    let engine = EngineChoice::Fast.start(output)?;
    let progress = output.progress("playing a trial match", None);
    if let Some(reason) = SeatAgent::load(engine.as_ref(), system, &module)?.inadmissible() {
        (line.admissible, line.reason) = (false, Some(reason.to_string()));
        return Ok(());
    }
    let seats = usize::from(system.seat_count());
    let (fuel_clock, modules) = (arguments.fuel.clock()?, vec![module; seats]);
    let played = play_match(system, fuel_clock, Seed::default(), modules, engine.as_ref())?.played;
    progress.finish_and_clear();
    let mut decisions = vec![0; seats];
    let acting = played.trace.steps().map(|leaf| leaf.acting);
    acting.for_each(|acting| acting.iter().for_each(|seat| decisions[seat.index()] += 1));
    let pairs = decisions.into_iter().zip(&played.outcome.fuel_used).enumerate();
    let fuel = pairs.map(|(seat, (decisions, &fuel_used))| SeatFuel {
        seat,
        decisions,
        fuel_used,
        fuel_per_decision: fuel_used.checked_div(decisions).unwrap_or(0),
        dispute_instructions: instructions_max(&fuel_clock, decisions),
    });
    let describe =
        |it: &FaultReport| format!("{} forfeits in step {}: {}", it.seat, it.step, it.failure);
    line.trial = Some(Trial {
        system: system_in_words(system),
        scores: played.outcome.scores,
        steps: played.outcome.step_count,
        fuel: fuel.collect(),
        faults: played.faults.iter().map(|fault| FaultLine::from(fault).into()).collect(),
        forfeits: played.faults.iter().map(describe).collect(),
    });
    Ok(())
}

fn show(line: &CheckLine, output: &mut Output) -> Result<(), Failure> {
    match &line.reason {
        None => output.line(&format!("{GOOD}admissible{GOOD:#}"))?,
        Some(reason) => output.line(&format!("{BAD}inadmissible{BAD:#}: {}", one_line(reason)))?,
    }
    let mut facts = Table::new(&["", ""]);
    facts.row(["code hash", &line.code_hash]);
    facts.row(["size", &format!("{} bytes", grouped(line.size))]);
    if let Some(wants_observation) = line.wants_observation {
        facts.row(["exports", &line.exports.join(", ")]);
        let reads = if wants_observation { "packed and full" } else { "packed only" };
        facts.row(["observation", reads]);
    }
    output.line("")?;
    output.table(&facts)?;
    if !line.limits.is_empty() {
        let mut table = Table::new(&["limit", ">used", ">at most", "unit"]);
        for LimitLine { name, used, limit, unit } in &line.limits {
            table.row([name, grouped(used).as_str(), &grouped(limit), unit]);
        }
        output.line("")?;
        output.table(&table)?;
    }
    if let Some(hint) = line.hint {
        output.hint(hint);
    }
    line.trial.as_ref().map_or(Ok(()), |trial| show_trial(trial, output))
}

fn show_trial(trial: &Trial, output: &mut Output) -> Result<(), Failure> {
    let (steps, scores) = (plural(trial.steps, "step"), scores_in_words(&trial.scores));
    output.line(&format!("\ntrial match of {}: {steps}, score {scores}", trial.system))?;
    for forfeit in &trial.forfeits {
        output.line(&format!("{BAD}{forfeit}{BAD:#}"))?;
    }
    let mut table = Table::new(&[">seat", ">decisions", ">fuel used", ">fuel per decision"]);
    for SeatFuel { seat, decisions, fuel_used, fuel_per_decision, .. } in &trial.fuel {
        let fuel = [fuel_used, fuel_per_decision].map(grouped);
        let [used, each] = &fuel;
        table.row([&seat.to_string(), &decisions.to_string(), used, each]);
    }
    output.table(&table)?;
    let most = trial.fuel.iter().map(|seat| seat.dispute_instructions).max().unwrap_or(0);
    let (most, limit) = (grouped(most), grouped(RUN_MAX));
    let is_within = trial.fuel.iter().all(|it| it.dispute_instructions <= RUN_MAX);
    output.line(&match is_within {
        true => format!(
            "\non chain its decisions can be disputed: by its clock a match is {most} \
             instructions at most, of {limit}"
        ),
        false => format!(
            "\n{BAD}on chain its decisions cannot all be disputed{BAD:#}: by its clock a match may be \
             {most} instructions, of {limit}; a league should have a smaller fuel clock"
        ),
    })
}

/// What the module uses of each limit that admission leaves a measure of.
fn limit_lines(module: &AdmittedModule) -> Vec<LimitLine> {
    let statistics = module.statistics();
    let most =
        |measure: fn(&Function) -> u64| module.functions().iter().map(measure).max().unwrap_or(0);
    let sum = |measure: fn(&Function) -> u64| module.functions().iter().map(measure).sum();
    let widest = |measure: fn(&Signature) -> usize| {
        module.types().iter().map(measure).max().unwrap_or(0) as u64
    };
    let branches_times_locals = |function: &Function| {
        u64::from(function.branches) * u64::from(function.shape.params + function.shape.locals)
    };
    let used: [(Limit, u64); 22] = [
        (limits::MODULE_SIZE, statistics.module_bytes),
        (limits::CUSTOM_SIZE, statistics.custom_bytes),
        (limits::CODE_SIZE, statistics.code_bytes),
        (limits::BODY_SIZE, most(|it| it.body.len() as u64)),
        (limits::BODY_INSTRUCTIONS, most(|it| it.shape.instructions.into())),
        (limits::BRANCHES, most(|it| it.branches.into())),
        (limits::BRANCHES_TIMES_LOCALS, most(branches_times_locals)),
        (limits::BRANCHES_TIMES_LOCALS_SUM, sum(branches_times_locals)),
        (limits::FUNCTIONS, module.functions().len() as u64),
        (limits::TYPES, module.types().len() as u64),
        (limits::GLOBALS, module.globals().len() as u64),
        (limits::EXPORTS, module.exports().len() as u64),
        (limits::PARAMS, widest(|it| it.params.len())),
        (limits::RESULTS, widest(|it| it.results.len())),
        (limits::LOCALS, most(|it| it.shape.locals.into())),
        (limits::LOCALS_SUM, sum(|it| it.shape.locals.into())),
        (limits::OPERAND_HEIGHT, most(|it| it.shape.max_operand_height.into())),
        (limits::DATA_SEGMENTS, module.data().len() as u64),
        (limits::ELEMENT_SEGMENTS, module.elements().len() as u64),
        (limits::TABLE_ENTRIES, module.table_entries().unwrap_or(0).into()),
        (limits::MEMORIES, u64::from(module.memory().is_some())),
        (limits::MEMORY_SIZE, module.memory().map_or(0, |memory| memory.initial_pages.into())),
    ];
    let line = |(limit, used): (Limit, u64)| LimitLine {
        name: limit.name,
        used,
        limit: limit.value,
        unit: limit.unit,
    };
    used.into_iter().map(line).collect()
}
