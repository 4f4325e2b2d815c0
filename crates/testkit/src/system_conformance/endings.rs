//! Endings: a match that is over accepts nothing, and its scores keep to what was declared.

use nets_core::{Action, SeatSet, State, Status, StepError};

use super::declaration::SCORE_MAX;
use super::view::View;
use super::{Rule, Subject, Violation, ensure};

/// A match that is over accepts nothing.
pub(super) fn terminal_states(subject: &Subject<'_>) -> Result<(), Violation> {
    let seat_count = subject.system.seat_count();
    for recorded in &subject.recorded {
        recorded.visit(subject, |step, state| {
            if step < recorded.steps.len() {
                return Ok(());
            }
            let before = View::of(state, seat_count);
            let mut tried = state.fork();
            let last = recorded.steps.last().cloned().unwrap_or_default();
            for actions in [vec![], vec![Action(0)], last, vec![Action(u64::MAX); 9]] {
                let result = tried.step(&actions);
                let unchanged = before == View::of(&*tried, seat_count);
                ensure(
                    result == Err(StepError::Terminal) && unchanged,
                    Rule::TerminalStates,
                    || {
                        let place = recorded.at(step);
                        format!(
                            "step({actions:?}) gives {result:?}, unchanged {unchanged}, {place}"
                        )
                    },
                )?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// One score for each seat, within ±2^40; at the end no forfeit scores more than not forfeiting.
pub(super) fn scores(subject: &Subject<'_>) -> Result<(), Violation> {
    for recorded in &subject.recorded {
        recorded.visit(subject, |step, state| {
            of_moment(subject, state).or_else(|text| {
                super::violation(Rule::Scores, format!("{text}, {}", recorded.at(step)))
            })
        })?;
    }
    Ok(())
}

fn of_moment(subject: &Subject<'_>, state: &dyn State) -> Result<(), String> {
    let seat_count = subject.system.seat_count();
    let scores = state.scores();
    if scores.len() != usize::from(seat_count) {
        return Err(format!("{} scores for {seat_count} seats", scores.len()));
    }
    if scores.iter().any(|score| !(-SCORE_MAX..=SCORE_MAX).contains(score)) {
        return Err(format!("scores {scores:?} beyond ±2^40"));
    }
    if matches!(state.status(), Status::Acting(_)) {
        return Ok(());
    }
    for forfeits in (1..=SeatSet::first(seat_count).0).map(SeatSet) {
        let forfeit_scores = subject.system.forfeit_scores(forfeits);
        for (seat, (score, by_forfeit)) in scores.iter().zip(&forfeit_scores).enumerate() {
            let forfeited = forfeits.0 >> seat & 1 == 1;
            if forfeited && by_forfeit > score || !forfeited && by_forfeit < score {
                return Err(format!(
                    "seat {seat} scores {score}, and {by_forfeit} where {forfeits:?} forfeit"
                ));
            }
        }
    }
    Ok(())
}
