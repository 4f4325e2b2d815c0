//! Remembers what the opponent threw after what, and beats what it will throw next.
//!
//! An instance lives as long as its match, so an agent may learn: this one counts, for each pair
//! of last throws, which throw of the opponent came next. Constant throwers, cyclers and all who
//! answer to the last pair are beaten once each of their situations was seen; a hash is not.
#![no_std]

use nets_agent_sdk::agent;
use nets_agent_sdk::rps::{Packed, Throw};

agent!(decide, memory: History = History::new());

/// What the opponent did so far.
#[derive(Debug)]
pub struct History {
    /// How often each throw followed each situation.
    followed: [[u16; 3]; SITUATIONS],
    /// The situation in which the opponent made its last throw.
    previous: usize,
}

/// Own and the opponent's last throw in base four: none is 3.
const SITUATIONS: usize = 16;

impl History {
    /// The history before the first throw.
    pub const fn new() -> Self {
        Self { followed: [[0; 3]; SITUATIONS], previous: 0 }
    }
}

impl Default for History {
    fn default() -> Self {
        Self::new()
    }
}

/// The throw that beats what most often came next in this situation.
pub fn decide(seen: Packed, history: &mut History) -> Throw {
    if let Some(throw) = seen.their_last() {
        history.followed[history.previous][throw as usize] += 1;
    }
    let number = |throw: Option<Throw>| throw.map_or(3, |throw| throw as usize);
    history.previous = number(seen.own_last()) * 4 + number(seen.their_last());
    let counts = history.followed[history.previous];
    let expected = Throw::ALL.into_iter().max_by_key(|&throw| counts[throw as usize]);
    expected.unwrap_or(Throw::Rock).beaten_by()
}
