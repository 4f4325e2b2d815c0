//! What an agent sees of `leduc-poker`: SPEC.md section 8.9.

use super::Betting as Round;
use super::{begins, card, hands_left};

/// The length of the full observation, in bytes.
pub const OBSERVATION_BYTES_MAX: usize = 16;

/// The most raises in one round.
const RAISES_MAX: usize = 2;

/// What can be done, and the action for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Action {
    /// Gives the hand up; legal only where the opponent has raised.
    Fold = 0,
    /// Puts in what is missing, which may be nothing; always legal.
    Call = 1,
    /// Puts in what is missing and more; legal twice in a round.
    Raise = 2,
}

impl From<Action> for u64 {
    fn from(action: Action) -> Self {
        action as Self
    }
}

/// The rank of a card, of which there are two each; the later the stronger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Loses to both others.
    Jack,
    /// Beats the jack.
    Queen,
    /// Beats both others.
    King,
}

impl Rank {
    const fn of(card: u8) -> Self {
        match card / 2 {
            0 => Self::Jack,
            1 => Self::Queen,
            _ => Self::King,
        }
    }
}

/// The betting of one round.
pub type Betting = Round<3>;

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

    /// The rank of the agent's own card; none after the last hand.
    pub fn rank(self) -> Option<Rank> {
        card(self.0, 0).map(Rank::of)
    }

    /// The rank of the open card; none in the first round.
    pub fn open_rank(self) -> Option<Rank> {
        card(self.0, 3).map(Rank::of)
    }

    /// Whether the agent's card and the open one are a pair.
    pub fn has_pair(self) -> bool {
        self.open_rank().is_some() && self.open_rank() == self.rank()
    }

    /// Whether the agent begins this hand, and acts first in both rounds of it.
    pub const fn begins(self) -> bool {
        begins(self.0)
    }

    /// What was done in the first round and in the second.
    pub const fn betting(self) -> [Betting; 2] {
        [Betting::new((self.0 >> 8) as u8), Betting::new((self.0 >> 16) as u8)]
    }

    /// The betting of the round that is being played.
    pub fn round(self) -> Betting {
        self.betting()[usize::from(self.open_rank().is_some())]
    }

    /// Whether the opponent has raised and waits for an answer: then folding is legal.
    pub fn faces_raise(self) -> bool {
        self.round().last() == Some(Action::Raise as u8)
    }

    /// Whether raising is legal.
    pub fn can_raise(self) -> bool {
        let raises = self.round().backwards().filter(|&action| action == Action::Raise as u8);
        raises.count() < RAISES_MAX
    }

    /// What was done in each round of the last hand; nothing before the first.
    pub const fn last_betting(self) -> [Betting; 2] {
        [Betting::new((self.0 >> 24) as u8), Betting::new((self.0 >> 32) as u8)]
    }

    /// The rank of the agent's own card of the last hand; none before the first.
    pub fn last_rank(self) -> Option<Rank> {
        card(self.0, 40).map(Rank::of)
    }

    /// The rank of the opponent's card of the last hand, if it was shown.
    pub fn their_last_rank(self) -> Option<Rank> {
        card(self.0, 43).map(Rank::of)
    }

    /// The rank of the last hand's open card, if there was one.
    pub fn last_open_rank(self) -> Option<Rank> {
        card(self.0, 46).map(Rank::of)
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

    /// A call, a raise, a call; then a raise, with a queen in hand and open.
    const SEEN: Packed = Packed::new(
        40 << 50 | 7 << 46 | 7 << 43 | 5 << 40 | 1 << 32 | 5 << 24 | 5 << 16 | 43 << 8 | 3 << 3 | 2,
    );

    #[test]
    fn every_field_is_read_from_its_own_bits() {
        assert_eq!((SEEN.rank(), SEEN.open_rank()), (Some(Rank::Queen), Some(Rank::Queen)));
        assert!(SEEN.has_pair() && !SEEN.begins());
        assert_eq!(SEEN.hands_left(), 40);
        assert_eq!((SEEN.last_rank(), SEEN.their_last_rank()), (Some(Rank::King), None));
        assert_eq!(SEEN.last_open_rank(), None);
        assert!(SEEN.last_betting()[0].backwards().eq([2]) && SEEN.last_betting()[1].is_empty());
    }

    #[test]
    fn betting_is_read_from_the_last_action_back() {
        let [first, second] = SEEN.betting();
        assert!(first.backwards().eq([1, 2, 1]) && second.backwards().eq([2]));
        assert_eq!((first.count(), second.count()), (3, 1));
        assert!(SEEN.faces_raise() && SEEN.can_raise());
    }
}
