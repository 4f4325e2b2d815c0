//! Arguments that several commands share, defined once: help, man page and completions follow.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::num::IntErrorKind;
use std::path::PathBuf;
use std::sync::Arc;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Args, ColorChoice, Parser, ValueHint};
use nets_core::{DATA, Digest, FuelClock, Seed, System, sha256};
use nets_systems::{Blueprint, BuildError, Given};

use crate::commands::Command;
use crate::failure::Failure;
use crate::files;

const HELP_END: &str = "\
Environment:
  NETS_ARENA  the arena's folder, where --arena does not name one
  NETS_CACHE  where compiled code is kept: the user's own cache without it
  NETS_PASSWORD_FILE  a file with the password of key files; NETS_PASSWORD is one itself
  NO_COLOR  no colours, if it is set

Exit status:
  0  done; what was to be verified is right
  1  what was to be verified is false, or an agent may not play
  2  wrong usage, or a file or machine that does not play along; or stopped by Ctrl-C
  130  ended at once by a second Ctrl-C";

/// A market where untrusted agents compete at deterministic, verifiable tasks
#[derive(Debug, Parser)]
#[command(name = "nets", version, max_term_width = 100, after_help = HELP_END)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalOptions,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct GlobalOptions {
    /// Print results as JSON, one object a line; an error is one object on stderr
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
    /// Print results and errors only: no progress, no notes
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
}

/// A System and its parameters.
#[derive(Clone, Debug, Args)]
pub(crate) struct SystemArguments {
    /// The System, as `nets systems` lists it
    #[arg(value_parser = SystemName)]
    pub(crate) system: String,
    #[command(flatten)]
    pub(crate) parameters: ParameterArguments,
}

/// A System's parameters.
#[derive(Clone, Debug, Args)]
pub(crate) struct ParameterArguments {
    /// Set a parameter of the System; may be repeated
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parameter)]
    pub(crate) given: Vec<(String, Given)>,
    /// The file with the data set that the System is played on, where it is none that ships
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) data: Option<PathBuf>,
}

impl SystemArguments {
    /// Builds the System.
    pub(crate) fn build(&self) -> Result<Arc<dyn System>, Failure> {
        self.parameters.build(&self.system)
    }
}

impl ParameterArguments {
    /// Builds the System called `name` with these parameters.
    pub(crate) fn build(&self, name: &str) -> Result<Arc<dyn System>, Failure> {
        let mut given = BTreeMap::new();
        for (name, value) in &self.given {
            if given.insert(name.clone(), value.clone()).is_some() {
                return Err(Failure::new(format!("--param {name} is given twice"))
                    .hint("give each parameter once"));
            }
        }
        let Some(path) = &self.data else {
            let built = Blueprint::named(name, &given).and_then(|blueprint| blueprint.build());
            return built.map_err(unbuilt);
        };
        let csv = files::read(&files::DATA, path)?;
        let hash = Given::Text(sha256(&csv).to_string());
        if given.insert(DATA.to_owned(), hash).is_some() {
            return Err(Failure::new("--param data and --data are both given")
                .hint("the file's hash is the parameter: leave out the first"));
        }
        let blueprint = Blueprint::named(name, &given).map_err(unbuilt)?;
        blueprint.build_on(&csv).map_err(unbuilt)
    }
}

/// A System that cannot be built, with what to do about it.
pub(crate) fn unbuilt(error: BuildError) -> Failure {
    use BuildError::{
        Contradictory, Data, MissingData, OtherData, Parameters, UnknownData, UnknownName,
        UnknownVersion,
    };
    let hint = match &error {
        UnknownName { .. } | UnknownVersion { .. } => "`nets systems` lists them".into(),
        Parameters { name, .. } | Contradictory { name, .. } => {
            format!("`nets systems {name}` lists its parameters")
        }
        UnknownData { .. } => "`nets data list` lists them; --data FILE names a file".into(),
        MissingData { .. } | OtherData { .. } => "name its file with --data FILE".into(),
        Data { .. } => "correct the file, or the parameters that say which values it has".into(),
    };
    Failure::from(error).hint(hint)
}

/// The fuel clock of each seat.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct FuelArguments {
    /// Fuel that a seat's clock starts with
    #[arg(long, value_name = "FUEL", help_heading = "Fuel clock", default_value_t = FuelClock::default().base)]
    fuel_base: u64,
    /// Fuel that is added before each decision
    #[arg(long, value_name = "FUEL", help_heading = "Fuel clock", default_value_t = FuelClock::default().increment)]
    fuel_increment: u64,
    /// Fuel that a clock holds at most
    #[arg(long, value_name = "FUEL", help_heading = "Fuel clock", default_value_t = FuelClock::default().cap)]
    fuel_cap: u64,
}

