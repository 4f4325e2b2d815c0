//! Bytes: determinism, saving and restoring, refusing what is no state, observations.

use nets_core::{Chance, Information, Seat, State, Status};

use super::damage::{changed, other_lengths};
use super::recording::Recorded;
use super::view::View;
use super::{Rule, Subject, Violation, ensure, violation};

/// How many restored states go on to the end of each match.
const LINEAGES: usize = 8;

/// Same seed and actions, same everything; and a fork goes its own way.
pub(super) fn determinism(subject: &Subject<'_>) -> Result<(), Violation> {
    let seat_count = subject.system.seat_count();
    for recorded in &subject.recorded {
        let mut twin = (subject.build)().start(Chance::from_seed(&recorded.seed));
        recorded.visit(subject, |step, state| {
            let view = View::of(state, seat_count);
            let seen_twice = view.difference(&View::of(state, seat_count));
            let difference = seen_twice.or_else(|| view.difference(&View::of(&*twin, seat_count)));
            if let Some(difference) = difference {
                let place = recorded.at(step);
                return violation(Rule::Determinism, format!("{difference}, {place}"));
            }
            let Some(actions) = recorded.steps.get(step) else { return Ok(()) };
            let (mut fork, before) = (twin.fork(), view);
            if fork.step(actions).is_err() || twin.step(actions).is_err() {
                let place = recorded.at(step);
                return violation(Rule::Determinism, format!("a copy refuses a step, {place}"));
            }
            let difference = View::of(&*fork, seat_count).difference(&View::of(&*twin, seat_count));
            let changed = before.difference(&View::of(state, seat_count));
            let difference = difference.or(changed.map(|text| format!("by a fork's step, {text}")));
            ensure(difference.is_none(), Rule::Determinism, || {
                format!("{}, {}", difference.unwrap_or_default(), recorded.at(step))
            })
        })?;
    }
    Ok(())
}

