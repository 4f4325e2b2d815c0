//! Scoring: totals, false claims, walkovers, byes, ranks.

use std::collections::BTreeMap;

use nets_core::{Address, AgentId, Digest, Score, SeatSet, Seed, path_root, sha256};
use nets_league::{
    Claim, Entry, MatchResult, MatchStatus, NEVER, RoundResult, RoundScorer, Schedule, ScoreError,
};
use proptest::bool::weighted;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

const SEED: Seed = Seed([1; 32]);

fn entry(member: u32, owner: u8) -> Entry {
    Entry { member, owner: Address([owner; 20]), agent: AgentId([member as u8; 32]) }
}

fn win_or_lose(forfeits: SeatSet) -> Vec<Score> {
    (0..2).map(|seat| if forfeits.0 >> seat & 1 == 1 { 0 } else { 2 }).collect()
}

fn solo(entries: u32, matches: u16, claims: BTreeMap<u32, Claim>) -> RoundScorer {
    let schedule = Schedule::new(1, matches, entries, &SEED).unwrap();
    let entries = (0..entries).map(|m| entry(m, m as u8)).collect();
    RoundScorer::new(schedule, 1, entries, claims, |_| vec![0])
}

fn paired(owners: &[u8], matches: u16, claims: BTreeMap<u32, Claim>) -> RoundScorer {
    let schedule = Schedule::new(2, matches, owners.len() as u32, &SEED).unwrap();
    let entries = (0..).zip(owners).map(|(member, &owner)| entry(member, owner)).collect();
    RoundScorer::new(schedule, 2, entries, claims, win_or_lose)
}

/// Plays a round in which `scores(match, entry of each seat)` tells the scores.
fn play(
    mut round: RoundScorer,
    scores: impl Fn(u32, [Option<u32>; 2]) -> Vec<Score>,
) -> RoundResult {
    while let Some(next) = round.next_match() {
        let result = (next.status == MatchStatus::Played).then(|| MatchResult {
            scores: scores(next.index, next.pairing.seats),
            trace_root: sha256(&next.index.to_le_bytes()),
            step_count: 1,
        });
        round.score(result).unwrap();
    }
    round.finish().unwrap()
}

/// The scores of an entry in its matches.
fn scores_of(schedule: &Schedule, result: &RoundResult, entry: u32) -> Vec<Score> {
    let score = |q: u32| {
        let seats = schedule.pairing(q).unwrap().seats;
        let seat = seats.iter().position(|&seated| seated == Some(entry)).unwrap();
        result.matches()[q as usize].seats[seat].score
    };
    schedule.matches_of(entry).map(score).collect()
}

/// The entry with the lower number wins.
fn lower_wins(_: u32, seats: [Option<u32>; 2]) -> Vec<Score> {
    if seats[0] < seats[1] { vec![2, 0] } else { vec![0, 2] }
}

#[test]
fn totals_add_up_and_rank_higher_first_then_earlier() {
    let result = play(solo(4, 2, BTreeMap::new()), |_, seats| {
        vec![[5, 9, 5, 1][seats[0].unwrap() as usize]]
    });
    let totals: Vec<_> = result.entries().iter().map(|leaf| leaf.total).collect();
    assert_eq!(totals, [10, 18, 10, 2]);
    let ranks: Vec<_> = result.ranks().iter().map(|leaf| leaf.entry).collect();
    assert_eq!(ranks, [1, 0, 2, 3]);
}

#[test]
fn a_false_claim_for_a_match_disqualifies_there_and_skips_the_rest() {
    let claims = BTreeMap::from([(0, Claim::EachMatch(vec![7, 8, 7, 7]))]);
    let result = play(solo(2, 4, claims), |_, _| vec![7]);
    assert_eq!(result.entries()[0].disqualified_at, 1);
    assert_eq!(result.entries()[0].total, 14);
    let statuses: Vec<_> = result.matches()[..4].iter().map(|leaf| leaf.status).collect();
    use MatchStatus::{Played, Walkover};
    assert_eq!(statuses, [Played, Played, Walkover, Walkover]);
    assert_eq!(result.ranks()[1].entry, 0);
    assert!(result.ranks()[1].is_disqualified);
}

#[test]
fn true_claims_change_nothing() {
    let claims = BTreeMap::from([(0, Claim::EachMatch(vec![7, 7])), (1, Claim::Total(14))]);
    let claimed = play(solo(2, 2, claims), |_, _| vec![7]);
    let unclaimed = play(solo(2, 2, BTreeMap::new()), |_, _| vec![7]);
    assert_eq!(claimed.assertion(), unclaimed.assertion());
}

#[test]
fn a_false_total_disqualifies_at_the_last_match() {
    let claims = BTreeMap::from([(1, Claim::Total(15))]);
    let result = play(solo(2, 2, claims), |_, _| vec![7]);
    assert_eq!(result.entries()[0].disqualified_at, NEVER);
    assert_eq!(result.entries()[1].disqualified_at, 3);
}

