//! `vectors/league.json`: schedules, claims and whole rounds, for implementations in any language.
//!
//! The test makes the file's content anew and compares it with the file, or writes it when run with
//! `BLESS=1`; then it reads the file and works out every case from that case's inputs alone.
//! `vectors/README.md` explains the fields.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use nets_core::{Address, AgentId, Digest, Seed, sha256};
use nets_league::{
    Claim, Entry, EntryLeaf, MatchLeaf, MatchResult, MatchStatus, RoundScorer, Schedule,
};
use nets_testkit::blessed;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct League {
    schedules: Vec<ScheduleVector>,
    claims: Vec<ClaimVector>,
    rounds: Vec<Round>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct ScheduleVector {
    seat_count: u8,
    matches_per_round: u16,
    entry_count: u32,
    round_seed: String,
    matches: Vec<PairingVector>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct PairingVector {
    seats: Vec<Option<u32>>,
    seed: String,
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct ClaimVector {
    kind: u8,
    scores: Vec<i64>,
    hash: String,
}

/// A round: what goes into it, then what comes out.
#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Round {
    about: String,
    seat_count: u8,
    matches_per_round: u16,
    round_seed: String,
    forfeit_scores: Vec<Vec<i64>>,
    entries: Vec<EntryVector>,
    claims: BTreeMap<u32, ClaimVector>,
    /// The outcomes of the matches, played or not; those that are not played are left unused.
    outcomes: Vec<OutcomeVector>,
    entry_leaves: Vec<String>,
    match_leaves: Vec<String>,
    rank_leaves: Vec<String>,
    entries_root: String,
    matches_root: String,
    ranks_root: String,
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct EntryVector {
    member: u32,
    owner: String,
    agent_id: String,
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct OutcomeVector {
    scores: Vec<i64>,
    trace_root: String,
    step_count: u32,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold("0x".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.strip_prefix("0x").unwrap();
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}

impl ScheduleVector {
    fn of(seat_count: u8, matches_per_round: u16, entry_count: u32, seed: Seed) -> Self {
        let schedule = Schedule::new(seat_count, matches_per_round, entry_count, &seed).unwrap();
        let matches = (0..schedule.match_count()).map(|index| {
            let pairing = schedule.pairing(index).unwrap();
            let seats = pairing.seats[..usize::from(seat_count)].to_vec();
            PairingVector { seats, seed: hex(&RoundScorer::match_seed(&seed, &pairing).0) }
        });
        let (matches, round_seed) = (matches.collect(), hex(&seed.0));
        Self { seat_count, matches_per_round, entry_count, round_seed, matches }
    }
}

impl ClaimVector {
    fn of(kind: u8, scores: &[i64]) -> Self {
        let claim = Claim::from_parts(kind, scores).unwrap();
        Self { kind, scores: scores.to_vec(), hash: hex(&claim.hash().0) }
    }
}

impl Round {
    /// The same round with what comes out worked out.
    fn scored(mut self) -> Self {
        let seed = Seed(unhex(&self.round_seed).try_into().unwrap());
        let entry_count = self.entries.len() as u32;
        let schedule =
            Schedule::new(self.seat_count, self.matches_per_round, entry_count, &seed).unwrap();
        let entries = self.entries.iter().map(|entry| Entry {
            member: entry.member,
            owner: entry.owner.parse::<Address>().unwrap(),
            agent: entry.agent_id.parse::<AgentId>().unwrap(),
        });
        let claims = self.claims.iter();
        let claims = claims.map(|(&m, c)| (m, Claim::from_parts(c.kind, &c.scores).unwrap()));
        let mut scorer = RoundScorer::new(
            schedule,
            self.seat_count,
            entries.collect(),
            claims.collect(),
            |seats| match seats.0 {
                0 => vec![0; usize::from(self.seat_count)],
                set => self.forfeit_scores[usize::from(set) - 1].clone(),
            },
        );
        while let Some(next) = scorer.next_match() {
            let outcome = &self.outcomes[next.index as usize];
            let result = (next.status == MatchStatus::Played).then(|| MatchResult {
                scores: outcome.scores.clone(),
                trace_root: Digest::from_hex(&outcome.trace_root).unwrap(),
                step_count: outcome.step_count,
            });
            scorer.score(result).unwrap();
        }
        let result = scorer.finish().unwrap();
        let assertion = result.assertion();
        self.entry_leaves = result.entries().iter().map(|leaf| hex(&leaf.encode())).collect();
        self.match_leaves = result.matches().iter().map(|leaf| hex(&leaf.encode())).collect();
        self.rank_leaves = result.ranks().iter().map(|leaf| hex(&leaf.encode())).collect();
        self.entries_root = hex(&assertion.entries_root.0);
        self.matches_root = hex(&assertion.matches_root.0);
        self.ranks_root = hex(&assertion.ranks_root.0);
        self
    }

    /// A round whose outcomes `scores(match)` tells, with one owner for each byte.
    fn of(
        about: &str,
        seat_count: u8,
        owners: &[u8],
        claims: &[(u32, ClaimVector)],
        scores: impl Fn(u32) -> Vec<i64>,
    ) -> Self {
        let matches_per_round = 4;
        let round_seed = Seed([0x5e; 32]);
        let entry_count = owners.len() as u32;
        let schedule =
            Schedule::new(seat_count, matches_per_round, entry_count, &round_seed).unwrap();
        let entries = (0..).zip(owners).map(|(number, &owner)| EntryVector {
            member: number * 2 + 1,
            owner: hex(&[owner; 20]),
            agent_id: hex(&sha256(&[number as u8]).0),
        });
        let outcomes = (0..schedule.match_count()).map(|index| OutcomeVector {
            scores: scores(index),
            trace_root: hex(&sha256(&index.to_le_bytes()).0),
            step_count: 10 + index,
        });
        let forfeit_scores = match seat_count {
            1 => vec![vec![0]],
            _ => vec![vec![0, 2], vec![2, 0], vec![0, 0]],
        };
        let round = Self {
            about: about.to_owned(),
            seat_count,
            matches_per_round,
            round_seed: hex(&round_seed.0),
            forfeit_scores,
            entries: entries.collect(),
            claims: claims.iter().cloned().collect(),
            outcomes: outcomes.collect(),
            entry_leaves: Vec::new(),
            match_leaves: Vec::new(),
            rank_leaves: Vec::new(),
            entries_root: String::new(),
            matches_root: String::new(),
            ranks_root: String::new(),
        };
        round.scored()
    }
}

fn rounds() -> Vec<Round> {
    let each = |scores: &[i64]| ClaimVector::of(1, scores);
    let total = |score: i64| ClaimVector::of(0, &[score]);
    let solo_scores = |index: u32| vec![[5, -3, 5, 9][index as usize / 4] + i64::from(index % 4)];
    let paired_scores =
        |index: u32| [vec![2, 0], vec![1, 1], vec![0, 2]][index as usize % 3].clone();
    vec![
        Round::of("one seat, no claims", 1, &[1, 2, 3, 4], &[], solo_scores),
        Round::of(
            "one seat: true claims, a false score, a false total",
            1,
            &[1, 2, 3, 4],
            &[(1, each(&[5, 6, 7, 8])), (3, each(&[-3, -2, 0, 0])), (5, total(26)), (7, total(1))],
            solo_scores,
        ),
        Round::of("two seats, four entries", 2, &[1, 2, 3, 4], &[], paired_scores),
        Round::of("two seats, five entries: byes", 2, &[1, 2, 3, 4, 5], &[], paired_scores),
        Round::of(
            "two seats, false claims: walkovers, one against another disqualified",
            2,
            &[1, 2, 3, 4, 5, 6],
            &[(1, each(&[9, 9, 9, 9])), (3, each(&[9, 9, 9, 9])), (5, each(&[9, 9, 9, 9]))],
            paired_scores,
        ),
        Round::of("two seats, one owner of three entries", 2, &[1, 1, 1, 2], &[], paired_scores),
        Round::of(
            "two seats, claims: a false one about agents of one owner, true ones with a bye and \
             with a walkover that was to be played",
            2,
            &[1, 2, 1],
            &[(1, each(&[0, 0, 2, 2])), (3, each(&[2, 2, 2, 1])), (5, each(&[0, 1, 0, 1]))],
            paired_scores,
        ),
        Round::of(
            "two seats, claims: false ones about byes, a true one with walkovers that were to be \
             played",
            2,
            &[1, 2, 1],
            &[(1, each(&[0, 0, 2, 3])), (3, each(&[2, 0, 2, 1])), (5, each(&[0, 0, 0, 1]))],
            paired_scores,
        ),
        Round::of("two seats, one entry: no matches", 2, &[1], &[], paired_scores),
    ]
}

fn league() -> League {
    let seed = |byte| Seed([byte; 32]);
    let solo =
        [(3, 2), (1, 0)].map(|(matches, entries)| ScheduleVector::of(1, matches, entries, seed(1)));
    let sizes = [0, 1, 2, 3, 4, 5, 8];
    let paired = sizes.map(|entries| ScheduleVector::of(2, 6, entries, seed(0x9d)));
    let other_seed = ScheduleVector::of(2, 6, 5, seed(0x9e));
    let claims: [(u8, &[i64]); 4] =
        [(0, &[-1]), (0, &[9_007_199_254_740_991]), (1, &[0]), (1, &[1, -2, 3])];
    League {
        schedules: solo.into_iter().chain(paired).chain([other_seed]).collect(),
        claims: claims.map(|(kind, scores)| ClaimVector::of(kind, scores)).into(),
        rounds: rounds(),
    }
}

#[test]
fn league_vectors_hold() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/league.json");
    let vectors = league();
    let text = serde_json::to_string_pretty(&vectors).unwrap() + "\n";
    blessed::compare(&file, &text).unwrap_or_else(|error| panic!("{error}"));
    let read: League = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!(read, vectors);
    for case in read.schedules {
        let seed = Seed(unhex(&case.round_seed).try_into().unwrap());
        let ScheduleVector { seat_count, matches_per_round, entry_count, .. } = case;
        let again = ScheduleVector::of(seat_count, matches_per_round, entry_count, seed);
        assert_eq!(again, case);
    }
    for case in read.claims {
        assert_eq!(ClaimVector::of(case.kind, &case.scores), case);
    }
    for (case, written) in read.rounds.into_iter().zip(vectors.rounds) {
        assert_eq!(case.scored(), written);
    }
}

#[test]
fn the_rounds_show_every_status_and_leaves_read_back() {
    let mut statuses = [false; 4];
    for round in rounds() {
        for bytes in round.match_leaves.iter().map(|leaf| unhex(leaf)) {
            let leaf = MatchLeaf::decode(&bytes).unwrap();
            assert_eq!(leaf.encode(), bytes);
            statuses[usize::from(leaf.status.encode())] = true;
        }
        for bytes in round.entry_leaves.iter().map(|leaf| unhex(leaf)) {
            assert_eq!(EntryLeaf::decode(&bytes).unwrap().encode(), bytes);
        }
    }
    assert_eq!(statuses, [true; 4]);
}
