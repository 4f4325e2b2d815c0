//! `nets dispute`: what a trial over one decision of a recorded match comes to, or one of each seat.

use clap::Args;
use nets_core::{Action, Chance, Seat};
use nets_machine::Halt;
use nets_node::{ClaimedDecision, ExplainedTrial, TriedMatch};
use nets_runner::{Difference, PlayedMatch, Verdict};
use serde::Serialize;

use super::recorded::Recorded;
use crate::arena::failure;
use crate::arguments::RecordArguments;
use crate::engine::EngineChoice;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{BAD, GOOD, Output, Table, plural};

const HELP: &str = "\
Examples:
  nets dispute game.match --step 3
  nets dispute game.match --step 3 --action 2
  nets dispute game.match

A decision that no agent made is shown false on chain, though all that follows from it is consistent:
the rules, as a program for a small machine, the image, play the seat's match again, and who says
otherwise is led to one instruction, 64 parts at a time. This says of one decision what its trial would
come to. Of a right record it takes another legal action to be claimed, where none is given. Without a
step it says what a trial of each seat would come to, where no step of the record is false.

Exit status: 0 the claim stands, 1 it is false, 2 it cannot be said.";

/// Arguments of `nets dispute`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    record: RecordArguments,
    /// The step, counted from 0: without it, the first that the record is false about, or every seat
    #[arg(long, value_name = "N")]
    step: Option<u32>,
    /// The seat: without it, the first whose decision is another, or the first that acts
    #[arg(long, value_name = "SEAT")]
    seat: Option<u8>,
    /// What it is said to have decided: without it, what the record says, or another legal action
    #[arg(long, value_name = "ACTION", requires = "step")]
    action: Option<u64>,
    /// What plays the match again
    #[arg(long, value_enum, default_value_t = EngineChoice::Fast)]
    engine: EngineChoice,
}

/// A trial in JSON.
#[derive(Serialize)]
struct TrialLine {
    match_id: String,
    step: u32,
    seat: u8,
    claimed: u64,
    /// What the agent decides; none where it forfeits.
    decided: Option<u64>,
    question: String,
    verdict: &'static str,
    reason: Option<String>,
    instructions: u64,
    /// Which of 64 parts lead to the last instruction, for each answer.
    parts: Vec<u64>,
    instruction: InstructionLine,
}

/// The last instruction of a run.
#[derive(Serialize)]
struct InstructionLine {
    index: u64,
    pc: u32,
    code: String,
    mnemonic: String,
    /// The words of 32 bytes that a chain sees of code and memory.
    words: usize,
}

/// Trials of all seats in JSON.
#[derive(Serialize)]
struct SeatsLine {
    match_id: String,
    seats: Vec<SeatLine>,
}

/// A trial of a seat in JSON.
#[derive(Serialize)]
struct SeatLine {
    seat: u8,
    question: String,
    verdict: &'static str,
    reason: Option<String>,
    instructions: u64,
    /// How often a defender cuts a part.
    answers: usize,
}

/// Explains the trial.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let recorded = Recorded::read(&arguments.record, output)?;
    let (verdict, played) = recorded.replay(arguments.engine, output)?;
    let Some(played) = played else {
        return Err(Failure::new(
            "the match is signed: its agents' signatures say what they decided",
        )
        .hint("`nets replay` checks them"));
    };
    let data = recorded.data(&arguments.record)?;
    let tried = TriedMatch {
        record: &recorded.record,
        trace: &played.trace,
        modules: &recorded.modules,
        data: data.as_deref(),
    };
    let progress = output.progress("running the image", None);
    let going = |_| {
        progress.tick();
        true
    };
    let explained = match claim(arguments, &recorded, &verdict, &played)? {
        Some((claimed, decided)) => {
            let explained = tried.explain_decision(claimed, going).map_err(failure)?;
            progress.finish_and_clear();
            say_decision(&recorded, claimed, decided, &explained, output)?;
            vec![explained]
        }
        None => {
            let seats = seats(arguments, &recorded, &verdict)?;
            let explained = seats.map(|seat| tried.explain_outcome(seat, going));
            let explained: Vec<_> = explained.collect::<Result<_, _>>().map_err(failure)?;
            progress.finish_and_clear();
            say_seats(&recorded, &explained, output)?;
            explained
        }
    };
    Ok(if explained.iter().any(is_false) { Exit::Refuted } else { Exit::Done })
}

