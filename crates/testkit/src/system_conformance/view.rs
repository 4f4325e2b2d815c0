//! A view: everything that can be seen of a state, so that two states can be compared.

use nets_core::{Action, Score, Seat, State, Status};

/// All that a state shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct View {
    pub(super) bytes: Vec<u8>,
    pub(super) status: Status,
    scores: Vec<Score>,
    pub(super) chance_event_count: u32,
    picture: String,
    svg: String,
    seats: Vec<SeatView>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct SeatView {
    packed: u64,
    observation: Vec<u8>,
    legal: Vec<Action>,
}

impl SeatView {
    fn of(state: &dyn State, seat: Seat) -> Self {
        Self {
            packed: state.packed_observation(seat),
            observation: state.observation(seat),
            legal: state.legal_actions(seat),
        }
    }

    /// What differs first for the seat of that number, with both values.
    fn difference(&self, other: &Self, seat: usize) -> Option<String> {
        if self.packed != other.packed {
            let what = format!("packed observation of seat {seat}");
            return differs(&what, &self.packed, &other.packed);
        }
        if self.observation != other.observation {
            let what = format!("observation of seat {seat}");
            return differs(&what, &self.observation, &other.observation);
        }
        if self.legal != other.legal {
            return differs("legal actions", &self.legal, &other.legal);
        }
        None
    }
}

fn differs(what: &str, ours: &dyn std::fmt::Debug, theirs: &dyn std::fmt::Debug) -> Option<String> {
    Some(format!("{what}: {ours:x?} and {theirs:x?}"))
}

/// What `seat` sees first that differs between two states.
pub(super) fn seen_differently(ours: &dyn State, theirs: &dyn State, seat: Seat) -> Option<String> {
    let seen = SeatView::of(ours, seat);
    if let Some(text) = seen.difference(&SeatView::of(theirs, seat), seat.index()) {
        return Some(text);
    }
    if ours.status() != theirs.status() {
        return differs("status", &ours.status(), &theirs.status());
    }
    let counts = (ours.chance_event_count(), theirs.chance_event_count());
    if counts.0 != counts.1 {
        return differs("chance event count", &counts.0, &counts.1);
    }
    None
}

impl View {
    /// What `state` shows to people and to each of `seat_count` seats.
    pub(super) fn of(state: &dyn State, seat_count: u8) -> Self {
        Self {
            bytes: state.bytes(),
            status: state.status(),
            scores: state.scores(),
            chance_event_count: state.chance_event_count(),
            picture: state.picture(),
            svg: state.svg(),
            seats: (0..seat_count).map(Seat).map(|seat| SeatView::of(state, seat)).collect(),
        }
    }

    /// What differs first, with both values.
    pub(super) fn difference(&self, other: &Self) -> Option<String> {
        for (seat, (ours, theirs)) in self.seats.iter().zip(&other.seats).enumerate() {
            if let Some(text) = ours.difference(theirs, seat) {
                return Some(text);
            }
        }
        if self.bytes != other.bytes {
            return differs("state bytes", &self.bytes, &other.bytes);
        }
        if self.status != other.status {
            return differs("status", &self.status, &other.status);
        }
        if self.scores != other.scores {
            return differs("scores", &self.scores, &other.scores);
        }
        if self.chance_event_count != other.chance_event_count {
            let (ours, theirs) = (self.chance_event_count, other.chance_event_count);
            return differs("chance event count", &ours, &theirs);
        }
        if self.picture != other.picture {
            return Some(format!("picture:\n{}and\n{}", self.picture, other.picture));
        }
        if self.svg != other.svg {
            return Some(format!("SVG picture:\n{}and\n{}", self.svg, other.svg));
        }
        None
    }
}
