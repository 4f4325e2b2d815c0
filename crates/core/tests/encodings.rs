//! Every value has one encoding, and every encoding one value.

use std::collections::BTreeMap;

use nets_core::{
    Action, Address, AgentId, DecodeError, Digest, EndLeaf, FuelClock, InclusionProof, MatchId,
    MatchRecord, MatchSpec, Outcome, Reader, RecordError, RecordedStep, Rules,
    SIGNED_METERING_VERSION, SeatIdentity, SeatSet, Seed, Signature, StepLeaf, SystemId,
    Termination, Venue, path_length, sha256,
};
use proptest::collection::vec;
use proptest::prelude::*;

fn rules() -> impl Strategy<Value = Rules> {
    let name = vec(prop_oneof![b'a'..=b'z', b'0'..=b'9', Just(b'-')], 1..=32);
    let name = name.prop_map(|bytes| String::from_utf8(bytes).unwrap());
    let versions = any::<[u16; 3]>();
    (versions, name, vec(any::<u8>(), 0..40), any::<[u64; 3]>()).prop_map(
        |([protocol_version, metering_version, version], name, parameters, clock)| {
            let [base, increment, cap] = clock;
            let system = SystemId { name, version };
            let fuel_clock = FuelClock { base, increment, cap };
            Rules { protocol_version, metering_version, system, parameters, fuel_clock }
        },
    )
}

fn digest() -> impl Strategy<Value = Digest> {
    any::<[u8; 32]>().prop_map(Digest)
}

fn termination() -> impl Strategy<Value = Termination> {
    prop_oneof![
        Just(Termination::Finished),
        Just(Termination::StepLimit),
        (1u8..).prop_map(|seats| Termination::Forfeit(SeatSet(seats))),
    ]
}

/// A step in which some of the first `seat_count` seats act.
fn recorded_step(seat_count: u8) -> impl Strategy<Value = RecordedStep> {
    let some = 1..=SeatSet::first(seat_count).0;
    (some, any::<[u64; 8]>()).prop_map(|(acting, actions)| {
        let acting = SeatSet(acting);
        RecordedStep {
            acting,
            actions: actions[..acting.count()].iter().copied().map(Action).collect(),
            signatures: Vec::new(),
        }
    })
}

/// Bytes where a signature stands, made of what they are beside.
fn signature(bytes: u64) -> Signature {
    let mut signature = Signature::NONE;
    signature.0[7..15].copy_from_slice(&bytes.to_le_bytes());
    signature
}

/// As a signed match has it.
fn signed(step: RecordedStep) -> RecordedStep {
    let signatures = step.actions.iter().map(|action| signature(action.0)).collect();
    RecordedStep { signatures, ..step }
}

fn step_leaf() -> impl Strategy<Value = StepLeaf> {
    let kind = (any::<bool>(), proptest::option::of(digest()));
    (any::<u32>(), recorded_step(8), digest(), kind).prop_map(
        |(step, recorded, state_hash, (is_signed, observations_hash))| {
            let recorded = if is_signed { signed(recorded) } else { recorded };
            StepLeaf {
                step,
                acting: recorded.acting,
                state_hash,
                observations_hash: observations_hash.filter(|_| !is_signed),
                actions: recorded.actions,
                signatures: is_signed.then_some(recorded.signatures),
            }
        },
    )
}

fn end_leaf() -> impl Strategy<Value = EndLeaf> {
    let seats = vec((any::<i64>(), any::<u64>()), 1..=8);
    (any::<u32>(), termination(), digest(), seats).prop_map(
        |(step_count, termination, state_hash, seats)| {
            let (scores, fuel_used) = seats.into_iter().unzip();
            EndLeaf { step_count, termination, state_hash, scores, fuel_used }
        },
    )
}

