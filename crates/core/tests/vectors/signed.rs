//! `signed.json`: what agents of signed matches sign, their signatures, and the bytes they are in.

use std::collections::BTreeMap;

use nets_core::{
    Action, ActionStatement, Address, AgentKey, Digest, FuelClock, MatchRecord, MatchSpec, Outcome,
    PROTOCOL_VERSION, RecordedStep, Rules, SIGNED_METERING_VERSION, Seat, SeatIdentity, SeatSet,
    Seed, Signature, StepLeaf, SystemId, Termination, Venue, sha256,
};
use serde::{Deserialize, Serialize};

use super::{blessed_file, hex, hex_u64, unhex, unhex_array, unhex_u64};

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Signed {
    actions: Vec<SignedVector>,
    refused: Vec<Refused>,
    record: String,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct SignedVector {
    chain_id: String,
    arena: String,
    league: String,
    round: u32,
    match_index: u32,
    seat: u8,
    step: u32,
    state_hash: String,
    action: String,
    digest: String,
    secret: String,
    key: String,
    signature: String,
    leaf: String,
    leaf_hash: String,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Refused {
    about: String,
    digest: String,
    signature: String,
}

impl SignedVector {
    fn of(statement: ActionStatement, secret: &[u8; 32]) -> Self {
        let key = AgentKey::from_secret(secret).unwrap();
        let signature = key.sign(&statement.digest()).unwrap();
        let leaf = leaf(&statement, signature).encode();
        let ActionStatement { venue, seat, step, state_hash, action } = statement;
        Self {
            chain_id: hex_u64(venue.chain_id),
            arena: hex(&venue.arena.0),
            league: hex_u64(venue.league),
            round: venue.round,
            match_index: venue.match_index,
            seat: seat.0,
            step,
            state_hash: hex(&state_hash.0),
            action: hex_u64(action.0),
            digest: hex(&statement.digest().0),
            secret: hex(secret),
            key: hex(&key.address().0),
            signature: hex(&signature.0),
            leaf: hex(&leaf),
            leaf_hash: hex(&sha256(&leaf).0),
        }
    }

    /// Checks everything that follows from the file alone.
    fn check(&self) {
        let venue = Venue {
            chain_id: unhex_u64(&self.chain_id),
            arena: Address(unhex_array(&self.arena)),
            league: unhex_u64(&self.league),
            round: self.round,
            match_index: self.match_index,
        };
        let statement = ActionStatement {
            venue,
            seat: Seat(self.seat),
            step: self.step,
            state_hash: Digest(unhex_array(&self.state_hash)),
            action: Action(unhex_u64(&self.action)),
        };
        assert_eq!(Self::of(statement, &unhex_array(&self.secret)), *self);
        let signature = Signature(unhex_array(&self.signature));
        let key = Address(unhex_array(&self.key));
        assert_eq!(signature.signer(&Digest(unhex_array(&self.digest))), Some(key));
        let read = StepLeaf::decode(&unhex(&self.leaf)).unwrap();
        assert_eq!(read, leaf(&statement, signature));
    }
}

fn leaf(statement: &ActionStatement, signature: Signature) -> StepLeaf {
    let ActionStatement { seat, step, state_hash, action, .. } = *statement;
    StepLeaf {
        step,
        acting: SeatSet::only(seat),
        state_hash,
        observations_hash: None,
        actions: vec![action],
        signatures: Some(vec![signature]),
    }
}

fn statements() -> [ActionStatement; 3] {
    let largest = ActionStatement {
        venue: Venue {
            chain_id: u64::MAX,
            arena: Address([0xff; 20]),
            league: u64::MAX,
            round: u32::MAX,
            match_index: u32::MAX,
        },
        seat: Seat(7),
        step: u32::MAX,
        state_hash: Digest([0xff; 32]),
        action: Action(u64::MAX),
    };
    let arena = Address(std::array::from_fn(|at| at as u8));
    let venue = Venue { chain_id: 1, arena, league: 2, round: 3, match_index: 4 };
    let state_hash = sha256(b"a state");
    let usual = ActionStatement { venue, seat: Seat(1), step: 5, state_hash, action: Action(6) };
    let first = ActionStatement { seat: Seat(0), step: 0, action: Action(0), ..usual };
    [first, usual, largest]
}

fn refused(signed: &SignedVector) -> Vec<Refused> {
    let signature: [u8; Signature::BYTES] = unhex_array(&signed.signature);
    let changed = |about: &str, change: &dyn Fn(&mut [u8; Signature::BYTES])| {
        let mut signature = signature;
        change(&mut signature);
        let digest = signed.digest.clone();
        Refused { about: about.to_owned(), digest, signature: hex(&signature) }
    };
    vec![
        changed("zeros", &|it| *it = Signature::NONE.0),
        changed("v of 0 or 1", &|it| it[64] -= 27),
        changed("v of 29", &|it| it[64] = 29),
        changed("s of zero", &|it| it[32..64].fill(0)),
        changed("s in the upper half", &|it| it[32] = 0x80),
        changed("r of the order and more", &|it| it[..32].fill(0xff)),
    ]
}

/// A record of two steps of a match of two seats, by the keys of the first two vectors.
fn record() -> MatchRecord {
    let keys = [[1; 32], [2; 32]].map(|secret| AgentKey::from_secret(&secret).unwrap());
    let seat = |key: &AgentKey| SeatIdentity::of_key(Address([0x0f; 20]), key.address());
    let seats: Vec<_> = keys.iter().map(seat).collect();
    let rules = Rules {
        protocol_version: PROTOCOL_VERSION,
        metering_version: SIGNED_METERING_VERSION,
        system: SystemId { name: "parley".to_owned(), version: 1 },
        parameters: 2u64.to_le_bytes().to_vec(),
        fuel_clock: FuelClock::NONE,
    };
    let agents = seats.iter().map(SeatIdentity::agent_id).collect();
    let spec = MatchSpec { rules, seed: Seed([0x24; 32]), agents };
    let venue = statements()[1].venue;
    let step = |step: u32, seat: u8| {
        let state_hash = sha256(&step.to_le_bytes());
        let action = Action(u64::from(step) + 1);
        let said = ActionStatement { venue, seat: Seat(seat), step, state_hash, action };
        let signature = keys[usize::from(seat)].sign(&said.digest()).unwrap();
        let acting = SeatSet::only(Seat(seat));
        RecordedStep { acting, actions: vec![action], signatures: vec![signature] }
    };
    let outcome = Outcome {
        scores: vec![3, -1],
        termination: Termination::Forfeit(SeatSet::only(Seat(0))),
        step_count: 2,
        fuel_used: vec![0, 0],
        trace_root: sha256(b"a trace"),
    };
    let steps = vec![step(0, 0), step(1, 1)];
    MatchRecord { spec, seats, venue: Some(venue), steps, outcome, modules: BTreeMap::new() }
}

#[test]
fn signed_vectors_hold() {
    let secrets = [[1; 32], [2; 32], [3; 32]];
    let actions = statements().into_iter().zip(&secrets);
    let actions: Vec<_> =
        actions.map(|(statement, secret)| SignedVector::of(statement, secret)).collect();
    let refused = refused(&actions[1]);
    let record = hex(&record().encode());
    let read = blessed_file("signed", &Signed { actions, refused, record });
    read.actions.iter().for_each(SignedVector::check);
    for case in read.refused {
        let signature = Signature(unhex_array(&case.signature));
        let signer = signature.signer(&Digest(unhex_array(&case.digest)));
        assert_eq!(signer, None, "{}", case.about);
    }
    let bytes = unhex(&read.record);
    assert_eq!(MatchRecord::decode(&bytes).unwrap().encode(), bytes);
}
