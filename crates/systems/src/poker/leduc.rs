//! Leduc hold'em: six cards, two rounds of betting, one open card.

use nets_core::{Descriptor, Information, ParameterSpec};

use super::Game;
use super::hand::{Progress, Stage};

/// The facts of Leduc hold'em.
pub(crate) static DESCRIPTOR: Descriptor = Descriptor {
    name: "leduc-poker",
    version: 1,
    summary: "Leduc hold'em over many hands: six cards, two rounds of betting, one open card.",
    rules: "\
The deck is two jacks, two queens and two kings. In each hand both seats put in one chip and get one
card; after the first round of betting a card is laid open. In a round who begins the hand acts
first: to call is to put in as much as the other has, to raise is to put in two chips more than
that in the first round and four in the second, at most twice in a round; who has put in less may
fold. A round is over when a raise is called, or when both have called without one. Who folds loses
what it put in; else a pair with the open card wins, then the higher card, and equal ranks win
nothing. Seat 0 begins the first hand, and the seats take turns.

A seat sees its own card, the open card and all betting. At a showdown both cards are turned up, as
at a table that shows all hands; after a fold none is, that of the winner neither. Scores are the
chips won in all hands. A seat that forfeits has lost thirteen chips in each hand of the match, and
its opponent has won as many.

Source: Southey et al., Bayes' Bluff (2005); actions and chips as OpenSpiel's leduc_poker, which one
hand is.",
    seat_count: 2,
    information: Information::Private,
    parameters: &[ParameterSpec {
        name: "hands",
        meaning: "hands in a match",
        min: 1,
        max: 10_000,
        default: 50,
    }],
    data: None,
    packed_layout: "\
bits  0-2   own card: 0 and 1 jacks, 2 and 3 queens, 4 and 5 kings, 7 none
bits  3-5   open card, 7 none
bit   6     1 where the seat begins this hand
bits  8-15  betting in round 1: in base 3 a 1, then a digit for each action
bits 16-23  betting in round 2
bits 24-31  betting in round 1 of the last hand, 1 before the first
bits 32-39  betting in round 2 of the last hand
bits 40-42  own card of the last hand, 7 none
bits 43-45  the opponent's card of the last hand, 7 where it was not shown
bits 46-48  open card of the last hand, 7 none
bits 50-63  hands left, this one included
others      zero",
    observation_layout: "\
bytes 0-1    hands played, u16; the seat of their parity begins this hand
bytes 2-5    chips won by seat 0 in them, i32
bytes 6-7    card of who begins, card of the other: 0 and 1 jacks, 2 and 3 queens, 4 and 5 kings,
             255 none or hidden
byte  8      open card, 255 none
bytes 9-10   betting in round 1 and 2: in base 3 a 1, then a digit for each action
bytes 11-15  the last hand in the same way; cards are shown after a showdown",
    tensor_planes: None,
    tensor_layout: "\
[69], 1 where it is so, else 0, and numbers of chips and hands
0-1    1 where the seat begins the hand, 1 where the other does
2-7    own card
8-13   open card
14-29  for each round, for each of 4 actions in it: call, raise
30-31  chips in the pot of who begins, of the other
32-37  own card of the last hand
38-43  the opponent's card of the last hand, if it was shown
44-49  open card of the last hand
50-65  betting of the last hand in the same way
66-68  chips won, hands played, hands left
0-29 are the information state tensor of OpenSpiel's leduc_poker,
0-13 and 30-31 its observation tensor.",
};

const FOLD: u8 = 0;
const CALL: u8 = 1;
const RAISE: u8 = 2;
/// What a pair adds to a rank: it beats every card without one.
const PAIR: u8 = 3;
const RAISES_MAX: usize = 2;
/// What a raise adds in each round.
const RAISE_CHIPS: [i32; 2] = [2, 4];

/// The rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Leduc;

/// How one round ends.
enum RoundEnd {
    Open(usize),
    Folded(usize),
    Called,
}

/// Plays the actions of one round; none where one is not legal.
fn play_round(bets: &[u8], raise: i32, paid: &mut [i32; 2]) -> Option<RoundEnd> {
    let mut raises = 0;
    let mut end = RoundEnd::Open(0);
    for (index, &action) in bets.iter().enumerate() {
        let RoundEnd::Open(position) = end else { return None };
        let other = 1 - position;
        let stakes = paid[0].max(paid[1]);
        end = RoundEnd::Open(other);
        match action {
            FOLD if stakes > paid[position] => end = RoundEnd::Folded(position),
            CALL => {
                paid[position] = stakes;
                // The first action of a round answers nothing.
                if index > 0 {
                    end = RoundEnd::Called;
                }
            }
            RAISE if raises < RAISES_MAX => {
                paid[position] = stakes + raise;
                raises += 1;
            }
            _ => return None,
        }
    }
    Some(end)
}

impl Game for Leduc {
    fn descriptor() -> &'static Descriptor {
        &DESCRIPTOR
    }

    const NAMES: &'static [&'static str] = &["fold", "call", "raise"];
    const DECK: u8 = 6;
    const ROUNDS: usize = 2;
    const BETS: usize = 4;
    const CHIPS_MAX: i32 = 13;

    fn progress(bets: [&[u8]; 2]) -> Option<Progress> {
        let mut paid = [1, 1];
        for (round, raise) in RAISE_CHIPS.into_iter().enumerate() {
            let stage = match play_round(bets[round], raise, &mut paid)? {
                RoundEnd::Open(position) => Stage::Acts(position),
                RoundEnd::Folded(position) => Stage::Folded(position),
                RoundEnd::Called if round == 0 => continue,
                RoundEnd::Called => Stage::Showdown,
            };
            // Nobody bets in a round before it has begun.
            let is_last = round == 1 || bets[1].is_empty();
            return is_last.then_some(Progress { stage, round, paid });
        }
        None
    }

    fn strength(card: u8, open: Option<u8>) -> u8 {
        let rank = card / 2;
        let pairs = open.is_some_and(|open| open / 2 == rank);
        if pairs { rank + PAIR } else { rank }
    }

    fn card_name(card: u8) -> &'static str {
        ["J♠", "J♥", "Q♠", "Q♥", "K♠", "K♥"].get(usize::from(card)).copied().unwrap_or("-")
    }

    fn column(action: u8) -> Option<usize> {
        match action {
            CALL => Some(0),
            RAISE => Some(1),
            _ => None,
        }
    }
}