fn record() -> impl Strategy<Value = MatchRecord> {
    let modules = vec(vec(any::<u8>(), 0..30), 0..4);
    let played = (1u8..=8).prop_flat_map(|seat_count| {
        let seat = (any::<[u8; 20]>(), digest(), any::<i64>(), any::<u64>());
        let seats = vec(seat, usize::from(seat_count));
        (seats, vec(recorded_step(seat_count), 0..12))
    });
    let venue = proptest::option::of((any::<[u64; 2]>(), any::<[u8; 20]>(), any::<[u32; 2]>()));
    (rules(), any::<[u8; 32]>(), played, termination(), (digest(), venue), modules).prop_map(
        |(mut rules, seed, (seats, mut steps), termination, (trace_root, venue), modules)| {
            let venue = venue.map(|([chain_id, league], arena, [round, match_index])| {
                let arena = Address(arena);
                Venue { chain_id, arena, league, round, match_index }
            });
            if venue.is_some() {
                rules.metering_version = SIGNED_METERING_VERSION;
                rules.fuel_clock = FuelClock::NONE;
                steps = steps.into_iter().map(signed).collect();
            }
            let identity = |&(owner, code_hash, ..): &([u8; 20], Digest, i64, u64)| SeatIdentity {
                owner: Address(owner),
                code_hash,
            };
            let identities: Vec<_> = seats.iter().map(identity).collect();
            let agents = identities.iter().map(SeatIdentity::agent_id).collect();
            let outcome = Outcome {
                scores: seats.iter().map(|seat| seat.2).collect(),
                termination,
                step_count: steps.len() as u32,
                fuel_used: seats.iter().map(|seat| seat.3).collect(),
                trace_root,
            };
            let spec = MatchSpec { rules, seed: Seed(seed), agents };
            let modules = modules.into_iter().map(|module| (sha256(&module), module)).collect();
            MatchRecord { spec, seats: identities, venue, steps, outcome, modules }
        },
    )
}

