//! `nets simulate`: a System driven by hand, so that its rules can be seen and tested without an
//! agent.
//!
//! A state is shown before each step and after the last one, so the lines before an illegal action
//! are there when it is refused.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};
use nets_core::{
    Action, Chance, Digest, Seat, SeatSet, Seed, State, Status, System, Tag, Termination,
    hash_tagged,
};
use serde::Serialize;

use super::shown::{actions_in_words, legal_in_words, scores_in_words, termination_word};
use super::svg;
use crate::arguments::{self, SystemArguments};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Film, Output, plural};

const HELP: &str = "\
A number is always the number of an action, also where a name looks like one; `nets systems NAME`
lists both.

Examples:
  nets simulate snake --actions up,up,right --param width=6 --param height=6
  nets simulate rps --actions 0+2,rock+paper
  nets simulate connect-four --actions 3,3,2 --json
  nets simulate connect-four --actions 3,3,2 --svg board.svg
  nets simulate chess --fen '8/8/8/8/8/4k3/4P3/4K3 w - - 0 1' --actions e1d1

Each line of JSON is one state, the start included: step, to_act (the seats that act now), legal
(by seat; the mask of legal actions is true at their numbers), observation (hex, by seat), packed (by seat), terminal, termination (finished,
step_limit or null), scores (so far: connect-four stands at 1 each, a draw, until it ends), state_hash.

Exit status: 0 done, 2 wrong usage or an action that is not legal.";

/// Arguments of `nets simulate`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    system: SystemArguments,
    /// Actions, one for each step, by number or name; those of several seats joined with `+`
    #[arg(long, value_delimiter = ',', value_name = "ACTION,…")]
    actions: Vec<String>,
    /// Where chance comes from: up to 64 hex digits
    #[arg(long, value_name = "HEX", value_parser = arguments::seed, default_value = "0")]
    seed: Seed,
    /// Write a picture of the last state to an SVG file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    svg: Option<PathBuf>,
}

/// A state in JSON.
#[derive(Serialize)]
struct StateLine {
    step: usize,
    to_act: Vec<u8>,
    legal: BTreeMap<u8, Vec<ActionLine>>,
    observation: BTreeMap<u8, String>,
    packed: BTreeMap<u8, String>,
    terminal: bool,
    termination: Option<&'static str>,
    scores: Vec<i64>,
    state_hash: String,
}

/// A legal action in JSON.
#[derive(Serialize)]
struct ActionLine {
    action: u64,
    name: String,
}

/// Drives the System.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let system = arguments.system.build()?;
    let target = arguments.svg.as_deref().map(|path| svg::target(path, [].iter())).transpose()?;
    let mut state = system.start(Chance::from_seed(&arguments.seed));
    let mut film = Film::new(Duration::ZERO);
    let mut done = "start".to_owned();
    show(0, &done, system.as_ref(), state.as_ref(), &mut film, output)?;
    for (step, text) in arguments.actions.iter().enumerate() {
        let (acting, actions) = read_step(step, text, system.as_ref(), state.as_ref())?;
        state.step(&actions)?;
        done = actions_in_words(system.as_ref(), acting, &actions);
        show(step + 1, &done, system.as_ref(), state.as_ref(), &mut film, output)?;
    }
    if let Some(target) = target {
        target.write(state.svg().as_bytes())?;
    }
    Ok(Exit::Done)
}

/// The actions that `text` names for the seats that act in `state`, all of them legal.
fn read_step(
    step: usize,
    text: &str,
    system: &dyn System,
    state: &dyn State,
) -> Result<(SeatSet, Vec<Action>), Failure> {
    let Status::Acting(acting) = state.status() else {
        return Err(Failure::new(format!("step {step}: action {text:?}, but the match is over"))
            .hint(format!("give at most {}", plural(step as u64, "action"))));
    };
    let words: Vec<_> = text.split('+').collect();
    if words.len() != acting.count() {
        let (expected, got) = (plural(acting.count() as u64, "action"), words.len());
        return Err(Failure::new(format!(
            "step {step}: expected {expected}, got {got} ({text:?})"
        ))
        .hint("join the actions of seats that act at the same time with `+`, as 0+2"));
    }
    let action = |(seat, word): (Seat, &str)| {
        let number = word.parse().ok().map(Action);
        let action = number.or_else(|| system.action_by_name(word));
        action.filter(|&action| state.is_legal(seat, action)).ok_or_else(|| {
            Failure::new(format!("step {step}: action {word:?} is not legal for {seat}"))
                .hint(format!("legal are {}", legal_in_words(system, state, seat)))
        })
    };
    let actions = acting.iter().zip(words).map(action).collect::<Result<_, _>>()?;
    Ok((acting, actions))
}

fn show(
    step: usize,
    done: &str,
    system: &dyn System,
    state: &dyn State,
    film: &mut Film,
    output: &mut Output,
) -> Result<(), Failure> {
    if output.is_json() {
        return output.json(&state_line(step, system, state));
    }
    let ending = match state.status() {
        Status::Terminal(ending) => format!(" · {}", Termination::from(ending)),
        Status::Acting(_) => String::new(),
    };
    let scores = scores_in_words(&state.scores());
    let caption = format!("step {step} · {done} · score {scores}{ending}");
    film.show(output, &caption, &state.picture())
}

fn state_line(step: usize, system: &dyn System, state: &dyn State) -> StateLine {
    let (acting, termination) = match state.status() {
        Status::Acting(acting) => (acting, None),
        Status::Terminal(ending) => (SeatSet::EMPTY, Some(termination_word(ending.into()))),
    };
    let legal = |seat: Seat| {
        let actions = state.legal_actions(seat).into_iter();
        let line =
            |action: Action| ActionLine { action: action.0, name: system.action_name(action) };
        (seat.0, actions.map(line).collect())
    };
    let seats = || SeatSet::first(system.seat_count()).iter();
    let packed = |seat: Seat| (seat.0, format!("{:#018x}", state.packed_observation(seat)));
    StateLine {
        step,
        to_act: acting.iter().map(|seat| seat.0).collect(),
        legal: acting.iter().map(legal).collect(),
        observation: seats().map(|seat| (seat.0, hex(&state.observation(seat)))).collect(),
        packed: seats().map(packed).collect(),
        terminal: termination.is_some(),
        termination,
        scores: state.scores(),
        state_hash: state_hash(state).to_string(),
    }
}

fn state_hash(state: &dyn State) -> Digest {
    hash_tagged(Tag::State, &[&state.bytes()])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
