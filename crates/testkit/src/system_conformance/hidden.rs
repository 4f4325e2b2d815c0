//! The private-leak check: a seat cannot tell apart states that differ in what is hidden from it.
//!
//! What is hidden, only the System's author can say. So the author gives [`Twins`](super::Twins):
//! for a moment and a seat, other states that look the same to that seat, such as the same table
//! with another card in the opponent's hand. The check demands it of everything that the seat reads
//! or could find out by trying, and that there are twins at all, for each seat.

use nets_core::{Chance, Seat, State};

use super::recording::Recorded;
use super::view::seen_differently;
use super::{Rule, Subject, Twins, Violation, ensure, violation};

/// What a seat sees is the same in all twins; nothing is asked where none are given.
pub(super) fn check(subject: &Subject<'_>) -> Result<(), Violation> {
    let Some(twins) = subject.twins else { return Ok(()) };
    for seat in (0..subject.system.seat_count()).map(Seat) {
        let mut compared = 0;
        for recorded in &subject.recorded {
            recorded.visit(subject, |step, state| {
                compared += of_moment(subject, recorded, step, state, seat, twins)?;
                Ok(())
            })?;
        }
        ensure(compared > 0, Rule::PrivateLeak, || {
            format!("no state has a twin for {seat}, so nothing is hidden from it")
        })?;
    }
    Ok(())
}

/// Compares `state` with its twins for `seat`; gives how many there are.
fn of_moment(
    subject: &Subject<'_>,
    recorded: &Recorded,
    step: usize,
    state: &dyn State,
    seat: Seat,
    twins: Twins,
) -> Result<usize, Violation> {
    let own = state.bytes();
    let twins = twins(state, seat);
    for bytes in &twins {
        let place = || recorded.at(step);
        ensure(*bytes != own, Rule::PrivateLeak, || {
            format!("a twin for {seat} is the state itself, {}", place())
        })?;
        let twin = match subject.system.restore(bytes, Chance::from_seed(&recorded.seed)) {
            Ok(twin) => twin,
            Err(error) => {
                let detail = format!("the twin {bytes:x?} for {seat} is no state: {error}");
                return violation(Rule::PrivateLeak, format!("{detail}, {}", place()));
            }
        };
        if let Some(text) = seen_differently(state, &*twin, seat) {
            let detail = format!("{seat} sees what is hidden from it: {text}, {}", place());
            return violation(Rule::PrivateLeak, detail);
        }
    }
    Ok(twins.len())
}
