//! `nets systems`: which Systems there are, and all a person needs to write an agent for one.

use clap::Args;
use nets_core::{Action, Descriptor, Information, System};
use serde::Serialize;

use crate::arguments::{ParameterArguments, SystemName};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{HEADING, Output, Table};

const EXAMPLES: &str = "\
Examples:
  nets systems
  nets systems snake
  nets systems --json";

/// Of Systems with more actions than this, none are listed.
const ACTIONS_LISTED_MAX: u64 = 400;

/// Arguments of `nets systems`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Describe this System
    #[arg(value_parser = SystemName)]
    system: Option<String>,
}

/// A System in JSON.
#[derive(Serialize)]
struct SystemLine {
    name: &'static str,
    version: u16,
    summary: &'static str,
    seats: u8,
    information: &'static str,
    /// The most steps of a match with the default parameters.
    step_count_max: u32,
    parameters: Vec<ParameterLine>,
    actions: Vec<ActionLine>,
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
}

/// An action in JSON.
#[derive(Serialize)]
struct ActionLine {
    action: u64,
    name: String,
}

/// Lists the Systems or describes one.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let defaults = ParameterArguments { given: Vec::new() };
    match &arguments.system {
        Some(name) => {
            let system = defaults.build(name)?;
            match output.is_json() {
                true => output.json(&system_line(system.as_ref()))?,
                false => describe(system.as_ref(), output)?,
            }
        }
        None if output.is_json() => {
            for descriptor in nets_systems::all() {
                output.json(&system_line(defaults.build(descriptor.name)?.as_ref()))?;
            }
        }
        None => list(output)?,
    }
    Ok(Exit::Done)
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

fn describe(system: &dyn System, output: &mut Output) -> Result<(), Failure> {
    let descriptor = system.descriptor();
    output.line(&format!("{HEADING}{}{HEADING:#}: {}", system.id(), descriptor.summary))?;
    output.line(&format!("\n{}", descriptor.rules))?;
    let mut facts = Table::new(&["", ""]);
    facts.row(["seats", &descriptor.seat_count.to_string()]);
    facts.row(["information", information(descriptor)]);
    facts.row(["most steps", &format!("{} with these defaults", system.step_count_max())]);
    output.line("")?;
    output.table(&facts)?;
    if !descriptor.parameters.is_empty() {
        let mut table = Table::new(&["parameter", ">min", ">max", ">default", "meaning"]);
        for spec in descriptor.parameters {
            let numbers = [spec.min, spec.max, spec.default].map(|number| number.to_string());
            let [min, max, default] = &numbers;
            table.row([spec.name, min, max, default, spec.meaning]);
        }
        output.line("")?;
        output.table(&table)?;
    }
    let actions = actions(system);
    if !actions.is_empty() {
        let mut table = Table::new(&[">action", "name"]);
        for ActionLine { action, name } in actions {
            table.row([action.to_string(), name]);
        }
        output.line("")?;
        output.table(&table)?;
    }
    section("packed observation", descriptor.packed_layout, output)?;
    section("observation", descriptor.observation_layout, output)
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

/// The actions with their names; none where they are too many to read, and the rules say how they
/// are numbered.
fn actions(system: &dyn System) -> Vec<ActionLine> {
    if system.action_count() > ACTIONS_LISTED_MAX {
        return Vec::new();
    }
    let line = |action| ActionLine { action, name: system.action_name(Action(action)) };
    (0..system.action_count()).map(line).collect()
}

fn system_line(system: &dyn System) -> SystemLine {
    let descriptor = system.descriptor();
    let parameters = descriptor.parameters.iter().map(|spec| ParameterLine {
        name: spec.name,
        meaning: spec.meaning,
        min: spec.min,
        max: spec.max,
        default: spec.default,
    });
    SystemLine {
        name: descriptor.name,
        version: descriptor.version,
        summary: descriptor.summary,
        seats: descriptor.seat_count,
        information: information(descriptor),
        step_count_max: system.step_count_max(),
        parameters: parameters.collect(),
        actions: actions(system),
        rules: descriptor.rules,
        packed_layout: descriptor.packed_layout,
        observation_layout: descriptor.observation_layout,
    }
}
