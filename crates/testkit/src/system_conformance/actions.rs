//! Actions: the legal ones are exactly those accepted; any other is an error without effect.

use nets_core::{Action, Seat, SeatSet, State, Status, StepError};

use super::view::View;
use super::{Rule, Subject, Violation, ensure, violation};

/// Of Systems with more actions than this, only these and those around the legal ones are tried.
const ACTIONS_TRIED: u64 = 1_024;

/// Numbers that a careless conversion could take for a legal action.
fn hostile_numbers(action_count: u64, legal: &[Action]) -> Vec<Action> {
    let mut numbers = vec![action_count, action_count.saturating_add(1), u64::MAX, u64::MAX - 1];
    numbers.extend([1 << 8, 1 << 16, 1 << 32, 1 << 63, i64::MAX as u64]);
    let legal = legal.first().into_iter().chain(legal.last());
    for &Action(legal) in legal {
        numbers.extend([8, 16, 32, 63].map(|shift| legal.wrapping_add(1 << shift)));
        numbers.extend([legal.wrapping_neg(), !legal]);
    }
    numbers.into_iter().map(Action).collect()
}

fn acting_seats(state: &dyn State) -> SeatSet {
    match state.status() {
        Status::Acting(acting) => acting,
        Status::Terminal(_) => SeatSet::EMPTY,
    }
}

/// The legal actions are sorted, unique, in range and exactly those that [`State::is_legal`].
pub(super) fn legal_actions(subject: &Subject<'_>) -> Result<(), Violation> {
    let seat_count = subject.system.seat_count();
    for recorded in &subject.recorded {
        recorded.visit(subject, |step, state| {
            let acting = acting_seats(state);
            let inside = acting.0 & !SeatSet::first(seat_count).0 == 0;
            ensure(inside, Rule::LegalActions, || {
                format!("{acting:?} act of {seat_count} seats, {}", recorded.at(step))
            })?;
            // Seats that do not exist must have no legal action, and must not panic.
            for seat in (0..seat_count).chain([seat_count, 8, 64, 255]).map(Seat) {
                of_seat(subject, state, acting, seat).or_else(|text| {
                    let detail = format!("{text} for {seat}, {}", recorded.at(step));
                    violation(Rule::LegalActions, detail)
                })?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn of_seat(
    subject: &Subject<'_>,
    state: &dyn State,
    acting: SeatSet,
    seat: Seat,
) -> Result<(), String> {
    let count = subject.system.action_count();
    let legal = state.legal_actions(seat);
    if legal.is_empty() == acting.contains(seat) {
        return Err(format!("{} legal actions, acting {}", legal.len(), acting.contains(seat)));
    }
    if !legal.is_sorted_by(|one, next| one < next) {
        return Err(format!("legal actions {legal:?} are not ascending and unique"));
    }
    if legal.last().is_some_and(|last| last.0 >= count) {
        return Err(format!("legal actions {legal:?} are not below {count}"));
    }
    let tried = (0..count.min(ACTIONS_TRIED)).map(Action).chain(legal.iter().copied());
    for action in tried.chain(hostile_numbers(count, &legal)) {
        let listed = legal.binary_search(&action).is_ok();
        if state.is_legal(seat, action) != listed {
            return Err(format!("is_legal({action}) is {}, listed {listed}", !listed));
        }
    }
    // The last seat asked for may not exist; its observations must not panic either.
    state.packed_observation(seat);
    state.observation(seat);
    Ok(())
}

/// A step that is not legal is an error and changes nothing.
pub(super) fn illegal_steps(subject: &Subject<'_>) -> Result<(), Violation> {
    let seat_count = subject.system.seat_count();
    for recorded in &subject.recorded {
        recorded.visit(subject, |step, state| {
            let Some(legal) = recorded.steps.get(step) else { return Ok(()) };
            let mut tried = state.fork();
            let before = View::of(state, seat_count);
            for (actions, expected) in illegal_variants(subject, state, legal) {
                let result = tried.step(&actions);
                ensure(result == Err(expected.clone()), Rule::IllegalSteps, || {
                    let place = recorded.at(step);
                    format!("step({actions:?}) gives {result:?}, expected {expected:?}, {place}")
                })?;
                if let Some(text) = before.difference(&View::of(&*tried, seat_count)) {
                    let place = recorded.at(step);
                    let detail = format!("refused {actions:?} changed {text}, {place}");
                    return violation(Rule::IllegalSteps, detail);
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Lists of actions with exactly one thing wrong, and the error for it.
fn illegal_variants(
    subject: &Subject<'_>,
    state: &dyn State,
    legal: &[Action],
) -> Vec<(Vec<Action>, StepError)> {
    let expected = legal.len();
    let count_error = |got| StepError::Count { expected, got };
    let more = [legal, &legal[..1]].concat();
    let mut variants = vec![
        (Vec::new(), count_error(0)),
        (legal[1..].to_vec(), count_error(expected - 1)),
        (more, count_error(expected + 1)),
    ];
    for (index, seat) in acting_seats(state).iter().enumerate() {
        let listed = state.legal_actions(seat);
        let count = subject.system.action_count();
        let in_range = (0..count.min(ACTIONS_TRIED)).map(Action);
        let illegal = in_range.chain(hostile_numbers(count, &listed));
        for action in illegal.filter(|action| listed.binary_search(action).is_err()) {
            let mut actions = legal.to_vec();
            actions[index] = action;
            variants.push((actions, StepError::Illegal { seat, action }));
        }
    }
    variants
}