#[test]
fn opponents_of_a_disqualified_agent_win_its_remaining_matches() {
    let claims = BTreeMap::from([(0, Claim::EachMatch(vec![1; 6]))]);
    let result = play(paired(&[1, 2, 3, 4], 6, claims), lower_wins);
    let liar = result.entries()[0];
    assert!(liar.is_disqualified());
    let after: Vec<_> =
        result.matches().iter().filter(|leaf| leaf.status == MatchStatus::Walkover).collect();
    assert_eq!(after.len(), 5, "one match was played, five are walkovers");
    assert!(after.iter().all(|leaf| leaf.trace_root == Digest::default()));
    assert!(after.iter().all(|leaf| {
        let mut scores: Vec<_> = leaf.seats.iter().map(|seat| seat.score).collect();
        scores.sort_unstable();
        scores == [0, 2]
    }));
}

#[test]
fn a_true_claim_is_not_held_against_who_met_a_disqualified_agent() {
    let round = paired(&[1, 2], 4, BTreeMap::new());
    let schedule = *round.schedule();
    let foreseen = scores_of(&schedule, &play(round, lower_wins), 1);
    let claims = [vec![9; 4], foreseen.clone()].map(Claim::EachMatch);
    let result = play(paired(&[1, 2], 4, (0..).zip(claims).collect()), lower_wins);
    assert!(result.entries()[0].is_disqualified());
    assert!(!result.entries()[1].is_disqualified());
    assert_ne!(scores_of(&schedule, &result, 1), foreseen, "walkovers changed them");
}

#[test]
fn a_false_score_for_a_match_that_is_not_played_disqualifies() {
    let owners = [1, 1, 2];
    let round = paired(&owners, 6, BTreeMap::new());
    let schedule = *round.schedule();
    let honest = play(round, lower_wins);
    let mut statuses = Vec::new();
    for (ordinal, q) in schedule.matches_of(0).enumerate() {
        let mut scores = scores_of(&schedule, &honest, 0);
        scores[ordinal] += 1;
        let claims = BTreeMap::from([(0, Claim::EachMatch(scores))]);
        let result = play(paired(&owners, 6, claims), lower_wins);
        let status = honest.matches()[q as usize].status;
        assert_eq!(result.entries()[0].disqualified_at, q, "{status:?}");
        statuses.push(status);
    }
    assert!(statuses.contains(&MatchStatus::Bye) && statuses.contains(&MatchStatus::SameOwner));
}

proptest! {
    /// Whatever others claim: what an owner computes before anybody claims is never held against
    /// it, and a lie costs where it is told, but for a match that a lie of others kept from being
    /// played.
    #[test]
    fn honest_claims_hold_and_the_first_lie_that_is_no_walkover_disqualifies(
        (seats, half, dice) in (1u8..=2, 1u16..=4, any::<u64>()),
        owners in vec(0u8..4, 1..9),
        lies in vec(option::of(vec(weighted(0.15), 8)), 9),
    ) {
        let round = |claims| match seats {
            1 => solo(owners.len() as u32, half * 2, claims),
            _ => paired(&owners, half * 2, claims),
        };
        let scores = |q: u32, _: [Option<u32>; 2]| -> Vec<Score> {
            (0..seats).map(|seat| (dice >> ((q * 2 + u32::from(seat)) % 60) & 3) as Score).collect()
        };
        let schedule = *round(BTreeMap::new()).schedule();
        let foreseen = play(round(BTreeMap::new()), scores);
        let entries = 0..owners.len() as u32;
        let claims = entries.clone().zip(&lies).filter_map(|(entry, lies)| {
            let truth = scores_of(&schedule, &foreseen, entry).into_iter();
            let claimed = truth.zip(lies.as_ref()?).map(|(score, &lie)| score + Score::from(lie));
            Some((entry, Claim::EachMatch(claimed.collect())))
        });
        let result = play(round(claims.collect()), scores);
        for (entry, lies) in entries.zip(&lies) {
            let told = schedule.matches_of(entry).zip(lies.iter().flatten());
            let status = |q: u32| result.matches()[q as usize].status;
            let first = told.filter(|&(_, &lie)| lie).map(|(q, _)| q).find(|&q| {
                status(q) != MatchStatus::Walkover
            });
            let found = result.entries()[entry as usize].disqualified_at;
            prop_assert_eq!(found, first.unwrap_or(NEVER));
        }
    }

    #[test]
    fn every_false_total_disqualifies_and_no_true_one_does(
        matches in 1u16..=5, errors in vec(option::of(-1i64..=1), 1..6), dice: u32,
    ) {
        let count = errors.len() as u32;
        let scores = |q: u32, _: [Option<u32>; 2]| vec![Score::from(dice.rotate_left(q) & 7)];
        let foreseen = play(solo(count, matches, BTreeMap::new()), scores);
        let claims = (0..).zip(&errors).filter_map(|(entry, error)| {
            let total = foreseen.entries()[entry as usize].total;
            Some((entry, Claim::Total(total + (*error)?)))
        });
        let result = play(solo(count, matches, claims.collect()), scores);
        for (leaf, error) in result.entries().iter().zip(&errors) {
            prop_assert_eq!(leaf.is_disqualified(), error.is_some_and(|error| error != 0));
        }
    }
}