/// Which decision is claimed, and what is really decided there; none where no step is false or named.
fn claim(
    arguments: &Arguments,
    recorded: &Recorded,
    verdict: &Verdict,
    played: &PlayedMatch,
) -> Result<Option<(ClaimedDecision, Option<Action>)>, Failure> {
    let first = match verdict {
        Verdict::Wrong(Difference::Step { step, .. }) => Some(*step as u32),
        _ => None,
    };
    let Some(step) = arguments.step.or(first) else { return Ok(None) };
    if let Some(first) = first.filter(|first| *first < step) {
        return Err(Failure::new(format!(
            "the record is false from step {first} on, before {step}"
        ))
        .hint(format!("explain that one with --step {first}")));
    }
    let steps = &recorded.record.steps;
    let said = steps.get(step as usize).ok_or_else(|| {
        Failure::new(format!("--step {step}, the match has {}", steps.len()))
            .hint("steps are counted from 0")
    })?;
    let really = played.recorded_steps().into_iter().nth(step as usize);
    let pairs: Vec<_> = said.acting.iter().zip(said.actions.iter().copied()).collect();
    let decided = |seat: Seat| {
        let really = really.as_ref()?;
        let place = really.acting.iter().position(|acting| acting == seat)?;
        really.actions.get(place).copied()
    };
    let other = pairs.iter().find(|(seat, action)| decided(*seat) != Some(*action));
    let named = arguments.seat.map(Seat);
    let seat = named.or(other.map(|(seat, _)| *seat)).unwrap_or(pairs[0].0);
    let recorded_action =
        pairs.iter().find(|(acting, _)| *acting == seat).map(|(_, action)| *action);
    let recorded_action = recorded_action.ok_or_else(|| {
        Failure::new(format!("{seat} does not act in step {step}"))
            .hint("`nets replay RECORD --svg FILE --step N` shows the match")
    })?;
    let action = match (arguments.action, decided(seat)) {
        (Some(action), _) => Action(action),
        (None, Some(decided)) if decided == recorded_action => {
            another(recorded, step, seat, decided)?
        }
        (None, _) => recorded_action,
    };
    Ok(Some((ClaimedDecision { step, seat, action }, decided(seat))))
}

/// The seats that are asked about, of a record whose steps are right.
fn seats(
    arguments: &Arguments,
    recorded: &Recorded,
    verdict: &Verdict,
) -> Result<impl Iterator<Item = Seat>, Failure> {
    if let Verdict::Wrong(difference @ Difference::TraceRoot { .. }) = verdict {
        return Err(Failure::new(difference.to_string())
            .hint("no trial is needed to show it: the record contradicts itself"));
    }
    let count = recorded.record.seats.len() as u8;
    if let Some(seat) = arguments.seat.filter(|seat| *seat >= count) {
        return Err(Failure::new(format!("--seat {seat}, the match has {count}"))
            .hint("seats are counted from 0"));
    }
    let named = arguments.seat;
    Ok((0..count).filter(move |seat| named.is_none_or(|named| named == *seat)).map(Seat))
}

/// A legal action other than the one that was decided.
fn another(recorded: &Recorded, step: u32, seat: Seat, decided: Action) -> Result<Action, Failure> {
    let mut state = recorded.system.start(Chance::from_seed(&recorded.record.spec.seed));
    let before = recorded.record.steps.iter().take(step as usize);
    let _ = before.map(|step| state.step(&step.actions)).try_for_each(|step| step);
    let other = state.legal_actions(seat).into_iter().find(|action| *action != decided);
    other.ok_or_else(|| {
        Failure::new(format!("{seat} has no other legal action in step {step}"))
            .hint("name one that is not legal with --action")
    })
}

fn is_false(explained: &ExplainedTrial) -> bool {
    matches!(explained.halt, Some(Halt::Exited(code)) if code != 0)
}

fn verdict_word(explained: &ExplainedTrial) -> &'static str {
    if is_false(explained) { "false" } else { "stands" }
}

