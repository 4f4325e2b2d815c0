//! Draws are uniform, as SPEC.md section 4 says, and independent of each other.

use nets_core::{Chance, Seed, Tag, hash_tagged};
use proptest::prelude::*;

/// SPEC.md section 4 read literally, in 128 bits: the draw and how many attempts it took.
pub(crate) fn draw_by_the_book(seed: &Seed, event: u32, n: u64) -> (u64, u32) {
    let key = hash_tagged(Tag::ChanceKey, &[&seed.0]);
    for attempt in 0u32.. {
        let parts = [&key.0[..], &event.to_le_bytes(), &attempt.to_le_bytes()];
        let hash = hash_tagged(Tag::ChanceDraw, &parts);
        let word = u64::from_le_bytes(hash.0[..8].try_into().unwrap());
        let (product, two_64) = (u128::from(word) * u128::from(n), 1u128 << 64);
        if product % two_64 >= (two_64 - u128::from(n)) % u128::from(n) {
            return ((product / two_64) as u64, attempt + 1);
        }
    }
    unreachable!("some attempt of 2^32 is taken")
}

proptest! {
    #[test]
    fn draws_are_those_of_the_book(seed: [u8; 32], event: u32, n in 1u64..) {
        let (draw, _) = draw_by_the_book(&Seed(seed), event, n);
        prop_assert_eq!(Chance::from_seed(&Seed(seed)).draw(event, n), draw);
        prop_assert!(draw < n);
    }
}

#[test]
fn large_bounds_are_rejected_about_half_of_the_time_and_still_by_the_book() {
    let (seed, bound) = (Seed([8; 32]), (1 << 63) + 1);
    let chance = Chance::from_seed(&seed);
    let mut attempts = 0;
    for event in 0..1_000 {
        let (draw, taken) = draw_by_the_book(&seed, event, bound);
        assert_eq!(chance.draw(event, bound), draw);
        attempts += taken;
    }
    assert!((1_850..2_150).contains(&attempts), "{attempts}");
}

/// The sum of squared deviations over expectations: about its degrees of freedom if uniform.
#[test]
fn draws_are_uniform_over_small_bounds() {
    const DRAWS: u32 = 20_000;
    for bound in [2u64, 3, 6, 7, 10, 36, 100] {
        let chance = Chance::from_seed(&Seed([bound as u8; 32]));
        let mut counts = vec![0u32; bound as usize];
        (0..DRAWS).for_each(|event| counts[chance.draw(event, bound) as usize] += 1);
        let expected = f64::from(DRAWS) / bound as f64;
        let deviation = |&count: &u32| {
            let off = f64::from(count) - expected;
            off * off / expected
        };
        let chi_square: f64 = counts.iter().map(deviation).sum();
        let freedom = (bound - 1) as f64;
        // Four standard deviations above the mean; the draws are fixed, so it never flickers.
        assert!(chi_square < freedom + 4.0 * (2.0 * freedom).sqrt(), "{bound}: {chi_square}");
    }
}

#[test]
fn neighbouring_events_do_not_depend_on_each_other() {
    let chance = Chance::from_seed(&Seed([9; 32]));
    let mut pairs = [0u32; 16];
    for event in 0..16_000 {
        let [this, next] = [event, event + 1].map(|event| chance.draw(event, 4));
        pairs[(this * 4 + next) as usize] += 1;
    }
    assert!(pairs.iter().all(|count| (850..1_150).contains(count)), "{pairs:?}");
}