#[test]
fn a_bye_wins_and_agents_of_one_owner_do_not_score_against_each_other() {
    let result = play(paired(&[1, 1, 2], 6, BTreeMap::new()), lower_wins);
    for (index, leaf) in result.matches().iter().enumerate() {
        let scores: Vec<_> = leaf.seats.iter().map(|seat| seat.score).collect();
        match leaf.status {
            MatchStatus::Bye => assert!(scores == [2, 0] || scores == [0, 2], "match {index}"),
            MatchStatus::SameOwner => assert_eq!(scores, [0, 0]),
            status => assert_eq!(status, MatchStatus::Played),
        }
    }
    let count = |status| result.matches().iter().filter(|leaf| leaf.status == status).count();
    assert_eq!(count(MatchStatus::Bye), 6);
    assert_eq!(count(MatchStatus::SameOwner), 2);
    assert_eq!(count(MatchStatus::Played), 4);
}

#[test]
fn running_totals_lead_from_match_to_match() {
    let schedule = Schedule::new(2, 8, 5, &Seed([1; 32])).unwrap();
    let result = play(paired(&[1, 2, 3, 4, 5], 8, BTreeMap::new()), lower_wins);
    for entry in 0..5 {
        let mut total = 0;
        for index in schedule.matches_of(entry) {
            let seats = schedule.pairing(index).unwrap().seats;
            let seat = seats.iter().position(|&s| s == Some(entry)).unwrap();
            let line = result.matches()[index as usize].seats[seat];
            total += line.score;
            assert_eq!(line.running_total, total);
        }
        assert_eq!(result.entries()[entry as usize].total, total);
    }
}

#[test]
fn every_leaf_is_proven_by_its_path() {
    let result = play(paired(&[1, 2, 3, 4, 5], 4, BTreeMap::new()), lower_wins);
    let assertion = result.assertion();
    let count = assertion.entry_count;
    for index in 0..count {
        let leaf = sha256(&result.entries()[index as usize].encode());
        let path = result.entry_path(index).unwrap();
        assert_eq!(path_root(leaf, index, count, &path), Ok(assertion.entries_root));
        let leaf = sha256(&result.ranks()[index as usize].encode());
        let path = result.rank_path(index).unwrap();
        assert_eq!(path_root(leaf, index, count, &path), Ok(assertion.ranks_root));
    }
    let count = result.matches().len() as u32;
    for index in 0..count {
        let leaf = sha256(&result.matches()[index as usize].encode());
        let path = result.match_path(index).unwrap();
        assert_eq!(path_root(leaf, index, count, &path), Ok(assertion.matches_root));
    }
}

#[test]
fn a_result_is_due_exactly_for_played_matches() {
    let mut round = solo(1, 1, BTreeMap::new());
    let due = ScoreError::Result { index: 0, status: MatchStatus::Played };
    assert_eq!(round.score(None), Err(due));
    let result = MatchResult { scores: vec![], trace_root: Digest::default(), step_count: 0 };
    let seats = ScoreError::SeatCount { index: 0, expected: 1, got: 0 };
    assert_eq!(round.score(Some(result)), Err(seats));
    let unfinished = ScoreError::Unfinished { scored: 0, expected: 1 };
    assert_eq!(round.finish().unwrap_err(), unfinished);
}

#[test]
fn a_round_without_entries_is_empty_and_over() {
    let result = play(solo(0, 4, BTreeMap::new()), |_, _| vec![]);
    assert_eq!(result.assertion().entry_count, 0);
    assert_eq!(result.assertion().ranks_root, Digest::default());
    let alone = play(paired(&[1], 4, BTreeMap::new()), lower_wins);
    assert_eq!(alone.entries()[0].total, 0);
    assert!(alone.matches().is_empty());
}

#[test]
fn a_score_beyond_any_total_is_an_error_and_changes_nothing() {
    let mut round = solo(1, 2, BTreeMap::new());
    let result = |score| {
        Some(MatchResult { scores: vec![score], trace_root: Digest::default(), step_count: 1 })
    };
    round.score(result(1)).unwrap();
    let expected = ScoreError::Overflow { index: 1, entry: 0, score: i64::MAX, total: 1 };
    assert_eq!(round.score(result(i64::MAX)), Err(expected));
    round.score(result(i64::MAX - 1)).unwrap();
    assert_eq!(round.finish().unwrap().entries()[0].total, i64::MAX);
}
