//! `nets systems`: which Systems there are, and all a person needs to write an agent for one.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use nets_core::{Action, Chance, Descriptor, Digest, Information, Seed, State, System};
use serde::Serialize;

use super::svg;
use crate::arguments::{ParameterArguments, SystemName};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{HEADING, Output, Table};

const EXAMPLES: &str = "\
Examples:
  nets systems
  nets systems snake --param width=6 --param height=6
  nets systems connect-four --svg start.svg
  nets systems --json";

/// A System with more actions than this is described without a list of them.
const ACTIONS_LISTED: u64 = 32;

/// In JSON, a System with more actions than this has none listed.
const ACTIONS_LISTED_JSON: u64 = 10_000;

/// What the numbers of a tensor are, by the name that array libraries have for it.
const DTYPE: &str = "float32";

/// What the numbers of a mask of legal actions are.
const MASK_DTYPE: &str = "bool";

/// Arguments of `nets systems`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Describe this System
    #[arg(value_parser = SystemName)]
    system: Option<String>,
    #[command(flatten)]
    parameters: ParameterArguments,
    /// Write a picture of a start to an SVG file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "system")]
    svg: Option<PathBuf>,
}

/// A System in JSON.
#[derive(Serialize)]
struct SystemLine {
    name: &'static str,
    version: u16,
    summary: &'static str,
    /// How many seats a match has with these parameters.
    seats: u8,
    information: &'static str,
    /// The most steps of a match with these parameters.
    step_count_max: u32,
    parameters: Vec<ParameterLine>,
    /// The SHA-256 of the data set that it is played on.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<String>,
    action_count: u64,
    legal_mask: MaskLine,
    /// None where there are very many.
    actions: Vec<ActionLine>,
    observation: ObservationLine,
    rules: &'static str,
    packed_layout: &'static str,
    observation_layout: &'static str,
}

/// A parameter in JSON.
#[derive(Serialize)]
struct ParameterLine {
    name: &'static str,
    meaning: &'static str,
    min: u64,
    max: u64,
    default: u64,
    /// What the other fields of this answer are for.
    value: u64,
}

/// What a seat sees, in JSON.
#[derive(Serialize)]
struct ObservationLine {
    /// The sizes of the tensor, with these parameters.
    shape: Vec<u32>,
    /// Whether the first or the last size counts planes; none where it has no planes.
    planes: Option<String>,
    dtype: &'static str,
    layout: &'static str,
    /// The longest observation, in bytes.
    bytes_max: u32,
}

/// What says which actions are legal, in JSON: true at the numbers of those that are.
#[derive(Serialize)]
struct MaskLine {
    shape: [u64; 1],
    dtype: &'static str,
}

/// An action in JSON.
#[derive(Serialize)]
struct ActionLine {
    action: u64,
    name: String,
}

/// Lists the Systems or describes one.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let Some(name) = &arguments.system else { return run_for_all(arguments, output) };
    let system = arguments.parameters.build(name)?;
    let start = start(system.as_ref());
    if let Some(path) = &arguments.svg {
        svg::target(path, [].iter())?.write(start.svg().as_bytes())?;
    }
    match output.is_json() {
        true => output.json(&system_line(system.as_ref()))?,
        false => describe(system.as_ref(), start.as_ref(), output)?,
    }
    Ok(Exit::Done)
}

fn run_for_all(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    if let Some((option, value)) = arguments.parameters.data.words() {
        return Err(Failure::new(format!("{option} {value} is of no System"))
            .hint(format!("name the System before it: `nets systems NAME {option} …`")));
    }
    if let Some((name, _)) = arguments.parameters.given.first() {
        return Err(Failure::new(format!("--param {name} is of no System"))
            .hint("name the System before it: `nets systems NAME --param …`"));
    }
    if !output.is_json() {
        list(output)?;
        return Ok(Exit::Done);
    }
    for descriptor in nets_systems::all() {
        output.json(&system_line(arguments.parameters.build(descriptor.name)?.as_ref()))?;
    }
    Ok(Exit::Done)
}

/// A start, always the same one.
fn start(system: &dyn System) -> Box<dyn State> {
    system.start(Chance::from_seed(&Seed::default()))
}

fn list(output: &mut Output) -> Result<(), Failure> {
    let mut table = Table::new(&["system", ">version", ">seats", "summary"]);
    for descriptor in nets_systems::all() {
        let Descriptor { name, version, seat_count, summary, .. } = descriptor;
        table.row([*name, &version.to_string(), &seat_count.to_string(), summary]);
    }
    output.table(&table)?;
    output.note("\n`nets systems NAME` describes one");
    Ok(())
}

