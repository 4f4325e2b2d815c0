//! What an agent sees of `kuhn-poker`: SPEC.md section 8.8.

use super::Betting as Round;
use super::{begins, card, hands_left};

/// The length of the full observation, in bytes.
pub const OBSERVATION_BYTES_MAX: usize = 12;

/// What can be done, and the action for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Action {
    /// Puts in nothing; after a bet it folds.
    Pass = 0,
    /// Puts in a chip; after a bet it calls.
    Bet = 1,
}

impl From<Action> for u64 {
    fn from(action: Action) -> Self {
        action as Self
    }
}

/// A card; the later the stronger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Card {
    /// Loses to both others.
    Jack,
    /// Beats the jack.
    Queen,
    /// Beats both others.
    King,
}

impl Card {
    const fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Jack,
            1 => Self::Queen,
            _ => Self::King,
        }
    }
}

/// The betting of a hand.
pub type Betting = Round<2>;

/// The packed observation, seen from the agent's own seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packed(u64);

impl Packed {
    /// The view of the number that `decide` is called with.
    pub const fn new(bits: u64) -> Self {
        Self(bits)
    }

    /// The number itself.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The agent's own card; none after the last hand.
    pub fn card(self) -> Option<Card> {
        card(self.0, 0).map(Card::from_number)
    }

    /// Whether the agent begins this hand.
    pub const fn begins(self) -> bool {
        begins(self.0)
    }

    /// What was done in this hand.
    pub const fn betting(self) -> Betting {
        Betting::new((self.0 >> 8) as u8)
    }

    /// Whether the opponent has bet and waits for an answer.
    pub const fn faces_bet(self) -> bool {
        matches!(self.betting().last(), Some(1))
    }

    /// What was done in the last hand; nothing before the first.
    pub const fn last_betting(self) -> Betting {
        Betting::new((self.0 >> 24) as u8)
    }

    /// The agent's own card of the last hand; none before the first.
    pub fn last_card(self) -> Option<Card> {
        card(self.0, 40).map(Card::from_number)
    }

    /// The opponent's card of the last hand, if it was shown.
    pub fn their_last_card(self) -> Option<Card> {
        card(self.0, 43).map(Card::from_number)
    }

    /// How many hands are left, this one included.
    pub const fn hands_left(self) -> u16 {
        hands_left(self.0)
    }
}

impl From<u64> for Packed {
    fn from(bits: u64) -> Self {
        Self(bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_read_from_its_own_bits() {
        let seen =
            Packed::new(97 << 50 | 7 << 43 | 1 << 40 | 0b110 << 24 | 0b101 << 8 | 1 << 6 | 2);
        assert_eq!((seen.card(), seen.begins(), seen.hands_left()), (Some(Card::King), true, 97));
        assert!(seen.betting().backwards().eq([1, 0]) && seen.faces_bet());
        assert!(seen.last_betting().backwards().eq([0, 1]));
        assert_eq!((seen.last_card(), seen.their_last_card()), (Some(Card::Queen), None));
    }
}
