//! `nets play`: one match between agents that are files, in no league and for no money.
//!
//! The match is a pure function of what is printed: the line `again` plays it again, on any
//! machine. Without `--seed` a fresh one is drawn here, never inside a match.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueHint};
use nets_core::{
    Address, Chance, Digest, FuelClock, MatchRecord, MatchSpec, PROTOCOL_VERSION, Rules,
    SeatIdentity, Seed, State, StepLeaf, System, sha256,
};
use nets_node::FaultLine;
use nets_runner::sandbox::{AdmissionError, Engine, METERING_VERSION, admit, on_match_stack};
use nets_runner::{PlayedMatch, SeatAgent};
use nets_systems::Given;
use serde::Serialize;

use super::shown::{
    FaultObject, actions_in_words, scores_in_words, system_in_words, termination_word,
};
use super::svg;
use crate::arguments::{self, FuelArguments, ParameterArguments, SystemArguments};
use crate::engine::EngineChoice;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::files::{self, Target};
use crate::output::{Film, Output, Table, grouped, one_line, plural};

const HELP: &str = "\
Examples:
  nets play snake agents/wasm/snake-greedy.wasm --watch
  nets play rps agents/wasm/rps-rock.wasm agents/wasm/rps-cycle.wasm --param throws=10
  nets play connect-four a.wasm b.wasm --seed 2a --record game.match

`repeat` in JSON is the command that plays the match again; an agent read from stdin stands in it as
`-`, and wants the same module on stdin.

Exit status: 0 played, whoever won or forfeited; 2 not played.";

/// Arguments of `nets play`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    system: SystemArguments,
    /// An agent's WASM module for each seat, in their order
    #[arg(required = true, value_name = "AGENT", value_hint = ValueHint::FilePath)]
    agents: Vec<PathBuf>,
    /// Where chance comes from: up to 64 hex digits; drawn afresh without it
    #[arg(long, value_name = "HEX", value_parser = arguments::seed)]
    seed: Option<Seed>,
    #[command(flatten)]
    fuel: FuelArguments,
    /// What plays
    #[arg(long, value_enum, default_value_t = EngineChoice::Fast)]
    engine: EngineChoice,
    /// Write the match with its agents to a file, for `nets replay`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    record: Option<PathBuf>,
    /// Write a picture of the last state to an SVG file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    svg: Option<PathBuf>,
    /// Show a picture of each step
    #[arg(long)]
    watch: bool,
    /// Pause after each picture on a terminal, in milliseconds
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 100, requires = "watch")]
    delay: u64,
}

/// A match in JSON.
#[derive(Serialize)]
struct MatchLine {
    match_id: String,
    system: String,
    scores: Vec<i64>,
    termination: &'static str,
    steps: u32,
    trace_root: String,
    fuel_used: Vec<u64>,
    faults: Vec<FaultObject>,
    seed: String,
    repeat: String,
}

/// A match and all that it was made of.
pub(super) struct Match {
    spec: MatchSpec,
    seats: Vec<SeatIdentity>,
    modules: BTreeMap<Digest, Vec<u8>>,
    pub(super) played: PlayedMatch,
}

/// Plays the match.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    if arguments.watch && output.is_json() {
        return Err(Failure::new("--watch shows pictures to people, --json does not")
            .hint("leave out one of them"));
    }
    let system = arguments.system.build()?;
    let expected = system.seat_count();
    if arguments.agents.len() != usize::from(expected) {
        let got = plural(arguments.agents.len() as u64, "agent");
        let seats = plural(expected, "seat");
        return Err(Failure::new(format!("{} has {seats}, got {got}", system.id()))
            .hint("name one agent for each seat; the same file may sit in several"));
    }
    let clock = arguments.fuel.clock()?;
    let target = arguments.record.as_deref().map(|path| target(path, &arguments.agents));
    let target = target.transpose()?;
    let picture = arguments.svg.as_deref().map(|path| svg::target(path, arguments.agents.iter()));
    let picture = picture.transpose()?;
    let seed = arguments.seed.map_or_else(fresh_seed, Ok)?;
    let modules = read_modules(&arguments.agents)?;
    let engine = arguments.engine.start(output)?;
    let progress = output.progress("playing", None);
    let done = play_match(system.as_ref(), clock, seed, modules, engine.as_ref());
    progress.finish_and_clear();
    let done = done?;
    if let Some(target) = target {
        target.write(&done.record().encode())?;
    }
    if let Some(picture) = picture {
        picture.write(done.last_state(system.as_ref())?.svg().as_bytes())?;
    }
    let line = done.line(system.as_ref(), repeat(arguments, &seed, clock));
    if output.is_json() {
        output.json(&line)?;
        return Ok(Exit::Done);
    }
    show(arguments, system.as_ref(), &done, output)?;
    summarise(arguments, system.as_ref(), &done, &line, output)?;
    Ok(Exit::Done)
}

