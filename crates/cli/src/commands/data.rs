//! `nets data …`: data sets that forecasts are played on, checked, shown and listed.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};
use nets_core::{DATA, sha256};
use nets_systems::forecast::SHIPPED;
use serde::Serialize;

use crate::arena::{ArenaArguments, failure};
use crate::arguments::ParameterArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::files;
use crate::output::{Output, Table, plural};

const CHECK_HELP: &str = "\
Examples:
  nets data check rain.csv --param from=300 --param count=60 --param decimals=1 --param levels=2000

Says whether forecast can be played on the file with these parameters, and its SHA-256, by which
leagues.toml names it as data. The file stays where it is: nobody sees it.";

const ADD_HELP: &str = "\
Examples:
  nets data add rain.csv

Do it once the entries of the round are closed: from then on `nets serve` gives the data to whoever
asks, and `nets verify`, `nets watch` and `nets fetch` get them there.";

/// What is done with data sets.
#[derive(Debug, Subcommand)]
pub(crate) enum DataCommand {
    /// List the data sets that come with nets
    List,
    /// Say whether a file is a data set that a league can be made on
    #[command(after_help = CHECK_HELP)]
    Check(CheckArguments),
    /// Show the data set that leagues of an arena are played on
    #[command(after_help = ADD_HELP)]
    Add(AddArguments),
}

/// Which file is checked, and by which parameters.
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// The CSV file
    #[arg(value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// Set a parameter of forecast; may be repeated
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = crate::arguments::parameter)]
    given: Vec<(String, nets_systems::Given)>,
}

/// Which file is shown, in which arena.
#[derive(Debug, Args)]
pub(crate) struct AddArguments {
    /// The CSV file
    #[arg(value_hint = ValueHint::FilePath)]
    file: PathBuf,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// A data set that comes with nets, in JSON.
#[derive(Serialize)]
struct ShippedLine {
    name: &'static str,
    data: String,
    about: &'static str,
}

/// A data set that was checked, in JSON.
#[derive(Serialize)]
struct CheckLine {
    data: String,
    steps: u32,
}

/// A data set that was shown, in JSON.
#[derive(Serialize)]
struct AddLine {
    data: String,
    leagues: Vec<String>,
}

/// Runs a command.
pub(super) fn run(command: &DataCommand, output: &mut Output) -> Result<Exit, Failure> {
    match command {
        DataCommand::List => list(output),
        DataCommand::Check(arguments) => check(arguments, output),
        DataCommand::Add(arguments) => add(arguments, output),
    }
}

fn list(output: &mut Output) -> Result<Exit, Failure> {
    let mut table = Table::new(&["data set", "SHA-256", "is"]);
    for shipped in SHIPPED {
        let (name, data, about) = (shipped.name, shipped.hash().to_string(), shipped.about);
        match output.is_json() {
            true => output.json(&ShippedLine { name, data, about })?,
            false => table.row([name, &data, about]),
        }
    }
    if !output.is_json() {
        output.table(&table)?;
    }
    Ok(Exit::Done)
}

fn check(arguments: &CheckArguments, output: &mut Output) -> Result<Exit, Failure> {
    let CheckArguments { file, given } = arguments;
    let parameters = ParameterArguments { given: given.clone(), data: Some(file.clone()) };
    let system = parameters.build("forecast")?;
    let hash = system.parameters().data().map(ToString::to_string).unwrap_or_default();
    let steps = system.step_count_max();
    match output.is_json() {
        true => output.json(&CheckLine { data: hash, steps })?,
        false => {
            output.line(&format!("forecast can be played on it in {}", plural(steps, "step")))?;
            output.line(&format!("{DATA} = \"{hash}\""))?;
        }
    }
    Ok(Exit::Done)
}

fn add(arguments: &AddArguments, output: &mut Output) -> Result<Exit, Failure> {
    let csv = files::read(&files::DATA, &arguments.file)?;
    let leagues = arguments.arena.open()?.add_data(&csv).map_err(failure)?;
    let data = sha256(&csv).to_string();
    match output.is_json() {
        true => output.json(&AddLine { data, leagues })?,
        false => output.line(&format!("{} can be played: {data} is shown", leagues.join(", ")))?,
    }
    Ok(Exit::Done)
}
