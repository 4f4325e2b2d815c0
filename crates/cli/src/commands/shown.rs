//! How states and ends of matches are shown, the same in every command.

use nets_core::{Action, DATA, Score, Seat, SeatSet, State, System, Termination};
use nets_node::FaultLine;
use serde::Serialize;

/// Why a seat forfeited, in JSON.
#[derive(Serialize)]
pub(super) struct FaultObject {
    /// None where the node's diagnostics were changed.
    seat: Option<u8>,
    step: Option<u32>,
    failure: String,
}

impl From<FaultLine> for FaultObject {
    fn from(fault: FaultLine) -> Self {
        let (seat, step) = (fault.at.map(|(seat, _)| seat.0), fault.at.map(|(_, step)| step));
        Self { seat, step, failure: fault.failure }
    }
}

/// A termination as a word of JSON.
pub(super) fn termination_word(termination: Termination) -> &'static str {
    match termination {
        Termination::Finished => "finished",
        Termination::StepLimit => "step_limit",
        Termination::Forfeit(_) => "forfeit",
    }
}

/// The actions of one step, as `up`, or `seat 0 rock, seat 1 paper` where there are more seats.
pub(super) fn actions_in_words(system: &dyn System, acting: SeatSet, actions: &[Action]) -> String {
    let pairs = acting.iter().zip(actions).map(|(seat, &action)| {
        let name = system.action_name(action);
        if system.seat_count() == 1 { name } else { format!("{seat} {name}") }
    });
    pairs.collect::<Vec<_>>().join(", ")
}

/// A System with its parameters, as `snake v1 (width 10, height 10, step-limit 300)`.
pub(super) fn system_in_words(system: &dyn System) -> String {
    let data = system.parameters().data().map(|hash| format!("{DATA} {}", hash.short()));
    let parameters = system.parameters().iter().map(|(name, value)| format!("{name} {value}"));
    match parameters.chain(data).collect::<Vec<_>>().join(", ") {
        list if list.is_empty() => system.id().to_string(),
        list => format!("{} ({list})", system.id()),
    }
}

/// Scores in the order of seats, as `3 : 1`.
pub(super) fn scores_in_words(scores: &[Score]) -> String {
    scores.iter().map(Score::to_string).collect::<Vec<_>>().join(" : ")
}

/// The legal actions of a seat for people, as `3 (up), 4 (down)`.
pub(super) fn legal_in_words(system: &dyn System, state: &dyn State, seat: Seat) -> String {
    let actions = state.legal_actions(seat).into_iter();
    let actions = actions.map(|action| format!("{action} ({})", system.action_name(action)));
    actions.collect::<Vec<_>>().join(", ")
}
