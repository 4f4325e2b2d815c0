//! Records of signed matches: right where every action was signed, wrong in every other case.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::sync::Arc;

use nets_core::{
    Action, ActionStatement, Address, AgentKey, Chance, Digest, MatchRecord, MatchSpec, Outcome,
    RecordedStep, Rules, Seat, SeatIdentity, SeatSet, Seed, Signature, Status, System, Tag,
    Termination, Venue, hash_tagged,
};
use nets_runner::{Difference, ReplayError, Verdict, replay_signed};

fn key(seat: Seat) -> AgentKey {
    AgentKey::from_secret(&[seat.0 + 1; 32]).unwrap()
}

fn venue() -> Venue {
    Venue { chain_id: 7, arena: Address([3; 20]), league: 1, round: 2, match_index: 5 }
}

/// A match in which every seat takes its `choice`-th legal action, as far as it has so many.
fn played(system: &dyn System, choice: usize) -> MatchRecord {
    let count = system.seat_count();
    let seats: Vec<_> = (0..count)
        .map(|seat| SeatIdentity::of_key(Address([9; 20]), key(Seat(seat)).address()))
        .collect();
    let agents = seats.iter().map(SeatIdentity::agent_id).collect();
    let spec = MatchSpec { rules: Rules::signed(system), seed: Seed([4; 32]), agents };
    let mut state = system.start(Chance::from_seed(&spec.seed));
    let mut steps = Vec::new();
    while let Status::Acting(acting) = state.status() {
        let step = steps.len() as u32;
        let act = |seat: Seat| {
            let legal = state.legal_actions(seat);
            legal[(choice + step as usize / 2) % legal.len()]
        };
        let actions: Vec<_> = acting.iter().map(act).collect();
        let state_hash = hash_tagged(Tag::State, &[&state.bytes()]);
        let sign = |(seat, &action): (Seat, &Action)| {
            let statement = ActionStatement { venue: venue(), seat, step, state_hash, action };
            key(seat).sign(&statement.digest()).unwrap()
        };
        let signatures = acting.iter().zip(&actions).map(sign).collect();
        state.step(&actions).unwrap();
        steps.push(RecordedStep { acting, actions, signatures });
    }
    let Status::Terminal(ending) = state.status() else { unreachable!() };
    let outcome = Outcome {
        scores: state.scores(),
        termination: ending.into(),
        step_count: steps.len() as u32,
        fuel_used: vec![0; usize::from(count)],
        trace_root: Digest::default(),
    };
    let venue = Some(venue());
    let mut record = MatchRecord { spec, seats, venue, steps, outcome, modules: BTreeMap::new() };
    let (_, played) = replay_signed(&record, system).unwrap();
    record.outcome.trace_root = played.unwrap().outcome.trace_root;
    record
}

fn systems() -> [Arc<dyn System>; 2] {
    ["snake", "connect-four"].map(|name| nets_systems::build(name, &BTreeMap::new()).unwrap())
}

fn verdict(record: &MatchRecord, system: &dyn System) -> Verdict {
    replay_signed(record, system).unwrap().0
}

#[test]
fn a_record_that_the_agents_signed_is_right_also_as_a_file() {
    for system in systems() {
        let record = played(&*system, 0);
        assert_eq!(verdict(&record, &*system), Verdict::Right);
        let read = MatchRecord::decode(&record.encode()).unwrap();
        assert_eq!(read, record);
        assert_eq!(verdict(&read, &*system), Verdict::Right);
    }
}

#[test]
fn an_action_that_was_not_signed_is_found_where_it_is() {
    for system in systems() {
        let record = played(&*system, 0);
        let last = record.steps.len() - 1;
        for step in [0, last / 2, last] {
            let mut forged = record.clone();
            forged.steps[step].signatures[0] = Signature::NONE;
            let found = verdict(&forged, &*system);
            let at = step as u32;
            assert!(
                matches!(found, Verdict::Wrong(Difference::Signature { step, signer: None, .. })
                    if step == at),
                "{found:?}"
            );
            let mut moved = record.clone();
            moved.venue = Some(Venue { match_index: 6, ..venue() });
            let found = verdict(&moved, &*system);
            assert!(matches!(found, Verdict::Wrong(Difference::Signature { step: 0, .. })));
        }
    }
}

#[test]
fn another_agent_than_the_signer_did_not_play() {
    let [_, system] = systems();
    let mut record = played(&*system, 0);
    record.seats.swap(0, 1);
    record.spec.agents.swap(0, 1);
    let found = verdict(&record, &*system);
    assert!(matches!(found, Verdict::Wrong(Difference::Signature { step: 0, .. })), "{found:?}");
}

#[test]
fn a_record_that_ends_early_or_late_or_in_another_way_is_wrong() {
    for system in systems() {
        let record = played(&*system, 0);
        let mut shorter = record.clone();
        shorter.steps.pop();
        let found = verdict(&shorter, &*system);
        assert!(matches!(found, Verdict::Wrong(Difference::Unfinished { .. })), "{found:?}");
        let mut longer = record.clone();
        longer.steps.push(record.steps[0].clone());
        let found = verdict(&longer, &*system);
        assert!(matches!(found, Verdict::Wrong(Difference::Step { .. })), "{found:?}");
        let mut scored = record.clone();
        scored.outcome.scores[0] += 1;
        let found = verdict(&scored, &*system);
        assert!(matches!(found, Verdict::Wrong(Difference::Scores { .. })), "{found:?}");
        let mut rooted = record.clone();
        rooted.outcome.trace_root.0[0] ^= 1;
        let found = verdict(&rooted, &*system);
        assert!(matches!(found, Verdict::Wrong(Difference::TraceRoot { .. })), "{found:?}");
        let mut fuelled = record;
        fuelled.outcome.fuel_used[0] = 1;
        let found = verdict(&fuelled, &*system);
        assert!(matches!(found, Verdict::Wrong(Difference::Fuel { .. })), "{found:?}");
    }
}

#[test]
fn a_turn_that_is_not_a_seats_own_is_found() {
    let [_, system] = systems();
    let mut record = played(&*system, 0);
    record.steps[1].acting = SeatSet::only(Seat(0));
    let found = verdict(&record, &*system);
    assert!(matches!(found, Verdict::Wrong(Difference::Turn { step: 1, .. })), "{found:?}");
}

/// Whether the flag fell, only the chain knows; who was not to move cannot have lost it.
#[test]
fn only_who_is_to_move_forfeits() {
    let [_, system] = systems();
    let mut record = played(&*system, 0);
    record.steps.truncate(3);
    record.outcome.step_count = 3;
    record.outcome.termination = Termination::Forfeit(SeatSet::only(Seat(1)));
    record.outcome.scores = system.forfeit_scores(SeatSet::only(Seat(1)));
    let (_, played) = replay_signed(&record, &*system).unwrap();
    record.outcome.trace_root = played.unwrap().outcome.trace_root;
    assert_eq!(verdict(&record, &*system), Verdict::Right);
    record.outcome.termination = Termination::Forfeit(SeatSet::only(Seat(0)));
    let found = verdict(&record, &*system);
    assert!(matches!(found, Verdict::Wrong(Difference::Unfinished { step: 3, .. })), "{found:?}");
}

#[test]
fn a_record_of_modules_is_of_another_sort() {
    let [system, _] = systems();
    let mut record = played(&*system, 0);
    record.spec.rules.metering_version = 1;
    let refused = replay_signed(&record, &*system).unwrap_err();
    assert!(matches!(refused, ReplayError::Version { metering: 1, .. }));
}
