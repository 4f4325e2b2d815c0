//! The replay of signed matches: what a record's signatures and the System make of it.
//!
//! Nobody but its owner can run an agent that is a key, so a signed match is not played again: its
//! record is right if the System takes every action and the agent of the seat signed it. Whether a
//! flag fell, only the chain knows.

use nets_core::{
    ActionStatement, Address, Chance, Digest, MatchRecord, Outcome, RecordedStep, Seat,
    SeatIdentity, State, Status, System, Tag, Termination, TraceBuilder, Venue, hash_tagged,
};

use crate::match_runner::PlayedMatch;
use crate::replay::{Difference, ReplayError, Verdict, first_difference, require_system};

/// Checks the record of a signed match; gives the match as far as the record is right.
///
/// # Errors
/// When the record is not of a signed match, or not of this System.
pub fn replay_signed(
    record: &MatchRecord,
    system: &dyn System,
) -> Result<(Verdict, Option<PlayedMatch>), ReplayError> {
    let rules = &record.spec.rules;
    let Some(venue) = record.venue.filter(|_| rules.is_signed()) else {
        let (protocol, metering) = (rules.protocol_version, rules.metering_version);
        return Err(ReplayError::Version { protocol, metering });
    };
    require_system(record, system)?;
    match retrace(record, system, &venue) {
        Err(difference) => Ok((Verdict::Wrong(difference), None)),
        Ok(played) => {
            let verdict = first_difference(record, &played).map_or(Verdict::Right, Verdict::Wrong);
            Ok((verdict, Some(played)))
        }
    }
}

/// Takes the recorded actions in order; the first that cannot be taken or was not signed ends it.
fn retrace(
    record: &MatchRecord,
    system: &dyn System,
    venue: &Venue,
) -> Result<PlayedMatch, Difference> {
    let mut state = system.start(Chance::from_seed(&record.spec.seed));
    let mut trace = TraceBuilder::new(system.step_count_max());
    for (step, recorded) in (0..).zip(&record.steps) {
        require_turn(&*state, step, recorded)?;
        for (position, seat) in recorded.acting.iter().enumerate() {
            require_signature(record, venue, &*state, (step, position, seat))?;
        }
        trace.begin_step(&*state, recorded.acting, system.descriptor().information);
        let refused = |error| Difference::Refused { step, error };
        state.step(&recorded.actions).map_err(refused)?;
        trace.end_signed_step(&recorded.actions, &recorded.signatures);
    }
    let step_count = trace.step_count();
    let (termination, scores) = match (state.status(), record.outcome.termination) {
        (Status::Terminal(ending), _) => (ending.into(), state.scores()),
        (Status::Acting(acting), Termination::Forfeit(seats))
            if seats.iter().all(|seat| acting.contains(seat)) =>
        {
            (Termination::Forfeit(seats), system.forfeit_scores(seats))
        }
        (Status::Acting(_), recorded) => {
            return Err(Difference::Unfinished { step: step_count, recorded });
        }
    };
    let fuel_used = vec![0; record.spec.agents.len()];
    let trace = trace.finish(record.spec.id(), &*state, termination, &scores, &fuel_used);
    let trace_root = trace.root();
    let outcome = Outcome { scores, termination, step_count, fuel_used, trace_root };
    Ok(PlayedMatch { outcome, trace, faults: Vec::new() })
}

fn require_turn(state: &dyn State, step: u32, recorded: &RecordedStep) -> Result<(), Difference> {
    match state.status() {
        Status::Acting(acting) if acting == recorded.acting => Ok(()),
        Status::Acting(acting) => {
            Err(Difference::Turn { step, recorded: recorded.acting, replayed: acting })
        }
        Status::Terminal(_) => {
            let recorded = Some(recorded.clone());
            Err(Difference::Step { step: step as usize, recorded, replayed: None })
        }
    }
}

fn require_signature(
    record: &MatchRecord,
    venue: &Venue,
    state: &dyn State,
    (step, position, seat): (u32, usize, Seat),
) -> Result<(), Difference> {
    let recorded = &record.steps[step as usize];
    let statement = ActionStatement {
        venue: *venue,
        seat,
        step,
        state_hash: state_hash(state),
        action: recorded.actions[position],
    };
    let signer = recorded.signatures.get(position).and_then(|it| it.signer(&statement.digest()));
    let key: Option<Address> = record.seats.get(seat.index()).and_then(SeatIdentity::key);
    match signer.is_some() && signer == key {
        true => Ok(()),
        false => Err(Difference::Signature { step, seat, signer, key }),
    }
}

fn state_hash(state: &dyn State) -> Digest {
    hash_tagged(Tag::State, &[&state.bytes()])
}
