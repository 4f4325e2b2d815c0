//! Kuhn's poker: three cards, one round of betting, one chip to bet.

use nets_core::{Descriptor, Information, ParameterSpec};

use super::Game;
use super::hand::{Progress, Stage};

/// The facts of Kuhn's poker.
pub(crate) static DESCRIPTOR: Descriptor = Descriptor {
    name: "kuhn-poker",
    version: 1,
    summary: "Kuhn's poker over many hands: three cards, one bet, bluff or be bluffed.",
    rules: "\
The deck is jack, queen and king. In each hand both seats put in one chip and get one card. Who
begins passes or bets one chip more; then the other does. After a bet, to bet is to call and to pass
is to fold; a bet after a pass is answered by who began. Who folds loses what it put in; else the
cards are compared and the higher wins. Seat 0 begins the first hand, and the seats take turns.

A seat sees its own card and all betting. At a showdown both cards are turned up, as at a table that
shows all hands; after a fold none is, that of the winner neither. Scores are the chips won in all
hands. A seat that forfeits has lost two chips in each hand of the match, and its opponent has won
as many.

Source: H. W. Kuhn, A Simplified Two-Person Poker (1950); actions and chips as OpenSpiel's
kuhn_poker, which one hand is.",
    seat_count: 2,
    information: Information::Private,
    parameters: &[ParameterSpec {
        name: "hands",
        meaning: "hands in a match",
        min: 1,
        max: 10_000,
        default: 100,
    }],
    data: None,
    packed_layout: "\
bits  0-2   own card: 0 jack, 1 queen, 2 king, 7 none
bit   6     1 where the seat begins this hand
bits  8-15  betting of this hand: a 1, then a bit for each action
bits 24-31  betting of the last hand, 1 before the first
bits 40-42  own card of the last hand, 7 none
bits 43-45  the opponent's card of the last hand, 7 where it was not shown
bits 50-63  hands left, this one included
others      zero",
    observation_layout: "\
bytes 0-1   hands played, u16; the seat of their parity begins this hand
bytes 2-5   chips won by seat 0 in them, i32
bytes 6-7   card of who begins, card of the other: 0 jack, 1 queen, 2 king, 255 none or hidden
byte  8     betting: a 1, then a bit for each action, the first action highest
bytes 9-11  the last hand in the same way; cards are shown after a showdown",
    tensor_planes: None,
    tensor_layout: "\
[28], 1 where it is so, else 0, and numbers of chips and hands
0-1    1 where the seat begins the hand, 1 where the other does
2-4    own card
5-10   for each of 3 actions: pass, bet
11-12  chips in the pot of who begins, of the other
13-15  own card of the last hand
16-18  the opponent's card of the last hand, if it was shown
19-24  betting of the last hand in the same way
25-27  chips won, hands played, hands left
0-10 are the information state tensor of OpenSpiel's kuhn_poker,
0-4 and 11-12 its observation tensor.",
};

/// The rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kuhn;

impl Game for Kuhn {
    fn descriptor() -> &'static Descriptor {
        &DESCRIPTOR
    }

    const NAMES: &'static [&'static str] = &["pass", "bet"];
    const DECK: u8 = 3;
    const ROUNDS: usize = 1;
    const BETS: usize = 3;
    const CHIPS_MAX: i32 = 2;

    fn progress(bets: [&[u8]; 2]) -> Option<Progress> {
        let (stage, paid) = match bets {
            [[], []] => (Stage::Acts(0), [1, 1]),
            [[0], []] => (Stage::Acts(1), [1, 1]),
            [[1], []] => (Stage::Acts(1), [2, 1]),
            [[0, 1], []] => (Stage::Acts(0), [1, 2]),
            [[0, 0], []] => (Stage::Showdown, [1, 1]),
            [[1, 0], []] => (Stage::Folded(1), [2, 1]),
            [[0, 1, 0], []] => (Stage::Folded(0), [1, 2]),
            [[1, 1] | [0, 1, 1], []] => (Stage::Showdown, [2, 2]),
            _ => return None,
        };
        Some(Progress { stage, round: 0, paid })
    }

    fn strength(card: u8, _open: Option<u8>) -> u8 {
        card
    }

    fn card_name(card: u8) -> &'static str {
        ["J", "Q", "K"].get(usize::from(card)).copied().unwrap_or("-")
    }

    fn column(action: u8) -> Option<usize> {
        Some(usize::from(action))
    }
}
