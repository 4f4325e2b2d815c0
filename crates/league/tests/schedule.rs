//! The schedule gives every entry its matches, in mirror pairs, and no entry itself.

use std::collections::BTreeMap;

use nets_core::Seed;
use nets_league::{Schedule, ScheduleError};
use proptest::prelude::*;

proptest! {
    #[test]
    fn every_entry_has_its_matches_in_ascending_order(
        seats in 1u8..=2, half in 1u16..=32, entries in 0u32..40, seed: [u8; 32],
    ) {
        let matches = if seats == 2 { half * 2 } else { half };
        let schedule = Schedule::new(seats, matches, entries, &Seed(seed)).unwrap();
        let mut found: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for index in 0..schedule.match_count() {
            let pairing = schedule.pairing(index).unwrap();
            for entry in pairing.seats.into_iter().flatten() {
                found.entry(entry).or_default().push(index);
            }
        }
        prop_assert_eq!(schedule.pairing(schedule.match_count()), None);
        for entry in 0..entries {
            let listed: Vec<_> = schedule.matches_of(entry).collect();
            prop_assert_eq!(listed.len() as u32, schedule.matches_per_entry());
            prop_assert_eq!(listed, found.remove(&entry).unwrap_or_default());
        }
    }

    #[test]
    fn pairs_are_mirrored_on_one_seed_and_never_with_oneself(
        half in 1u16..=32, entries in 2u32..40, seed: [u8; 32],
    ) {
        let schedule = Schedule::new(2, half * 2, entries, &Seed(seed)).unwrap();
        for pair in 0..schedule.match_count() / 2 {
            let [first, second] = [2 * pair, 2 * pair + 1].map(|i| schedule.pairing(i).unwrap());
            prop_assert_eq!(first.seed_index, pair);
            prop_assert_eq!(second.seed_index, pair);
            prop_assert_eq!(first.seats, [second.seats[1], second.seats[0]]);
            prop_assert_ne!(first.seats[0], first.seats[1]);
        }
    }

    #[test]
    fn opponents_repeat_only_after_all_others_were_met(entries in 2u32..20, seed: [u8; 32]) {
        let turns = entries.div_ceil(2) * 2 - 1;
        let schedule = Schedule::new(2, turns as u16 * 2, entries, &Seed(seed)).unwrap();
        let mut meetings: BTreeMap<[Option<u32>; 2], u32> = BTreeMap::new();
        for index in 0..schedule.match_count() {
            *meetings.entry(schedule.pairing(index).unwrap().seats).or_default() += 1;
        }
        prop_assert!(meetings.values().all(|&count| count == 1));
    }
}

#[test]
fn solo_entries_all_play_the_same_seeds() {
    let schedule = Schedule::new(1, 3, 2, &Seed([5; 32])).unwrap();
    let seeds: Vec<_> = (0..6).map(|i| schedule.pairing(i).unwrap().seed_index).collect();
    assert_eq!(seeds, [0, 1, 2, 0, 1, 2]);
}

#[test]
fn the_offset_of_pairs_depends_on_the_seed() {
    let first_pair = |byte| {
        let schedule = Schedule::new(2, 2, 10, &Seed([byte; 32])).unwrap();
        schedule.pairing(0).unwrap().seats
    };
    assert!((1..30).any(|byte| first_pair(byte) != first_pair(0)));
}

#[test]
fn terms_outside_the_limits_are_refused() {
    let seed = Seed([0; 32]);
    assert_eq!(Schedule::new(3, 2, 2, &seed), Err(ScheduleError::SeatCount(3)));
    assert_eq!(Schedule::new(2, 3, 2, &seed), Err(ScheduleError::MatchesPerRound(3)));
    assert_eq!(Schedule::new(1, 0, 2, &seed), Err(ScheduleError::MatchesPerRound(0)));
    assert_eq!(Schedule::new(1, 65, 2, &seed), Err(ScheduleError::MatchesPerRound(65)));
}
