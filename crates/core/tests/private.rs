//! Where seats see different things, the trace binds what each acting seat saw.

use nets_core::{
    Action, Chance, Information, Seat, SeatSet, Seed, Status, StepLeaf, System, Tag, Termination,
    Trace, TraceBuilder, hash_tagged,
};

use crate::parley::{Parley, play};

#[test]
fn a_step_binds_the_observation_of_each_acting_seat() {
    let played = play(8, Information::Private, Seed([6; 32]));
    let system = Parley::new(8, Information::Private);
    let mut state = system.start(Chance::from_seed(&Seed([6; 32])));
    for (leaf, step) in played.trace.steps().zip(&played.record.steps) {
        let mut seen = Vec::new();
        for seat in leaf.acting.iter() {
            let observation = state.observation(seat);
            seen.push(seat.0);
            seen.extend((observation.len() as u32).to_le_bytes());
            seen.extend(observation);
        }
        assert_eq!(leaf.observations_hash, Some(hash_tagged(Tag::Observations, &[&seen])));
        assert_eq!(leaf.encode()[..2], [0x00, 0x02]);
        state.step(&step.actions).unwrap();
    }
}

#[test]
fn a_step_of_perfect_information_binds_the_state_only() {
    let played = play(8, Information::Perfect, Seed([6; 32]));
    assert!(played.trace.steps().all(|leaf| leaf.observations_hash.is_none()));
    assert!(played.trace.steps().all(|leaf| leaf.encode()[..2] == [0x00, 0x00]));
}

#[test]
fn a_leaf_of_one_kind_never_passes_for_the_other() {
    let [private, perfect] = [Information::Private, Information::Perfect].map(|information| {
        let leaf = play(3, information, Seed([6; 32])).trace.steps().next().unwrap();
        leaf.encode()
    });
    for (mut bytes, kind) in [(private, 0x00), (perfect, 0x02)] {
        bytes[1] = kind;
        let read_as_other = StepLeaf::decode(&bytes);
        assert!(read_as_other.is_err(), "{read_as_other:?}");
    }
}

/// Plays two steps, begins the third as often as told, abandons it, and ends by forfeit.
fn forfeited(information: Information, abandoned: u32) -> Trace {
    let system = Parley::new(8, information);
    let mut state = system.start(Chance::from_seed(&Seed([6; 32])));
    let mut builder = TraceBuilder::new(16);
    for actions in [&[Action(1), Action(2)][..], &[Action(0)]] {
        let Status::Acting(acting) = state.status() else { panic!("over early") };
        builder.begin_step(&*state, acting, information);
        state.step(actions).unwrap();
        builder.end_step(actions);
    }
    for _ in 0..abandoned {
        builder.begin_step(&*state, SeatSet::first(2), information);
        builder.abandon_step(information);
    }
    assert_eq!(builder.step_count(), 2);
    let termination = Termination::Forfeit(SeatSet::only(Seat(1)));
    let match_id = play(8, information, Seed([6; 32])).trace.match_id();
    builder.finish(match_id, &*state, termination, &[99, 0], &[5, 6])
}

#[test]
fn an_abandoned_step_leaves_nothing_in_the_trace() {
    for information in [Information::Private, Information::Perfect] {
        let (without, with) = (forfeited(information, 0), forfeited(information, 3));
        assert_eq!(with.root(), without.root());
        assert_eq!(with.leaf_count(), 3);
        assert_eq!(with.prove(2).unwrap().verify(&with.root()), Ok(()));
    }
}