/// Where the record goes: known before the match is played.
fn target(path: &Path, agents: &[PathBuf]) -> Result<Target<'static>, Failure> {
    if files::is_stream(path) {
        return Err(Failure::new("--record - would mix the record with what is shown on stdout")
            .hint("name a file for the record"));
    }
    Target::new(&files::RECORD, path, agents.iter())
}

fn fresh_seed() -> Result<Seed, Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| {
        Failure::new(format!("the system has no random numbers: {error}")).hint("give --seed HEX")
    })?;
    Ok(Seed(bytes))
}

/// Reads agents that may play. In a league an inadmissible one would forfeit; whoever names its
/// file here is better told.
fn read_modules(paths: &[PathBuf]) -> Result<Vec<Vec<u8>>, Failure> {
    let read = |path: &PathBuf| {
        let module = files::read(&files::AGENT, path)?;
        let refused = |refusal: AdmissionError| {
            let reason = one_line(&refusal.to_string());
            Failure::new(format!("{} may not play: {reason}", path.display()))
                .hint("`nets agent check FILE` says what a module may be")
        };
        admit(&module).map(|_| module).map_err(refused)
    };
    paths.iter().map(read).collect()
}

pub(super) fn play_match(
    system: &dyn System,
    fuel_clock: FuelClock,
    seed: Seed,
    modules: Vec<Vec<u8>>,
    engine: &dyn Engine,
) -> Result<Match, Failure> {
    let identity =
        |module: &Vec<u8>| SeatIdentity { owner: Address::default(), code_hash: sha256(module) };
    let seats: Vec<_> = modules.iter().map(identity).collect();
    let modules: BTreeMap<_, _> = seats.iter().map(|seat| seat.code_hash).zip(modules).collect();
    let load = |(hash, module): (&Digest, &Vec<u8>)| {
        SeatAgent::load(engine, system, module).map(|agent| (*hash, agent))
    };
    let agents = modules.iter().map(load).collect::<Result<BTreeMap<_, _>, _>>()?;
    let seated: Vec<_> = seats.iter().filter_map(|seat| agents.get(&seat.code_hash)).collect();
    let rules = Rules {
        protocol_version: PROTOCOL_VERSION,
        metering_version: METERING_VERSION,
        system: system.id(),
        parameters: system.parameters().encode(),
        fuel_clock,
    };
    let agents = seats.iter().map(SeatIdentity::agent_id).collect();
    let spec = MatchSpec { rules, seed, agents };
    let played = on_match_stack(|| nets_runner::play(system, &spec, &seated))?;
    Ok(Match { spec, seats, modules, played })
}

impl Match {
    fn record(&self) -> MatchRecord {
        MatchRecord {
            spec: self.spec.clone(),
            seats: self.seats.clone(),
            venue: None,
            steps: self.played.recorded_steps(),
            outcome: self.played.outcome.clone(),
            modules: self.modules.clone(),
        }
    }

    fn last_state(&self, system: &dyn System) -> Result<Box<dyn State>, Failure> {
        let mut state = system.start(Chance::from_seed(&self.spec.seed));
        for StepLeaf { actions, .. } in self.played.trace.steps() {
            state.step(&actions)?;
        }
        Ok(state)
    }

