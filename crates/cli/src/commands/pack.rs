//! `nets pack`: a neural network as an agent.

use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, ValueEnum, ValueHint};
use nets_core::{FuelClock, Planes, System, sha256};
use nets_pack::agent::{
    Agreement, Choice, PackError, Packed, Precision, Remembered, Trial, TrialError, Wishes, pack,
};
use nets_pack::hints::Spelling;
use nets_pack::onnx::{OnnxError, read_file};
use serde::Serialize;

use crate::arguments::{FuelArguments, ParameterArguments, SystemName};
use crate::engine::EngineChoice;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::files::{self, Target};
use crate::output::{Output, Table, grouped, plural};

const HELP: &str = "\
The network reads the System's tensor and gives a number for each of its actions; `nets systems NAME`
says what both mean. Of the legal actions the agent takes the one with the greatest number, or the
one that --choice says; with --choice value a network may give the value of a position alone.

Examples:
  nets pack model.onnx --system connect-four -o agent.wasm
  nets pack model.onnx --system snake -o agent.wasm --choice sampled --temperature 0.5
  nets pack model.onnx --system othello -o agent.wasm --input-layout planes-last --check
  nets pack model.onnx --system snake -o agent.wasm --state h_in=h_out
  nets pack forest.onnx --system forecast -o agent.wasm --choice nearest

Exit status: 0 the agent is packed; 1 --check found it deciding otherwise than the reference; 2 the
file is no network that can be packed, or does not fit the System.";

/// How many positions an agent is tried in at most.
const POSITIONS_MAX: u32 = 100_000;

/// Arguments of `nets pack`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The network, an ONNX file
    #[arg(value_name = "MODEL", value_hint = ValueHint::FilePath)]
    model: PathBuf,
    /// The System that the agent plays
    #[arg(long, value_parser = SystemName)]
    system: String,
    #[command(flatten)]
    parameters: ParameterArguments,
    /// Where the agent's module goes
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: PathBuf,
    /// As what weights are kept
    #[arg(long, value_name = "PRECISION", default_value = "int8")]
    precision: PrecisionName,
    /// How an action is chosen among the legal ones
    #[arg(long, value_name = "CHOICE", default_value = "best")]
    choice: ChoiceName,
    /// What policy numbers are divided by where actions are sampled, 1 by default; the greater, the
    /// more even
    #[arg(long, value_name = "NUMBER", value_parser = temperature)]
    temperature: Option<f32>,
    /// Where the network has the planes of the System's tensor, if its shape does not say it
    #[arg(long, value_name = "LAYOUT")]
    input_layout: Option<LayoutName>,
    /// The output with a number for each action, where several could be it
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
    /// The output with the value of the position, where several could be it
    #[arg(long, value_name = "NAME")]
    value: Option<String>,
    /// An input that is zeros at first and then what an output was at the decision before; may be repeated
    #[arg(long = "state", value_name = "INPUT=OUTPUT", value_parser = remembered)]
    states: Vec<Remembered>,
    /// In how many positions of random play the agent is tried
    #[arg(long, value_name = "COUNT", default_value_t = 256,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(POSITIONS_MAX)))]
    positions: u32,
    /// Also compare the agent with the reference evaluator in each of these positions
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    fuel: FuelArguments,
}

/// A precision as it is named on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum PrecisionName {
    /// Whole weights of 8 bits for each output, exact sums: small and quick
    Int8,
    /// As the file has them
    F32,
}

/// A choice as it is named on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum ChoiceName {
    /// The greatest policy number
    Best,
    /// As often as the policy's softmax says, by a hash of what is seen
    Sampled,
    /// The greatest value one step on, in Systems where that can be looked up
    Value,
    /// The action nearest to the network's only number, from 0 for the first to 1 for the last
    Nearest,
}

/// A layout as it is named on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum LayoutName {
    /// Planes, rows, columns
    PlanesFirst,
    /// Rows, columns, planes
    PlanesLast,
}

fn temperature(text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(number) if number > 0.0 && f32::is_finite(number) => Ok(number),
        _ => Err("expected a number above 0".to_owned()),
    }
}

fn remembered(text: &str) -> Result<Remembered, String> {
    match text.split_once('=') {
        Some((input, output)) if !input.is_empty() && !output.is_empty() => {
            Ok(Remembered { input: input.to_owned(), output: output.to_owned() })
        }
        _ => Err("expected the name of an input, =, and that of an output".to_owned()),
    }
}

/// What was packed, in JSON.
#[derive(Serialize)]
struct PackLine {
    system: String,
    code_hash: String,
    size: usize,
    /// In which the adapter sets itself up.
    fuel_first: u64,
    fuel_per_decision: u64,
    /// How many decisions in a row the fuel clock allows, none where it allows any number.
    decisions_within_clock: Option<u64>,
    /// How many steps a match has at most; where seats take turns, each has a part of them.
    decisions_max: u32,
    positions: usize,
    /// In how many positions an agent with the weights of the file does the same.
    alike: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    checked_alike: Option<usize>,
}

