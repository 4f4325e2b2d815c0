//! `nets dispute`: what a trial over one decision of a recorded match comes to.

use clap::Args;
use nets_core::{Action, Chance, Seat};
use nets_machine::Halt;
use nets_node::{ClaimedDecision, ExplainedTrial, explain_decision};
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
  nets dispute false.match

A decision that no agent made is shown false on chain, though all that follows from it is consistent:
the rules, as a program for a small machine, the image, play the seat's match again, and who says
otherwise is led to one instruction, 64 parts at a time. This says of one decision what its trial would
come to. Of a right record it takes another legal action to be claimed, where none is given.

Exit status: 0 the claim stands, 1 it is false, 2 it cannot be said.";

/// Arguments of `nets dispute`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    record: RecordArguments,
    /// The step, counted from 0: without it, the first that the record is false about
    #[arg(long, value_name = "N")]
    step: Option<u32>,
    /// The seat: without it, the first whose decision is another, or the first that acts
    #[arg(long, value_name = "SEAT")]
    seat: Option<u8>,
    /// What it is said to have decided: without it, what the record says, or another legal action
    #[arg(long, value_name = "ACTION")]
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
    let (claimed, decided) = claim(arguments, &recorded, &verdict, &played)?;
    let progress = output.progress("running the image", None);
    let data = recorded.data(&arguments.record)?;
    let explained = explain_decision(
        &recorded.record,
        &played.trace,
        &recorded.modules,
        data.as_deref(),
        claimed,
        |_| {
            progress.tick();
            true
        },
    );
    progress.finish_and_clear();
    let explained = explained.map_err(failure)?;
    if output.is_json() {
        output.json(&line(&recorded, claimed, decided, &explained))?;
    } else {
        say(&recorded, claimed, decided, &explained, output)?;
    }
    Ok(if is_false(&explained) { Exit::Refuted } else { Exit::Done })
}

/// Which decision is claimed, and what is really decided there.
fn claim(
    arguments: &Arguments,
    recorded: &Recorded,
    verdict: &Verdict,
    played: &PlayedMatch,
) -> Result<(ClaimedDecision, Option<Action>), Failure> {
    let first = match verdict {
        Verdict::Wrong(Difference::Step { step, .. }) => Some(*step as u32),
        _ => None,
    };
    let step = arguments.step.or(first).ok_or_else(|| {
        Failure::new("no step of the record is false, and none is named")
            .hint("name one with --step N: what another decision in it would come to is said")
    })?;
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
    Ok((ClaimedDecision { step, seat, action }, decided(seat)))
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
        verdict: if is_false(explained) { "false" } else { "stands" },
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

fn say(
    recorded: &Recorded,
    claimed: ClaimedDecision,
    decided: Option<Action>,
    explained: &ExplainedTrial,
    output: &mut Output,
) -> Result<(), Failure> {
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
    let said = reason(explained);
    output.line(&match (is_false(explained), said) {
        (true, said) => format!("{BAD}false{BAD:#}: {}", said.unwrap_or_default()),
        (false, Some(said)) => format!("{GOOD}stands{GOOD:#}: {said}"),
        (false, None) => format!("{GOOD}stands{GOOD:#}"),
    })
}