/// The bytes of a state are all there is to it: restored at any step, it goes on in the same way.
pub(super) fn restoring(subject: &Subject<'_>) -> Result<(), Violation> {
    let seat_count = subject.system.seat_count();
    for recorded in &subject.recorded {
        let mut lineages: Vec<Box<dyn State>> = Vec::new();
        let stride = recorded.steps.len().div_ceil(LINEAGES).max(1);
        recorded.visit(subject, |step, state| {
            let view = View::of(state, seat_count);
            let restored = subject.system.restore(&view.bytes, Chance::from_seed(&recorded.seed));
            match restored {
                Ok(restored) => lineages.push(restored),
                Err(error) => {
                    let detail = format!("own bytes refused: {error}, {}", recorded.at(step));
                    return violation(Rule::Restoring, detail);
                }
            }
            for lineage in &lineages {
                if let Some(text) = view.difference(&View::of(&**lineage, seat_count)) {
                    return violation(Rule::Restoring, format!("{text}, {}", recorded.at(step)));
                }
            }
            let Some(actions) = recorded.steps.get(step) else { return Ok(()) };
            // Every restored state takes one step; those of every stride-th go on to the end.
            if step % stride != 0 {
                one_step(subject, recorded, step, state, lineages.pop())?;
            }
            for lineage in &mut lineages {
                if let Err(error) = lineage.step(actions) {
                    let detail = format!("restored, then {error}, {}", recorded.at(step));
                    return violation(Rule::Restoring, detail);
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn one_step(
    subject: &Subject<'_>,
    recorded: &Recorded,
    step: usize,
    state: &dyn State,
    restored: Option<Box<dyn State>>,
) -> Result<(), Violation> {
    let (mut original, Some(mut restored)) = (state.fork(), restored) else { return Ok(()) };
    let actions = &recorded.steps[step];
    let results = (original.step(actions), restored.step(actions));
    ensure(results.0 == results.1, Rule::Restoring, || {
        format!("the step gives {results:?}, {}", recorded.at(step))
    })?;
    let seat_count = subject.system.seat_count();
    match View::of(&*original, seat_count).difference(&View::of(&*restored, seat_count)) {
        Some(text) => violation(Rule::Restoring, format!("{text}, after {}", recorded.at(step))),
        None => Ok(()),
    }
}

/// Bytes that are no state are refused, and what is accepted has these bytes and comes to an end.
pub(super) fn hostile_bytes(subject: &Subject<'_>) -> Result<(), Violation> {
    for recorded in &subject.recorded {
        let last = recorded.steps.len();
        recorded.visit(subject, |step, state| {
            // Start, middle and end: every moment of every match would take too long.
            if step != 0 && step != last / 2 && step != last {
                return Ok(());
            }
            let bytes = state.bytes();
            for wrong_length in other_lengths(&bytes) {
                let restored =
                    subject.system.restore(&wrong_length, Chance::from_seed(&recorded.seed));
                ensure(restored.is_err(), Rule::HostileBytes, || {
                    let (got, expected) = (wrong_length.len(), bytes.len());
                    format!("{got} bytes accepted for {expected}, {}", recorded.at(step))
                })?;
            }
            changed(&bytes).try_for_each(|damaged| damaged_bytes(subject, recorded, &damaged))?;
            Ok(())
        })?;
    }
    Ok(())
}

/// Damaged bytes are refused, or are the one encoding of a state that can be played on.
fn damaged_bytes(
    subject: &Subject<'_>,
    recorded: &Recorded,
    damaged: &[u8],
) -> Result<(), Violation> {
    let chance = Chance::from_seed(&recorded.seed);
    let Ok(mut state) = subject.system.restore(damaged, chance) else { return Ok(()) };
    ensure(state.bytes() == damaged, Rule::HostileBytes, || {
        format!("{damaged:x?} restored and written again are {:x?}", state.bytes())
    })?;
    let mut steps_left = subject.system.step_count_max();
    while let Status::Acting(acting) = state.status() {
        let actions: Option<Vec<_>> =
            acting.iter().map(|seat| state.legal_actions(seat).last().copied()).collect();
        let stepped = actions.is_some_and(|actions| state.step(&actions).is_ok());
        ensure(stepped && steps_left > 0, Rule::HostileBytes, || {
            format!("the state restored from {damaged:x?} has no legal step or no end")
        })?;
        steps_left -= 1;
    }
    // A view asks for everything a state can show: none of it may panic.
    View::of(&*state, subject.system.seat_count());
    Ok(())
}

/// Observations keep to their size, and are the state where information is perfect.
pub(super) fn observations(subject: &Subject<'_>) -> Result<(), Violation> {
    let descriptor = subject.system.descriptor();
    let longest = subject.system.observation_bytes_max() as usize;
    for recorded in &subject.recorded {
        recorded.visit(subject, |step, state| {
            ensure(!state.picture().trim().is_empty(), Rule::Observations, || {
                format!("the picture is empty, {}", recorded.at(step))
            })?;
            let mut appended = vec![0xa5];
            state.write_bytes(&mut appended);
            ensure(
                appended[0] == 0xa5 && appended[1..] == state.bytes(),
                Rule::Observations,
                || format!("write_bytes does more than append, {}", recorded.at(step)),
            )?;
            for seat in (0..subject.system.seat_count()).map(Seat) {
                let observation = state.observation(seat);
                ensure(observation.len() <= longest, Rule::Observations, || {
                    let got = observation.len();
                    format!("{got} bytes for {seat}, at most {longest}, {}", recorded.at(step))
                })?;
                let is_state = observation == state.bytes();
                ensure(
                    is_state || descriptor.information == Information::Private,
                    Rule::Observations,
                    || format!("{seat} does not see the whole state, {}", recorded.at(step)),
                )?;
            }
            Ok(())
        })?;
    }
    Ok(())
}
