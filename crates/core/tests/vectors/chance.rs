//! `chance.json`: draws, among them some that reject attempts.

use nets_core::{Chance, Seed, Tag, hash_tagged};
use serde::{Deserialize, Serialize};

use super::{blessed_file, hex, hex_u64, unhex_array, unhex_u64};
use crate::chance::draw_by_the_book;

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Draw {
    seed: String,
    chance_key: String,
    event: u32,
    bound: String,
    draw: String,
    attempts: u32,
}

impl Draw {
    fn of(seed: [u8; 32], event: u32, bound: u64) -> Self {
        let draw = Chance::from_seed(&Seed(seed)).draw(event, bound);
        let (same_draw, attempts) = draw_by_the_book(&Seed(seed), event, bound);
        assert_eq!(draw, same_draw);
        let chance_key = hex(&hash_tagged(Tag::ChanceKey, &[&seed]).0);
        let (bound, draw) = (hex_u64(bound), hex_u64(draw));
        Self { seed: hex(&seed), chance_key, event, bound, draw, attempts }
    }
}

#[test]
fn chance_vectors_hold() {
    let small = [1, 2, 3, 6, 100, 65_537].map(|bound| Draw::of([1; 32], 0, bound));
    let events = [1, 2, 255, 256, u32::MAX].map(|event| Draw::of([1; 32], event, 52));
    let large = [1 << 32, 1 << 63, (1 << 63) + 1, u64::MAX - 1, u64::MAX];
    let large = large.map(|bound| Draw::of([2; 32], 0, bound));
    let rejecting: Vec<_> = (0..8).map(|event| Draw::of([3; 32], event, (1 << 63) + 1)).collect();
    assert!(rejecting.iter().any(|draw| draw.attempts > 2), "{rejecting:?}");
    let vectors: Vec<_> = small.into_iter().chain(events).chain(large).chain(rejecting).collect();
    for case in blessed_file("chance", &vectors) {
        assert_eq!(Draw::of(unhex_array(&case.seed), case.event, unhex_u64(&case.bound)), case);
    }
}
