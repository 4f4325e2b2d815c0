//! The seed-leak check: nothing depends on a chance event before it is drawn.
//!
//! A match is played twice with the same actions, the second time with a chance that is the same
//! up to some event and another from it on. Up to the moment in which that event is drawn (as
//! [`State::chance_event_count`](nets_core::State::chance_event_count) tells), both must look the
//! same in everything: an agent that sees a difference would see the future.

use nets_core::Chance;

use super::recording::Recorded;
use super::view::View;
use super::{Rule, Subject, Violation, ensure, violation};

/// Of a match with many events, so many of the first and so many of the last are tried.
const EVENTS_TRIED: u32 = 5;

/// How many forks were tried, and in how many the event showed in the moment it was drawn.
#[derive(Default)]
struct Tally {
    forks: u32,
    shown: u32,
}

/// Nothing an agent could see depends on a chance event that is not drawn yet.
pub(super) fn check(subject: &Subject<'_>) -> Result<(), Violation> {
    let seat_count = subject.system.descriptor().seat_count;
    let mut tally = Tally::default();
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
            fork(subject, recorded, &views, event, &mut tally)?;
        }
    }
    // A count that runs ahead of the draws would hide a leak. An event need not show every time
    // (two draws may be equal), but a count that is right shows most of them.
    ensure(tally.shown * 10 >= tally.forks, Rule::SeedLeak, || {
        let Tally { forks, shown } = tally;
        format!("of {forks} forked events {shown} show when drawn: chance_event_count is wrong")
    })
}

fn fork(
    subject: &Subject<'_>,
    recorded: &Recorded,
    views: &[View],
    event: u32,
    tally: &mut Tally,
) -> Result<(), Violation> {
    let seat_count = subject.system.descriptor().seat_count;
    let other = recorded.seed.for_match(event);
    let chance = Chance::from_seed(&recorded.seed).forked(event, &other);
    let mut state = subject.system.start(chance);
    for (step, view) in views.iter().enumerate() {
        let difference = view.difference(&View::of(&*state, seat_count));
        if view.chance_event_count > event {
            tally.forks += 1;
            tally.shown += u32::from(difference.is_some());
            return Ok(());
        }
        if let Some(text) = difference {
            let detail = format!(
                "chance event {event} shows before it is drawn: {text}, {}",
                recorded.at(step)
            );
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
