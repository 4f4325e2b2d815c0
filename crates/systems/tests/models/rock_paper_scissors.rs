//! Rock-paper-scissors as a list of throws.

use nets_core::{Action, Chance, Ending, Seat, Seed, Status};
use proptest::prelude::*;

/// Points of one for throwing `own` against `other`.
fn points(own: u64, other: u64) -> u32 {
    const ROCK: u64 = 0;
    const PAPER: u64 = 1;
    const SCISSORS: u64 = 2;
    match (own, other) {
        (ROCK, SCISSORS) | (SCISSORS, PAPER) | (PAPER, ROCK) => 2,
        _ if own == other => 1,
        _ => 0,
    }
}

fn state_bytes(throws: &[(u64, u64)]) -> Vec<u8> {
    let total = |points: fn(&(u64, u64)) -> u32| throws.iter().map(points).sum::<u32>();
    let mut bytes = (throws.len() as u16).to_le_bytes().to_vec();
    bytes.extend(total(|&(first, second)| points(first, second)).to_le_bytes());
    bytes.extend(total(|&(first, second)| points(second, first)).to_le_bytes());
    let last = throws.last().copied().unwrap_or((3, 3));
    bytes.extend([last.0 as u8, last.1 as u8]);
    bytes
}

fn packed(throws: &[(u64, u64)], limit: u64, seat: usize) -> u64 {
    let played = throws.len() as u64;
    let (first, second) = throws.last().copied().unwrap_or((3, 3));
    let (own, other) = if seat == 0 { (first, second) } else { (second, first) };
    played + (limit - played) * (1 << 16) + own * (1 << 32) + other * (1 << 34)
}

proptest! {
    #[test]
    fn rock_paper_scissors_is_what_its_model_says(
        throws in prop::collection::vec((0u64..3, 0u64..3), 1..60)
    ) {
        let system = crate::system("rps", &[("throws", throws.len() as u64)]);
        let mut state = system.start(Chance::from_seed(&Seed::default()));
        for played in 0..=throws.len() {
            let so_far = &throws[..played];
            prop_assert_eq!(state.bytes(), state_bytes(so_far));
            for seat in 0..2 {
                let expected = packed(so_far, throws.len() as u64, seat);
                prop_assert_eq!(state.packed_observation(Seat(seat as u8)), expected);
            }
            if let Some(&(first, second)) = throws.get(played) {
                prop_assert!(matches!(state.status(), Status::Acting(_)));
                state.step(&[Action(first), Action(second)]).unwrap();
            }
        }
        prop_assert_eq!(state.status(), Status::Terminal(Ending::Finished));
        let total: u32 = throws.iter().map(|&(first, second)| points(first, second)).sum();
        prop_assert_eq!(state.scores(), [i64::from(total), 2 * throws.len() as i64 - i64::from(total)]);
    }
}
