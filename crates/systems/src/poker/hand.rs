//! One hand of poker: cards, betting, and what came of it.
//!
//! Everything is by position: 0 is who begins. The actions of a round are one byte, a 1 followed
//! by a digit for each action in the base of the number of actions, so that each sequence has one
//! code and 1 is no action at all. Invariant: a hand made by [`Hand::deal`] and [`Hand::act`]
//! passes [`Hand::check`].

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::marker::PhantomData;

use nets_core::{Chance, DecodeError, Reader, RestoreError};

use super::Game;

/// What stands for a card that is not there or not shown.
pub(super) const NO_CARD: u8 = 0xff;
/// The code of a round without actions.
const NO_BETS: u8 = 1;

/// Who acts in a hand, or how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// This position acts.
    Acts(usize),
    /// This position gave up.
    Folded(usize),
    /// The stronger card wins.
    Showdown,
}

/// Where the betting of a hand stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Who acts, or how the hand ended.
    pub(super) stage: Stage,
    /// The round of betting, 0 or 1.
    pub(super) round: usize,
    /// The chips that each position has put in.
    pub(super) paid: [i32; 2],
}

/// One hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hand<G> {
    /// The card of each position.
    pub(super) cards: [u8; 2],
    /// The card that lies open.
    pub(super) open: u8,
    /// The code of each round's actions.
    pub(super) bets: [u8; 2],
    game: PhantomData<G>,
}

/// The actions with this code; none where it is no code.
fn actions<G: Game>(mut code: u8) -> Option<Vec<u8>> {
    let base = G::NAMES.len() as u8;
    let mut actions = Vec::with_capacity(G::BETS);
    while code >= base {
        actions.push(code % base);
        code /= base;
    }
    actions.reverse();
    (code == NO_BETS && actions.len() <= G::BETS).then_some(actions)
}

impl<G: Game> Hand<G> {
    /// No hand: before the first and after the last.
    pub(super) const NONE: Self =
        Self { cards: [NO_CARD; 2], open: NO_CARD, bets: [NO_BETS; 2], game: PhantomData };
    /// The bytes of a hand.
    pub(super) const BYTES: usize = if G::ROUNDS == 1 { 3 } else { 5 };
    /// The chance events of a hand, whether or not all are needed.
    pub(super) const EVENTS: u32 = 1 + G::ROUNDS as u32;

    /// A new hand, dealt by the events from `event` on.
    pub(super) fn deal(chance: &Chance, event: u32) -> Self {
        let mut hand = Self::NONE;
        hand.cards[0] = hand.draw(chance, event);
        hand.cards[1] = hand.draw(chance, event + 1);
        hand
    }

    /// A card of those that were not dealt yet, in ascending order.
    fn draw(&self, chance: &Chance, event: u32) -> u8 {
        let left: Vec<_> = (0..G::DECK).filter(|card| !self.cards.contains(card)).collect();
        let index = chance.draw(event, left.len() as u64) as usize;
        left.get(index).copied().unwrap_or(NO_CARD)
    }

    /// The actions of each round.
    pub(super) fn actions(&self) -> Option<[Vec<u8>; 2]> {
        Some([actions::<G>(self.bets[0])?, actions::<G>(self.bets[1])?])
    }

    /// Where the betting stands; none where it is not legal.
    pub(super) fn progress(&self) -> Option<Progress> {
        let [first, second] = self.actions()?;
        G::progress([&first, &second])
    }

    /// The hand after this action; none where the action is not legal. The open card is still due.
    fn with(&self, action: u64) -> Option<Self> {
        let base = G::NAMES.len() as u8;
        let action = u8::try_from(action).ok().filter(|action| *action < base)?;
        let round = self.progress()?.round;
        let mut next = *self;
        next.bets[round] = next.bets[round].checked_mul(base)?.checked_add(action)?;
        next.progress().map(|_| next)
    }

    /// Whether who acts may do this.
    pub(super) fn allows(&self, action: u64) -> bool {
        self.with(action).is_some()
    }

    /// Does `action`, where it is legal, and lays the open card if it is due.
    pub(super) fn act(&mut self, action: u64, chance: &Chance, first_event: u32) {
        let Some(next) = self.with(action) else { return };
        *self = next;
        if self.open == NO_CARD && self.progress().is_some_and(|progress| progress.round == 1) {
            self.open = self.draw(chance, first_event + 2);
        }
    }

    /// The open card, if there is one.
    pub(super) fn open_card(&self) -> Option<u8> {
        (self.open != NO_CARD).then_some(self.open)
    }

    /// The chips that position 0 won, and whether the cards were shown; none while it goes on.
    pub(super) fn result(&self) -> Option<(i32, bool)> {
        let Progress { stage, paid, .. } = self.progress()?;
        let strength = |position: usize| G::strength(self.cards[position], self.open_card());
        match stage {
            Stage::Acts(_) => None,
            Stage::Folded(0) => Some((-paid[0], false)),
            Stage::Folded(_) => Some((paid[1], false)),
            Stage::Showdown => Some(match strength(0).cmp(&strength(1)) {
                core::cmp::Ordering::Less => (-paid[0], true),
                core::cmp::Ordering::Equal => (0, true),
                core::cmp::Ordering::Greater => (paid[1], true),
            }),
        }
    }

    /// The hand without the card of `position`.
    pub(super) fn without_card(mut self, position: usize) -> Self {
        self.cards[position & 1] = NO_CARD;
        self
    }

    /// Reads the fields; whether they fit together, [`Hand::check`] says.
    pub(super) fn decode(reader: &mut Reader<'_>) -> Result<Self, RestoreError> {
        let mut hand = Self::NONE;
        hand.cards = reader.array("cards")?;
        if G::ROUNDS > 1 {
            hand.open = reader.u8("open card")?;
        }
        for bets in &mut hand.bets[..G::ROUNDS] {
            *bets = reader.u8("betting")?;
        }
        for card in hand.cards.into_iter().chain([hand.open]) {
            if card >= G::DECK && card != NO_CARD {
                let expected = format!("below {} or 255", G::DECK);
                return Err(DecodeError::value("card", expected, card).into());
            }
        }
        if hand.progress().is_none() {
            let text = format!("no betting has the codes {:?}", &hand.bets[..G::ROUNDS]);
            return Err(RestoreError::Inconsistent(text));
        }
        Ok(hand)
    }

    /// Appends the bytes.
    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.cards);
        if G::ROUNDS > 1 {
            bytes.push(self.open);
        }
        bytes.extend(&self.bets[..G::ROUNDS]);
    }

    /// Refuses cards that cannot lie so; `is_over` says whether the betting must be at its end.
    pub(super) fn check(&self, is_over: bool) -> Result<(), String> {
        let Some(progress) = self.progress() else {
            return Err(format!("no betting has the codes {:?}", self.bets));
        };
        let [first, second] = self.cards;
        if first == NO_CARD || second == NO_CARD || [second, self.open].contains(&first) {
            return Err(format!("the cards are {:?} and {}", self.cards, self.open));
        }
        if second == self.open {
            return Err(format!("the card {second} was dealt and lies open"));
        }
        if (self.open != NO_CARD) != (progress.round == 1) {
            return Err(format!("the open card is {} in round {}", self.open, progress.round));
        }
        if is_over == matches!(progress.stage, Stage::Acts(_)) {
            return Err(format!("a hand stands at {:?}", progress.stage));
        }
        Ok(())
    }
}
