//! Poker's views: what they name is what the observation's bytes hold, and what is legal.

use nets_agent_sdk::poker::{Betting, chips_won, kuhn, leduc};
use nets_agent_sdk::{Observation, poker};
use nets_core::{Action, Seat, State};
use proptest::prelude::*;

use crate::{buffer, start, visit};

const HIDDEN: u8 = 255;

/// The numbers of a hand in the bytes at `offset`: the card of one position, then of the other.
fn cards(bytes: &[u8], offset: usize, first: usize) -> [Option<u8>; 2] {
    [first, 1 - first].map(|i| Some(bytes[offset + i]).filter(|&card| card != HIDDEN))
}

/// Checks what both games have, and says whether `seat` begins.
fn check_seat(state: &dyn State, seat: Seat, hands: u16, seen: (bool, u16)) -> bool {
    let bytes = state.observation(seat);
    let played = u16::from_le_bytes([bytes[0], bytes[1]]);
    let begins = played % 2 == u16::from(seat.0);
    assert_eq!(seen, (begins, hands - played), "{}", state.picture());
    let buffer = buffer(state, seat, 0);
    assert_eq!(i64::from(chips_won(Observation::new(0, &buffer))), state.scores()[seat.index()]);
    begins
}

fn check_kuhn(state: &dyn State) {
    for seat in [Seat(0), Seat(1)] {
        let seen = kuhn::Packed::new(state.packed_observation(seat));
        let bytes = state.observation(seat);
        let begins = check_seat(state, seat, 30, (seen.begins(), seen.hands_left()));
        let rank = |card: Option<kuhn::Card>| card.map(|card| card as u8);
        let (own, other) = if begins { (0, 1) } else { (1, 0) };
        assert_eq!(cards(&bytes, 6, own), [rank(seen.card()), None]);
        let last = [rank(seen.last_card()), rank(seen.their_last_card())];
        assert_eq!(cards(&bytes, 9, other), last, "positions alternate");
        let bettings = [seen.betting(), seen.last_betting()].map(Betting::number);
        assert_eq!(bettings, [bytes[8], bytes[11]]);
        let acts = state.is_legal(seat, Action(kuhn::Action::Pass.into()));
        let may_be_asked = seen.betting().count() % 2 == usize::from(!begins);
        assert!(!acts || may_be_asked, "seats act in turn");
    }
    assert_eq!(state.observation(Seat(0)).len(), kuhn::OBSERVATION_BYTES_MAX);
}

fn check_leduc(state: &dyn State) {
    for seat in [Seat(0), Seat(1)] {
        let seen = leduc::Packed::new(state.packed_observation(seat));
        let bytes = state.observation(seat);
        let begins = check_seat(state, seat, 30, (seen.begins(), seen.hands_left()));
        let rank = |rank: Option<leduc::Rank>| rank.map(|rank| rank as u8);
        let ranks = |cards: [Option<u8>; 2]| cards.map(|card| card.map(|card| card / 2));
        let (own, other) = if begins { (0, 1) } else { (1, 0) };
        assert_eq!(ranks(cards(&bytes, 6, own)), [rank(seen.rank()), None]);
        let last = [rank(seen.last_rank()), rank(seen.their_last_rank())];
        assert_eq!(ranks(cards(&bytes, 11, other)), last, "positions alternate");
        let open = [bytes[8], bytes[13]].map(|card| Some(card / 2).filter(|_| card != HIDDEN));
        assert_eq!(open, [rank(seen.open_rank()), rank(seen.last_open_rank())]);
        let bettings = [seen.betting(), seen.last_betting()].concat();
        let numbers: Vec<u8> = bettings.into_iter().map(Betting::number).collect();
        assert_eq!(numbers, [bytes[9], bytes[10], bytes[14], bytes[15]]);
        if state.is_legal(seat, Action(leduc::Action::Call.into())) {
            let is_legal = |action: leduc::Action| state.is_legal(seat, Action(action.into()));
            assert_eq!(seen.faces_raise(), is_legal(leduc::Action::Fold));
            assert_eq!(seen.can_raise(), is_legal(leduc::Action::Raise));
        }
    }
    assert_eq!(state.observation(Seat(0)).len(), leduc::OBSERVATION_BYTES_MAX);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn views_of_kuhn_agree_with_the_state(seed: u8, picks in prop::collection::vec(any::<u8>(), 180)) {
        visit(start("kuhn-poker", &[("hands", 30)], seed), &picks, check_kuhn);
    }

    #[test]
    fn views_of_leduc_agree_with_the_state(seed: u8, picks in prop::collection::vec(any::<u8>(), 360)) {
        visit(start("leduc-poker", &[("hands", 30)], seed), &picks, check_leduc);
    }
}

#[test]
fn a_pair_is_a_card_of_the_open_rank() {
    let seen = |own: u64, open: u64| poker::leduc::Packed::new(own | open << 3);
    assert!(seen(2, 3).has_pair() && !seen(1, 2).has_pair() && !seen(5, 7).has_pair());
}