fn read_whole<T>(
    bytes: &[u8],
    read: fn(&mut Reader<'_>) -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    let mut reader = Reader::new(bytes);
    let value = read(&mut reader)?;
    reader.finish()?;
    Ok(value)
}

proptest! {
    #[test]
    fn rules_round_trip(rules in rules()) {
        prop_assert_eq!(read_whole(&rules.encode(), Rules::read), Ok(rules));
    }

    #[test]
    fn specs_round_trip_and_their_ids_differ_in_every_field(
        rules in rules(), seed: [u8; 32], agents in vec(any::<[u8; 32]>().prop_map(AgentId), 1..=7),
    ) {
        let spec = MatchSpec { rules, seed: Seed(seed), agents };
        prop_assert_eq!(read_whole(&spec.encode(), MatchSpec::read), Ok(spec.clone()));
        let mut others = [spec.clone(), spec.clone(), spec.clone(), spec.clone()];
        others[0].seed.0[31] ^= 1;
        others[1].agents[0].0[0] ^= 1;
        others[2].agents.push(AgentId::default());
        others[3].rules.fuel_clock.cap ^= 1;
        prop_assert!(others.iter().all(|other| other.id() != spec.id()));
    }

    #[test]
    fn leaves_round_trip(step in step_leaf(), end in end_leaf()) {
        prop_assert_eq!(StepLeaf::decode(&step.encode()), Ok(step.clone()));
        prop_assert_eq!(EndLeaf::decode(&end.encode()), Ok(end.clone()));
        prop_assert!(EndLeaf::decode(&step.encode()).is_err());
        prop_assert!(StepLeaf::decode(&end.encode()).is_err());
    }

    #[test]
    fn a_record_with_a_step_of_nobody_or_of_a_seat_that_is_not_there_is_refused(
        record in record(), position: prop::sample::Index, stranger: bool,
    ) {
        prop_assume!(!record.steps.is_empty());
        prop_assume!(!stranger || record.seats.len() < 8);
        let mut record = record;
        let position = position.index(record.steps.len());
        let acting = if stranger { SeatSet(0x80) } else { SeatSet::EMPTY };
        let actions = vec![Action(1); acting.count()];
        let signatures = Vec::new();
        record.steps[position] = RecordedStep { acting, actions, signatures };
        let refused = MatchRecord::decode(&record.encode()).unwrap_err();
        prop_assert!(refused.to_string().contains("acting seats"), "{}", refused);
    }

    #[test]
    fn records_round_trip(record in record()) {
        prop_assert_eq!(MatchRecord::decode(&record.encode()), Ok(record));
    }

    #[test]
    fn proofs_round_trip(
        match_id: [u8; 32], leaf_count: u32, index: u32, leaf in vec(any::<u8>(), 0..200),
    ) {
        let siblings = (0..path_length(leaf_count)).map(|height| sha256(&[height as u8]));
        let siblings = siblings.collect();
        let match_id = MatchId(match_id);
        let proof = InclusionProof { match_id, leaf_count, index, leaf, siblings };
        prop_assert_eq!(InclusionProof::decode(&proof.encode()), Ok(proof));
    }

    /// Bytes that decode are the bytes the value encodes to: there is no second encoding.
    #[test]
    fn whatever_decodes_is_canonical(
        record in record(), step in step_leaf(), end in end_leaf(), at: prop::sample::Index, byte: u8,
    ) {
        let changed = |mut bytes: Vec<u8>| {
            let at = at.index(bytes.len());
            bytes[at] = byte;
            bytes
        };
        let bytes = changed(step.encode());
        prop_assert!(!StepLeaf::decode(&bytes).is_ok_and(|leaf| leaf.encode() != bytes));
        let bytes = changed(end.encode());
        prop_assert!(!EndLeaf::decode(&bytes).is_ok_and(|leaf| leaf.encode() != bytes));
        let bytes = changed(record.spec.encode());
        let read = read_whole(&bytes, MatchSpec::read);
        prop_assert!(!read.is_ok_and(|spec| spec.encode() != bytes));
        let mut bytes = record.encode();
        bytes.truncate(bytes.len() - 32);
        let mut bytes = changed(bytes);
        bytes.extend(sha256(&bytes).0);
        let read = MatchRecord::decode(&bytes);
        prop_assert!(!read.is_ok_and(|record| record.encode() != bytes));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..300)) {
        let with_magic = |magic: &[u8]| [magic, &bytes].concat();
        let _ = InclusionProof::decode(&with_magic(b"NETSPRF1"));
        let mut record = with_magic(b"NETSREC1");
        record.extend(sha256(&record).0);
        let _ = MatchRecord::decode(&record);
        let _ = StepLeaf::decode(&[&[0, 2], &bytes[..]].concat());
        let _ = StepLeaf::decode(&[&[0, 6], &bytes[..]].concat());
        let _ = EndLeaf::decode(&[&[0, 1], &bytes[..]].concat());
        let _ = read_whole(&bytes, MatchSpec::read);
    }
}

fn small_record() -> MatchRecord {
    let modules = [b"one".to_vec(), b"two".to_vec()];
    let seats: Vec<_> = modules
        .iter()
        .map(|module| SeatIdentity { owner: Address([1; 20]), code_hash: sha256(module) })
        .collect();
    let rules = Rules {
        protocol_version: 1,
        metering_version: 1,
        system: SystemId { name: "x".to_owned(), version: 1 },
        parameters: Vec::new(),
        fuel_clock: FuelClock::default(),
    };
    let agents = seats.iter().map(SeatIdentity::agent_id).collect();
    let outcome = Outcome {
        scores: vec![0, 0],
        termination: Termination::Finished,
        step_count: 0,
        fuel_used: vec![0, 0],
        trace_root: Digest::default(),
    };
    let modules: BTreeMap<_, _> = modules.into_iter().map(|m| (sha256(&m), m)).collect();
    let spec = MatchSpec { rules, seed: Seed::default(), agents };
    MatchRecord { spec, seats, venue: None, steps: Vec::new(), outcome, modules }
}

