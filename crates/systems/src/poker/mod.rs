//! Poker for two over many hands: what Kuhn's and Leduc's game have in common.
//!
//! [`hand`] is one hand (cards, betting, who won), [`table`] the match made of hands, [`view`] how
//! it is shown. A [`Game`] says what is special: deck, betting, which card is stronger. A card is
//! kept by position, 0 being who begins the hand, as in OpenSpiel; the seats swap positions after
//! each hand. Bytes, packed observations and scores are those of SPEC.md section 8. Invariant: what
//! a seat is shown comes from [`Table::seen_by`](table::Table::seen_by) alone, which blanks the
//! cards that it may not see.

mod hand;
pub(crate) mod kuhn;
pub(crate) mod leduc;
mod table;
mod view;

use core::fmt;

use nets_core::Descriptor;

pub(crate) use kuhn::Kuhn;
pub(crate) use leduc::Leduc;
pub(crate) use table::Poker;

use hand::Progress;

/// The rules of one game of poker: everything that its hands do not share with other games'.
pub(crate) trait Game: Copy + Eq + fmt::Debug + Send + Sync + 'static {
    /// The facts for people.
    fn descriptor() -> &'static Descriptor;
    /// The names of the actions.
    const NAMES: &'static [&'static str];
    /// How many cards there are.
    const DECK: u8;
    /// How many rounds of betting, 1 or 2; before the second a card is laid open.
    const ROUNDS: usize;
    /// The most actions in one round.
    const BETS: usize;
    /// The most chips that a hand can cost.
    const CHIPS_MAX: i32;

    /// What the actions of both rounds lead to; none where one of them is not legal.
    fn progress(bets: [&[u8]; 2]) -> Option<Progress>;
    /// How strong a card is with this one open; more wins.
    fn strength(card: u8, open: Option<u8>) -> u8;
    /// The name of a card, two letters at most.
    fn card_name(card: u8) -> &'static str;
    /// Which of OpenSpiel's two columns an action is marked in; none for a fold.
    fn column(action: u8) -> Option<usize>;
}
