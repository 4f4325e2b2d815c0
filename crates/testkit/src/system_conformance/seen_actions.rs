//! Seen actions: what a seat may do follows from what it sees.

use nets_core::{Action, Seat, System};

use super::damage::{changed, other_lengths};
use super::recording::Recorded;
use super::{Rule, Subject, Violation, violation};

/// The observation gives the actions that the state lists, and what nobody could see gives none.
pub(super) fn check(subject: &Subject<'_>) -> Result<(), Violation> {
    let system = &*subject.system;
    for recorded in &subject.recorded {
        let last = recorded.steps.len();
        recorded.visit(subject, |step, state| {
            for seat in (0..system.seat_count()).map(Seat) {
                let observation = state.observation(seat);
                of_observation(system, seat, &observation, &state.legal_actions(seat))
                    .or_else(|text| at(recorded, step, seat, &text))?;
                // Start, middle and end: every moment of every match would take too long.
                if step == 0 || step == last / 2 || step == last {
                    of_damaged(system, seat, &observation)
                        .or_else(|text| at(recorded, step, seat, &text))?;
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn at(recorded: &Recorded, step: usize, seat: Seat, text: &str) -> Result<(), Violation> {
    violation(Rule::SeenActions, format!("{text}, for {seat}, {}", recorded.at(step)))
}

fn of_observation(
    system: &dyn System,
    seat: Seat,
    observation: &[u8],
    legal: &[Action],
) -> Result<(), String> {
    match system.legal_actions(seat, observation) {
        Ok(seen) if seen == legal => {}
        Ok(seen) => return Err(format!("the observation gives {seen:?}, the state {legal:?}")),
        Err(error) => return Err(format!("the own observation is refused: {error}")),
    }
    // Seats that do not exist may be refused, but have nothing to do and must not panic.
    for seat in [system.seat_count(), 8, 64, 255].map(Seat) {
        if let Ok(seen) = system.legal_actions(seat, observation)
            && !seen.is_empty()
        {
            return Err(format!("{seat}, which there is not, has {seen:?}"));
        }
    }
    Ok(())
}

/// An observation that is cut or goes on is refused; one with other bits gives a sound list or none.
fn of_damaged(system: &dyn System, seat: Seat, observation: &[u8]) -> Result<(), String> {
    for wrong_length in other_lengths(observation) {
        if system.legal_actions(seat, &wrong_length).is_ok() {
            let (got, expected) = (wrong_length.len(), observation.len());
            return Err(format!("{got} bytes accepted for {expected}"));
        }
    }
    for damaged in changed(observation) {
        let Ok(seen) = system.legal_actions(seat, &damaged) else { continue };
        let is_sound = seen.is_sorted_by(|one, next| one < next)
            && seen.last().is_none_or(|last| last.0 < system.action_count());
        if !is_sound {
            return Err(format!("{damaged:x?} gives {seen:?}, not ascending or out of range"));
        }
    }
    Ok(())
}
