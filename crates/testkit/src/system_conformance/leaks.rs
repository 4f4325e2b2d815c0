//! The seed-leak check: nothing depends on a chance event before it is drawn.
//!
//! A match is played twice with the same actions, the second time with a chance that is the same
//! up to some event and another from it on. Up to the moment in which that event is drawn (as
//! [`State::chance_event_count`] tells), both must look the same in everything: an agent that sees
//! a difference would see the future.
//!
//! A count that runs ahead of the draws would hide a leak. So two chances that differ in one event
//! alone are compared as well: where the event matters at all, the state's bytes must show it from
//! the moment in which it is counted.

use nets_core::{Chance, State};

use super::recording::Recorded;
use super::view::View;
use super::{Rule, Subject, Violation, ensure, violation};

/// Of a match with many events, so many of the first and so many of the last are tried.
const EVENTS_TRIED: u32 = 5;

/// Nothing an agent could see depends on a chance event that is not drawn yet.
pub(super) fn check(subject: &Subject<'_>) -> Result<(), Violation> {
    let seat_count = subject.system.seat_count();
    for recorded in &subject.recorded {
        let mut views = Vec::new();
        recorded.visit(subject, |_, state| {
            views.push(View::of(state, seat_count));
            Ok(())
        })?;
        let ascending = views.is_sorted_by_key(|view| view.chance_event_count);
        ensure(ascending, Rule::SeedLeak, || {
            format!("the chance event count falls in the match on seed {}", recorded.seed)
        })?;
        // The event after the last is never drawn: it must not show at all.
        let count = views.last().map_or(0, |view| view.chance_event_count);
        let first = 0..EVENTS_TRIED.min(count);
        let last = count.saturating_sub(EVENTS_TRIED).max(first.end)..=count;
        for event in first.chain(last) {
            let drawn_at = views.iter().position(|view| view.chance_event_count > event);
            hidden_until_drawn(
                subject,
                recorded,
                &views[..drawn_at.unwrap_or(views.len())],
                event,
            )?;
            if let Some(drawn_at) = drawn_at {
                shown_when_drawn(subject, recorded, event, drawn_at)?;
            }
        }
    }
    Ok(())
}

/// The start of the recorded match with other chance events from `first_event` on.
fn forked(
    subject: &Subject<'_>,
    recorded: &Recorded,
    first_event: u32,
    other: u32,
) -> Box<dyn State> {
    let chance = Chance::from_seed(&recorded.seed);
    subject.system.start(chance.forked(first_event, &recorded.seed.for_match(other)))
}

/// The moments before `event` is drawn, all of `views`, do not depend on it or later ones.
fn hidden_until_drawn(
    subject: &Subject<'_>,
    recorded: &Recorded,
    views: &[View],
    event: u32,
) -> Result<(), Violation> {
    let seat_count = subject.system.seat_count();
    let mut state = forked(subject, recorded, event, event);
    for (step, view) in views.iter().enumerate() {
        if let Some(text) = view.difference(&View::of(&*state, seat_count)) {
            let place = recorded.at(step);
            let detail = format!("chance event {event} shows before it is drawn: {text}, {place}");
            return violation(Rule::SeedLeak, detail);
        }
        let Some(actions) = recorded.steps.get(step) else { break };
        if let Err(error) = state.step(actions) {
            let place = recorded.at(step);
            let detail = format!("a step depends on undrawn event {event}: {error}, {place}");
            return violation(Rule::SeedLeak, detail);
        }
    }
    Ok(())
}

/// Two matches that differ in `event` alone differ from step `drawn_at` on or not at all.
fn shown_when_drawn(
    subject: &Subject<'_>,
    recorded: &Recorded,
    event: u32,
    drawn_at: usize,
) -> Result<(), Violation> {
    let seat_count = subject.system.seat_count();
    let mut with = forked(subject, recorded, event, event);
    let mut without = forked(subject, recorded, event + 1, event);
    for step in 0..=recorded.steps.len() {
        let (view, other) = (View::of(&*with, seat_count), View::of(&*without, seat_count));
        if let Some(text) = view.difference(&other) {
            let drawn = step == drawn_at && view.bytes != other.bytes;
            return ensure(drawn, Rule::SeedLeak, || {
                let place = recorded.at(step);
                format!(
                    "chance event {event} is counted at step {drawn_at}, and the state's bytes do \
                     not show it then; it shows first {place}, in the {text}"
                )
            });
        }
        // After later events, which differ from the recorded ones, its actions may be illegal.
        let Some(actions) = recorded.steps.get(step) else { break };
        if with.step(actions).is_err() || without.step(actions).is_err() {
            break;
        }
    }
    Ok(())
}