    fn line(&self, system: &dyn System, repeat: String) -> MatchLine {
        let outcome = &self.played.outcome;
        let faults = self.played.faults.iter().map(|fault| FaultLine::from(fault).into());
        MatchLine {
            match_id: self.spec.id().to_string(),
            system: system_in_words(system),
            scores: outcome.scores.clone(),
            termination: termination_word(outcome.termination),
            steps: outcome.step_count,
            trace_root: outcome.trace_root.to_string(),
            fuel_used: outcome.fuel_used.clone(),
            faults: faults.collect(),
            seed: self.spec.seed.to_string(),
            repeat,
        }
    }
}

/// Shows the last picture, or with `--watch` all of them.
fn show(
    arguments: &Arguments,
    system: &dyn System,
    done: &Match,
    output: &mut Output,
) -> Result<(), Failure> {
    let mut film = Film::new(Duration::from_millis(arguments.delay));
    let mut state = system.start(Chance::from_seed(&done.spec.seed));
    let mut caption = "start".to_owned();
    let steps = done.played.outcome.step_count;
    for StepLeaf { step, acting, actions, .. } in done.played.trace.steps() {
        if arguments.watch {
            film.show(output, &caption, &state.picture())?;
        }
        state.step(&actions)?;
        let actions = actions_in_words(system, acting, &actions);
        let scores = scores_in_words(&state.scores());
        caption = format!("step {} of {steps} · {actions} · score {scores}", step + 1);
    }
    film.show(output, &caption, &state.picture())
}

fn summarise(
    arguments: &Arguments,
    system: &dyn System,
    done: &Match,
    line: &MatchLine,
    output: &mut Output,
) -> Result<(), Failure> {
    let outcome = &done.played.outcome;
    let mut seats = Table::new(&[">seat", "agent", "code", ">score", ">fuel used"]);
    for (seat, path) in arguments.agents.iter().enumerate() {
        let name = path.display().to_string();
        let (score, fuel) = (grouped(outcome.scores[seat]), grouped(outcome.fuel_used[seat]));
        seats.row([seat.to_string(), name, done.seats[seat].code_hash.short(), score, fuel]);
    }
    let mut facts = Table::new(&["", ""]);
    facts.row(["System", &system_in_words(system)]);
    let steps = plural(outcome.step_count, "step");
    facts.row(["ended", &format!("{} after {steps}", outcome.termination)]);
    for fault in &done.played.faults {
        let text = format!("{} in step {}: {}", fault.seat, fault.step, fault.failure);
        facts.row(["forfeit", &text]);
    }
    facts.row(["match", &line.match_id]);
    facts.row(["trace", &line.trace_root]);
    if let Some(path) = &arguments.record {
        facts.row(["record", &path.display().to_string()]);
    }
    facts.row(["again", &line.repeat]);
    output.line("")?;
    output.table(&seats)?;
    output.line("")?;
    output.table(&facts)
}

/// The command that plays the same match again.
fn repeat(arguments: &Arguments, seed: &Seed, fuel: FuelClock) -> String {
    let mut words = vec!["nets".to_owned(), "play".to_owned(), arguments.system.system.clone()];
    words.extend(arguments.agents.iter().map(|path| quoted(&path.display().to_string())));
    words.extend(["--seed".to_owned(), seed.to_string()]);
    let ParameterArguments { given, data } = &arguments.system.parameters;
    for (name, value) in given {
        let value = match value {
            Given::Number(number) => number.to_string(),
            Given::Text(text) => quoted(text),
        };
        words.extend(["--param".to_owned(), format!("{name}={value}")]);
    }
    if let Some(path) = data {
        words.extend(["--data".to_owned(), quoted(&path.display().to_string())]);
    }
    let default = FuelClock::default();
    let options = [
        ("--fuel-base", fuel.base, default.base),
        ("--fuel-increment", fuel.increment, default.increment),
        ("--fuel-cap", fuel.cap, default.cap),
    ];
    for (option, value, _) in options.into_iter().filter(|(_, value, default)| value != default) {
        words.extend([option.to_owned(), value.to_string()]);
    }
    words.join(" ")
}

/// A word as a shell reads it back.
fn quoted(word: &str) -> String {
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "-_./+,:@".contains(character);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_are_quoted_where_a_shell_would_change_them() {
        assert_eq!(quoted("agents/a-1.wasm"), "agents/a-1.wasm");
        assert_eq!(quoted("my agent"), "'my agent'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