/// Packs the network.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let clock = arguments.fuel.clock()?;
    let system = arguments.parameters.build(&arguments.system)?;
    let read = [&arguments.model].into_iter();
    let target = Target::new(&files::AGENT, &arguments.output, read)?.that_keeps()?;
    let model = read_file(&arguments.model).map_err(|error| unread(arguments, &error))?;
    let started = Instant::now();
    let wishes = wishes(arguments).map_err(|error| unpacked(arguments, &error))?;
    let packed =
        pack(&model, system.as_ref(), &wishes).map_err(|error| unpacked(arguments, &error))?;
    output.note(&format!("packed in {} ms", started.elapsed().as_millis()));
    let (trial, checked) = try_out(arguments, system.as_ref(), &packed, output)?;
    let line = PackLine {
        system: system.id().to_string(),
        code_hash: sha256(&packed.module).to_string(),
        size: packed.module.len(),
        fuel_first: trial.fuel_first,
        fuel_per_decision: trial.fuel_max,
        decisions_within_clock: trial.decisions_within(&clock),
        decisions_max: system.step_count_max(),
        positions: trial.agreement.positions,
        alike: trial.agreement.alike,
        checked_alike: checked.map(|it| it.alike),
    };
    let is_right = checked.is_none_or(|it| it.alike == it.positions);
    if is_right {
        target.write(&packed.module)?;
    }
    match output.is_json() {
        true => output.json(&line)?,
        false => show(&line, &clock, output)?,
    }
    Ok(if is_right { Exit::Done } else { Exit::Refuted })
}

fn wishes(arguments: &Arguments) -> Result<Wishes, PackError> {
    let choice = match arguments.choice {
        ChoiceName::Best => Choice::Best,
        ChoiceName::Sampled => Choice::Sampled(1.0),
        ChoiceName::Value => Choice::Value,
        ChoiceName::Nearest => Choice::Nearest,
    };
    Ok(Wishes {
        precision: match arguments.precision {
            PrecisionName::Int8 => Precision::Int8,
            PrecisionName::F32 => Precision::F32,
        },
        choice: choice.at(arguments.temperature)?,
        input_layout: arguments.input_layout.map(|layout| match layout {
            LayoutName::PlanesFirst => Planes::First,
            LayoutName::PlanesLast => Planes::Last,
        }),
        policy: arguments.policy.clone(),
        value: arguments.value.clone(),
        remembered: arguments.states.clone(),
    })
}

/// Lets the agent decide in sampled positions, beside the reference where that is asked for.
fn try_out(
    arguments: &Arguments,
    system: &dyn System,
    packed: &Packed,
    output: &Output,
) -> Result<(Trial, Option<Agreement>), Failure> {
    let engine = EngineChoice::Fast.start(output)?;
    let count = arguments.positions as usize;
    let progress = output.progress("trying the agent", None);
    let failed = |error: TrialError| untried(arguments, &error);
    let trial = packed.tried(system, engine.as_ref(), count).map_err(failed)?;
    let checked = if arguments.check {
        Some(packed.checked(system, engine.as_ref(), count).map_err(failed)?)
    } else {
        None
    };
    progress.finish_and_clear();
    Ok((trial, checked))
}

fn show(line: &PackLine, clock: &FuelClock, output: &mut Output) -> Result<(), Failure> {
    let mut facts = Table::new(&["", ""]);
    facts.row(["System", &line.system]);
    facts.row(["code hash", &line.code_hash]);
    facts.row(["size", &format!("{} bytes", grouped(line.size))]);
    let (first, each) = (grouped(line.fuel_first), grouped(line.fuel_per_decision));
    facts.row(["fuel", &format!("{each} for a decision at most, {first} for the first")]);
    let increment = grouped(clock.increment);
    let within = match line.decisions_within_clock {
        Some(count) if count < line.decisions_max.into() => format!(
            "{} in a row, at {increment} for each; a match has {} at most",
            plural(count, "decision"),
            plural(line.decisions_max, "step"),
        ),
        _ => format!("all decisions of a match, at {increment} for each"),
    };
    facts.row(["fuel clock", &within]);
    let (alike, positions) = (grouped(line.alike), grouped(line.positions));
    facts.row(["as in the file", &format!("{alike} of {positions} decisions")]);
    if let Some(checked) = line.checked_alike {
        let checked = grouped(checked);
        facts.row(["as the reference", &format!("{checked} of {positions} decisions")]);
    }
    output.table(&facts)
}

/// A file that is no network.
fn unread(arguments: &Arguments, error: &OnnxError) -> Failure {
    let message = format!("cannot read the network {}", arguments.model.display());
    Failure::new(message).because_of(Some(error)).hint(error.hint())
}

/// A network that is no agent of the System.
fn unpacked(arguments: &Arguments, error: &PackError) -> Failure {
    let name = &arguments.system;
    let message = format!("cannot pack {} for {name}", arguments.model.display());
    Failure::new(message).because_of(Some(error)).hint(error.hint(name, Spelling::Command))
}

/// An agent that could not be tried.
fn untried(arguments: &Arguments, error: &TrialError) -> Failure {
    let hint = error.hint(&arguments.system, Spelling::Command);
    Failure::new("cannot try the agent").because_of(Some(error)).hint(hint)
}
