//! `hashing.json`: SHA-256, tags, and the ids that are hashes.

use nets_core::{Address, AgentId, Digest, Seed, Tag, hash_tagged, sha256};
use serde::{Deserialize, Serialize};

use super::{blessed_file, hex, unhex, unhex_array};

const TAGS: [(&str, Tag); 14] = [
    ("leaf", Tag::Leaf),
    ("node", Tag::Node),
    ("trace root", Tag::TraceRoot),
    ("state", Tag::State),
    ("observations", Tag::Observations),
    ("rules", Tag::Rules),
    ("match", Tag::Match),
    ("match seed", Tag::MatchSeed),
    ("chance key", Tag::ChanceKey),
    ("chance draw", Tag::ChanceDraw),
    ("agent", Tag::Agent),
    ("claim scores", Tag::ClaimScores),
    ("round seed", Tag::RoundSeed),
    ("beacon link", Tag::BeaconLink),
];

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Hashing {
    plain: Vec<Plain>,
    tagged: Vec<Tagged>,
    agents: Vec<Agent>,
    match_seeds: Vec<MatchSeed>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Plain {
    input: String,
    hash: String,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Tagged {
    name: String,
    tag: u8,
    input: String,
    hash: String,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Agent {
    owner: String,
    code_hash: String,
    agent_id: String,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct MatchSeed {
    round_seed: String,
    index: u32,
    seed: String,
}

impl Plain {
    fn of(input: &[u8]) -> Self {
        Self { input: hex(input), hash: hex(&sha256(input).0) }
    }
}

impl Tagged {
    fn of(name: &str, input: &[u8]) -> Self {
        let (_, tag) = TAGS.into_iter().find(|(known, _)| *known == name).unwrap();
        let hash = hex(&hash_tagged(tag, &[input]).0);
        Self { name: name.to_owned(), tag: tag as u8, input: hex(input), hash }
    }
}

impl Agent {
    fn of(owner: [u8; 20], code_hash: [u8; 32]) -> Self {
        let id = AgentId::new(&Address(owner), &Digest(code_hash));
        Self { owner: hex(&owner), code_hash: hex(&code_hash), agent_id: hex(&id.0) }
    }
}

impl MatchSeed {
    fn of(round_seed: [u8; 32], index: u32) -> Self {
        let seed = Seed(round_seed).for_match(index);
        Self { round_seed: hex(&round_seed), index, seed: hex(&seed.0) }
    }
}

#[test]
fn hashing_vectors_hold() {
    let lengths = [0, 1, 54, 55, 56, 63, 64, 118, 119, 120];
    let bytes = |length: u8| (0..length).collect::<Vec<u8>>();
    let vectors = Hashing {
        plain: lengths.iter().map(|&length| Plain::of(&bytes(length))).collect(),
        tagged: TAGS.iter().map(|(name, tag)| Tagged::of(name, &bytes(*tag as u8 * 5))).collect(),
        agents: [[0; 20], [0xee; 20]].map(|owner| Agent::of(owner, sha256(b"code").0)).into(),
        match_seeds: [0, 1, 256, u32::MAX].map(|index| MatchSeed::of([7; 32], index)).into(),
    };
    let read = blessed_file("hashing", &vectors);
    for case in read.plain {
        assert_eq!(Plain::of(&unhex(&case.input)), case);
    }
    for case in read.tagged {
        assert_eq!(Tagged::of(&case.name, &unhex(&case.input)), case);
    }
    for case in read.agents {
        assert_eq!(Agent::of(unhex_array(&case.owner), unhex_array(&case.code_hash)), case);
    }
    for case in read.match_seeds {
        assert_eq!(MatchSeed::of(unhex_array(&case.round_seed), case.index), case);
    }
}

#[test]
fn tags_are_numbered_without_gaps() {
    assert!(TAGS.iter().zip(0..).all(|((_, tag), number)| *tag as u8 == number));
}