/// The record's bytes with another list of modules and a fresh checksum.
fn with_modules(record: &MatchRecord, modules: &[&[u8]]) -> Vec<u8> {
    let bare = MatchRecord { modules: BTreeMap::new(), ..record.clone() }.encode();
    let mut bytes = bare[..bare.len() - 33].to_vec();
    bytes.push(modules.len() as u8);
    for module in modules {
        bytes.extend((module.len() as u32).to_le_bytes());
        bytes.extend(*module);
    }
    bytes.extend(sha256(&bytes).0);
    bytes
}

#[test]
fn modules_out_of_order_or_twice_are_refused() {
    let record = small_record();
    let sorted: Vec<&[u8]> = record.modules.values().map(Vec::as_slice).collect();
    assert_eq!(MatchRecord::decode(&with_modules(&record, &sorted)), Ok(record.clone()));
    for wrong in [[sorted[1], sorted[0]], [sorted[0], sorted[0]]] {
        let error = MatchRecord::decode(&with_modules(&record, &wrong)).unwrap_err();
        assert!(error.to_string().contains("module hash is "), "{error}");
    }
}

#[test]
fn a_seat_that_is_not_the_agent_of_the_spec_is_refused() {
    let mut record = small_record();
    record.seats[1].owner = Address([2; 20]);
    let error = MatchRecord::decode(&record.encode()).unwrap_err();
    assert!(matches!(error, RecordError::Agent { seat: 1, .. }), "{error}");
}

#[test]
fn names_seat_counts_and_terminations_out_of_range_are_refused() {
    let spec = small_record().spec;
    let named = |name: &str| {
        let system = SystemId { name: name.to_owned(), version: 1 };
        read_whole(&Rules { system, ..spec.rules.clone() }.encode(), Rules::read)
    };
    assert!(named("a-9").is_ok() && named(&"a".repeat(32)).is_ok());
    for bad in ["", "A", "a b", "ä", &"a".repeat(33)] {
        assert!(named(bad).unwrap_err().to_string().contains("1 to 32 of a-z, 0-9, -"), "{bad}");
    }
    for seats in [0, 9] {
        let agents = vec![AgentId::default(); seats];
        let read = read_whole(&MatchSpec { agents, ..spec.clone() }.encode(), MatchSpec::read);
        assert!(read.unwrap_err().to_string().contains("expected 1 to 8"));
    }
    for bytes in [[0, 1], [1, 1], [2, 0], [3, 0], [255, 255]] {
        assert!(Termination::decode(bytes).is_err(), "{bytes:?}");
    }
}

#[test]
fn a_record_of_more_steps_than_any_match_has_is_refused_before_they_are_read() {
    let rules = Rules {
        protocol_version: 1,
        metering_version: 1,
        system: SystemId { name: "snake".to_owned(), version: 1 },
        parameters: Vec::new(),
        fuel_clock: FuelClock::default(),
    };
    let seats = vec![SeatIdentity { owner: Address::default(), code_hash: Digest::default() }];
    let agents = seats.iter().map(SeatIdentity::agent_id).collect();
    let spec = MatchSpec { rules, seed: Seed([0; 32]), agents };
    let step =
        RecordedStep { acting: SeatSet(1), actions: vec![Action(0)], signatures: Vec::new() };
    let steps = vec![step; (1 << 20) + 1];
    let outcome = Outcome {
        scores: vec![0],
        termination: Termination::Finished,
        step_count: steps.len() as u32,
        fuel_used: vec![0],
        trace_root: Digest::default(),
    };
    let modules = BTreeMap::new();
    let mut record = MatchRecord { spec, seats, venue: None, steps, outcome, modules };
    let refused = MatchRecord::decode(&record.encode()).unwrap_err();
    assert!(refused.to_string().contains("step count is 1048577"), "{refused}");
    record.steps.pop();
    assert!(MatchRecord::decode(&record.encode()).is_ok());
}