fn describe(system: &dyn System, start: &dyn State, output: &mut Output) -> Result<(), Failure> {
    let descriptor = system.descriptor();
    output.line(&format!("{HEADING}{}{HEADING:#}: {}", system.id(), descriptor.summary))?;
    output.line(&format!("\n{}", descriptor.rules))?;
    let mut facts = Table::new(&["", ""]);
    facts.row(["seats", &system.seat_count().to_string()]);
    facts.row(["information", information(descriptor)]);
    facts.row(["most steps", &system.step_count_max().to_string()]);
    facts.row(["actions", &system.action_count().to_string()]);
    facts.row(["legal mask", &format!("{MASK_DTYPE} [{}]", system.action_count())]);
    facts.row(["observation", &format!("up to {} bytes", system.observation_bytes_max())]);
    let planes = descriptor.tensor_planes.map(|planes| format!(", planes {planes}"));
    let planes = planes.unwrap_or_default();
    facts.row(["tensor", &format!("{DTYPE} {:?}{planes}", system.tensor_shape())]);
    output.line("")?;
    output.table(&facts)?;
    if !descriptor.parameters.is_empty() {
        let mut table = Table::new(&["parameter", ">min", ">max", ">default", ">here", "meaning"]);
        for (spec, value) in descriptor.parameters.iter().zip(system.parameters().values()) {
            let numbers = [spec.min, spec.max, spec.default, *value].map(|it| it.to_string());
            let [min, max, default, here] = &numbers;
            table.row([spec.name, min, max, default, here, spec.meaning]);
        }
        output.line("")?;
        output.table(&table)?;
    }
    if let Some(spec) = &descriptor.data {
        let hash = system.parameters().data().map_or("none".to_owned(), Digest::to_string);
        let default = spec.default.unwrap_or("none");
        output.line(&format!("\n{HEADING}data{HEADING:#} {hash}, {default} by default"))?;
        output.line(spec.meaning)?;
    }
    let listed = actions(system, ACTIONS_LISTED);
    if !listed.is_empty() {
        let mut table = Table::new(&[">action", "name"]);
        for ActionLine { action, name } in listed {
            table.row([action.to_string(), name]);
        }
        output.line("")?;
        output.table(&table)?;
    }
    section("packed observation", descriptor.packed_layout, output)?;
    section("observation", descriptor.observation_layout, output)?;
    section("tensor", descriptor.tensor_layout, output)?;
    section("a start", &start.picture(), output)
}

fn section(heading: &str, text: &str, output: &mut Output) -> Result<(), Failure> {
    output.line(&format!("\n{HEADING}{heading}{HEADING:#}\n{}", text.trim_end()))
}

fn information(descriptor: &Descriptor) -> &'static str {
    match descriptor.information {
        Information::Perfect => "perfect",
        Information::Private => "private",
    }
}

/// The actions with their names; none where there are more than `most`.
fn actions(system: &dyn System, most: u64) -> Vec<ActionLine> {
    let line = |action| ActionLine { action, name: system.action_name(Action(action)) };
    let count = system.action_count();
    if count > most { Vec::new() } else { (0..count).map(line).collect() }
}

fn system_line(system: &dyn System) -> SystemLine {
    let descriptor = system.descriptor();
    let specs = descriptor.parameters.iter().zip(system.parameters().values());
    let parameters = specs.map(|(spec, &value)| ParameterLine {
        name: spec.name,
        meaning: spec.meaning,
        min: spec.min,
        max: spec.max,
        default: spec.default,
        value,
    });
    SystemLine {
        name: descriptor.name,
        version: descriptor.version,
        summary: descriptor.summary,
        seats: system.seat_count(),
        information: information(descriptor),
        step_count_max: system.step_count_max(),
        parameters: parameters.collect(),
        data: system.parameters().data().map(ToString::to_string),
        action_count: system.action_count(),
        legal_mask: MaskLine { shape: [system.action_count()], dtype: MASK_DTYPE },
        actions: actions(system, ACTIONS_LISTED_JSON),
        observation: ObservationLine {
            shape: system.tensor_shape(),
            planes: descriptor.tensor_planes.map(|planes| planes.to_string()),
            dtype: DTYPE,
            layout: descriptor.tensor_layout,
            bytes_max: system.observation_bytes_max(),
        },
        rules: descriptor.rules,
        packed_layout: descriptor.packed_layout,
        observation_layout: descriptor.observation_layout,
    }
}