/// What the image says, and why.
fn reason(explained: &ExplainedTrial) -> Option<String> {
    match explained.verdict {
        nets_judge::Verdict::Stands => None,
        nets_judge::Verdict::Beyond(beyond) => Some(beyond.to_string()),
        nets_judge::Verdict::False(reason) => Some(reason.to_string()),
    }
}

fn line(
    recorded: &Recorded,
    claimed: ClaimedDecision,
    decided: Option<Action>,
    explained: &ExplainedTrial,
) -> TrialLine {
    TrialLine {
        match_id: recorded.record.spec.id().to_string(),
        step: claimed.step,
        seat: claimed.seat.0,
        claimed: claimed.action.0,
        decided: decided.map(|action| action.0),
        question: explained.question.to_string(),
        verdict: verdict_word(explained),
        reason: reason(explained),
        instructions: explained.instructions,
        parts: explained.parts.clone(),
        instruction: InstructionLine {
            index: explained.instructions.saturating_sub(1),
            pc: explained.last.state.pc,
            code: format!("{:08x}", explained.last.instruction()),
            mnemonic: explained.last.mnemonic(),
            words: explained.last.words(),
        },
    }
}

fn say_decision(
    recorded: &Recorded,
    claimed: ClaimedDecision,
    decided: Option<Action>,
    explained: &ExplainedTrial,
    output: &mut Output,
) -> Result<(), Failure> {
    if output.is_json() {
        return output.json(&line(recorded, claimed, decided, explained));
    }
    let named = |action: Action| format!("{action} ({})", recorded.system.action_name(action));
    let last = &explained.last;
    let parts: Vec<_> = explained.parts.iter().map(u64::to_string).collect();
    let mut table = Table::new(&["", ""]);
    table.row(["match", &recorded.record.spec.id().to_string()]);
    table.row(["step", &format!("{}, {}", claimed.step, claimed.seat)]);
    table.row(["claimed", &named(claimed.action)]);
    table.row(["decided", &decided.map_or_else(|| "nothing: a forfeit".to_owned(), named)]);
    table.row(["question", &explained.question.to_string()]);
    table.row(["instructions", &explained.instructions.to_string()]);
    table.row(["parts", &format!("{} of 64, in {} answers", parts.join(", "), parts.len())]);
    let index = explained.instructions.saturating_sub(1);
    table.row([
        "instruction",
        &format!(
            "{index}: {} ({:08x}) at {:#x}; a chain sees {}",
            last.mnemonic(),
            last.instruction(),
            last.state.pc,
            plural(last.words() as u32, "word"),
        ),
    ]);
    output.table(&table)?;
    output.line(&match (is_false(explained), reason(explained)) {
        (true, said) => format!("{BAD}false{BAD:#}: {}", said.unwrap_or_default()),
        (false, Some(said)) => format!("{GOOD}stands{GOOD:#}: {said}"),
        (false, None) => format!("{GOOD}stands{GOOD:#}"),
    })
}

fn say_seats(
    recorded: &Recorded,
    explained: &[ExplainedTrial],
    output: &mut Output,
) -> Result<(), Failure> {
    let match_id = recorded.record.spec.id().to_string();
    if output.is_json() {
        let seats = explained.iter().map(|explained| SeatLine {
            seat: explained.seat.0,
            question: explained.question.to_string(),
            verdict: verdict_word(explained),
            reason: reason(explained),
            instructions: explained.instructions,
            answers: explained.parts.len(),
        });
        return output.json(&SeatsLine { match_id, seats: seats.collect() });
    }
    output.line(&format!("match {match_id}"))?;
    let mut table = Table::new(&[">seat", ">instructions", ">answers", "verdict"]);
    for explained in explained {
        let numbers =
            [explained.instructions, explained.parts.len() as u64].map(|it| it.to_string());
        let [instructions, answers] = numbers;
        let seat = explained.seat.0.to_string();
        let verdict = match reason(explained) {
            Some(reason) => format!("{}: {reason}", verdict_word(explained)),
            None => verdict_word(explained).to_owned(),
        };
        table.row([seat, instructions, answers, verdict]);
    }
    output.table(&table)
}
