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

impl View {
    /// What `state` shows to people and to each of `seat_count` seats.
    pub(super) fn of(state: &dyn State, seat_count: u8) -> Self {
        let seat_view = |seat| SeatView {
            packed: state.packed_observation(seat),
            observation: state.observation(seat),
            legal: state.legal_actions(seat),
        };
        Self {
            bytes: state.bytes(),
            status: state.status(),
            scores: state.scores(),
            chance_event_count: state.chance_event_count(),
            picture: state.picture(),
            svg: state.svg(),
            seats: (0..seat_count).map(Seat).map(seat_view).collect(),
        }
    }

    /// What differs first, with both values.
    pub(super) fn difference(&self, other: &Self) -> Option<String> {
        let differs = |what: &str, ours: &dyn std::fmt::Debug, theirs: &dyn std::fmt::Debug| {
            Some(format!("{what}: {ours:x?} and {theirs:x?}"))
        };
        for (seat, (ours, theirs)) in self.seats.iter().zip(&other.seats).enumerate() {
            if ours.packed != theirs.packed {
                let what = format!("packed observation of seat {seat}");
                return differs(&what, &ours.packed, &theirs.packed);
            }
            if ours.observation != theirs.observation {
                let what = format!("observation of seat {seat}");
                return differs(&what, &ours.observation, &theirs.observation);
            }
            if ours.legal != theirs.legal {
                return differs("legal actions", &ours.legal, &theirs.legal);
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