impl FuelArguments {
    /// The clock, which must hold what it starts with.
    pub(crate) fn clock(self) -> Result<FuelClock, Failure> {
        let Self { fuel_base: base, fuel_increment: increment, fuel_cap: cap } = self;
        if base > cap {
            return Err(Failure::new(format!("--fuel-base is {base}, above --fuel-cap, {cap}"))
                .hint("no clock holds more than its cap: lower the one or raise the other"));
        }
        Ok(FuelClock { base, increment, cap })
    }
}

/// Where the modules of a record's agents are.
#[derive(Clone, Debug, Args)]
pub(crate) struct RecordArguments {
    /// The match record
    #[arg(value_name = "RECORD", value_hint = ValueHint::FilePath)]
    pub(crate) record: PathBuf,
    /// An agent's module, where neither the record nor the arena it is in holds it; may be repeated
    #[arg(long = "module", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) modules: Vec<PathBuf>,
    /// The data set that the match was played on, where it is none that ships and the arena that the
    /// record is in does not hold it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) data: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) sources: SourceArguments,
}

/// Where modules may come from that are not here.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct SourceArguments {
    /// Who is asked for a module that is not here, before those that arena.toml names: a URL that
    /// `nets serve` answers at, or a folder; may be repeated
    #[arg(long = "source", value_name = "SOURCE")]
    pub(crate) sources: Vec<String>,
}

/// Accepts any name, so that the registry says what is wrong with it, and tells completions and
/// help which names there are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemName;

impl TypedValueParser for SystemName {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let mut names: Vec<_> = nets_systems::all().iter().map(|system| system.name).collect();
        names.dedup();
        Some(Box::new(names.into_iter().map(PossibleValue::new)))
    }
}

/// A parameter and its value; that of the data set is text.
pub(crate) fn parameter(text: &str) -> Result<(String, Given), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE, as width=8")?;
    if name == DATA {
        return Ok((name.to_owned(), Given::Text(value.to_owned())));
    }
    match value.parse() {
        Ok(value) => Ok((name.to_owned(), Given::Number(value))),
        Err(error) => Err(format!("{value:?} is no value of a parameter: {error}")),
    }
}

/// A seed of up to 64 hex digits; missing ones are zeros on the left.
pub(crate) fn seed(text: &str) -> Result<Seed, String> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let padded = format!("{digits:0>64}");
    if digits.is_empty() || padded.len() > 64 {
        let got = digits.chars().count();
        return Err(format!("expected 1 to 64 hex digits, got {got}"));
    }
    padded.parse().map_err(|error: nets_core::ParseHexError| error.to_string())
}

/// An amount of coin that something is to be done with.
pub(crate) fn amount(text: &str) -> Result<u128, String> {
    match text.parse() {
        Ok(0) => Err("expected 1 or more, since 0 changes nothing".to_owned()),
        Ok(amount) => Ok(amount),
        Err(error) if *error.kind() == IntErrorKind::PosOverflow => {
            Err(format!("expected at most {}", u128::MAX))
        }
        Err(_) => Err("expected a whole number, as 1000000".to_owned()),
    }
}

/// A SHA-256 of 64 hex digits.
pub(crate) fn digest(text: &str) -> Result<Digest, String> {
    Digest::from_hex(text.strip_prefix("0x").unwrap_or(text)).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn definitions_are_consistent() {
        Cli::command().debug_assert();
    }

    /// The commands below `command` that do something, by all the words of each.
    fn leaves(command: &clap::Command, words: &str) -> Vec<(String, clap::Command)> {
        let words = format!("{words} {}", command.get_name());
        match command.get_subcommands().next() {
            None => vec![(words, command.clone())],
            Some(_) => command.get_subcommands().flat_map(|it| leaves(it, &words)).collect(),
        }
    }

    #[test]
    fn every_command_on_an_arena_takes_its_chain() {
        let has = |command: &clap::Command, name: &str| {
            command.get_arguments().any(|argument| argument.get_long() == Some(name))
        };
        let opens = |(words, command): &(String, clap::Command)| {
            has(command, "arena") || words.ends_with(" verify")
        };
        let on_arenas: Vec<_> = leaves(&Cli::command(), "").into_iter().filter(opens).collect();
        assert!(on_arenas.len() > 30, "{}", on_arenas.len());
        for (words, command) in on_arenas {
            assert!(has(&command, "chain"), "{words}");
        }
    }

    #[test]
    fn a_short_seed_is_a_small_number() {
        assert_eq!(seed("2a").unwrap().0[31], 0x2a);
        assert_eq!(seed("0x1").unwrap().0[31], 1);
        assert!(seed("").is_err());
        assert!(seed(&"0".repeat(65)).is_err());
        assert!(seed("é").is_err());
    }
}
