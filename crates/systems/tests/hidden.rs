//! What is hidden from a seat: other states that must look the same to it.
//!
//! The kit compares each moment of a match of poker with these twins.

use nets_core::{Seat, State};

/// The bytes of a state of poker before its hands, and where the cards of the hands are.
const HEAD: usize = 6;

fn twins(state: &dyn State, seat: Seat, deck: u8, hand_bytes: usize) -> Vec<Vec<u8>> {
    let bytes = state.bytes();
    let begins = u16::from_le_bytes([bytes[0], bytes[1]]) % 2 == u16::from(seat.0);
    let seen = state.observation(seat);
    let mut twins = Vec::new();
    // The other's card is first where it begins; in the last hand it was the other way round.
    for position in [HEAD + usize::from(begins), HEAD + hand_bytes + usize::from(!begins)] {
        let hand = HEAD + (position - HEAD) / hand_bytes * hand_bytes;
        let on_the_table = if hand_bytes > 3 { 3 } else { 2 };
        // No such hand, or a card that was shown.
        if bytes[position] == 255 || seen[position] != 255 {
            continue;
        }
        for card in (0..deck).filter(|card| !bytes[hand..hand + on_the_table].contains(card)) {
            let mut twin = bytes.clone();
            twin[position] = card;
            twins.push(twin);
        }
    }
    twins
}

/// Another card in the other's hand.
pub(crate) fn in_kuhn_poker(state: &dyn State, seat: Seat) -> Vec<Vec<u8>> {
    twins(state, seat, 3, 3)
}

/// Another card in the other's hand.
pub(crate) fn in_leduc_poker(state: &dyn State, seat: Seat) -> Vec<Vec<u8>> {
    twins(state, seat, 6, 5)
}
