//! Openings: the first plies of well-known lines in which neither side stands clearly better.
//!
//! The order is part of the rules: a match chooses among the first of them. Invariant: each has an
//! even number of plies, so that White is to move after it, and no two lead to the same position.

use nets_core::Action;

use super::actions;

/// A line to begin a match with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// What chess players call it.
    pub name: &'static str,
    /// Its moves in UCI, separated by spaces.
    pub moves: &'static str,
}

impl Opening {
    /// Its moves as actions.
    pub fn actions(&self) -> impl Iterator<Item = Action> + use<> {
        self.moves.split_whitespace().filter_map(actions::action_of)
    }
}

/// Every opening, in the order in which `openings` counts them.
pub fn openings() -> &'static [Opening] {
    &OPENINGS
}

const fn line(name: &'static str, moves: &'static str) -> Opening {
    Opening { name, moves }
}

pub(super) static OPENINGS: [Opening; 52] = [
    line("Ruy Lopez, Morphy Defence", "e2e4 e7e5 g1f3 b8c6 f1b5 a7a6"),
    line("Sicilian, 2...d6", "e2e4 c7c5 g1f3 d7d6"),
    line("French", "e2e4 e7e6 d2d4 d7d5"),
    line("Caro-Kann", "e2e4 c7c6 d2d4 d7d5"),
    line("Queen's Gambit Declined", "d2d4 d7d5 c2c4 e7e6"),
    line("Slav", "d2d4 d7d5 c2c4 c7c6"),
    line("Nimzo-Indian", "d2d4 g8f6 c2c4 e7e6 b1c3 f8b4"),
    line("Queen's Indian", "d2d4 g8f6 c2c4 e7e6 g1f3 b7b6"),
    line("King's Indian", "d2d4 g8f6 c2c4 g7g6 b1c3 f8g7"),
    line("Gruenfeld", "d2d4 g8f6 c2c4 g7g6 b1c3 d7d5"),
    line("English, Four Knights", "c2c4 e7e5 b1c3 g8f6 g1f3 b8c6"),
    line("English, Symmetrical", "c2c4 c7c5 b1c3 b8c6"),
    line("Italian, Giuoco Piano", "e2e4 e7e5 g1f3 b8c6 f1c4 f8c5"),
    line("Italian, Two Knights", "e2e4 e7e5 g1f3 b8c6 f1c4 g8f6"),
    line("Petrov", "e2e4 e7e5 g1f3 g8f6"),
    line("Scotch", "e2e4 e7e5 g1f3 b8c6 d2d4 e5d4"),
    line("Four Knights", "e2e4 e7e5 g1f3 b8c6 b1c3 g8f6"),
    line("Vienna", "e2e4 e7e5 b1c3 g8f6"),
    line("Ruy Lopez, Berlin", "e2e4 e7e5 g1f3 b8c6 f1b5 g8f6"),
    line("Ruy Lopez, Closed", "e2e4 e7e5 g1f3 b8c6 f1b5 a7a6 b5a4 g8f6"),
    line("Ruy Lopez, Exchange", "e2e4 e7e5 g1f3 b8c6 f1b5 a7a6 b5c6 d7c6"),
    line("Sicilian, 2...e6", "e2e4 c7c5 g1f3 e7e6"),
    line("Sicilian, 2...Nc6", "e2e4 c7c5 g1f3 b8c6"),
    line("Sicilian, Open", "e2e4 c7c5 g1f3 d7d6 d2d4 c5d4 f3d4 g8f6"),
    line("Sicilian, Rossolimo", "e2e4 c7c5 g1f3 b8c6 f1b5 g7g6"),
    line("Sicilian, Closed", "e2e4 c7c5 b1c3 b8c6"),
    line("Sicilian, Alapin", "e2e4 c7c5 c2c3 g8f6"),
    line("French, Winawer", "e2e4 e7e6 d2d4 d7d5 b1c3 f8b4"),
    line("French, Classical", "e2e4 e7e6 d2d4 d7d5 b1c3 g8f6"),
    line("French, Tarrasch", "e2e4 e7e6 d2d4 d7d5 b1d2 g8f6"),
    line("French, Exchange", "e2e4 e7e6 d2d4 d7d5 e4d5 e6d5"),
    line("Caro-Kann, Advance", "e2e4 c7c6 d2d4 d7d5 e4e5 c8f5"),
    line("Caro-Kann, Classical", "e2e4 c7c6 d2d4 d7d5 b1c3 d5e4 c3e4 c8f5"),
    line("Caro-Kann, Exchange", "e2e4 c7c6 d2d4 d7d5 e4d5 c6d5"),
    line("Scandinavian", "e2e4 d7d5 e4d5 d8d5 b1c3 d5a5"),
    line("Pirc", "e2e4 d7d6 d2d4 g8f6 b1c3 g7g6"),
    line("Alekhine", "e2e4 g8f6 e4e5 f6d5 d2d4 d7d6"),
    line("Queen's Gambit Declined, Orthodox", "d2d4 d7d5 c2c4 e7e6 b1c3 g8f6 c1g5 f8e7"),
    line("Queen's Gambit Declined, Exchange", "d2d4 d7d5 c2c4 e7e6 b1c3 g8f6 c4d5 e6d5"),
    line("Queen's Gambit Accepted", "d2d4 d7d5 c2c4 d5c4 g1f3 g8f6"),
    line("Tarrasch Defence", "d2d4 d7d5 c2c4 e7e6 b1c3 c7c5"),
    line("Semi-Slav", "d2d4 d7d5 c2c4 c7c6 g1f3 g8f6 b1c3 e7e6"),
    line("Slav, Exchange", "d2d4 d7d5 c2c4 c7c6 c4d5 c6d5"),
    line("Catalan", "d2d4 g8f6 c2c4 e7e6 g2g3 d7d5"),
    line("Bogo-Indian", "d2d4 g8f6 c2c4 e7e6 g1f3 f8b4"),
    line("Benoni", "d2d4 g8f6 c2c4 c7c5 d4d5 e7e6"),
    line("Dutch", "d2d4 f7f5 g2g3 g8f6 f1g2 e7e6"),
    line("London System", "d2d4 d7d5 c1f4 g8f6 e2e3 c7c5"),
    line("Trompowsky", "d2d4 g8f6 c1g5 e7e6"),
    line("Reti", "g1f3 d7d5 c2c4 e7e6"),
    line("King's Indian Attack", "g1f3 d7d5 g2g3 g8f6 f1g2 e7e6"),
    line("English, Reversed Sicilian", "c2c4 e7e5 g2g3 g8f6"),
];
