//! What `open_spiel_games.py` writes down, as it says at its beginning.

use serde::Deserialize;

/// The first line: what holds for all games.
#[derive(Debug, Deserialize)]
pub(super) struct Facts {
    pub(super) actions: u64,
    pub(super) shape: Vec<u32>,
}

/// A game from beginning to end.
#[derive(Debug, Deserialize)]
pub(super) struct Game {
    /// The outcomes of the chance nodes, in order.
    pub(super) chance: Vec<u64>,
    pub(super) moments: Vec<Moment>,
    pub(super) returns: Vec<f64>,
}

/// A node of a game where somebody acts.
#[derive(Debug, Deserialize)]
pub(super) struct Moment {
    pub(super) acting: Vec<View>,
    pub(super) actions: Vec<u64>,
}

/// What one who acts may do and sees.
#[derive(Debug, Deserialize)]
pub(super) struct View {
    pub(super) player: u8,
    pub(super) legal: Vec<u64>,
    pub(super) tensor: Option<Tensor>,
}

/// Numbers, or digits where all are 0 or 1.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Tensor {
    Digits(String),
    Numbers(Vec<f32>),
}

impl Tensor {
    /// The numbers.
    pub(super) fn values(&self) -> Vec<f32> {
        match self {
            Self::Digits(digits) => digits.bytes().map(|b| f32::from(b == b'1')).collect(),
            Self::Numbers(numbers) => numbers.clone(),
        }
    }
}
