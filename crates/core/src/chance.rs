//! Chance: draws that depend on a match's seed and are known to nobody who plays it.
//!
//! A System numbers its chance events from 0 and draws event `e` from a key derived from the match
//! seed. The key is never part of a state or an observation, so an agent cannot foresee a draw;
//! and as draws are independent of each other, changing a later one changes nothing before it.

use crate::hash::{Digest, Tag, hash_tagged};
use crate::id::Seed;

/// The source of a match's chance events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chance {
    key: Digest,
    fork: Option<Fork>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fork {
    first_event: u32,
    key: Digest,
}

impl Chance {
    /// The chance of the match with this seed.
    pub fn from_seed(seed: &Seed) -> Self {
        Self { key: chance_key(seed), fork: None }
    }

    /// The same chance before event `first_event`, that of another seed from it on.
    ///
    /// For proving that a System leaks nothing: whatever an agent could see before that event must
    /// be the same on both.
    #[must_use]
    pub fn forked(self, first_event: u32, seed: &Seed) -> Self {
        Self { fork: Some(Fork { first_event, key: chance_key(seed) }), ..self }
    }

    /// A uniform draw from `0..bound` for chance event `event`; 0 where `bound` is 0.
    ///
    /// Multiply and reject, without modulo bias: SPEC.md section 4.
    pub fn draw(&self, event: u32, bound: u64) -> u64 {
        let key = match self.fork {
            Some(fork) if event >= fork.first_event => fork.key,
            _ => self.key,
        };
        if bound == 0 {
            return 0;
        }
        let rejected_below = bound.wrapping_neg() % bound;
        let mut attempt = 0u32;
        loop {
            let digest = hash_tagged(
                Tag::ChanceDraw,
                &[&key.0, &event.to_le_bytes(), &attempt.to_le_bytes()],
            );
            let word = u64::from_le_bytes(digest.0[..8].try_into().unwrap_or_default());
            let product = u128::from(word) * u128::from(bound);
            if product as u64 >= rejected_below {
                return (product >> 64) as u64;
            }
            attempt = attempt.wrapping_add(1);
        }
    }
}

fn chance_key(seed: &Seed) -> Digest {
    hash_tagged(Tag::ChanceKey, &[&seed.0])
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn draws_stay_in_range_and_reach_all_of_it() {
        let chance = Chance::from_seed(&Seed([1; 32]));
        let mut seen = [0u32; 6];
        for event in 0..6_000 {
            seen[chance.draw(event, 6) as usize] += 1;
        }
        assert!(seen.iter().all(|&count| (850..1_150).contains(&count)), "{seen:?}");
        assert_eq!(chance.draw(0, 0), 0);
        assert_eq!(chance.draw(0, 1), 0);
    }

    #[test]
    fn large_bounds_use_rejection_and_stay_in_range() {
        let chance = Chance::from_seed(&Seed([2; 32]));
        let bound = (1 << 63) + 1;
        assert!((0..200).all(|event| chance.draw(event, bound) < bound));
    }

    #[test]
    fn a_fork_changes_only_its_own_events_and_later_ones() {
        let chance = Chance::from_seed(&Seed([1; 32]));
        let forked = chance.forked(3, &Seed([9; 32]));
        let draws = |c: &Chance| (0..8).map(|e| c.draw(e, u64::MAX)).collect::<Vec<_>>();
        assert_eq!(draws(&chance)[..3], draws(&forked)[..3]);
        assert!(draws(&chance)[3..].iter().zip(&draws(&forked)[3..]).all(|(a, b)| a != b));
    }
}
